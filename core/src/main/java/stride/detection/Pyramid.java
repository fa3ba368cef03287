package stride.detection;

/** What detectors over a feature pyramid have in common. */
final class Pyramid {
  /** The sides of a batch are multiples of the coarsest map's pixel that the backbone makes. */
  static final int MULTIPLE = 32;

  private Pyramid() {}
}
