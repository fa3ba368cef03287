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
    public int memoryIndex(int fileIndex, Shape fileShape) {
      return fileIndex;
    }
  }

  /** Convolution filters: (O, I, H, W) in files, (H, W, I, O) in memory. */
  record Filters() implements WeightLayout {
    @Override
    public int memoryIndex(int fileIndex, Shape fileShape) {
      int in = fileShape.size(1);
      int taps = fileShape.elements() / fileShape.size(0) / in;
      int tap = fileIndex % taps;
      int i = fileIndex / taps % in;
      int o = fileIndex / taps / in;
      return (tap * in + i) * fileShape.size(0) + o;
    }
  }

  /**
   * A dense layer's matrix: (out, in) in files, (in, out) in memory. Behind a flattened image,
   * files count the inputs in (C, H, W) order and memory in (H, W, C).
   */
  record Matrix(@Nullable Shape flattened) implements WeightLayout {
    @Override
    public int memoryIndex(int fileIndex, Shape fileShape) {
      int out = fileShape.size(0);
      int i = fileIndex % fileShape.size(1);
      if (flattened != null) {
        int pixels = flattened.height() * flattened.width();
        i = i % pixels * flattened.channels() + i / pixels;
      }
      return i * out + fileIndex / fileShape.size(1);
    }
  }

  /**
   * Where the value at {@code fileIndex} of a tensor of shape {@code fileShape} stands in memory.
   */
  int memoryIndex(int fileIndex, Shape fileShape);
}
