package stride.zoo;

/** Numbers of channels, as the MobileNets round them. */
final class Channels {
  private Channels() {}

  /**
   * Returns the multiple of 8 that is closest to so many channels, at least nine tenths of them.
   */
  static int round(double wanted) {
    int rounded = Math.max(8, (int) (wanted + 4) / 8 * 8);
    return rounded < 0.9 * wanted ? rounded + 8 : rounded;
  }
}
