package stride.network;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import stride.image.Image;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * The class of each pixel of an image.
 *
 * @param height of the map in pixels; it may be smaller than the image
 * @param width of the map in pixels
 * @param labels the classes' names; "0", "1", ... if the model has none
 * @param classes the class of each pixel, row by row, from 0; shared with the caller, not copied
 */
public record ClassMap(int height, int width, List<String> labels, int[] classes) {
  /** Neighbouring classes are this part of the colour circle apart: no two come close soon. */
  private static final double TURN = (3 - Math.sqrt(5)) / 2;

  public ClassMap {
    labels = List.copyOf(labels);
    if (classes.length != (long) height * width) {
      throw new IllegalArgumentException(
          "a map of %dx%d pixels has %d classes, found %d"
              .formatted(height, width, (long) height * width, classes.length));
    }
    for (int index : classes) {
      if (index < 0 || index >= labels.size()) {
        throw new IllegalArgumentException(
            "there are %d classes, found class %d".formatted(labels.size(), index));
      }
    }
  }

  /** The classes whose logits (H, W, C) are the largest; of one channel, the second if above 0. */
  static ClassMap of(Tensor logits, List<String> labels) {
    Answers.require(logits.data(), 0, logits.data().length, "output");
    var shape = logits.shape();
    int channels = shape.channels();
    int width = shape.size(shape.rank() - 2);
    var classes = new int[shape.elements() / channels];
    for (int pixel = 0; pixel < classes.length; pixel++) {
      int at = pixel * channels;
      int best = channels == 1 && logits.data()[at] > 0 ? 1 : 0;
      for (int c = 1; c < channels; c++) {
        best = logits.data()[at + c] > logits.data()[at + best] ? c : best;
      }
      classes[pixel] = best;
    }
    int count = Task.CLASS_MAP.classes(shape);
    return new ClassMap(
        classes.length / width,
        width,
        labels.isEmpty() ? IntStream.range(0, count).mapToObj(Integer::toString).toList() : labels,
        classes);
  }

  /**
   * Returns the class of a pixel.
   *
   * @throws IndexOutOfBoundsException if it is not within the map
   */
  public int at(int y, int x) {
    Objects.checkIndex(y, height);
    Objects.checkIndex(x, width);
    return classes[y * width + x];
  }

  /** Returns the part of the pixels that are of a class, in [0, 1]. */
  public double share(int index) {
    return (double) Arrays.stream(classes).filter(found -> found == index).count() / classes.length;
  }

  /** Returns the map as a picture: class 0 black, each other in a colour of its own. */
  public Image toImage() {
    var image = Tensor.zeros(Shape.image(height, width, 3));
    for (int pixel = 0; pixel < classes.length; pixel++) {
      for (int c = 0; c < 3 && classes[pixel] > 0; c++) {
        double angle = 2 * Math.PI * (TURN * (classes[pixel] - 1) - c / 3.0);
        image.data()[3 * pixel + c] = (float) (0.55 + 0.45 * Math.cos(angle));
      }
    }
    return new Image(image);
  }

  /** One line: the size and the number of classes. */
  @Override
  public String toString() {
    return "ClassMap of %dx%d pixels and %d classes".formatted(height, width, labels.size());
  }

  /** Maps are equal if their pixels are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ClassMap map
        && height == map.height
        && width == map.width
        && labels.equals(map.labels)
        && Arrays.equals(classes, map.classes);
  }

  @Override
  public int hashCode() {
    return 31 * labels.hashCode() + Arrays.hashCode(classes);
  }
}
