package stride.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.Image;
import stride.tensor.Numbers;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Computes what a model's network, or a graph with its nodes, makes of inputs. */
record Inference(Model model, Engine engine) {
  /** Inputs that are computed together, at most: more would take memory and save no time. */
  private static final int LARGEST_BATCH = 32;

  /** Layers that a message names where one is not found. */
  private static final int SHOWN = 8;

  /** A picture that is still to be read and prepared. */
  interface PictureSource {
    Image prepare() throws IOException;
  }

  /** The network with an edge as its output, which is neither fused away nor overlaid then. */
  static Graph observed(Model model, int edge) {
    var graph = model.network().graph();
    return new Graph(graph.input(), graph.nodes(), Map.of(Graph.OUTPUT, edge));
  }

  /**
   * The edge that a layer's output is.
   *
   * @throws IllegalArgumentException if there is no such layer; the message names some
   */
  static int edge(Graph graph, String layer) {
    var nodes = graph.nodes();
    for (int n = 0; n < nodes.size(); n++) {
      if (nodes.get(n).name().equals(layer)) {
        return n + 1;
      }
    }
    throw new IllegalArgumentException(
        "the network has no layer %s; it has %s%s"
            .formatted(
                layer,
                String.join(", ", nodes.stream().map(Graph.Node::name).limit(SHOWN).toList()),
                nodes.size() > SHOWN ? " and %d more".formatted(nodes.size() - SHOWN) : ""));
  }

  /** The edge that a layer's output is, or that of the last layer of a block of this name. */
  static int edgeOfBlock(Graph graph, String name) {
    var nodes = graph.nodes();
    for (int n = nodes.size() - 1; n >= 0; n--) {
      if (nodes.get(n).name().startsWith(name + ".")) {
        return graph.edgeOf(n);
      }
    }
    return edge(graph, name);
  }

  static <T> T given(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return value;
  }

  /** The outputs of a graph for inputs that are normalised. */
  List<Tensor> outputs(List<Tensor> inputs, Graph graph) {
    inputs.forEach(input -> requireInput(input.shape()));
    return outputs(inputs, Function.identity(), graph);
  }

  /** The outputs of a graph for images. */
  List<Tensor> ofImages(List<Image> images, Graph graph) {
    images.forEach(image -> requireInput(image.shape()));
    return outputs(images, this::normalized, graph);
  }

  /**
   * @param preparation of each input, when it is its turn
   */
  private <T> List<Tensor> outputs(List<T> inputs, Function<T, Tensor> preparation, Graph graph) {
    var outputs = new ArrayList<Tensor>();
    for (int first = 0; first < inputs.size(); first += LARGEST_BATCH) {
      var batch = inputs.subList(first, Math.min(first + LARGEST_BATCH, inputs.size()));
      outputs.addAll(
          engine.withPlan(
              graph,
              model.weights(),
              batch.size(),
              Purpose.inference(),
              plan -> {
                for (int n = 0; n < batch.size(); n++) {
                  plan.input().write(n, preparation.apply(batch.get(n)).data());
                }
                return outputs(plan, batch.size(), graph);
              }));
    }
    return outputs;
  }

  private static List<Tensor> outputs(Plan plan, int samples, Graph graph) {
    plan.forward(samples);
    var shape = graph.type(graph.output(Graph.OUTPUT)).shape();
    var outputs = new ArrayList<Tensor>();
    for (int n = 0; n < samples; n++) {
      outputs.add(new Tensor(shape, plan.output(Graph.OUTPUT).read(n)));
    }
    return outputs;
  }

  /** The output of a graph for a picture: of many callers, only those whose turn it is have one. */
  Tensor output(PictureSource picture, Graph graph) throws IOException {
    return engine.withPlan(
        graph,
        model.weights(),
        1,
        Purpose.inference(),
        plan -> {
          plan.input().write(0, model.preprocessing().normalize(picture.prepare()).data());
          return outputs(plan, 1, graph).getFirst();
        });
  }

  /**
   * The outputs of these names for an input that is normalised.
   *
   * @param names of outputs of the network, or of layers
   * @throws IllegalArgumentException if there is no such output or layer
   */
  Map<String, Tensor> named(Tensor input, Collection<String> names) {
    requireInput(input.shape());
    var graph = model.network().graph();
    var edges = new LinkedHashMap<String, Integer>();
    for (var name : names) {
      var own = graph.outputs().get(name);
      edges.put(name, own == null ? edge(graph, name) : own);
    }
    if (edges.isEmpty()) {
      return Map.of();
    }
    var outputs = new LinkedHashMap<String, Integer>(edges);
    // A plan has a main output; where it is not asked for, another takes its place.
    outputs.putIfAbsent(Graph.OUTPUT, edges.firstEntry().getValue());
    var chosen = new Graph(graph.input(), graph.nodes(), outputs);
    return engine.withPlan(
        chosen,
        model.weights(),
        1,
        Purpose.inference().withAllOutputs(),
        plan -> {
          plan.input().write(0, input.data());
          plan.forward(1);
          var values = new LinkedHashMap<String, Tensor>();
          edges.forEach(
              (name, edge) ->
                  values.put(
                      name, new Tensor(graph.type(edge).shape(), plan.output(name).read(0))));
          return values;
        });
  }

  /** The values of an edge for an input that is normalised. */
  Tensor valuesAt(int edge, Tensor input) {
    var values = outputs(List.of(input), observed(model, edge)).getFirst();
    Answers.require(values.data(), 0, values.data().length, "map's value");
    return values;
  }

  void requireInput(Shape shape) {
    if (!shape.equals(model.network().input())) {
      throw new IllegalArgumentException(
          "the network takes inputs of %s, found %s".formatted(model.network().input(), shape));
    }
  }

  /** An image as the network takes it. */
  Tensor normalized(Image image) {
    int bad = Numbers.firstNotFinite(image.data(), 0, image.data().length);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the image holds %s (its value %d), expected numbers from 0 to 1"
              .formatted(image.data()[bad], bad));
    }
    return model.preprocessing().normalize(image);
  }
}
