package stride.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import stride.graph.Graph;
import stride.graph.Parameter;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.WeightTable;
import stride.layer.Layer;
import stride.tensor.Shape;

/**
 * What a model computes, without weights: a graph of operations on inputs of one shape. Immutable.
 *
 * @param graph the operations and their edges; one of its outputs is named {@value Graph#OUTPUT}
 */
public record Network(Graph graph) {
  /**
   * A network of a graph.
   *
   * @throws IllegalArgumentException if the graph has no output of its own, or its weights are more
   *     than an array holds
   */
  public Network {
    var _ = graph.output(Graph.OUTPUT);
    var _ = WeightTable.of(graph);
  }

  /**
   * Layers on inputs of a shape.
   *
   * @param input the shape of one sample: (H, W, C) of an image
   * @throws stride.graph.ShapeException if a layer cannot take its input; the message names both
   */
  public static Network of(Shape input, Layer layer) {
    return of(new Graph.Builder(TensorType.of(input)), layer);
  }

  /**
   * Layers on several inputs. Each layer that reads one of them asks for it by its name:
   *
   * <pre>{@code
   * Network.of(
   *     Map.of("picture", image(32, 32, 3), "table", Shape.of(5)),
   *     sequential(
   *         branches(
   *             sequential(input("picture"), conv(16, 3), relu(), flatten(), dense(32)),
   *             sequential(input("table"), dense(32))),
   *         relu(),
   *         dense(2)))
   * }</pre>
   *
   * @param inputs the shape of one sample of each; they are ordered by name
   * @throws IllegalArgumentException if a layer asks for an input that is not there, or reads one
   *     without asking where there are several
   * @throws stride.graph.ShapeException if a layer cannot take its input; the message names both
   */
  public static Network of(Map<String, Shape> inputs, Layer layer) {
    return of(new Graph.Builder(Graph.Input.of(inputs)), layer);
  }

  private static Network of(Graph.Builder graph, Layer layer) {
    graph.output(Graph.OUTPUT, layer.lower(graph, graph.input()));
    return new Network(graph.build());
  }

  /**
   * The same layers on inputs of another shape. Their weights fit: {@code weights.part(graph)} are
   * those of the other network.
   *
   * @throws IllegalArgumentException if there are several inputs
   * @throws stride.graph.ShapeException if a layer cannot take its input, or its weights depend on
   *     the shape, as a dense layer's do behind flatten(); the message names it
   */
  public Network withInput(Shape input) {
    var _ = graph.input();
    return withInputs(Map.of(graph.inputs().getFirst().name(), input));
  }

  /**
   * The same layers on inputs of other shapes.
   *
   * @param inputs the shape of one sample of each of the network's inputs
   * @throws IllegalArgumentException if they are not those of the network
   * @throws stride.graph.ShapeException if a layer cannot take its input, or its weights depend on
   *     the shape; the message names it
   */
  public Network withInputs(Map<String, Shape> inputs) {
    if (!inputs.keySet().equals(inputs().keySet())) {
      throw new IllegalArgumentException(
          "the network has the inputs %s, given are %s"
              .formatted(
                  String.join(", ", inputs().keySet()),
                  String.join(", ", new TreeSet<>(inputs.keySet()))));
    }
    var others = new ArrayList<Graph.Input>();
    for (var input : graph.inputs()) {
      var shape = requireNonNull(inputs.get(input.name()), input.name());
      others.add(new Graph.Input(input.name(), TensorType.of(shape)));
    }
    var other = graph.remade(others, Graph.Node::operation);
    requireSameWeights(other);
    return new Network(other);
  }

