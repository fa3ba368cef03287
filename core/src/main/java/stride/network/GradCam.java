package stride.network;

import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.ColourMap;
import stride.image.Image;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.regularization.Dropout;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Where in an image a network sees a class: Grad-CAM (Selvaraju et al. 2017, "Grad-CAM: Visual
 * Explanations from Deep Networks via Gradient-based Localization"). The last map before the head
 * is summed over its channels, each weighted with the mean gradient of the class's logit in it, and
 * what is below 0 is cut off.
 *
 * @param map (height, width, 1) of the map that was looked at, 0 and more; all 0 if nothing in the
 *     image speaks for the class
 * @param classIndex the class that was asked for
 * @param layer the name of the layer whose output was looked at
 */
public record GradCam(Tensor map, int classIndex, String layer) {

  /** The map with its largest value made 1, if that is not 0. */
  public Tensor scaled() {
    float most = 0;
    for (float value : map.data()) {
      most = Math.max(most, value);
    }
    var scaled = Tensor.zeros(map.shape());
    for (int i = 0; i < map.data().length && most > 0; i++) {
      scaled.data()[i] = map.data()[i] / most;
    }
    return scaled;
  }

  /** How much of the heat's colour covers the image where it is hottest. */
  private static final double COVER = 0.65;

  /** How light the image under the heat is. */
  private static final double DIM = 0.75;

  /**
   * Returns an image in dark grey with the heat over it: it glows where much speaks for the class.
   *
   * @param image of any height and width; of three channels red, green and blue, else the first is
   *     taken for grey
   * @return red, green and blue, as high and wide as the image
   * @throws IllegalArgumentException if the image is not (H, W, C)
   */
  public Image over(Image image) {
    var pixels = image.toPixels();
    var grey = pixels.channels() == 3 ? pixels : pixels.select(0, 0, 0);
    var heat = scaled();
    var drawn = Tensor.zeros(Shape.image(pixels.height(), pixels.width(), 3));
    for (int y = 0; y < pixels.height(); y++) {
      for (int x = 0; x < pixels.width(); x++) {
        double value = bilinear(heat, (y + 0.5) / pixels.height(), (x + 0.5) / pixels.width());
        int at = 3 * (y * pixels.width() + x);
        double under = Math.round(DIM * luma(grey.data(), at));
        int over = ColourMap.INFERNO.rgb(0.25 + 0.75 * value);
        for (int c = 0; c < 3; c++) {
          double glow = over >> (16 - 8 * c) & 0xFF;
          long mixed = Math.round((1 - COVER * value) * under + COVER * value * glow);
          drawn.data()[at + c] = mixed / 255f;
        }
      }
    }
    return new Image(drawn);
  }

  /** The luma of a colour (ITU-R BT.601). */
  private static double luma(byte[] rgb, int at) {
    return 0.299 * (rgb[at] & 0xFF) + 0.587 * (rgb[at + 1] & 0xFF) + 0.114 * (rgb[at + 2] & 0xFF);
  }

  /** The value of a map at a place, given in parts of its height and width. */
  private static double bilinear(Tensor map, double down, double along) {
    int height = map.shape().height();
    int width = map.shape().width();
    double y = Math.clamp(down * height - 0.5, 0, height - 1);
    double x = Math.clamp(along * width - 0.5, 0, width - 1);
    int top = (int) y;
    int left = (int) x;
    int bottom = Math.min(top + 1, height - 1);
    int right = Math.min(left + 1, width - 1);
    double v = y - top;
    double u = x - left;
    float[] at = map.data();
    return (1 - v) * ((1 - u) * at[top * width + left] + u * at[top * width + right])
        + v * ((1 - u) * at[bottom * width + left] + u * at[bottom * width + right]);
  }

  /** Computes it for an image. */
  static GradCam of(Inference inference, Image image, int classIndex) {
    var model = inference.model();
    var input = inference.normalized(image);
    int outputs = channels(model);
    // A network with one output tells two classes apart, if it tells any.
    int classes = outputs == 1 ? 2 : outputs;
    if (classIndex < 0 || classIndex >= classes) {
      throw new IllegalArgumentException(
          "the network tells %d classes apart, asked for class %d".formatted(classes, classIndex));
    }
    var graph = model.network().graph();
    int edge = lastMap(graph);
    float[] maps = inference.valuesAt(edge, input).data();
    float[] gradient = gradient(inference, graph.after(edge, Graph.OUTPUT), maps, classIndex);
    var shape = graph.type(edge).shape();
    return new GradCam(
        weighted(maps, gradient, shape), classIndex, graph.nodes().get(graph.nodeOf(edge)).name());
  }

  /**
   * The last edge before the head that is a map of more than one pixel, and from which all that
   * follows is computed. Pooled maps are looked at before they are pooled, where they are finer.
   */
  private static int lastMap(Graph graph) {
    for (int edge = Heads.features(graph); !graph.isInput(edge); edge--) {
      var node = graph.nodes().get(graph.nodeOf(edge));
      boolean passesOn =
          switch (node.operation()) {
            case AvgPool _, MaxPool _, AdaptiveAvgPool _, Dropout _ -> true;
            default -> node.operation().isView();
          };
      if (!passesOn
          && isMap(node.output().shape())
          && graph.behind(Graph.OUTPUT).get(graph.nodeOf(edge))) {
        try {
          var _ = graph.after(edge, Graph.OUTPUT);
          return edge;
        } catch (IllegalArgumentException e) {
          // A branch beside it is computed from what comes before.
          continue;
        }
      }
    }
    throw new IllegalArgumentException(
        "Grad-CAM looks at maps, and the network has no layer with one before its head");
  }

  private static boolean isMap(Shape shape) {
    return shape.isImage() && shape.height() * shape.width() > 1;
  }

  /** The outputs that tell classes apart: of a map of classes, those of each of its pixels. */
  private static int channels(Model model) {
    var output = model.network().output();
    return model.task() == Task.CLASS_MAP ? output.channels() : output.elements();
  }

  /**
   * How a class's logit changes with each value of the map; of a map of classes, the sum of the
   * logits of all pixels (Vinogradova et al. 2020, "Towards Interpretable Semantic Segmentation via
   * Gradient-weighted Class Activation Mapping").
   */
  private static float[] gradient(Inference inference, Graph head, float[] maps, int classIndex) {
    var model = inference.model();
    var atOutput = new float[model.network().output().elements()];
    int channels = channels(model);
    for (int i = channels == 1 ? 0 : classIndex; i < atOutput.length; i += channels) {
      // One output's logit speaks for the second class, and against the first.
      atOutput[i] = channels == 1 && classIndex == 0 ? -1 : 1;
    }
    return inference
        .engine()
        .withPlan(
            head,
            model.weights().part(head),
            1,
            Purpose.inference().withInputGradient(),
            plan -> {
              plan.input().write(0, maps);
              plan.forward(1);
              plan.outputGradient(Graph.OUTPUT).write(0, atOutput);
              plan.backward(1);
              return plan.inputGradient().read(0);
            });
  }

  private static Tensor weighted(float[] maps, float[] gradient, Shape shape) {
    int channels = shape.channels();
    var weights = new double[channels];
    for (int i = 0; i < gradient.length; i++) {
      weights[i % channels] += gradient[i];
    }
    var sum = Tensor.zeros(Shape.image(shape.height(), shape.width(), 1));
    int pixels = sum.data().length;
    for (int pixel = 0; pixel < pixels; pixel++) {
      double value = 0;
      for (int c = 0; c < channels; c++) {
        value += weights[c] / pixels * maps[pixel * channels + c];
      }
      sum.data()[pixel] = (float) Math.max(0, value);
    }
    return sum;
  }
}
