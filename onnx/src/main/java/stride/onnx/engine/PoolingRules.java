package stride.onnx.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import stride.layer.Size;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.GlobalAvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.support.Window;
import stride.onnx.graph.OnnxNode;
import stride.tensor.Shape;

/** Pooling. */
final class PoolingRules {
  private PoolingRules() {}

  static View[] maxPool(Layout layout, OnnxNode node) throws Unlayable {
    if (layout.wantsMore(node)) {
      throw new Unlayable("the places of its maxima are wanted");
    }
    var window = window(node);
    int edge = layout.image(node, layout.view(node, 0));
    var in = layout.shape(edge);
    var pads = window.pads(in.height(), in.width());
    var wanted = outputs(node, window, pads, in);
    var padding = new Size(pads.top(), pads.left());
    boolean ceil = needsCeil(window, padding, in, wanted);
    int made = layout.add(node, new MaxPool(window.kernel(), window.stride(), padding, ceil), edge);
    return new View[] {
      seen(layout, cropped(layout, node, made, wanted), layout.view(node, 0).rank())
    };
  }

  static View[] averagePool(Layout layout, OnnxNode node) throws Unlayable {
    var window = window(node);
    int edge = layout.image(node, layout.view(node, 0));
    var in = layout.shape(edge);
    var pads = window.pads(in.height(), in.width());
    boolean counts = node.attributes().flag("count_include_pad");
    boolean ceilMode = node.attributes().flag("ceil_mode");
    boolean even = pads.top() == pads.bottom() && pads.left() == pads.right();
    var wanted = outputs(node, window, pads, in);
    if (counts && !even) {
      if (ceilMode) {
        throw new Unlayable("it counts padding that differs from side to side, and rounds up");
      }
      edge =
          layout.add(
              layout.names.beside(node, "pad"),
              new Pad(pads.left(), pads.right(), pads.top(), pads.bottom(), Pad.Edge.ZERO),
              List.of(edge));
      pads = new Sliding.Pads(0, 0, 0, 0);
      in = layout.shape(edge);
    }
    var padding = new Size(pads.top(), pads.left());
    boolean ceil = ceilMode || needsCeil(window, padding, in, wanted);
    int made =
        layout.add(
            node, new AvgPool(window.kernel(), window.stride(), padding, ceil, counts), edge);
    return new View[] {
      seen(layout, cropped(layout, node, made, wanted), layout.view(node, 0).rank())
    };
  }

  private static Sliding window(OnnxNode node) throws Unlayable {
    int[] kernel = node.attributes().smalls("kernel_shape");
    if (kernel == null || kernel.length > 2) {
      throw new Unlayable(
          "it slides over %d dimensions".formatted(kernel == null ? 0 : kernel.length));
    }
    var window = Sliding.of(node, Sliding.size(kernel));
    if (!window.dilation().equals(Size.square(1))) {
      throw new Unlayable("its window is dilated");
    }
    return window;
  }

  /** How many windows there are. */
  private static Size outputs(OnnxNode node, Sliding window, Sliding.Pads pads, Shape in) {
    boolean ceil = node.attributes().flag("ceil_mode");
    return new Size(
        outputs(
            in.height(),
            window.kernel().height(),
            window.stride().height(),
            pads.top(),
            pads.bottom(),
            ceil),
        outputs(
            in.width(),
            window.kernel().width(),
            window.stride().width(),
            pads.left(),
            pads.right(),
            ceil));
  }

  private static int outputs(int n, int kernel, int stride, int before, int after, boolean ceil) {
    int last = n + before + after - kernel;
    int outputs = (ceil ? Math.ceilDiv(last, stride) : Math.floorDiv(last, stride)) + 1;
    // A window that would begin in the padding behind the image is none.
    return ceil && (outputs - 1) * stride >= n + before ? outputs - 1 : outputs;
  }

  private static boolean needsCeil(Sliding window, Size padding, Shape in, Size wanted)
      throws Unlayable {
    int height =
        Window.outputs(
            in.height(),
            window.kernel().height(),
            window.stride().height(),
            2L * padding.height(),
            1);
    int width =
        Window.outputs(
            in.width(), window.kernel().width(), window.stride().width(), 2L * padding.width(), 1);
    if (height >= wanted.height() && width >= wanted.width()) {
      return false;
    }
    int higher =
        Window.outputsCeil(
            in.height(), window.kernel().height(), window.stride().height(), padding.height());
    int wider =
        Window.outputsCeil(
            in.width(), window.kernel().width(), window.stride().width(), padding.width());
    if (higher < wanted.height() || wider < wanted.width()) {
      throw new Unlayable("windows lie beyond its image");
    }
    return true;
  }

  /** The first outputs, where padding before the image makes more than there are. */
  private static int cropped(Layout layout, OnnxNode node, int edge, Size wanted) throws Unlayable {
    var shape = layout.shape(edge);
    return shape.height() == wanted.height() && shape.width() == wanted.width()
        ? edge
        : layout.add(
            layout.names.beside(node, "crop"),
            new Crop(0, 0, wanted.height(), wanted.width()),
            List.of(edge));
  }

  private static View seen(Layout layout, int edge, int rank) {
    return rank == 3
        ? View.sequence(edge, layout.shape(edge))
        : View.image(edge, layout.shape(edge));
  }

  static View[] globalAveragePool(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int edge = layout.add(node, new GlobalAvgPool(), layout.image(node, view));
    return new View[] {seen(layout, edge, view.rank())};
  }

  static View[] globalMaxPool(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int in = layout.image(node, view);
    var shape = layout.shape(in);
    var whole = new Size(shape.height(), shape.width());
    int edge = layout.add(node, new MaxPool(whole, whole, Size.square(0), false), in);
    return new View[] {seen(layout, edge, view.rank())};
  }

  /** A mean over an image's height and width. */
  static View[] reduceMean(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int rank = view.rank();
    int[] given = node.attributes().smalls("axes");
    var input = layout.optional(node, 1);
    if (given == null && input != null) {
      given = Arrays.stream(input.longs()).mapToInt(axis -> (int) axis).toArray();
    }
    var axes =
        given == null
            ? List.<Integer>of()
            : Arrays.stream(given).map(a -> a < 0 ? a + rank : a).sorted().boxed().toList();
    if (rank != 4 || axes.size() != 2 || axes.contains(0)) {
      throw new Unlayable("it is no mean over an image's height and width");
    }
    int channel = IntStream.of(1, 2, 3).filter(d -> !axes.contains(d)).findFirst().orElseThrow();
    var planes = view.transposed(new int[] {0, channel, axes.get(0), axes.get(1)});
    int edge = layout.add(node, new GlobalAvgPool(), layout.image(node, planes));
    var mean = View.vector(edge, layout.shape(edge));
    if (!node.attributes().has("keepdims") || node.attributes().flag("keepdims")) {
      var one = List.<Integer>of();
      var channels = mean.dims().get(1);
      mean =
          mean.withDims(
              IntStream.range(0, 4).mapToObj(d -> d == channel ? channels : one).toList());
    }
    return new View[] {mean};
  }
}
