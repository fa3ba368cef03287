package stride.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import stride.graph.Graph;
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
    var graph = new Graph.Builder(TensorType.of(input));
    graph.output(Graph.OUTPUT, layer.lower(graph, Graph.INPUT));
    return new Network(graph.build());
  }

  /** The shape of one input sample. */
  public Shape input() {
    return graph.input().shape();
  }

  /** The shape of one output sample: the classes of a classifier. */
  public Shape output() {
    return graph.type(graph.output(Graph.OUTPUT)).shape();
  }

  /**
   * The same network for another number of classes: its head, the last dense or convolution layer
   * before the output, has so many outputs, and so have auxiliary heads.
   *
   * @throws IllegalArgumentException if it has no head
   */
  public Network withHead(int classes) {
    return new Network(Heads.replaced(graph, classes));
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
    return new Network(
        new Graph(graph.input(), graph.nodes(), Map.of(Graph.OUTPUT, Heads.cut(graph)))
            .only(Graph.OUTPUT));
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
    return new Network(
        new Graph(graph.input(), graph.nodes(), Map.of(Graph.OUTPUT, Heads.cut(graph, head)))
            .only(Graph.OUTPUT));
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

  /** The number of weights that are learned. */
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
    for (var node : graph.nodes()) {
      var inputs = graph.inputTypes(node);
      rows.add(
          new LayerSummary(
              node.name(),
              node.operation().kind(),
              node.output().shape(),
              node.operation().details(),
              node.operation().parameters(inputs).stream()
                  .map(parameter -> parameter.shape().elements())
                  .toList(),
              node.operation().multiplyAdds(inputs)));
    }
    return rows;
  }

  /**
   * A layer in a table.
   *
   * @param parameters the sizes of its weight tensors: filters, then biases
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
        input(),
        output(),
        parameters());
  }
}
