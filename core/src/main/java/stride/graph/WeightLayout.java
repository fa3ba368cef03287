package stride.graph;

import org.jspecify.annotations.Nullable;
import stride.tensor.Shape;

/**
 * How a weight tensor lies in memory, against how PyTorch and files of weights have it.
 *
 * <p>In memory the output channels are innermost, so that kernels load them as vectors.
 */
public sealed interface WeightLayout {

  /** The same in memory and in files: vectors, such as biases. */
  record Plain() implements WeightLayout {
    @Override
    public Order order(Shape fileShape) {
      return new Order(1, 1, fileShape.elements());
    }
  }

  /** Convolution filters: (O, I, H, W) in files, (H, W, I, O) in memory. */
  record Filters() implements WeightLayout {
    @Override
    public Order order(Shape fileShape) {
      int out = fileShape.size(0);
      int in = fileShape.size(1);
      return new Order(out, in, fileShape.elements() / out / in);
    }
  }

  /**
   * A dense layer's matrix: (out, in) in files, (in, out) in memory. Behind a flattened image,
   * files count the inputs in (C, H, W) order and memory in (H, W, C).
   */
  record Matrix(@Nullable Shape flattened) implements WeightLayout {
    @Override
    public Order order(Shape fileShape) {
      int out = fileShape.size(0);
      int in = fileShape.size(1);
      int channels = flattened == null ? in : flattened.channels();
      return new Order(out, channels, in / channels);
    }
  }

  /** One value for each of an image's: (C, H, W) in files, (H, W, C) in memory. */
  record Image(Shape image) implements WeightLayout {
    @Override
    public Order order(Shape fileShape) {
      return new Order(1, image.channels(), image.height() * image.width());
    }
  }

  /**
   * The order of a tensor's dimensions: (out, middle, inner) in files, (inner, middle, out) in
   * memory.
   */
  record Order(int out, int middle, int inner) {
    /** Filters that are read side by side: each of them is a stream of its own. */
    static final int TOGETHER = 16;

    /** Where the value at {@code fileIndex} of a file's tensor stands in memory. */
    public int memoryIndex(int fileIndex) {
      int i = fileIndex % inner;
      int m = fileIndex / inner % middle;
      return (i * middle + m) * out + fileIndex / inner / middle;
    }

    /** Copies a file's tensor to memory, from {@code memory[at]} on. */
    public void toMemory(float[] file, float[] memory, int at) {
      toMemory(file, 0, out, memory, at);
    }

    /**
     * Copies a stretch of a file's tensor, its filters [from, to), to their places in a tensor that
     * begins at {@code memory[at]}.
     *
     * @param filters begins with filter {@code from}
     */
    public void toMemory(float[] filters, int from, int to, float[] memory, int at) {
      int filter = middle * inner;
      for (int first = from; first < to; first += TOGETHER) {
        int count = Math.min(TOGETHER, to - first);
        for (int m = 0; m < middle; m++) {
          for (int i = 0; i < inner; i++) {
            int here = at + (i * middle + m) * out + first;
            int there = (first - from) * filter + m * inner + i;
            for (int o = 0; o < count; o++) {
              memory[here + o] = filters[there + o * filter];
            }
          }
        }
      }
    }

    /** Copies a tensor from memory, from {@code memory[at]} on, to the order of files. */
    public void toFile(float[] memory, int at, float[] file) {
      for (int first = 0; first < out; first += TOGETHER) {
        int end = Math.min(first + TOGETHER, out);
        for (int m = 0; m < middle; m++) {
          for (int i = 0; i < inner; i++) {
            int from = at + (i * middle + m) * out;
            int to = m * inner + i;
            for (int o = first; o < end; o++) {
              file[to + o * middle * inner] = memory[from + o];
            }
          }
        }
      }
    }
  }

  /** The order of the dimensions of a tensor whose shape in files is given. */
  Order order(Shape fileShape);

  /**
   * Where the value at {@code fileIndex} of a tensor of shape {@code fileShape} stands in memory.
   */
  default int memoryIndex(int fileIndex, Shape fileShape) {
    return order(fileShape).memoryIndex(fileIndex);
  }
}
