package stride.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stride.data.ImageDataset;
import stride.train.support.Ranges;

/** Computes weights of classes in a loss, so that rare classes count as much as others. */
public final class ClassWeights {
  private ClassWeights() {}

  /**
   * Returns weights by which all classes count equally: images / (classes images(class)),
   * scikit-learn's "balanced"; 0 for a class without images.
   *
   * @param data the training images
   * @return a weight for each class
   */
  public static List<Double> balanced(ImageDataset data) {
    long[] counts = counts(data);
    long classes = Arrays.stream(counts).filter(count -> count > 0).count();
    var weights = new ArrayList<Double>();
    for (long count : counts) {
      weights.add(count == 0 ? 0 : data.size() / (classes * (double) count));
    }
    return List.copyOf(weights);
  }

  /**
   * Returns the weight of the second of two classes by which both count equally: images of class 0
   * / images of class 1.
   *
   * @param data the training images, of two classes
   * @return a list of one weight
   * @throws IllegalArgumentException if there are not two classes with images
   */
  public static List<Double> balancedPositive(ImageDataset data) {
    long[] counts = counts(data);
    if (counts.length != 2 || counts[1] == 0) {
      throw new IllegalArgumentException(
          "balancing needs two classes with images, found images of %s"
              .formatted(Arrays.toString(counts)));
    }
    return List.of(counts[0] / (double) counts[1]);
  }

  private static long[] counts(ImageDataset data) {
    long[] counts = new long[data.labels().size()];
    for (int i = 0; i < data.size(); i++) {
      counts[data.label(i)]++;
    }
    return counts;
  }

  static void check(List<Double> weights) {
    weights.forEach(weight -> Ranges.zeroOrMore("a class's weight", weight));
  }
}
