package stride.onnx.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.layer.Size;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.Subsample;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.spatial.Upsample;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/** What changes an image's height and width. */
final class SpatialRules {
  private SpatialRules() {}

  static View[] pad(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var attributes = node.attributes();
    long[] pads = attributes.integers("pads");
    if (pads == null) {
      pads = attributes.integers("paddings");
    }
    if (pads == null) {
      pads = layout.constant(node, 1).longs();
    }
    var value = layout.optional(node, 2);
    double filling = value == null ? attributes.real("value", 0) : value.real(0);
    if (pads.length != 2 * view.rank() || layout.optional(node, 3) != null) {
      throw new Unlayable("it names the dimensions that it pads");
    }
    boolean nothing = true;
    for (long pad : pads) {
      nothing &= pad == 0;
    }
    if (nothing) {
      return new View[] {view};
    }
    var wider = channelsAdded(layout, node, view, pads, filling);
    if (wider != null) {
      return wider;
    }
    boolean last = view.rank() == 4 && pads[3] == 0 && pads[7] == 0 && (pads[1] | pads[5]) != 0;
    int rows = last ? 1 : 2;
    int channels = last ? 3 : 1;
    if (view.rank() != 4
        || pads[0] != 0
        || pads[4] != 0
        || pads[channels] != 0
        || pads[channels + 4] != 0) {
      throw new Unlayable("it pads other dimensions than height and width");
    }
    var edge =
        switch (attributes.text("mode", "constant")) {
          case "constant" -> Pad.Edge.ZERO;
          case "reflect" -> Pad.Edge.REFLECT;
          case "edge" -> Pad.Edge.REPLICATE;
          default -> throw new Unlayable("its mode is " + attributes.text("mode", ""));
        };
    if (edge == Pad.Edge.ZERO && filling != 0) {
      throw new Unlayable("it pads with " + filling);
    }
    int made = layout.image(node, last ? view.transposed(new int[] {0, 3, 1, 2}) : view);
    int top = (int) pads[rows];
    int left = (int) pads[rows + 1];
    int bottom = (int) pads[rows + 4];
    int right = (int) pads[rows + 5];
    var shape = layout.shape(made);
    if (Math.min(Math.min(top, bottom), Math.min(left, right)) < 0) {
      int above = Math.max(-top, 0);
      int before = Math.max(-left, 0);
      made =
          layout.add(
              layout.names.beside(node, "crop"),
              new Crop(
                  above,
                  before,
                  shape.height() - above - Math.max(-bottom, 0),
                  shape.width() - before - Math.max(-right, 0)),
              List.of(made));
    }
    made =
        layout.add(
            node,
            new Pad(
                Math.max(left, 0), Math.max(right, 0), Math.max(top, 0), Math.max(bottom, 0), edge),
            made);
    return new View[] {
      last ? View.channelsLast(made, layout.shape(made)) : View.image(made, layout.shape(made))
    };
  }

  /** Channels of zeros, as many before as behind: what a shortcut without weights adds. */
  private static View @Nullable [] channelsAdded(
      Layout layout, OnnxNode node, View view, long[] pads, double filling) throws Unlayable {
    boolean channels = view.rank() == 4 && (pads[1] | pads[5]) != 0;
    for (int i = 0; i < pads.length; i++) {
      channels &= i == 1 || i == 5 || pads[i] == 0;
    }
    if (!channels
        || filling != 0
        || !node.attributes().text("mode", "constant").equals("constant")
        || Math.min(pads[1], pads[5]) < 0
        || pads[1] != (pads[1] + pads[5]) / 2) {
      return null;
    }
    int image = layout.image(node, view);
    int all = layout.shape(image).channels() + (int) (pads[1] + pads[5]);
    int made = layout.add(node, new Subsample(1, all), image);
    return new View[] {View.image(made, layout.shape(made))};
  }

