package stride.onnx.evaluate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.OnnxTensor;

/**
 * Resizing along each axis by itself: each of an axis's outputs is a weighted sum of some of its
 * inputs.
 */
final class Resizing implements Family {
  @Override
  public String operators() {
    return """
    Resize 10 11 13 18 19
    Upsample 1 7 9 10
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    int rank = x.rank();
    var sizes = new int[rank];
    var scales = new double[rank];
    plan(call, x, sizes, scales);
    boolean old = call.since() < 11 || call.operator().equals("Upsample");
    double[] values = x.reals();
    int[] shape = x.shape();
    var outside = new boolean[rank][];
    for (int axis = 0; axis < rank; axis++) {
      var line =
          new Line(
              call.attributes(),
              old,
              shape[axis],
              sizes[axis],
              scales[axis],
              region(call, axis, rank));
      outside[axis] = line.outside;
      if (sizes[axis] != shape[axis] || !line.isIdentity()) {
        values = along(values, shape, axis, line);
        shape[axis] = sizes[axis];
      }
    }
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    for (int i = 0; i < values.length; i++) {
      y.put(i, y.type().isReal() ? values[i] : Math.rint(values[i]));
    }
    if (call.attributes().text("coordinate_transformation_mode", "").equals("tf_crop_and_resize")) {
      extrapolate(call.attributes(), y, outside);
    }
    return Family.one(y);
  }

  /** Decides the sizes and the scales, from whichever of them the file gives. */
  private static void plan(Call call, OnnxTensor x, int[] sizes, double[] scales) {
    Attributes attributes = call.attributes();
    int rank = x.rank();
    Arrays.fill(scales, 1);
    System.arraycopy(x.shape(), 0, sizes, 0, rank);
    int[] axes = axes(attributes, rank);
    double[] given = scales(call, rank);
    if (given != null) {
      if (given.length != axes.length) {
        throw new IllegalArgumentException(
            "%d scales are given for %d axes".formatted(given.length, axes.length));
      }
      for (int i = 0; i < axes.length; i++) {
        scales[axes[i]] = given[i];
        sizes[axes[i]] = (int) Math.floor(x.dimension(axes[i]) * given[i]);
      }
      return;
    }
    OnnxTensor wanted = call.input(3);
    if (wanted.size() != axes.length) {
      throw new IllegalArgumentException(
          "%d sizes are given for %d axes".formatted(wanted.size(), axes.length));
    }
    String policy = attributes.text("keep_aspect_ratio_policy", "stretch");
    double common = policy.equals("not_larger") ? Double.MAX_VALUE : 0;
    for (int i = 0; i < axes.length; i++) {
      double scale = (double) wanted.integer(i) / x.dimension(axes[i]);
      scales[axes[i]] = scale;
      sizes[axes[i]] = Math.toIntExact(wanted.integer(i));
      common = policy.equals("not_larger") ? Math.min(common, scale) : Math.max(common, scale);
    }
    if (!policy.equals("stretch")) {
      for (int axis : axes) {
        scales[axis] = common;
        sizes[axis] = (int) Math.floor(common * x.dimension(axis) + 0.5);
      }
    }
  }

  private static int[] axes(Attributes attributes, int rank) {
    long[] given = attributes.integers("axes");
    var axes = new int[given == null ? rank : given.length];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = given == null ? i : Call.axis(given[i], rank);
    }
    return axes;
  }

  private static double @Nullable [] scales(Call call, int rank) {
    Attributes attributes = call.attributes();
    if (call.operator().equals("Upsample") && call.since() == 1) {
      var scales = new double[rank];
      Arrays.fill(scales, 1);
      scales[rank - 2] = attributes.real("height_scale", 1);
      scales[rank - 1] = attributes.real("width_scale", 1);
      return scales;
    }
    float[] listed = attributes.reals("scales");
    if (listed != null) {
      var scales = new double[listed.length];
      Arrays.setAll(scales, i -> listed[i]);
      return scales;
    }
    boolean behindRegion = call.operator().equals("Resize") && call.since() >= 11;
    OnnxTensor given = call.optional(behindRegion ? 2 : 1);
    return given == null || given.size() == 0 ? null : given.reals();
  }

  /** Returns the part of an axis that "tf_crop_and_resize" makes as large as the output. */
  private static double[] region(Call call, int axis, int rank) {
    OnnxTensor given =
        call.operator().equals("Resize") && call.since() >= 11 ? call.optional(1) : null;
    int[] axes = axes(call.attributes(), rank);
    if (given != null && given.size() == 2 * axes.length) {
      for (int i = 0; i < axes.length; i++) {
        if (axes[i] == axis) {
          return new double[] {given.real(i), given.real(axes.length + i)};
        }
      }
    }
    return new double[] {0, 1};
  }

  private static double[] along(double[] x, int[] shape, int axis, Line line) {
    int outer = Places.product(shape, 0, axis);
    int inner = Places.product(shape, axis + 1, shape.length);
    int[] to = shape.clone();
    to[axis] = line.first.length;
    var y = new double[OnnxTensor.size(to)];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < line.first.length; i++) {
        int at = (o * line.first.length + i) * inner;
        for (int k = 0; k < line.weights[i].length; k++) {
          double weight = line.weights[i][k];
          int index = Math.clamp(line.first[i] + k, 0, shape[axis] - 1);
          int from = (o * shape[axis] + index) * inner;
          if (weight != 0) {
            for (int j = 0; j < inner; j++) {
              y[at + j] += weight * x[from + j];
            }
          }
        }
      }
    }
    return y;
  }

  private static void extrapolate(Attributes attributes, OnnxTensor y, boolean[][] outside) {
    double value = attributes.real("extrapolation_value", 0);
    int[] strides = Places.strides(y.shape());
    for (int i = 0; i < y.size(); i++) {
      for (int axis = 0; axis < strides.length; axis++) {
        if (outside[axis][i / strides[axis] % y.dimension(axis)]) {
          y.put(i, value);
        }
      }
    }
  }

  /** What each output along an axis is made of. */
  private static final class Line {
    /** The first input; it may lie outside, where the input at the edge stands for it. */
    final int[] first;

    /** The weights of the first and those behind it. */
    final double[][] weights;

    /** Whether it lies outside of the region that is resized. */
    final boolean[] outside;

    Line(Attributes attributes, boolean old, int in, int out, double scale, double[] region) {
      first = new int[out];
      weights = new double[out][];
      outside = new boolean[out];
      String mode = attributes.text("mode", "nearest");
      String coordinates =
          attributes.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
      boolean antialias = attributes.flag("antialias");
      // Of an axis that keeps its size only the crop can change something.
      boolean kept = in == out && scale == 1 && !coordinates.equals("tf_crop_and_resize");
      for (int i = 0; i < out; i++) {
        double at = kept ? i : place(coordinates, i, in, out, scale, region);
        outside[i] = coordinates.equals("tf_crop_and_resize") && (at < 0 || at > in - 1);
        if (mode.equals("nearest")) {
          String rounding =
              old
                  ? (scale < 1 ? "ceil" : "floor")
                  : attributes.text("nearest_mode", "round_prefer_floor");
          first[i] = Math.clamp(nearest(at, rounding), 0, in - 1);
          weights[i] = new double[] {1};
        } else {
          boolean cubic = mode.equals("cubic");
          double a = attributes.real("cubic_coeff_a", -0.75f);
          double narrow = antialias && !kept ? Math.min(1, scale) : 1;
          interpolate(i, at, cubic, a, narrow);
          if (attributes.flag("exclude_outside")) {
            exclude(i, in);
          }
        }
      }
    }

    private static double place(
        String coordinates, int i, int in, int out, double scale, double[] region) {
      return switch (coordinates) {
        case "half_pixel" -> (i + 0.5) / scale - 0.5;
        case "half_pixel_symmetric" -> {
          double adjusted = out / (scale * in);
          yield in / 2.0 * (1 - adjusted) + (i + 0.5) / scale - 0.5;
        }
        case "pytorch_half_pixel" -> out > 1 ? (i + 0.5) / scale - 0.5 : 0;
        case "align_corners" -> {
          // By the exact length, of which the output's size is the whole part.
          double length = scale * in;
          yield out == 1 || length == 1 ? 0 : i * (in - 1.0) / (length - 1);
        }
        case "asymmetric" -> i / scale;
        case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
        case "tf_crop_and_resize" ->
            out > 1
                ? region[0] * (in - 1) + i * (region[1] - region[0]) * (in - 1) / (out - 1)
                : 0.5 * (region[0] + region[1]) * (in - 1);
        default ->
            throw new IllegalArgumentException(
                "its coordinate_transformation_mode is \"%s\"".formatted(coordinates));
      };
    }

    private static int nearest(double at, String rounding) {
      return (int)
          switch (rounding) {
            case "floor" -> Math.floor(at);
            case "ceil" -> Math.ceil(at);
            case "round_prefer_floor" -> Math.ceil(at - 0.5);
            case "round_prefer_ceil" -> Math.floor(at + 0.5);
            default ->
                throw new IllegalArgumentException(
                    "its nearest_mode is \"%s\"".formatted(rounding));
          };
    }

    /** Weighs the inputs around a place; a narrow scale makes the filter as much wider. */
    private void interpolate(int i, double at, boolean cubic, double a, double narrow) {
      double reach = (cubic ? 2 : 1) / narrow;
      int from = (int) Math.floor(at - reach) + 1;
      int to = (int) Math.ceil(at + reach) - 1;
      first[i] = from;
      weights[i] = new double[Math.max(1, to - from + 1)];
      double sum = 0;
      for (int k = 0; k < weights[i].length; k++) {
        double distance = Math.abs(from + k - at) * narrow;
        weights[i][k] = cubic ? cubic(distance, a) : Math.max(0, 1 - distance);
        sum += weights[i][k];
      }
      for (int k = 0; k < weights[i].length; k++) {
        weights[i][k] /= sum;
      }
    }

    /** Keys' cubic kernel ("Cubic convolution interpolation", 1981). */
    private static double cubic(double d, double a) {
      return d < 1
          ? ((a + 2) * d - (a + 3)) * d * d + 1
          : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }

    private void exclude(int i, int in) {
      double sum = 0;
      for (int k = 0; k < weights[i].length; k++) {
        if (first[i] + k < 0 || first[i] + k >= in) {
          weights[i][k] = 0;
        }
        sum += weights[i][k];
      }
      for (int k = 0; k < weights[i].length; k++) {
        weights[i][k] /= sum;
      }
    }

    boolean isIdentity() {
      for (int i = 0; i < first.length; i++) {
        if (first[i] != i || weights[i].length != 1) {
          return false;
        }
      }
      return true;
    }
  }
}
