package stride.network;

import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.layer.AdaptiveAvgPool;
import stride.layer.AvgPool;
import stride.layer.Dropout;
import stride.layer.MaxPool;
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

  /** Computes it on an engine for an input that is normalised. */
  static GradCam of(Model model, Tensor input, int classIndex, Engine engine) {
    int outputs = model.network().output().elements();
    int classes = outputs == 1 ? 2 : outputs;
    if (classIndex < 0 || classIndex >= classes) {
      throw new IllegalArgumentException(
          "the network tells %d classes apart, asked for class %d".formatted(classes, classIndex));
    }
    var graph = model.network().graph();
    int edge = lastMap(graph);
    float[] maps = model.valuesAt(edge, input, engine).data();
    float[] gradient = gradient(model, graph.after(edge, Graph.OUTPUT), maps, classIndex, engine);
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

  /** How a class's logit changes with each value of the map. */
  private static float[] gradient(
      Model model, Graph head, float[] maps, int classIndex, Engine engine) {
    var atOutput = new float[model.network().output().elements()];
    // One output's logit speaks for the second class, and against the first.
    atOutput[atOutput.length == 1 ? 0 : classIndex] =
        atOutput.length == 1 && classIndex == 0 ? -1 : 1;
    return engine.withPlan(
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
