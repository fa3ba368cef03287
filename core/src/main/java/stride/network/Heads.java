package stride.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.WeightTable;
import stride.layer.activation.Relu;
import stride.layer.convolution.Conv;
import stride.layer.convolution.Dense;
import stride.layer.regularization.Dropout;

/**
 * The layers that make class scores: for each output of a network the last dense or convolution
 * layer before it, by the names of its weights.
 *
 * @param main those before the network's own output; empty if layers are joined behind them
 * @param others those before its other outputs, of auxiliary heads for instance
 */
record Heads(Set<String> main, List<Set<String>> others) {

  static Heads of(Graph graph) {
    var table = WeightTable.of(graph);
    Set<String> main = Set.of();
    var others = new ArrayList<Set<String>>();
    for (var output : graph.outputs().entrySet()) {
      var names = before(graph, table, output.getValue());
      if (output.getKey().equals(Graph.OUTPUT)) {
        main = names;
      } else {
        others.add(names);
      }
    }
    return new Heads(main, others);
  }

  private static Set<String> before(Graph graph, WeightTable table, int output) {
    var head = node(graph, output);
    if (head.isEmpty()) {
      return Set.of();
    }
    String weights = graph.nodes().get(head.getAsInt()).weights();
    return table.weights().stream()
        .filter(entry -> graph.nodes().get(entry.node()).weights().equals(weights))
        .map(WeightTable.WeightEntry::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The number of the node that makes an output's class scores; empty if there is none. */
  private static OptionalInt node(Graph graph, int output) {
    int edge = output;
    while (!graph.isInput(edge)) {
      var node = graph.nodes().get(graph.nodeOf(edge));
      if (node.operation() instanceof Dense || node.operation() instanceof Conv) {
        return OptionalInt.of(graph.nodeOf(edge));
      }
      if (node.inputs().size() != 1) {
        break;
      }
      edge = node.inputs().getFirst();
    }
    return OptionalInt.empty();
  }

  /**
   * The edge that a network's head reads: the features that tell its classes apart.
   *
   * @throws IllegalArgumentException if it has no head
   */
  static int features(Graph graph) {
    int head = node(graph, graph.output(Graph.OUTPUT)).orElseThrow(Heads::none);
    return graph.nodes().get(head).inputs().getFirst();
  }

  /**
   * The edge at which a graph is cut into backbone and head: the head's input or, where dropout
   * stands before it, that of the dropout.
   *
   * @throws IllegalArgumentException if it has no head
   */
  static int cut(Graph graph) {
    return withDropout(graph, features(graph));
  }

  /**
   * The edge at which a graph is cut where a head of several layers begins: the input of the first
   * layer of this name or, of a block of this name, of its first layer.
   *
   * @throws IllegalArgumentException if there is none, or nothing would be left before it
   */
  static int cut(Graph graph, String name) {
    int first = first(graph, name);
    if (first < 0) {
      throw new IllegalArgumentException(
          "the network has no layers named %s, where its head could begin; its last one is %s"
              .formatted(name, graph.nodes().getLast().name()));
    }
    var inputs = graph.nodes().get(first).inputs();
    int edge = withDropout(graph, inputs.getFirst());
    if (graph.isInput(edge) || inputs.size() > 1) {
      throw new IllegalArgumentException(
          "the head cannot begin with %s, which %s"
              .formatted(
                  graph.nodes().get(first).name(),
                  inputs.size() > 1 ? "joins several layers" : "the network begins with"));
    }
    return edge;
  }

  /** The number of the first node of a name, or inside of a block of this name; -1 if none is. */
  static int first(Graph graph, String name) {
    return IntStream.range(0, graph.nodes().size())
        .filter(n -> (graph.nodes().get(n).name() + ".").startsWith(name + "."))
        .findFirst()
        .orElse(-1);
  }

  private static int withDropout(Graph graph, int after) {
    int edge = after;
    while (!graph.isInput(edge)
        && graph.nodes().get(graph.nodeOf(edge)).operation() instanceof Dropout) {
      edge = graph.nodes().get(graph.nodeOf(edge)).inputs().getFirst();
    }
    return edge;
  }

  /**
   * The same graph with heads for the given number of classes, those of other outputs that have as
   * many as the network itself replaced too.
   *
   * @throws IllegalArgumentException if it has no head
   */
  static Graph replaced(Graph graph, int classes) {
    int scores = graph.type(graph.output(Graph.OUTPUT)).shape().elements();
    if (node(graph, graph.output(Graph.OUTPUT)).isEmpty()) {
      throw none();
    }
    var heads = new HashSet<String>();
    for (int output : graph.outputs().values()) {
      if (graph.type(output).shape().elements() == scores) {
        node(graph, output).ifPresent(n -> heads.add(graph.nodes().get(n).weights()));
      }
    }
    return graph.remade(
        graph.inputs(),
        node -> heads.contains(node.weights()) ? wide(node, classes) : node.operation());
  }

  /**
   * The same graph without ReLUs between the head and the network's own output.
   *
   * @throws IllegalArgumentException if it has no head
   */
  static Graph signed(Graph graph) {
    int output = graph.output(Graph.OUTPUT);
    int head = node(graph, output).orElseThrow(Heads::none);
    var left = new HashSet<Integer>();
    for (int n = graph.nodeOf(output); n > head; ) {
      if (graph.nodes().get(n).operation() instanceof Relu) {
        left.add(n);
      }
      n = graph.nodeOf(graph.nodes().get(n).inputs().getFirst());
    }
    return graph.without(left);
  }

  private static Operation wide(Graph.Node head, int classes) {
    return switch (head.operation()) {
      case Dense dense -> dense.units(classes);
      case Conv conv -> conv.filters(classes);
      default -> throw new IllegalArgumentException(head.name() + " makes no class scores");
    };
  }

  private static IllegalArgumentException none() {
    return new IllegalArgumentException(
        "the network has no head: no dense or convolution layer right before its output");
  }
}
