package stride.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sizes of a tensor's dimensions, outermost first. An image is (height, width, channels); a
 * batch of them (N, H, W, C). Immutable.
 */
public final class Shape {
  private final int[] sizes;

  private Shape(int[] sizes) {
    this.sizes = sizes;
  }

  /**
   * Returns a shape with the given sizes.
   *
   * @param sizes the dimensions' sizes, outermost first; none for a scalar
   * @return the shape
   * @throws IllegalArgumentException if a size is below 1 or the product exceeds 2^31 - 1
   */
  public static Shape of(int... sizes) {
    long elements = 1;
    for (int size : sizes) {
      if (size < 1) {
        throw new IllegalArgumentException(
            "a shape's sizes must be at least 1, found " + join(sizes));
      }
      elements *= size;
      if (elements > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a shape of " + join(sizes) + " has more than 2,147,483,647 elements");
      }
    }
    return new Shape(sizes.clone());
  }

  /**
   * Returns an image's shape: (height, width, channels).
   *
   * @param height pixels, at least 1
   * @param width pixels, at least 1
   * @param channels at least 1
   * @return the shape
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static Shape image(int height, int width, int channels) {
    return of(height, width, channels);
  }

  /** {@return the number of dimensions; 0 for a scalar} */
  public int rank() {
    return sizes.length;
  }

  /**
   * {@return the size of a dimension}
   *
   * @param dimension from 0, the outermost, to rank - 1
   */
  public int size(int dimension) {
    return sizes[dimension];
  }

  /** {@return a copy of all sizes, outermost first} */
  public int[] sizes() {
    return sizes.clone();
  }

  /** {@return the product of all sizes; 1 for a scalar's empty shape} */
  public int elements() {
    int elements = 1;
    for (int size : sizes) {
      elements *= size;
    }
    return elements;
  }

  /** {@return whether the shape has three dimensions, as an image (height, width, channels)} */
  public boolean isImage() {
    return sizes.length == 3;
  }

  /**
   * {@return an image's height in pixels}
   *
   * @throws IllegalStateException if the shape is not (height, width, channels)
   */
  public int height() {
    return imageSize(0);
  }

  /**
   * {@return an image's width in pixels}
   *
   * @throws IllegalStateException if the shape is not (height, width, channels)
   */
  public int width() {
    return imageSize(1);
  }

  /**
   * {@return the innermost size: an image's channels, a vector's length}
   *
   * @throws IllegalStateException if this is a scalar's shape
   */
  public int channels() {
    if (sizes.length == 0) {
      throw new IllegalStateException("a scalar has no channels");
    }
    return sizes[sizes.length - 1];
  }

  /**
   * Returns this shape with another innermost size.
   *
   * @param channels at least 1
   * @return a copy with this innermost size
   */
  public Shape withChannels(int channels) {
    int[] changed = sizes.clone();
    changed[changed.length - 1] = channels;
    return of(changed);
  }

  /**
   * Returns the shape of a batch: (n, this...).
   *
   * @param n the number of samples, at least 1
   * @return a shape with one dimension more
   */
  public Shape batch(int n) {
    int[] batched = new int[sizes.length + 1];
    batched[0] = n;
    System.arraycopy(sizes, 0, batched, 1, sizes.length);
    return of(batched);
  }

  private int imageSize(int dimension) {
    if (sizes.length != 3) {
      throw new IllegalStateException("not an image's shape (height x width x channels): " + this);
    }
    return sizes[dimension];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** {@return the sizes joined by "x", such as "28x28x1", or "scalar"} */
  @Override
  public String toString() {
    return join(sizes);
  }

  private static String join(int[] sizes) {
    return sizes.length == 0
        ? "scalar"
        : IntStream.of(sizes).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }
}
