package stride.data;

import java.util.stream.IntStream;

/** Selects the images of a data set to measure with: the same fraction of each class. */
final class ClassSplit {
  private ClassSplit() {}

  /**
   * Draws the images to measure with.
   *
   * @return for each image, whether it was drawn
   * @throws IllegalArgumentException if the fraction is not between 0 and 1, or a class has a
   *     single image
   */
  static boolean[] of(ImageDataset images, double testFraction, long seed) {
    Selection.checkFraction(testFraction);
    var tested = new boolean[images.size()];
    int groups = images.isMultiLabel() ? 1 : images.labels().size();
    for (int label = 0; label < groups; label++) {
      int wanted = label;
      int[] all =
          IntStream.range(0, images.size())
              .filter(i -> images.isMultiLabel() || images.label(i) == wanted)
              .toArray();
      if (all.length == 1) {
        throw new IllegalArgumentException(
            "the class %s has 1 picture, a split needs 2 or more"
                .formatted(images.labels().get(label)));
      }
      if (all.length > 0) {
        boolean[] drawn = Selection.drawn(all.length, testFraction, seed, label);
        for (int i = 0; i < all.length; i++) {
          tested[all[i]] = drawn[i];
        }
      }
    }
    return tested;
  }

  /** Returns the indices of the images with a value of {@code tested}. */
  static int[] indices(boolean[] tested, boolean wanted) {
    return IntStream.range(0, tested.length).filter(i -> tested[i] == wanted).toArray();
  }
}
