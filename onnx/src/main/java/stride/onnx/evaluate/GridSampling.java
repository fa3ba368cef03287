package stride.onnx.evaluate;

import stride.onnx.graph.Attributes;
import stride.onnx.tensor.OnnxTensor;

/** Sampling of maps at given places, and the places of an affine map. */
final class GridSampling implements Family {
  @Override
  public String operators() {
    return """
    AffineGrid 20
    GridSample 16 20 22
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(
        call.operator().equals("GridSample")
            ? sample(call.attributes(), call.input(0), call.input(1))
            : affine(call));
  }

  private static OnnxTensor sample(Attributes attributes, OnnxTensor x, OnnxTensor grid) {
    int axes = x.rank() - 2;
    if (axes < 1 || grid.rank() != x.rank() || grid.dimension(grid.rank() - 1) != axes) {
      throw new IllegalArgumentException("the grid does not fit the input");
    }
    // The first version names the modes as PyTorch does.
    String mode =
        switch (attributes.text("mode", "linear")) {
          case "bilinear", "linear" -> "linear";
          case "bicubic", "cubic" -> "cubic";
          default -> "nearest";
        };
    var sampler =
        new Sampler(x, attributes.text("padding_mode", "zeros"), attributes.flag("align_corners"));
    int[] spatial = new int[axes];
    for (int d = 0; d < axes; d++) {
      spatial[d] = grid.dimension(1 + d);
    }
    int[] shape = Windows.shape(x.dimension(0), x.dimension(1), spatial);
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    int places = OnnxTensor.size(spatial);
    int channels = x.dimension(1);
    var at = new double[axes];
    for (int n = 0; n < shape[0]; n++) {
      for (int place = 0; place < places; place++) {
        for (int d = 0; d < axes; d++) {
          // The grid's coordinates are in the order x, y, z.
          at[d] = sampler.place(d, grid.real((n * places + place) * axes + axes - 1 - d), mode);
        }
        for (int c = 0; c < channels; c++) {
          int plane = n * channels + c;
          y.put(
              plane * places + place,
              switch (mode) {
                case "nearest" -> sampler.nearest(plane, at);
                case "linear" -> sampler.interpolate(plane, at, 0, 0, true, 1);
                default -> sampler.interpolate(plane, at, 0, 0, true, 2);
              });
        }
      }
    }
    return y;
  }

  /** Reads a tensor at places between and beyond its elements. */
  private static final class Sampler {
    private final OnnxTensor x;
    private final String padding;
    private final boolean corners;
    private final int[] sizes;
    private final int[] strides;
    private final int plane;

    Sampler(OnnxTensor x, String padding, boolean corners) {
      this.x = x;
      this.padding = padding;
      this.corners = corners;
      this.sizes = Windows.spatial(x.shape());
      this.strides = Places.strides(sizes);
      this.plane = OnnxTensor.size(sizes);
    }

    private double low() {
      return corners ? 0 : -0.5;
    }

    private double high(int d) {
      return corners ? sizes[d] - 1 : sizes[d] - 0.5;
    }

    /** Returns where on an axis a coordinate from -1 to 1 lies. */
    double place(int d, double coordinate, String mode) {
      double at =
          corners ? (coordinate + 1) / 2 * (sizes[d] - 1) : ((coordinate + 1) * sizes[d] - 1) / 2;
      at = mode.equals("nearest") ? Math.rint(at) : at;
      if (at < low() || at > high(d)) {
        at =
            switch (padding) {
              case "border" -> Math.clamp(at, 0, sizes[d] - 1.0);
              case "reflection" -> reflected(at, low(), high(d));
              default -> at;
            };
      }
      return at;
    }

    private static double reflected(double at, double low, double high) {
      double range = high - low;
      if (range <= 0) {
        return low;
      }
      double beyond = at < low ? low - at : at - high;
      if (at >= low && at <= high) {
        return at;
      }
      long times = (long) (beyond / range);
      double rest = beyond - times * range;
      return (times % 2 == 0) == at < low ? low + rest : high - rest;
    }

    double nearest(int n, double[] at) {
      int place = 0;
      boolean inside = true;
      for (int d = 0; d < at.length; d++) {
        int index = index(d, (long) at[d]);
        inside &= index >= 0;
        place += index * strides[d];
      }
      return inside ? x.real(n * plane + place) : 0;
    }

    /** Returns the index that stands for one outside; -1 if 0 does. */
    private int index(int d, long index) {
      if (index >= 0 && index < sizes[d]) {
        return (int) index;
      }
      return switch (padding) {
        case "border" -> Math.clamp(index, 0, sizes[d] - 1);
        case "reflection" -> Math.clamp((long) reflected(index, low(), high(d)), 0, sizes[d] - 1);
        default -> -1;
      };
    }

    /** Interpolates along each axis, linearly between 2 elements or by Keys' kernel over 4. */
    double interpolate(int n, double[] at, int d, int place, boolean inside, int reach) {
      if (d == at.length) {
        return inside ? x.real(n * plane + place) : 0;
      }
      double floor = Math.floor(at[d]);
      double sum = 0;
      for (int k = 1 - reach; k <= reach; k++) {
        double distance = Math.abs(floor + k - at[d]);
        double weight = reach == 1 ? 1 - distance : cubic(distance);
        if (weight != 0) {
          int index = index(d, (long) floor + k);
          sum +=
              weight
                  * interpolate(
                      n,
                      at,
                      d + 1,
                      place + Math.max(0, index) * strides[d],
                      inside && index >= 0,
                      reach);
        }
      }
      return sum;
    }

    private static double cubic(double d) {
      double a = -0.75;
      return d < 1
          ? ((a + 2) * d - (a + 3)) * d * d + 1
          : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
  }

  private static OnnxTensor affine(Call call) {
    OnnxTensor theta = call.input(0);
    int[] size = Places.dimensions(call.input(1).longs());
    boolean corners = call.attributes().flag("align_corners");
    int axes = size.length - 2;
    var shape = new int[axes + 2];
    shape[0] = size[0];
    for (int d = 0; d < axes; d++) {
      shape[1 + d] = size[2 + d];
    }
    shape[axes + 1] = axes;
    OnnxTensor grid = OnnxTensor.zeros(theta.type(), shape);
    int places = grid.size() / Math.max(1, size[0] * axes);
    var at = new double[axes + 1];
    at[axes] = 1;
    for (int n = 0; n < size[0]; n++) {
      for (int place = 0; place < places; place++) {
        int rest = place;
        for (int d = axes - 1; d >= 0; d--) {
          int count = size[2 + d];
          int i = rest % count;
          rest /= count;
          // In the order x, y, z.
          at[axes - 1 - d] =
              corners ? (count == 1 ? -1 : 2.0 * i / (count - 1) - 1) : (2 * i + 1.0) / count - 1;
        }
        for (int row = 0; row < axes; row++) {
          double sum = 0;
          for (int k = 0; k <= axes; k++) {
            sum += theta.real((n * axes + row) * (axes + 1) + k) * at[k];
          }
          grid.put((n * places + place) * axes + row, sum);
        }
      }
    }
    return grid;
  }
}
