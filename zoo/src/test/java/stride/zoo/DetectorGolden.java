package stride.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Image;
import stride.layer.activation.HardSwish;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What {@code tools/golden/detectors.py} had torchvision find, and the weights and pictures. */
final class DetectorGolden {
  static final int CLASSES = 7;

  private DetectorGolden() {}

  /** The exponents of a line "exponents name 3 name -1". */
  static Map<String, Integer> exponents(String line) {
    var words = line.split(" ");
    var exponents = new HashMap<String, Integer>();
    for (int i = 1; i < words.length; i += 2) {
      exponents.put(words[i], Integer.parseInt(words[i + 1]));
    }
    return exponents;
  }

  /**
   * Golden weights.
   *
   * @param passing what is added to biases
   */
  static Weights weights(Graph graph, Map<String, Integer> exponents, Passing passing) {
    var weights = Weights.empty(graph);
    for (var entry : weights.table().weights()) {
      var operation = graph.nodes().get(entry.node()).operation();
      boolean norm = operation instanceof BatchNorm || operation instanceof GroupNorm;
      int length = entry.parameter().shape().elements();
      float[] values;
      if (entry.parameter().shape().rank() > 1) {
        values = Golden.filters(entry, exponents.get(entry.name()));
      } else if (entry.name().endsWith("scale_weight")) {
        values = Golden.uniform(entry.name().hashCode(), length, 1, 2);
      } else if (norm) {
        boolean weight = entry.name().endsWith(".weight");
        values =
            Golden.uniform(
                entry.name().hashCode(), length, weight ? 0.5 : -0.25, weight ? 1.5 : 0.25);
        add(values, weight ? 0 : passing.ofNorm(graph, entry.node()));
      } else {
        values = Golden.uniform(entry.name().hashCode(), length, -0.2, 0.2);
        add(values, passing.of(entry.name()));
      }
      weights.write(entry, values);
    }
    for (var entry : weights.table().statistics()) {
      if (entry.statistic().counter()) {
        continue;
      }
      var operation = graph.nodes().get(entry.node()).operation();
      boolean frozen = operation instanceof FrozenBatchNorm;
      String own = entry.statistic().name();
      double low = own.equals("running_var") || own.equals("weight") ? 0.5 : -0.25;
      double high = own.equals("running_var") ? 2 : own.equals("weight") ? 1.5 : 0.25;
      int length = entry.statistic().length();
      float[] values = Golden.uniform(entry.name().hashCode(), length, low, high);
      add(values, frozen && own.equals("bias") ? passing.ofNorm(graph, entry.node()) : 0);
      System.arraycopy(values, 0, weights.statistics(), entry.offset(), length);
    }
    weights.changed();
    return weights;
  }

  private static void add(float[] values, float summand) {
    for (int i = 0; i < values.length; i++) {
      values[i] += summand;
    }
  }

  /**
   * What is added to biases, so that most ReLUs are well inside of what they pass.
   *
   * @param norms to those of normalisations, but not before a hard swish, which bends at -3 and 3
   * @param layers to those of other layers before a ReLU
   */
  record Passing(float norms, float layers) {
    static final Passing NONE = new Passing(0, 0);

    private static final List<String> LAYERS =
        List.of(
            "backbone.features.",
            "backbone.extra.",
            "_head.conv.",
            "rpn.head.conv.",
            "box_head.fc");

    float ofNorm(Graph graph, int node) {
      boolean last = node + 1 == graph.nodes().size();
      return !last && graph.nodes().get(node + 1).operation() instanceof HardSwish ? 0 : norms;
    }

    float of(String name) {
      return LAYERS.stream().anyMatch(name::contains) ? layers : 0;
    }
  }

  /** Noise around a colour, in [0, 1]. */
  static Image picture(int number, int height, int width) {
    var shape = Shape.image(height, width, 3);
    float[] values = Golden.uniform(number, shape.elements(), 0, 0.5);
    float[] colour = Golden.uniform(-number, 3, 0, 0.5);
    for (int i = 0; i < values.length; i++) {
      values[i] += colour[i % 3];
    }
    return new Image(new Tensor(shape, values));
  }

  /** A box that torchvision found. */
  record Found(int label, double score, double[] corners) {}

  /** What torchvision found in three pictures, alone and as one batch. */
  record Detections(
      String name, int pictures, Map<String, Integer> exponents, List<List<Found>> boxes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Detections> detections(String file) {
    var all = new ArrayList<Detections>();
    Golden.paragraphs(file)
        .forEach(
            (name, lines) -> {
              var boxes = new ArrayList<List<Found>>();
              for (var line : lines.subList(2, lines.size())) {
                if (line.startsWith("boxes")) {
                  boxes.add(new ArrayList<>());
                } else {
                  double[] n = Golden.numbers(line);
                  boxes
                      .getLast()
                      .add(new Found((int) n[0], n[1], new double[] {n[2], n[3], n[4], n[5]}));
                }
              }
              all.add(
                  new Detections(
                      name,
                      Integer.parseInt(lines.get(0).substring("pictures ".length())),
                      exponents(lines.get(1)),
                      boxes));
            });
    return all;
  }

  /**
   * The losses and gradients of a training step.
   *
   * @param floats how far PyTorch's own floats are from them, of a gradient's norm and a share of
   *     the largest one
   * @param share that share
   */
  record Step(
      String name,
      int pictures,
      Passing passing,
      double floats,
      double share,
      Map<String, Integer> exponents,
      double loss,
      Map<String, Gradient> gradients) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * What is known of a weight's gradient.
   *
   * @param most the largest number
   * @param projection the product with random numbers of variance 1
   * @param samples some of its numbers
   */
  record Gradient(double norm, double most, double projection, double[] samples) {}

  static List<Step> steps() {
    var all = new ArrayList<Step>();
    Golden.paragraphs("detector_gradients.txt.gz")
        .forEach(
            (name, lines) -> {
              var passing = lines.get(1).split(" ");
              var floats = lines.get(2).split(" ");
              var losses = lines.get(4).split(" ");
              double loss = 0;
              for (int i = 2; i < losses.length; i += 2) {
                loss += Double.parseDouble(losses[i]);
              }
              var gradients = new LinkedHashMap<String, Gradient>();
              for (var line : lines.subList(5, lines.size())) {
                int space = line.indexOf(' ');
                double[] n = Golden.numbers(line.substring(space + 1));
                gradients.put(
                    line.substring(0, space),
                    new Gradient(n[0], n[1], n[2], Arrays.copyOfRange(n, 3, n.length)));
              }
              all.add(
                  new Step(
                      name,
                      Integer.parseInt(lines.get(0).substring("pictures ".length())),
                      new Passing(Float.parseFloat(passing[1]), Float.parseFloat(passing[2])),
                      Double.parseDouble(floats[1]),
                      Double.parseDouble(floats[2]),
                      exponents(lines.get(3)),
                      loss,
                      gradients));
            });
    return all;
  }
}