  /** An image's size from its scales or as it is given. */
  static View[] resize(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    boolean upsample = node.operator().equals("Upsample");
    float[] scales = scales(layout, node, upsample || node.opset() < 11 ? 1 : 2);
    var sizes = upsample || node.opset() < 11 ? null : layout.optional(node, 3);
    if (sizes != null && sizes.size() == 0) {
      sizes = null;
    }
    var attributes = node.attributes();
    if (view.rank() != 4 || attributes.has("axes") || attributes.flag("antialias")) {
      throw new Unlayable("it resizes other dimensions than height and width, or smooths them");
    }
    boolean last = last(view, scales, sizes);
    int image = layout.image(node, last ? view.transposed(new int[] {0, 3, 1, 2}) : view);
    var in = layout.shape(image);
    int rows = last ? 1 : 2;
    int height = size(in.height(), scales, sizes, rows);
    int width = size(in.width(), scales, sizes, rows + 1);
    var resampling =
        new Resampled(
            upsample || node.opset() < 11
                ? "asymmetric"
                : attributes.text("coordinate_transformation_mode", "half_pixel"),
            upsample || node.opset() < 11
                ? "floor"
                : attributes.text("nearest_mode", "round_prefer_floor"),
            sizes == null && scales != null ? scales[rows] : (float) height / in.height(),
            sizes == null && scales != null ? scales[rows + 1] : (float) width / in.width());
    var made =
        layout.add(
            node, operation(node, resampling, in.height(), in.width(), height, width), image);
    return new View[] {
      last ? View.channelsLast(made, layout.shape(made)) : View.image(made, layout.shape(made))
    };
  }

  private static Upsample operation(
      OnnxNode node, Resampled resampled, int inHeight, int inWidth, int height, int width)
      throws Unlayable {
    var size = new Size(height, width);
    String mode = node.attributes().text("mode", "nearest");
    if (mode.equals("nearest")) {
      for (var upsample :
          List.of(
              new Upsample(size, 1, Upsample.Mode.NEAREST, false),
              byFactor(resampled, Upsample.Mode.NEAREST))) {
        if (resampled.isNearest(upsample, inHeight, inWidth, height, width)) {
          return upsample;
        }
      }
      throw new Unlayable("it takes other pixels than the engine's nearest ones");
    }
    boolean linear = mode.equals("linear") || mode.equals("bilinear");
    boolean exact =
        isExact(resampled.vertical(), inHeight, height)
            && isExact(resampled.horizontal(), inWidth, width);
    if (linear && exact && resampled.coordinates().equals("align_corners")) {
      return new Upsample(size, 1, Upsample.Mode.BILINEAR, true);
    }
    var blending = linear ? blending(resampled.coordinates(), size) : null;
    if (blending != null && exact) {
      return new Upsample(size, 1, blending, false);
    }
    // The engine copies an image of the same size, whatever the factor.
    boolean copied = inHeight == height || inWidth == width;
    if (blending != null
        && resampled.vertical() == resampled.horizontal()
        && !(copied && blending == Upsample.Mode.BILINEAR)) {
      return byFactor(resampled, blending);
    }
    throw new Unlayable(
        "it resizes %dx%d to %s in the mode %s with coordinates %s"
            .formatted(inHeight, inWidth, size, mode, resampled.coordinates()));
  }

  /** How the engine blends pixels with coordinates of ONNX; null if it does not. */
  private static Upsample.@Nullable Mode blending(String coordinates, Size size) {
    return switch (coordinates) {
      case "half_pixel" -> Upsample.Mode.BILINEAR;
      // An output of one pixel is an exception here.
      case "pytorch_half_pixel" ->
          Math.min(size.height(), size.width()) > 1 ? Upsample.Mode.BILINEAR : null;
      case "asymmetric" -> Upsample.Mode.BILINEAR_ASYMMETRIC;
      default -> null;
    };
  }

  /** Whether a scale is that of the sizes, up to its rounding to float. */
  private static boolean isExact(float scale, int n, int outputs) {
    return Math.abs((double) scale * n - outputs) <= outputs * (double) Math.ulp(1f);
  }

