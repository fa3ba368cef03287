package stride.onnx.evaluate;

import java.util.Arrays;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Pooling over any number of spatial axes. */
final class Pooling implements Family {
  @Override
  public String operators() {
    return """
    AveragePool 1 7 10 11 19 22
    GlobalAveragePool 1 22
    GlobalLpPool 1 2 22
    GlobalMaxPool 1 22
    LpPool 1 2 11 18 22
    MaxPool 1 8 10 11 12 22
    MaxUnpool 9 11 22
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    int[] spatial = Windows.spatial(x.shape());
    Attributes attributes = call.attributes();
    return switch (call.operator()) {
      case "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool" -> {
        var windows = Windows.of(spatial, spatial, Attributes.NONE);
        yield Family.one(
            switch (call.operator()) {
              case "GlobalAveragePool" -> average(x, windows, false);
              case "GlobalMaxPool" -> max(x, windows, false, false)[0];
              default -> powers(x, windows, exponent(attributes));
            });
      }
      case "MaxUnpool" -> Family.one(unpool(call, x));
      default -> {
        int[] kernel = attributes.smalls("kernel_shape");
        if (kernel == null || kernel.length != spatial.length) {
          throw new IllegalArgumentException(
              "its kernel_shape is %s".formatted(Arrays.toString(kernel)));
        }
        var windows = Windows.of(spatial, kernel, attributes);
        yield switch (call.operator()) {
          case "MaxPool" ->
              max(x, windows, call.wants(1), attributes.integer("storage_order", 0) == 1);
          case "AveragePool" ->
              Family.one(average(x, windows, attributes.flag("count_include_pad")));
          default -> Family.one(powers(x, windows, exponent(attributes)));
        };
      }
    };
  }

  /** Returns p, which the first version has as a float. */
  private static double exponent(Attributes attributes) {
    return attributes.value("p") instanceof Float p ? p : attributes.integer("p", 2);
  }

  /** Goes over the elements of a window. */
  private static final class Window {
    private final Windows windows;
    private final int[] at;
    private final int[] rowsOf;

    /** The places within a plane of those of its elements that lie in the input. */
    final int[] places;

    /** How many they are. */
    int count;

    /** How many elements lie in the input or its padding. */
    int padded;

    Window(Windows windows) {
      this.windows = windows;
      this.at = new int[windows.in().length];
      this.rowsOf = Places.strides(windows.in());
      this.places = new int[Math.max(1, OnnxTensor.size(windows.kernel()))];
    }

    /** Moves to the window of an output's place. */
    void moveTo(int place) {
      int rest = place;
      for (int d = at.length - 1; d >= 0; d--) {
        at[d] = rest % windows.out()[d] * windows.strides()[d] - windows.before()[d];
        rest /= windows.out()[d];
      }
      count = 0;
      padded = 0;
      collect(0, 0, true);
    }

    private void collect(int d, int place, boolean inside) {
      if (d == at.length) {
        padded++;
        if (inside) {
          places[count++] = place;
        }
        return;
      }
      int size = windows.in()[d];
      for (int k = 0; k < windows.kernel()[d]; k++) {
        int i = at[d] + k * windows.dilations()[d];
        if (i < size + windows.after()[d]) {
          collect(d + 1, place + i * rowsOf[d], inside && i >= 0 && i < size);
        }
      }
    }
  }

  private static int[] outputShape(OnnxTensor x, Windows windows) {
    return Windows.shape(x.dimension(0), x.dimension(1), windows.out());
  }

  private static OnnxTensor[] max(
      OnnxTensor x, Windows windows, boolean wantsIndices, boolean columnMajor) {
    int[] shape = outputShape(x, windows);
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    OnnxTensor indices = OnnxTensor.zeros(ElementType.INT64, wantsIndices ? shape : new int[] {0});
    int in = OnnxTensor.size(windows.in());
    int out = OnnxTensor.size(windows.out());
    int planes = shape[0] * shape[1];
    var window = new Window(windows);
    for (int place = 0; place < out; place++) {
      window.moveTo(place);
      for (int plane = 0; plane < planes; plane++) {
        int best = -1;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < window.count; k++) {
          int index = plane * in + window.places[k];
          double value = x.real(index);
          if (best < 0 || value > greatest || Double.isNaN(value)) {
            best = index;
            greatest = value;
          }
        }
        int at = plane * out + place;
        if (best < 0) {
          y.put(at, x.type().isReal() ? Double.NEGATIVE_INFINITY : x.type().least());
        } else {
          x.copy(best, y, at, 1);
        }
        if (wantsIndices) {
          int within = best - plane * in;
          indices.put(
              at,
              best < 0
                  ? -1L
                  : (long) plane * in + (columnMajor ? columns(within, windows.in()) : within));
        }
      }
    }
    return new OnnxTensor[] {y, indices};
  }

  /** Returns a row-major place as the place where the first axis runs fastest. */
  private static int columns(int place, int[] shape) {
    int rest = place;
    var index = new int[shape.length];
    for (int d = shape.length - 1; d >= 0; d--) {
      index[d] = rest % shape[d];
      rest /= shape[d];
    }
    int columns = 0;
    for (int d = shape.length - 1; d >= 0; d--) {
      columns = columns * shape[d] + index[d];
    }
    return columns;
  }

  private static OnnxTensor average(OnnxTensor x, Windows windows, boolean includePadding) {
    OnnxTensor y = OnnxTensor.zeros(x.type(), outputShape(x, windows));
    int in = OnnxTensor.size(windows.in());
    int out = OnnxTensor.size(windows.out());
    int planes = x.dimension(0) * x.dimension(1);
    var window = new Window(windows);
    for (int place = 0; place < out; place++) {
      window.moveTo(place);
      for (int plane = 0; plane < planes; plane++) {
        double sum = 0;
        for (int k = 0; k < window.count; k++) {
          sum += x.real(plane * in + window.places[k]);
        }
        y.put(plane * out + place, sum / (includePadding ? window.padded : window.count));
      }
    }
    return y;
  }

  private static OnnxTensor powers(OnnxTensor x, Windows windows, double p) {
    OnnxTensor y = OnnxTensor.zeros(x.type(), outputShape(x, windows));
    int in = OnnxTensor.size(windows.in());
    int out = OnnxTensor.size(windows.out());
    int planes = x.dimension(0) * x.dimension(1);
    var window = new Window(windows);
    for (int place = 0; place < out; place++) {
      window.moveTo(place);
      for (int plane = 0; plane < planes; plane++) {
        double sum = 0;
        for (int k = 0; k < window.count; k++) {
          sum += Math.pow(Math.abs(x.real(plane * in + window.places[k])), p);
        }
        y.put(plane * out + place, Math.pow(sum, 1 / p));
      }
    }
    return y;
  }

  private static OnnxTensor unpool(Call call, OnnxTensor x) {
    int[] spatial = Windows.spatial(x.shape());
    int[] kernel = Windows.given(call.attributes(), "kernel_shape", spatial.length, 1);
    int[] strides = Windows.given(call.attributes(), "strides", spatial.length, 1);
    int[] pads = Windows.given(call.attributes(), "pads", 2 * spatial.length, 0);
    var natural = new int[spatial.length];
    for (int d = 0; d < natural.length; d++) {
      natural[d] = (spatial[d] - 1) * strides[d] + kernel[d] - pads[d] - pads[spatial.length + d];
    }
    int[] shape = Windows.shape(x.dimension(0), x.dimension(1), natural);
    OnnxTensor wanted = call.optional(2);
    if (wanted != null) {
      shape = Places.dimensions(wanted.longs());
    }
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    long[] indices = call.input(1).longs();
    // The indices count within the pooled input, whose planes are not larger than the wanted ones.
    int[] inner = Windows.shape(x.dimension(0), x.dimension(1), natural);
    int[] into = Places.strides(shape);
    for (int i = 0; i < indices.length; i++) {
      int rest = Math.toIntExact(indices[i]);
      int at = 0;
      for (int d = inner.length - 1; d >= 0; d--) {
        at += rest % inner[d] * into[d];
        rest /= inner[d];
      }
      x.copy(i, y, at, 1);
    }
    return y;
  }
}
