package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Operators of detectors: regions of maps, and the suppression of boxes. */
final class Regions implements Family {
  @Override
  public String operators() {
    return """
    MaxRoiPool 1 22
    NonMaxSuppression 10 11
    RoiAlign 10 16 22
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(
        switch (call.operator()) {
          case "NonMaxSuppression" -> suppress(call);
          case "RoiAlign" -> align(call);
          default -> pool(call);
        });
  }

  private static OnnxTensor align(Call call) {
    Attributes attributes = call.attributes();
    OnnxTensor x = call.input(0);
    OnnxTensor regions = call.input(1);
    long[] images = call.input(2).longs();
    int channels = x.dimension(1);
    int height = x.dimension(2);
    int width = x.dimension(3);
    int rows = attributes.small("output_height", 1);
    int columns = attributes.small("output_width", 1);
    double scale = attributes.real("spatial_scale", 1);
    int ratio = attributes.small("sampling_ratio", 0);
    boolean max = attributes.text("mode", "avg").equals("max");
    // Before version 16 pixels' centres lie on whole numbers, and a region has at least one pixel.
    boolean half =
        call.since() >= 16
            && attributes.text("coordinate_transformation_mode", "half_pixel").equals("half_pixel");
    double shift = half ? 0.5 : 0;
    OnnxTensor y = OnnxTensor.zeros(x.type(), regions.dimension(0), channels, rows, columns);
    for (int r = 0; r < regions.dimension(0); r++) {
      double left = regions.real(4 * r) * scale - shift;
      double top = regions.real(4 * r + 1) * scale - shift;
      double wide = regions.real(4 * r + 2) * scale - shift - left;
      double high = regions.real(4 * r + 3) * scale - shift - top;
      if (!half) {
        wide = Math.max(wide, 1);
        high = Math.max(high, 1);
      }
      double binWidth = wide / columns;
      double binHeight = high / rows;
      int across = ratio > 0 ? ratio : (int) Math.ceil(wide / columns);
      int down = ratio > 0 ? ratio : (int) Math.ceil(high / rows);
      for (int c = 0; c < channels; c++) {
        int plane = (Math.toIntExact(images[r]) * channels + c) * height * width;
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            double sum = 0;
            double greatest = Double.NEGATIVE_INFINITY;
            for (int v = 0; v < down; v++) {
              for (int h = 0; h < across; h++) {
                double[] parts =
                    parts(
                        x,
                        plane,
                        height,
                        width,
                        top + (i + (v + 0.5) / down) * binHeight,
                        left + (j + (h + 0.5) / across) * binWidth);
                sum += parts[0] + parts[1] + parts[2] + parts[3];
                for (double part : parts) {
                  greatest = Math.max(greatest, part);
                }
              }
            }
            y.put(
                ((r * channels + c) * rows + i) * columns + j,
                max ? (down * across == 0 ? 0 : greatest) : sum / Math.max(1, down * across));
          }
        }
      }
    }
    return y;
  }

  /** Returns the four pixels around a place, each times its weight in bilinear interpolation. */
  private static double[] parts(
      OnnxTensor x, int plane, int height, int width, double row, double column) {
    if (row < -1 || row > height || column < -1 || column > width) {
      return new double[4];
    }
    double y = Math.max(row, 0);
    double z = Math.max(column, 0);
    int top = Math.min((int) y, height - 1);
    int left = Math.min((int) z, width - 1);
    int bottom = Math.min(top + 1, height - 1);
    int right = Math.min(left + 1, width - 1);
    y = top == height - 1 ? top : y;
    z = left == width - 1 ? left : z;
    double down = y - top;
    double across = z - left;
    return new double[] {
      (1 - down) * (1 - across) * x.real(plane + top * width + left),
      (1 - down) * across * x.real(plane + top * width + right),
      down * (1 - across) * x.real(plane + bottom * width + left),
      down * across * x.real(plane + bottom * width + right)
    };
  }

  private static OnnxTensor pool(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor regions = call.input(1);
    int[] pooled = call.attributes().smalls("pooled_shape");
    if (pooled == null || pooled.length != 2) {
      throw new IllegalArgumentException("its pooled_shape is missing");
    }
    double scale = call.attributes().real("spatial_scale", 1);
    int channels = x.dimension(1);
    int height = x.dimension(2);
    int width = x.dimension(3);
    OnnxTensor y = OnnxTensor.zeros(x.type(), regions.dimension(0), channels, pooled[0], pooled[1]);
    for (int r = 0; r < regions.dimension(0); r++) {
      int image = (int) regions.real(5 * r);
      long left = Math.round(regions.real(5 * r + 1) * scale);
      long top = Math.round(regions.real(5 * r + 2) * scale);
      long wide = Math.max(1, Math.round(regions.real(5 * r + 3) * scale) - left + 1);
      long high = Math.max(1, Math.round(regions.real(5 * r + 4) * scale) - top + 1);
      for (int c = 0; c < channels; c++) {
        int plane = (image * channels + c) * height * width;
        for (int i = 0; i < pooled[0]; i++) {
          for (int j = 0; j < pooled[1]; j++) {
            int fromRow = Math.clamp(top + Math.floorDiv(i * high, pooled[0]), 0, height);
            int toRow = Math.clamp(top + Math.ceilDiv((i + 1) * high, pooled[0]), 0, height);
            int fromColumn = Math.clamp(left + Math.floorDiv(j * wide, pooled[1]), 0, width);
            int toColumn = Math.clamp(left + Math.ceilDiv((j + 1) * wide, pooled[1]), 0, width);
            boolean empty = toRow <= fromRow || toColumn <= fromColumn;
            double greatest = empty ? 0 : Double.NEGATIVE_INFINITY;
            for (int row = fromRow; row < toRow; row++) {
              for (int column = fromColumn; column < toColumn; column++) {
                greatest = Math.max(greatest, x.real(plane + row * width + column));
              }
            }
            y.put(((r * channels + c) * pooled[0] + i) * pooled[1] + j, greatest);
          }
        }
      }
    }
    return y;
  }

  private static OnnxTensor suppress(Call call) {
    OnnxTensor boxes = call.input(0);
    OnnxTensor scores = call.input(1);
    long most = call.has(2) ? call.input(2).integer(0) : 0;
    double overlap = call.has(3) ? call.input(3).real(0) : 0;
    double least = call.has(4) ? call.input(4).real(0) : Double.NEGATIVE_INFINITY;
    boolean centres = call.attributes().integer("center_point_box", 0) != 0;
    int count = boxes.dimension(1);
    int classes = scores.dimension(1);
    var selected = new ArrayList<long[]>();
    for (int n = 0; n < boxes.dimension(0); n++) {
      for (int c = 0; c < classes; c++) {
        int row = (n * classes + c) * count;
        var order = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
          if (scores.real(row + i) > least) {
            order.add(i);
          }
        }
        order.sort(Comparator.comparing(i -> -scores.real(row + i)));
        var kept = new ArrayList<double[]>();
        for (int i : order) {
          if (kept.size() >= most) {
            break;
          }
          double[] box = box(boxes, (n * count + i) * 4, centres);
          if (kept.stream().noneMatch(other -> overlap(box, other) > overlap)) {
            kept.add(box);
            selected.add(new long[] {n, c, i});
          }
        }
      }
    }
    OnnxTensor result = OnnxTensor.zeros(ElementType.INT64, selected.size(), 3);
    for (int i = 0; i < 3 * selected.size(); i++) {
      result.put(i, selected.get(i / 3)[i % 3]);
    }
    return result;
  }

  /** Returns two opposite corners of a box, the smaller coordinates first. */
  private static double[] box(OnnxTensor boxes, int at, boolean centres) {
    double a = boxes.real(at);
    double b = boxes.real(at + 1);
    double c = boxes.real(at + 2);
    double d = boxes.real(at + 3);
    return centres
        ? new double[] {a - c / 2, b - d / 2, a + c / 2, b + d / 2}
        : new double[] {Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)};
  }

  /** Returns the intersection of two boxes over their union. */
  private static double overlap(double[] a, double[] b) {
    double one = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    double other = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    if (one <= 0 || other <= 0) {
      return 0;
    }
    double both = one * other;
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
  }
}
