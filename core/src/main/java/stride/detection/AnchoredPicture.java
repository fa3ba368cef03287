package stride.detection;

import stride.kernel.Kernels;

/** A picture of a batch and what its anchors belong to, for an {@link AnchorLoss}. */
final class AnchoredPicture {
  private final int sample;
  private final float[] anchors;
  private final int[] matches;
  private final float[] numbers;
  private final Kernels kernels;
  private TrueObjects objects = new TrueObjects(new float[0], new int[0]);
  private int matched;

  /**
   * @param sample its number in the batch
   * @param anchors all anchors
   * @param numbers how many numbers the loss keeps
   * @param kernels for the loss's arithmetic
   */
  AnchoredPicture(int sample, float[] anchors, int numbers, Kernels kernels) {
    this.sample = sample;
    this.anchors = anchors;
    this.kernels = kernels;
    this.numbers = new float[numbers];
    matches = new int[anchors.length / 4];
  }

  /** Makes it a picture with these objects. */
  void match(AnchorLoss loss, TrueObjects objects) {
    this.objects = objects;
    loss.match(objects, anchors, matches);
    matched = 0;
    for (int match : matches) {
      matched += match >= 0 ? 1 : 0;
    }
  }

  /** How many anchors belong to an object. */
  int matched() {
    return matched;
  }

  int sample() {
    return sample;
  }

  TrueObjects objects() {
    return objects;
  }

  float[] anchors() {
    return anchors;
  }

  /** For each anchor the number of its object; negative for none. */
  int[] matches() {
    return matches;
  }

  /** The label of an anchor's object, -1 for none. */
  int label(int anchor) {
    return matches[anchor] >= 0 ? objects.labels()[matches[anchor]] : -1;
  }

  /** What the loss keeps from {@link AnchorLoss#add} to {@link AnchorLoss#addRest}. */
  float[] numbers() {
    return numbers;
  }

  Kernels kernels() {
    return kernels;
  }
}
