package stride.onnx.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.Layers;
import stride.layer.Size;
import stride.layer.convolution.Conv;
import stride.layer.convolution.ConvTranspose;
import stride.layer.convolution.Dense;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;
import stride.tensor.Shape;

/** Convolutions and products with matrices. */
final class ConvolutionRules {
  private ConvolutionRules() {}

  static View[] conv(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var weight = layout.constant(node, 1);
    var bias = layout.optional(node, 2);
    int edge = layout.image(node, view);
    var window = Sliding.of(node, kernel(weight));
    var in = layout.shape(edge);
    var pads = window.pads(in.height(), in.width());
    boolean even = pads.top() == pads.bottom() && pads.left() == pads.right();
    boolean same = !even && pads.isSame(window, in.height(), in.width());
    if (!even && !same) {
      edge =
          layout.add(
              layout.names.beside(node, "pad"),
              new Pad(pads.left(), pads.right(), pads.top(), pads.bottom(), Pad.Edge.ZERO),
              List.of(edge));
    }
    var conv =
        new Conv(
            weight.dimension(0),
            window.kernel(),
            window.stride(),
            even ? new Size(pads.top(), pads.left()) : same ? null : Size.square(0),
            window.dilation(),
            node.attributes().small("group", 1),
            bias != null,
            Layers.DEFAULT_INITIALIZER,
            null);
    int made = weighted(layout, node, conv, edge, Layout.floats(weight), bias, 1);
    return new View[] {seenAs(layout, made, view.rank())};
  }

  private static int weighted(
      Layout layout,
      OnnxNode node,
      Operation operation,
      int edge,
      float[] weight,
      @Nullable OnnxTensor bias,
      int at)
      throws Unlayable {
    var tensors = new HashMap<String, float[]>(Map.of("weight", weight));
    if (bias != null) {
      tensors.put("bias", Layout.floats(bias));
    }
    return layout.addWeighted(
        node, operation, edge, tensors, Layout.input(node, at), Layout.input(node, at + 1));
  }

  private static View seenAs(Layout layout, int edge, int rank) {
    return rank == 3
        ? View.sequence(edge, layout.shape(edge))
        : View.image(edge, layout.shape(edge));
  }

  private static Size kernel(OnnxTensor weight) throws Unlayable {
    return switch (weight.rank()) {
      case 3 -> new Size(1, weight.dimension(2));
      case 4 -> new Size(weight.dimension(2), weight.dimension(3));
      default -> throw new Unlayable("it slides over %d dimensions".formatted(weight.rank() - 2));
    };
  }

  static View[] convTranspose(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var weight = layout.constant(node, 1);
    var bias = layout.optional(node, 2);
    int edge = layout.image(node, view);
    var attributes = node.attributes();
    if (!Sliding.isExplicit(node) || view.rank() != 4) {
      throw new Unlayable("its padding follows from its output's shape");
    }
    var window = Sliding.of(node, kernel(weight));
    var pads = window.pads(1, 1);
    int[] more = attributes.smalls("output_padding");
    var outputPadding = more == null ? Size.square(0) : new Size(more[0], more[1]);
    boolean even = pads.top() == pads.bottom() && pads.left() == pads.right();
    int groups = attributes.small("group", 1);
    var conv =
        new ConvTranspose(
            weight.dimension(1) * groups,
            window.kernel(),
            window.stride(),
            even ? new Size(pads.top(), pads.left()) : Size.square(0),
            outputPadding,
            window.dilation(),
            groups,
            bias != null,
            Layers.DEFAULT_INITIALIZER,
            null);
    int made = weighted(layout, node, conv, edge, Layout.floats(weight), bias, 1);
    if (!even) {
      var whole = layout.shape(made);
      made =
          layout.add(
              layout.names.beside(node, "crop"),
              new Crop(
                  pads.top(),
                  pads.left(),
                  whole.height() - pads.top() - pads.bottom(),
                  whole.width() - pads.left() - pads.right()),
              List.of(made));
    }
    int[] given = attributes.smalls("output_shape");
    if (given != null && !(even && isSize(given, layout.shape(made)))) {
      throw new Unlayable("its padding follows from its output's shape");
    }
    return new View[] {View.image(made, layout.shape(made))};
  }

  /** Whether the last numbers of a shape are an image's height and width. */
  private static boolean isSize(int[] shape, Shape image) {
    return shape.length >= 2
        && shape[shape.length - 2] == image.height()
        && shape[shape.length - 1] == image.width();
  }