  private void requireSameWeights(Graph other) {
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      var own = node.operation().parameters(graph.inputTypes(node));
      var others = node.operation().parameters(other.inputTypes(other.nodes().get(n)));
      if (!own.equals(others)) {
        throw new ShapeException(
            "%s has weights for inputs of %s, from an input of %s it would have inputs of %s: %s"
                .formatted(
                    node.name(),
                    described(graph.inputTypes(node), own, others),
                    shapes(other.inputs().stream().map(Graph.Input::type).toList()),
                    described(other.inputTypes(other.nodes().get(n)), own, others),
                    graph.inputTypes(node).getFirst().shape().isImage()
                        ? "give it as many channels as before"
                        : "pool to one size before it, as globalAvgPool() does"));
      }
    }
  }

  /** What a layer reads; of a vector also what it was, where shapes alone tell no difference. */
  private static String described(
      List<TensorType> inputs, List<Parameter> own, List<Parameter> others) {
    boolean sameShapes =
        own.stream()
            .map(Parameter::shape)
            .toList()
            .equals(others.stream().map(Parameter::shape).toList());
    var flattened = inputs.getFirst().flattened();
    return sameShapes && flattened != null
        ? "%s flattened from %s".formatted(shapes(inputs), flattened)
        : shapes(inputs);
  }

  private static String shapes(List<TensorType> types) {
    return types.stream().map(type -> type.shape().toString()).collect(Collectors.joining(" and "));
  }

  /** The shapes of one sample of each input, by name. */
  public Map<String, Shape> inputs() {
    var shapes = new LinkedHashMap<String, Shape>();
    graph.inputs().forEach(input -> shapes.put(input.name(), input.type().shape()));
    return Collections.unmodifiableMap(shapes);
  }

  /**
   * The shape of one sample of the only input.
   *
   * @throws IllegalArgumentException if there are several inputs
   */
  public Shape input() {
    return graph.input().shape();
  }

  /** The shape of the first of several inputs, which preprocessing makes. */
  Shape firstInput() {
    return graph.inputs().getFirst().type().shape();
  }

  /** The shape of one output sample: the classes of a classifier. */
  public Shape output() {
    return graph.type(graph.output(Graph.OUTPUT)).shape();
  }

  /**
   * The same network for another number of classes: its head, the last dense or convolution layer
   * before the output, has the given number of outputs, and so have auxiliary heads.
   *
   * @throws IllegalArgumentException if it has no head
   */
  public Network withHead(int classes) {
    return new Network(Heads.replaced(graph, classes));
  }

  /**
   * The part of this network that some layers need, each of which becomes an output of its name:
   * what losses on maps look at (perceptual losses, style transfer). The network's own output is
   * that of the last of them.
   *
   * @param layers names of layers, such as "features.22", or of blocks, which give what their last
   *     layer gives: "layer1"
   * @throws IllegalArgumentException if there is no such layer, whose message names some, or none
   *     is named, or the network has several inputs
   */
  public Network tapping(Collection<String> layers) {
    var _ = graph.input();
    var taps = new LinkedHashMap<String, Integer>();
    layers.forEach(layer -> taps.put(layer, Inference.edgeOfBlock(graph, layer)));
    if (taps.isEmpty()) {
      throw new IllegalArgumentException("name at least one layer whose maps are wanted");
    }
    taps.put(Graph.OUTPUT, Collections.max(taps.values()));
    return new Network(graph.withOutputs(taps).after(0, taps.keySet()));
  }

  /**
   * The same network without taps and auxiliary heads, and without the layers that only those need:
   * what is left of a network that has been trained.
   */
  public Network withoutTaps() {
    return new Network(graph.only(Graph.OUTPUT));
  }

  /**
   * All that comes before the head, its last dense or convolution layer before the output: it makes
   * the features that tell classes apart. Dropout right before the head belongs to the head.
   *
   * @throws IllegalArgumentException if there is no head
   */
  public Network backbone() {
    return upTo(Heads.cut(graph));
  }

  private Network upTo(int edge) {
    return new Network(graph.withOutputs(Map.of(Graph.OUTPUT, edge)).only(Graph.OUTPUT));
  }

  /**
   * The head by itself: its input are the features that {@link #backbone} makes.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Network head() {
    return new Network(graph.after(Heads.cut(graph), Graph.OUTPUT));
  }

  /**
   * All that comes before a head of several layers.
   *
   * @param head the layer, or the block of layers, with which the head begins: "classifier"
   * @throws IllegalArgumentException if there is none of this name, or it cannot be a beginning
   */
  public Network backbone(String head) {
    return upTo(Heads.cut(graph, head));
  }

  /**
   * A head of several layers by itself: its input are the features that {@link #backbone(String)}
   * makes.
   *
   * @param head the layer, or the block of layers, with which it begins
   * @throws IllegalArgumentException if there is none of this name, or it cannot be a beginning
   */
  public Network head(String head) {
    return new Network(graph.after(Heads.cut(graph, head), Graph.OUTPUT));
  }

  /**
   * The same network without ReLUs between its head and its output, as SqueezeNet has one: a logit
   * whose sigmoid is a probability has to be able to be below zero.
   */
  public Network withSignedOutput() {
    return new Network(Heads.signed(graph));
  }

  /** The number of weights that are learned; those that layers share count once. */
  public long parameters() {
    return WeightTable.of(graph).parameterCount();
  }

  /**
   * Multiply-adds of convolutions and dense layers for one sample's output; taps and what is aside
   * do not count.
   */
  public long multiplyAdds() {
    return graph.behind(Graph.OUTPUT).stream()
        .mapToObj(graph.nodes()::get)
        .mapToLong(node -> node.operation().multiplyAdds(graph.inputTypes(node)))
        .sum();
  }

  /** One row a layer, in order: what {@code stride summary} prints. */
  public List<LayerSummary> summary() {
    var rows = new ArrayList<LayerSummary>();
    var counted = new HashSet<String>();
    for (var node : graph.nodes()) {
      var inputs = graph.inputTypes(node);
      var parameters =
          counted.add(node.weights()) ? node.operation().parameters(inputs) : List.<Parameter>of();
      rows.add(
          new LayerSummary(
              node.name(),
              node.operation().kind(),
              node.output().shape(),
              node.operation().details(),
              parameters.stream().map(parameter -> parameter.shape().elements()).toList(),
              node.operation().multiplyAdds(inputs)));
    }
    return rows;
  }

  /**
   * A layer in a table.
   *
   * @param parameters the sizes of its weight tensors, filters, then biases; none where it shares
   *     those of a layer before it
   */
  public record LayerSummary(
      String name,
      String kind,
      Shape output,
      String details,
      List<Integer> parameters,
      long multiplyAdds) {}

  /** One line, such as "Network of 12 operations, input 28x28x1, output 10, 61,706 parameters". */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Network of %d operations, input %s, output %s, %,d parameters",
        graph.nodes().size(),
        graph.inputs().size() == 1 ? input() : inputs(),
        output(),
        parameters());
  }
}
