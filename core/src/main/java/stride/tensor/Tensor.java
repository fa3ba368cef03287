package stride.tensor;

import java.util.Arrays;

/**
 * Floats with a shape, row-major (the last dimension varies fastest); images are (H, W, C), batches
 * (N, H, W, C).
 *
 * @param shape the sizes of the dimensions
 * @param data the values, {@code shape.elements()} of them; shared with the caller, not copied
 */
public record Tensor(Shape shape, float[] data) {
  /**
   * Makes a tensor.
   *
   * @throws IllegalArgumentException if the shape and the data have different numbers of values
   */
  public Tensor {
    if (data.length != shape.elements()) {
      throw new IllegalArgumentException(
          "a tensor of shape %s has %d values, found %d"
              .formatted(shape, shape.elements(), data.length));
    }
  }

  /**
   * {@return a tensor of zeros}
   *
   * @param shape the sizes
   */
  public static Tensor zeros(Shape shape) {
    return new Tensor(shape, new float[shape.elements()]);
  }

  /**
   * Returns a tensor with the given values.
   *
   * @param shape the sizes
   * @param values {@code shape.elements()} values, row-major; shared, not copied
   * @return the tensor
   * @throws IllegalArgumentException if the shape has another number of values
   */
  public static Tensor of(Shape shape, float... values) {
    return new Tensor(shape, values);
  }

  /**
   * Returns an image (H, W, C) from the rows of each of its channels: one channel for a grey image,
   * three for a coloured one.
   *
   * @param channels rows of values, channel by channel; copied
   * @return the image
   * @throws IllegalArgumentException if rows or channels differ in size, or there are none
   */
  public static Tensor image(float[][]... channels) {
    if (channels.length == 0 || channels[0].length == 0) {
      throw new IllegalArgumentException(
          "an image needs at least 1 channel of 1 row, found %d channels"
              .formatted(channels.length));
    }
    int height = channels[0].length;
    int width = channels[0][0].length;
    var image = zeros(Shape.image(height, width, channels.length));
    for (int c = 0; c < channels.length; c++) {
      if (channels[c].length != height) {
        throw new IllegalArgumentException(
            "channel %d has %d rows, channel 0 has %d".formatted(c, channels[c].length, height));
      }
      for (int y = 0; y < height; y++) {
        if (channels[c][y].length != width) {
          throw new IllegalArgumentException(
              "row %d has %d values, row 0 has %d".formatted(y, channels[c][y].length, width));
        }
        for (int x = 0; x < width; x++) {
          image.data[(y * width + x) * channels.length + c] = channels[c][y][x];
        }
      }
    }
    return image;
  }

  /**
   * {@return the value at an index}
   *
   * @param index one number per dimension, from 0 on
   * @throws IndexOutOfBoundsException if the index has another number of dimensions or is outside
   *     of the shape
   */
  public float at(int... index) {
    return data[offset(index)];
  }

  /**
   * Returns a tensor with these values and another shape; the data is shared.
   *
   * @param to a shape with as many elements
   * @return the tensor
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public Tensor reshape(Shape to) {
    return new Tensor(to, data);
  }

  private int offset(int[] index) {
    if (index.length != shape.rank()) {
      throw new IndexOutOfBoundsException(
          "an index of %d numbers into a tensor of shape %s".formatted(index.length, shape));
    }
    int offset = 0;
    for (int d = 0; d < index.length; d++) {
      offset = offset * shape.size(d) + java.util.Objects.checkIndex(index[d], shape.size(d));
    }
    return offset;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && shape.equals(tensor.shape)
        && Arrays.equals(data, tensor.data);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Tensor(" + shape + ")";
  }
}
