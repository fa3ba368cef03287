package stride.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import stride.tensor.Shape;

/**
 * Operations and the edges between them, in an order in which every node follows the nodes it
 * reads. Immutable, and checked when it is made.
 *
 * <p>An edge is a number: the inputs come first, in their order, then the outputs of the nodes.
 * {@link #edgeOf} and {@link #nodeOf} turn nodes' numbers into edges and back.
 *
 * @param inputs the named inputs; a single one is usually named {@value #INPUT}
 * @param nodes the operations, in order
 * @param outputs the named outputs; {@value #OUTPUT} is the network's own, others are its taps
 */
public record Graph(List<Input> inputs, List<Node> nodes, Map<String, Integer> outputs) {
  /** The name of the input of a graph that has just one. */
  public static final String INPUT = "input";

  /** The name of a network's own output. */
  public static final String OUTPUT = "output";

  /** An edge that is none: what a layer reads that has been given no input. */
  private static final int NOTHING = -1;

  /**
   * A named input.
   *
   * @param type the type of one sample
   */
  public record Input(String name, TensorType type) {
    public Input {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("an input has no name");
      }
    }

    /** The inputs of these names and shapes, ordered by name. */
    public static List<Input> of(Map<String, Shape> shapes) {
      return shapes.entrySet().stream()
          .map(entry -> new Input(entry.getKey(), TensorType.of(entry.getValue())))
          .sorted(Comparator.comparing(Input::name))
          .toList();
    }
  }

  /**
   * A graph of nodes that fit together.
   *
   * @throws IllegalArgumentException if two inputs or two nodes have one name, an edge or an output
   *     is not there, a node's output is not of the type that its operation gives, or nodes that
   *     share their weights have different ones
   */
  public Graph {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("a graph has at least 1 input, found none");
    }
    var types = new ArrayList<TensorType>();
    var names = new HashSet<String>();
    for (var input : inputs) {
      if (!names.add(input.name)) {
        throw new IllegalArgumentException("two inputs are named " + input.name);
      }
      types.add(input.type);
    }
    names.clear();
    var weights = new HashMap<String, Node>();
    for (var node : nodes) {
      if (!names.add(node.name)) {
        throw new IllegalArgumentException("two layers are named " + node.name);
      }
      var made = Node.of(node.name, node.weights, node.operation, node.inputs, types);
      if (!made.output.equals(node.output)) {
        throw new IllegalArgumentException(
            "%s: gives %s, the graph says %s".formatted(node.name, made.output, node.output));
      }
      types.add(made.output);
      var first = weights.putIfAbsent(node.weights, node);
      if (first != null) {
        requireSameWeights(first, node, types);
      }
    }
    outputs.forEach((name, edge) -> typeOf(edge, types, "the output " + name));
  }

  private static void requireSameWeights(Node first, Node second, List<TensorType> types) {
    var own = first.inputs.stream().map(types::get).toList();
    var others = second.inputs.stream().map(types::get).toList();
    var operation = first.operation;
    if (!operation.equals(second.operation)
        || !operation.parameters(own).equals(operation.parameters(others))
        || !operation.statistics(own).equals(operation.statistics(others))) {
      throw new ShapeException(
          "%s and %s share the weights %s, and are not the same layer on inputs of the same kind: %s of %s, %s of %s"
              .formatted(
                  first.name,
                  second.name,
                  first.weights,
                  operation,
                  own.stream().map(TensorType::shape).toList(),
                  second.operation,
                  others.stream().map(TensorType::shape).toList()));
    }
  }

  /** A graph with one input. */
  public Graph(TensorType input, List<Node> nodes, Map<String, Integer> outputs) {
    this(List.of(new Input(INPUT, input)), nodes, outputs);
  }

  private static TensorType typeOf(int edge, List<TensorType> edges, String reader) {
    if (edge < 0 || edge >= edges.size()) {
      throw new IllegalArgumentException(
          "%s reads edge %d, before it there are %d".formatted(reader, edge, edges.size()));
    }
    return edges.get(edge);
  }

  /**
   * An operation with its name and edges.
   *
   * @param name stable, unique in the graph
   * @param weights the name of its weights in the state dict: the node's own, or that of an earlier
   *     node with the same operation, whose weights it shares
   * @param inputs the edges it reads
   * @param output the type of its output
   */
  public record Node(
      String name, String weights, Operation operation, List<Integer> inputs, TensorType output) {
    public Node {
      inputs = List.copyOf(inputs);
      if (name.isEmpty() || weights.isEmpty()) {
        throw new IllegalArgumentException("a %s has no name".formatted(operation.kind()));
      }
    }

    /** A node with weights of its own. */
    public Node(String name, Operation operation, List<Integer> inputs, TensorType output) {
      this(name, name, operation, inputs, output);
    }

    /** A node behind edges of some types, with the output that its operation gives. */
    private static Node of(
        String name,
        String weights,
        Operation operation,
        List<Integer> inputs,
        List<TensorType> edges) {
      var types = inputs.stream().map(edge -> typeOf(edge, edges, name)).toList();
      return new Node(
          name,
          weights,
          operation,
          inputs,
          labelled(name, operation, () -> operation.infer(types)));
    }

    /** What messages call a node: its name, and its kind where the name is a number. */
    private static String label(String name, Operation operation) {
      return name.matches(".*\\d") && !name.startsWith(operation.kind())
          ? "%s (%s)".formatted(name, operation.kind())
          : name;
    }

    private static <T> T labelled(String name, Operation operation, Supplier<T> asked) {
      try {
        return asked.get();
      } catch (IllegalArgumentException e) {
        throw new ShapeException("%s: %s".formatted(label(name, operation), e.getMessage()));
      }
    }

    /** Asks the operation something; what it refuses is refused under the node's name. */
    <T> T labelled(Supplier<T> asked) {
      return labelled(name, operation, asked);
    }
  }

  /** The number of edges. */
  public int edges() {
    return inputs.size() + nodes.size();
  }

  /** The edge of a node's output. */
  public int edgeOf(int node) {
    return inputs.size() + node;
  }

  /** The number of the node whose output an edge carries; below 0 if it carries an input. */
  public int nodeOf(int edge) {
    return edge - inputs.size();
  }

  /** Whether an edge carries an input. */
  public boolean isInput(int edge) {
    return edge < inputs.size();
  }

  /**
   * The edge of a named input.
   *
   * @throws IllegalArgumentException if there is none of this name; the message lists those there
   *     are
   */
  public int input(String name) {
    return indexOf(name, inputs);
  }

  private static int indexOf(String name, List<Input> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).name.equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "no input is named %s; there %s"
            .formatted(
                name,
                (inputs.size() == 1 ? "is " : "are ")
                    + String.join(", ", inputs.stream().map(Input::name).toList())));
  }

  /**
   * The type of one sample of the only input.
   *
   * @throws IllegalArgumentException if there are several inputs
   */
  public TensorType input() {
    if (inputs.size() > 1) {
      throw new IllegalArgumentException(
          "the network has %d inputs: %s; ask for one of them by its name"
              .formatted(
                  inputs.size(), String.join(", ", inputs.stream().map(Input::name).toList())));
    }
    return inputs.getFirst().type;
  }

  /**
   * The type that flows along an edge.
   *
   * @throws IllegalArgumentException if there is no such edge
   */
  public TensorType type(int edge) {
    if (edge < 0 || edge >= edges()) {
      throw new IllegalArgumentException(
          "there is no edge %d, the graph has 0 to %d".formatted(edge, edges() - 1));
    }
    return isInput(edge) ? inputs.get(edge).type : nodes.get(nodeOf(edge)).output();
  }

  /** The types that a node reads. */
  public List<TensorType> inputTypes(Node node) {
    return node.inputs().stream().map(this::type).toList();
  }

  /** The edge of a named output. */
  public int output(String name) {
    Integer edge = outputs.get(name);
    if (edge == null) {
      throw new IllegalArgumentException(
          "no output is named %s; there are %s"
              .formatted(name, String.join(", ", outputs.keySet())));
    }
    return edge;
  }

  /** The numbers of the nodes that a named output is computed from. */
  public BitSet behind(String output) {
    return behind(Set.of(output));
  }

  /** Multiply-adds of one sample, those of all nodes together. */
  public long multiplyAdds() {
    return nodes.stream().mapToLong(node -> node.operation().multiplyAdds(inputTypes(node))).sum();
  }

  /** The numbers of the nodes that some named outputs are computed from. */
  public BitSet behind(Collection<String> outputs) {
    var edges = edgesBehind(outputs);
    return edges.get(inputs.size(), Math.max(inputs.size(), edges.length()));
  }

  /** The edges that some named outputs are computed from, their own and inputs too. */
  private BitSet edgesBehind(Collection<String> names) {
    var edges = new BitSet();
    names.forEach(name -> edges.set(output(name)));
    for (int edge = edges.length() - 1; edge >= inputs.size(); edge--) {
      if (edges.get(edge)) {
        nodes.get(nodeOf(edge)).inputs().forEach(edges::set);
      }
    }
    return edges;
  }

  /** The same nodes with other outputs. */
  public Graph withOutputs(Map<String, Integer> outputs) {
    return new Graph(inputs, nodes, outputs);
  }

  /**
   * The same nodes and edges with other inputs and operations, whose outputs are inferred anew.
   *
   * @param inputs as many as there are, of any types
   * @param operations gives the operation in the place of a node's
   * @throws ShapeException if an operation cannot take its inputs; the message names the node
   */
  public Graph remade(List<Input> inputs, Function<Node, Operation> operations) {
    var remade = new Builder(inputs);
    for (var node : nodes) {
      remade.add(node.name(), node.weights(), operations.apply(node), node.inputs());
    }
    outputs.forEach(remade::output);
    return remade.build();
  }

  /**
   * The part of the graph that one of its outputs needs, with no other output and no input that it
   * does not need.
   *
   * @throws IllegalArgumentException if there is no output of this name
   */
  public Graph only(String output) {
    var needed = edgesBehind(Set.of(output));
    var wiring = new Wiring();
    for (int edge = 0; edge < inputs.size(); edge++) {
      if (needed.get(edge)) {
        wiring.input(edge, inputs.get(edge));
      }
    }
    behind(output).stream().forEach(wiring::keep);
    return wiring.build(Map.of(output, output(output)));
  }

  /**
   * Removes nodes: each reader of a removed node reads that node's input instead.
   *
   * @param left numbers of nodes with one input and an output of its type
   * @throws IllegalArgumentException if a number is that of another node or of none
   */
  public Graph without(Set<Integer> left) {
    left.forEach(this::checkPassable);
    var wiring = new Wiring();
    for (int edge = 0; edge < inputs.size(); edge++) {
      wiring.input(edge, inputs.get(edge));
    }
    for (int n = 0; n < nodes.size(); n++) {
      if (left.contains(n)) {
        wiring.passOn(n);
      } else {
        wiring.keep(n);
      }
    }
    return wiring.build(outputs);
  }

  private void checkPassable(int n) {
    if (n < 0 || n >= nodes.size()) {
      throw new IllegalArgumentException(
          "there is no node %d, the graph has %d".formatted(n, nodes.size()));
    }
    var node = nodes.get(n);
    if (node.inputs.size() != 1 || !type(node.inputs.getFirst()).equals(node.output)) {
      throw new IllegalArgumentException(
          "%s cannot be left out: its output is not of the type of its one input"
              .formatted(node.name));
    }
  }

  /**
   * The part between an edge and an output, with that edge as the only input.
   *
   * @throws IllegalArgumentException if the output also depends on something before the edge other
   *     than through it, or comes before it, or there is no output or edge of this name
   */
  public Graph after(int edge, String output) {
    return after(edge, List.of(output));
  }

  /**
   * The part between an edge and some outputs, with that edge as the only input.
   *
   * @throws IllegalArgumentException if an output also depends on something before the edge other
   *     than through it, or comes before it, or there is no output or edge of this name
   */
  public Graph after(int edge, Collection<String> outputs) {
    var wiring = new Wiring();
    wiring.input(edge, new Input(INPUT, type(edge)));
    var ends = new LinkedHashMap<String, Integer>();
    for (var output : outputs) {
      if (output(output) < edge) {
        throw new IllegalArgumentException(
            "the output %s is edge %d, which lies before edge %d"
                .formatted(output, output(output), edge));
      }
      ends.put(output, output(output));
    }
    behind(outputs).stream().filter(n -> n > nodeOf(edge)).forEach(wiring::keep);
    return wiring.build(ends);
  }

  /** Some of the nodes on their way to another graph. */
  private final class Wiring {
    private final List<Input> kept = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    /** Where each edge of this graph is in the other one. */
    private final int[] moved = new int[edges()];

    Wiring() {
      Arrays.fill(moved, NOTHING);
    }

    /** Makes an edge an input; before all nodes. */
    void input(int edge, Input input) {
      moved[edge] = kept.size();
      kept.add(input);
    }

    void keep(int n) {
      var node = Graph.this.nodes.get(n);
      var edges = node.inputs().stream().map(edge -> moved[edge]).toList();
      if (edges.contains(NOTHING)) {
        throw new IllegalArgumentException(
            "%s reads what lies before the cut".formatted(node.name()));
      }
      moved[edgeOf(n)] = kept.size() + nodes.size();
      nodes.add(new Node(node.name(), node.weights(), node.operation(), edges, node.output()));
    }

    void passOn(int n) {
      moved[edgeOf(n)] = moved[Graph.this.nodes.get(n).inputs().getFirst()];
    }

    Graph build(Map<String, Integer> outputs) {
      var ends = new LinkedHashMap<String, Integer>();
      outputs.forEach((name, edge) -> ends.put(name, moved[edge]));
      return new Graph(kept, nodes, ends);
    }
  }

  /** Adds nodes to a graph in the making; names them by the scopes they are added in. */
  public static final class Builder {
    private final List<Input> inputs;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> outputs = new LinkedHashMap<>();
    private final List<TensorType> types = new ArrayList<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private Scope scope = new Scope("", "");

    /** A graph with one input, named {@value Graph#INPUT}. */
    public Builder(TensorType input) {
      this(List.of(new Input(INPUT, input)));
    }

    /** A graph with named inputs. */
    public Builder(List<Input> inputs) {
      this.inputs = List.copyOf(inputs);
      this.inputs.forEach(input -> types.add(input.type));
    }

    /**
     * The edge of the only input, for the layer that the network begins with. With several inputs
     * it is a placeholder: each layer must name the input that it reads.
     */
    public int input() {
      return inputs.size() == 1 ? 0 : NOTHING;
    }

    /**
     * The edge of a named input.
     *
     * @throws IllegalArgumentException if there is none of this name; the message lists those there
     *     are
     */
    public int input(String name) {
      return indexOf(name, inputs);
    }

    /**
     * The type that flows along an edge.
     *
     * @throws IllegalArgumentException if there is no such edge yet
     */
    public TensorType type(int edge) {
      return typeOf(edge, types, "a layer");
    }

    /**
     * Adds an operation under the next name of the scope: its number among the unnamed operations
     * there, as in PyTorch's Sequential.
     *
     * @return the edge of its output
     * @throws ShapeException if the operation cannot take these inputs; the message begins with the
     *     node's name
     */
    public int add(Operation operation, int... inputs) {
      String number = scope.take();
      return named(number, operation, inputs);
    }

    /**
     * Adds what {@code body} adds, inside of a scope of the given name: "layer1" makes "layer1.0".
     */
    public int scoped(String name, IntUnaryOperator body, int input) {
      return within(new Scope(scope.path(name), scope.weights(name)), body, input);
    }

    /** Adds one operation under a name of its own in the scope. */
    public int named(String name, Operation operation, int... inputs) {
      return add(scope.path(name), scope.weights(name), operation, edges(inputs));
    }

    /**
     * Adds what {@code body} adds, inside of a scope whose weights are those of the scope that was
     * shared under this name before: "tower" makes "tower.0", then "tower(2).0" with the weights of
     * "tower.0".
     */
    public int shared(String name, IntUnaryOperator body, int input) {
      String weights = scope.weights(name);
      return within(new Scope(scope.path(name) + use(weights), weights), body, input);
    }

    /**
     * Adds an operation with the weights of the one that was shared under this name before: "fc",
     * then "fc(2)".
     */
    public int shared(String name, Operation operation, int... inputs) {
      String weights = scope.weights(name);
      return add(scope.path(name) + use(weights), weights, operation, edges(inputs));
    }

    private String use(String weights) {
      int use = uses.merge(weights, 1, Integer::sum);
      return use == 1 ? "" : "(%d)".formatted(use);
    }

    private int within(Scope inner, IntUnaryOperator body, int input) {
      Scope outer = scope;
      scope = inner;
      try {
        return body.applyAsInt(input);
      } finally {
        scope = outer;
      }
    }

    /** Makes an edge a named output. */
    public void output(String name, int edge) {
      if (outputs.putIfAbsent(name, edge) != null) {
        throw new IllegalArgumentException("two outputs are named " + name);
      }
    }

    /**
     * The graph as it is now.
     *
     * @throws IllegalArgumentException if two layers have one name
     */
    public Graph build() {
      return new Graph(inputs, nodes, outputs);
    }

    private static List<Integer> edges(int... inputs) {
      return IntStream.of(inputs).boxed().toList();
    }

    /**
     * Adds an operation under a full name, whatever the scope.
     *
     * @param weights the full name of its weights, those of an earlier node if it shares them
     */
    public int add(String name, String weights, Operation operation, List<Integer> edges) {
      if (edges.contains(NOTHING) && inputs.size() > 1) {
        throw new IllegalArgumentException(
            "%s reads no input: a network of several inputs says which one a layer reads, with input(\"%s\") before it"
                .formatted(name, inputs.getFirst().name));
      }
      var node = Node.of(name, weights, operation, edges, types);
      nodes.add(node);
      types.add(node.output());
      return types.size() - 1;
    }
  }

  /** A prefix of nodes' names, one of their weights', and a count of the unnamed operations. */
  private static final class Scope {
    private final String prefix;
    private final String weights;
    private int next;

    Scope(String prefix, String weights) {
      this.prefix = prefix;
      this.weights = weights;
    }

    String path(String name) {
      return prefix.isEmpty() ? name : prefix + "." + name;
    }

    String weights(String name) {
      return weights.isEmpty() ? name : weights + "." + name;
    }

    /** The next number. */
    String take() {
      return Integer.toString(next++);
    }
  }

  /** One line: how many operations there are, and what goes in and out. */
  @Override
  public String toString() {
    return "Graph of %d operations, input %s, outputs %s"
        .formatted(
            nodes.size(),
            inputs.size() == 1
                ? input().shape()
                : String.join(
                    ", ", inputs.stream().map(i -> i.name + " " + i.type.shape()).toList()),
            outputs.keySet());
  }
}