  private static Upsample byFactor(Resampled resampled, Upsample.Mode mode) {
    return new Upsample(null, resampled.vertical(), mode, false);
  }

  private static float @Nullable [] scales(Layout layout, OnnxNode node, int input)
      throws Unlayable {
    float[] scales = node.attributes().reals("scales");
    if (scales == null && node.attributes().has("height_scale")) {
      scales =
          new float[] {
            1,
            1,
            node.attributes().real("height_scale", 1),
            node.attributes().real("width_scale", 1)
          };
    }
    var tensor = layout.optional(node, input);
    if (scales == null && tensor != null && tensor.size() > 0) {
      scales = Layout.floats(tensor);
    }
    if (scales != null && scales.length != 4) {
      throw new Unlayable("it has %d scales".formatted(scales.length));
    }
    return scales;
  }

  /** Whether it is an image (N, H, W, C) that becomes larger or smaller. */
  private static boolean last(View view, float @Nullable [] scales, @Nullable OnnxTensor sizes)
      throws Unlayable {
    boolean first = keeps(view, scales, sizes, 1);
    boolean last = keeps(view, scales, sizes, 3);
    if (!keeps(view, scales, sizes, 0) || !(first || last)) {
      throw new Unlayable("it resizes channels");
    }
    return !first;
  }

  private static boolean keeps(
      View view, float @Nullable [] scales, @Nullable OnnxTensor sizes, int dim) throws Unlayable {
    if (sizes != null) {
      return dim == 0 || sizes.integer(dim) == view.size(dim);
    }
    if (scales == null) {
      throw new Unlayable("it has neither sizes nor scales");
    }
    return scales[dim] == 1;
  }

  private static int size(int n, float @Nullable [] scales, @Nullable OnnxTensor sizes, int dim) {
    return sizes != null
        ? (int) sizes.integer(dim)
        : scales == null ? n : (int) Math.floor((double) n * scales[dim]);
  }

  /**
   * A product with a matrix from the left: averages of rows, as Stride writes adaptive pooling, if
   * its input are averages of columns.
   */
  static View @Nullable [] adaptivePool(Layout layout, OnnxNode node) throws Unlayable {
    var rows = layout.constant(Layout.input(node, 0));
    var inner = layout.producer(Layout.input(node, 1));
    if (rows == null || inner == null || !inner.operator().equals("MatMul")) {
      return null;
    }
    var columns = layout.constant(Layout.input(inner, 1));
    if (columns == null || rows.rank() != 2 || columns.rank() != 2) {
      return null;
    }
    var view = layout.view(inner, 0);
    int height = rows.dimension(0);
    int width = columns.dimension(1);
    if (view.rank() != 4
        || !isAverage(Layout.floats(rows), view.size(2), height, 1, view.size(2))
        || !isAverage(Layout.floats(columns), view.size(3), width, width, 1)) {
      return null;
    }
    int edge =
        layout.add(node, new AdaptiveAvgPool(new Size(height, width)), layout.image(node, view));
    return new View[] {View.image(edge, layout.shape(edge))};
  }

  private static boolean isAverage(float[] shares, int n, int outputs, int pitch, int step) {
    if (shares.length != n * outputs) {
      return false;
    }
    for (int o = 0; o < outputs; o++) {
      int from = (int) ((long) o * n / outputs);
      int to = (int) Math.ceilDiv((o + 1L) * n, (long) outputs);
      for (int i = 0; i < n; i++) {
        float expected = i >= from && i < to ? 1f / (to - from) : 0;
        if (shares[i * pitch + o * step] != expected) {
          return false;
        }
      }
    }
    return true;
  }

  static Map<String, Rule> rules() {
    return Map.of(
        "Pad", SpatialRules::pad, "Resize", SpatialRules::resize, "Upsample", SpatialRules::resize);
  }
}
