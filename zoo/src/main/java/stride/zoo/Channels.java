package stride.zoo;

/** Rounds numbers of channels as the MobileNets do. */
final class Channels {
  private Channels() {}

  /** Returns the multiple of 8 that is closest to {@code wanted}, at least nine tenths of it. */
  static int round(double wanted) {
    int rounded = Math.max(8, (int) (wanted + 4) / 8 * 8);
    return rounded < 0.9 * wanted ? rounded + 8 : rounded;
  }
}
