package stride.onnx.evaluate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.OnnxTensor;

/** Convolutions of floats over any number of spatial axes. */
final class Convolutions implements Family {
  @Override
  public String operators() {
    return """
    Conv 1 11 22
    ConvTranspose 1 11 22
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor w = call.input(1);
    Attributes attributes = call.attributes();
    int groups = attributes.small("group", 1);
    if (x.rank() < 3 || x.rank() != w.rank()) {
      throw new IllegalArgumentException("the input and the weights have other ranks");
    }
    requireKernel(attributes, w);
    return Family.one(
        call.operator().equals("Conv")
            ? forward(call, x, w, groups)
            : transposed(call, x, w, groups));
  }

  static void requireKernel(Attributes attributes, OnnxTensor w) {
    int[] kernel = attributes.smalls("kernel_shape");
    if (kernel != null && !Arrays.equals(kernel, Windows.spatial(w.shape()))) {
      throw new IllegalArgumentException(
          "its kernel_shape is %s".formatted(Arrays.toString(kernel)));
    }
  }

  static void requireChannels(OnnxTensor x, OnnxTensor w, int groups) {
    if (groups < 1 || x.dimension(1) != w.dimension(1) * groups || w.dimension(0) % groups != 0) {
      throw new IllegalArgumentException(
          "weights of %d x %d channels in %d groups do not fit an input of %d channels"
              .formatted(w.dimension(0), w.dimension(1), groups, x.dimension(1)));
    }
  }

  private static OnnxTensor forward(Call call, OnnxTensor x, OnnxTensor w, int groups) {
    requireChannels(x, w, groups);
    var windows =
        Windows.of(Windows.spatial(x.shape()), Windows.spatial(w.shape()), call.attributes());
    int[] shape = Windows.shape(x.dimension(0), w.dimension(0), windows.out());
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    double[] sums =
        new Correlation(windows)
            .forward(x.reals(), shape[0], x.dimension(1), w.reals(), shape[1], groups);
    return stored(y, sums, call.optional(2));
  }

  private static OnnxTensor transposed(Call call, OnnxTensor x, OnnxTensor w, int groups) {
    if (groups < 1 || x.dimension(1) != w.dimension(0) || w.dimension(0) % groups != 0) {
      throw new IllegalArgumentException(
          "weights of %d channels in %d groups do not fit an input of %d channels"
              .formatted(w.dimension(0), groups, x.dimension(1)));
    }
    int[] small = Windows.spatial(x.shape());
    int[] kernel = Windows.spatial(w.shape());
    Windows windows = transposedWindows(call.attributes(), small, kernel);
    int[] shape =
        Windows.shape(x.dimension(0), Math.multiplyExact(w.dimension(1), groups), windows.in());
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    double[] sums =
        new Correlation(windows)
            .transposed(x.reals(), shape[0], x.dimension(1), w.reals(), shape[1], groups);
    return stored(y, sums, call.optional(2));
  }

  /** Returns the windows whose output is the transposed convolution's input. */
  private static Windows transposedWindows(Attributes attributes, int[] small, int[] kernel) {
    int rank = small.length;
    int[] strides = Windows.given(attributes, "strides", rank, 1);
    int[] dilations = Windows.given(attributes, "dilations", rank, 1);
    int[] extra = Windows.given(attributes, "output_padding", rank, 0);
    int[] wanted = attributes.smalls("output_shape");
    int[] pads = attributes.smalls("pads");
    String automatic = attributes.text("auto_pad", "NOTSET");
    var before = new int[rank];
    var after = new int[rank];
    var large = new int[rank];
    for (int d = 0; d < rank; d++) {
      int full =
          Math.addExact(
              Math.multiplyExact(strides[d], small[d] - 1),
              extra[d] + (kernel[d] - 1) * dilations[d] + 1);
      boolean same = automatic.startsWith("SAME");
      if (wanted != null || same) {
        // Some files give the batch and the channels too.
        large[d] =
            wanted != null
                ? wanted[wanted.length - rank + d]
                : Math.multiplyExact(small[d], strides[d]);
        // An output larger than all that the input reaches ends with nothing but the bias.
        int all = Math.max(0, full - large[d]);
        before[d] = automatic.equals("SAME_UPPER") ? all / 2 : all - all / 2;
        if (automatic.equals("NOTSET")) {
          before[d] = all - all / 2;
        }
        after[d] = all - before[d];
      } else {
        before[d] = pads == null ? 0 : pads[d];
        after[d] = pads == null ? 0 : pads[rank + d];
        large[d] = full - before[d] - after[d];
      }
    }
    return new Windows(large, kernel, strides, dilations, before, after, small);
  }

  /** Adds the bias, and rounds once. */
  private static OnnxTensor stored(OnnxTensor y, double[] sums, @Nullable OnnxTensor bias) {
    int channels = y.dimension(1);
    if (bias != null && bias.size() != channels) {
      throw new IllegalArgumentException(
          "the bias has %d values for %d channels".formatted(bias.size(), channels));
    }
    int plane = Places.product(y.shape(), 2, y.rank());
    for (int i = 0; i < sums.length; i++) {
      y.put(i, bias == null ? sums[i] : sums[i] + bias.real(i / plane % channels));
    }
    return y;
  }
}