  static View[] gemm(Layout layout, OnnxNode node) throws Unlayable {
    var attributes = node.attributes();
    if (attributes.flag("transA")) {
      throw new Unlayable("its first matrix is transposed");
    }
    var weight = layout.constant(node, 1);
    var bias = layout.optional(node, 2);
    float alpha = attributes.real("alpha", 1);
    float beta = attributes.real("beta", 1);
    var matrix = attributes.flag("transB") ? Layout.floats(weight) : transposed(weight);
    scale(matrix, alpha);
    int units = weight.dimension(attributes.flag("transB") ? 0 : 1);
    float[] shift = null;
    if (bias != null) {
      shift = spread(bias, units);
      scale(shift, beta);
    }
    return new View[] {
      dense(layout, node, layout.view(node, 0), matrix, units, shift, Layout.input(node, 2))
    };
  }

  private static void scale(float[] values, float factor) {
    for (int i = 0; factor != 1 && i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static float[] spread(OnnxTensor bias, int units) throws Unlayable {
    float[] given = Layout.floats(bias);
    if (given.length != units && given.length != 1) {
      throw new Unlayable("it adds a matrix");
    }
    var spread = new float[units];
    for (int i = 0; i < units; i++) {
      spread[i] = given[given.length == 1 ? 0 : i];
    }
    return spread;
  }

  private static float[] transposed(OnnxTensor matrix) {
    int rows = matrix.dimension(0);
    int columns = matrix.dimension(1);
    float[] values = Layout.floats(matrix);
    var turned = new float[values.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[c * rows + r] = values[r * columns + c];
      }
    }
    return turned;
  }

  static View[] matMul(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var weight = layout.constant(node, 1);
    if (weight.rank() != 2) {
      throw new Unlayable("it multiplies several matrices");
    }
    int units = weight.dimension(1);
    if (view.rank() == 2) {
      return new View[] {dense(layout, node, view, transposed(weight), units, null, "")};
    }
    if (view.rank() != 4) {
      throw new Unlayable("it multiplies a value of rank " + view.rank());
    }
    // Each pixel's channels by a matrix: a convolution of 1x1.
    int edge = layout.image(node, view.transposed(new int[] {0, 3, 1, 2}));
    var conv = Layers.conv(units, 1).noBias();
    int made = weighted(layout, node, conv, edge, transposed(weight), null, 1);
    return new View[] {View.channelsLast(made, layout.shape(made))};
  }

  /** A product with a matrix and the node that adds biases to it. */
  static View biased(Layout layout, OnnxNode product, String bias) throws Unlayable {
    var weight = layout.constant(product, 1);
    var added = layout.constant(bias);
    if (added == null || weight.rank() != 2) {
      throw new Unlayable("it multiplies several matrices");
    }
    return dense(
        layout,
        product,
        layout.view(product, 0),
        transposed(weight),
        weight.dimension(1),
        Layout.floats(added),
        bias);
  }

  private static View dense(
      Layout layout,
      OnnxNode node,
      View view,
      float[] matrix,
      int units,
      float @Nullable [] bias,
      String biasName)
      throws Unlayable {
    var flat = layout.flat(node, view);
    int inputs = view.elements();
    if (matrix.length != (long) units * inputs) {
      throw new Unlayable(
          "its matrix has %d values for %d inputs".formatted(matrix.length, inputs));
    }
    int[] places = flat.places();
    var ordered = matrix;
    if (places != null) {
      ordered = inFileOrder(layout, flat.edge(), matrix, units, places);
    }
    var tensors = new HashMap<String, float[]>(Map.of("weight", ordered));
    if (bias != null) {
      tensors.put("bias", bias);
    }
    var dense = new Dense(units, bias != null, Layers.DEFAULT_INITIALIZER, null);
    int made =
        layout.addWeighted(node, dense, flat.edge(), tensors, Layout.input(node, 1), biasName);
    return View.vector(made, layout.shape(made));
  }

  /** A matrix whose columns are in ONNX's order, in the order of a dense layer's weights. */
  private static float[] inFileOrder(
      Layout layout, int edge, float[] matrix, int units, int[] places) {
    int inputs = places.length;
    var flattened = layout.graph.type(edge).flattened();
    var columns = new int[inputs];
    if (flattened == null) {
      for (int i = 0; i < inputs; i++) {
        columns[i] = places[i];
      }
    } else {
      int[] file = new int[inputs];
      int[] planes = View.image(0, flattened).places();
      for (int i = 0; i < inputs; i++) {
        file[planes[i]] = i;
      }
      for (int i = 0; i < inputs; i++) {
        columns[i] = file[places[i]];
      }
    }
    var ordered = new float[matrix.length];
    for (int u = 0; u < units; u++) {
      for (int i = 0; i < inputs; i++) {
        ordered[u * inputs + columns[i]] = matrix[u * inputs + i];
      }
    }
    return ordered;
  }
}
