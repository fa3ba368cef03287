package stride.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Operations and the edges between them, in an order in which every node follows the nodes it
 * reads. Immutable.
 *
 * <p>An edge is a number: 0 is the input, k is the output of node k - 1.
 *
 * @param input the type of one input sample
 * @param nodes the operations, in order
 * @param outputs the named outputs; {@value #OUTPUT} is the network's own, others are its taps
 */
public record Graph(TensorType input, List<Node> nodes, Map<String, Integer> outputs) {
  /** The name of a network's own output. */
  public static final String OUTPUT = "output";

  /** The edge that carries the input. */
  public static final int INPUT = 0;

  /**
   * A graph of nodes that fit together.
   *
   * @throws IllegalArgumentException if two nodes have one name, an edge or an output is not there,
   *     or a node's output is not of the type that its operation gives
   */
  public Graph {
    nodes = List.copyOf(nodes);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    var types = new ArrayList<TensorType>(List.of(input));
    var names = new HashSet<String>();
    for (var node : nodes) {
      if (!names.add(node.name)) {
        throw new IllegalArgumentException("two layers are named " + node.name);
      }
      var made = Node.of(node.name, node.operation, node.inputs, types);
      if (!made.output.equals(node.output)) {
        throw new IllegalArgumentException(
            "%s: gives %s, the graph says %s".formatted(node.name, made.output, node.output));
      }
      types.add(made.output);
    }
    outputs.forEach((name, edge) -> typeOf(edge, types, "the output " + name));
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
   * @param name stable, unique in the graph: its place in the state dict
   * @param inputs the edges it reads
   * @param output the type of its output
   */
  public record Node(String name, Operation operation, List<Integer> inputs, TensorType output) {
    public Node {
      inputs = List.copyOf(inputs);
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a %s has no name".formatted(operation.kind()));
      }
    }

    /** A node behind edges of some types, with the output that its operation gives. */
    private static Node of(
        String name, Operation operation, List<Integer> inputs, List<TensorType> edges) {
      var types = inputs.stream().map(edge -> typeOf(edge, edges, name)).toList();
      return new Node(
          name, operation, inputs, labelled(name, operation, () -> operation.infer(types)));
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

  /**
   * The type that flows along an edge.
   *
   * @throws IllegalArgumentException if there is no such edge
   */
  public TensorType type(int edge) {
    checkEdge(edge, nodes.size());
    return edge == INPUT ? input : nodes.get(edge - 1).output();
  }

  private static void checkEdge(int edge, int last) {
    if (edge < 0 || edge > last) {
      throw new IllegalArgumentException(
          "there is no edge %d, the graph has 0 to %d".formatted(edge, last));
    }
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
    var behind = new BitSet();
    int edge = output(output);
    behind.set(Math.max(edge - 1, 0), edge);
    for (int n = edge - 1; n >= 0; n--) {
      if (behind.get(n)) {
        nodes.get(n).inputs().stream().filter(input -> input > 0).forEach(i -> behind.set(i - 1));
      }
    }
    return behind;
  }

  /**
   * The part of the graph that one of its outputs needs, with no other output.
   *
   * @throws IllegalArgumentException if there is no output of this name
   */
  public Graph only(String output) {
    var moved = new int[nodes.size() + 1];
    var kept = new ArrayList<Node>();
    behind(output).stream()
        .forEach(
            n -> {
              var node = nodes.get(n);
              var inputs = node.inputs().stream().map(from -> moved[from]).toList();
              kept.add(new Node(node.name(), node.operation(), inputs, node.output()));
              moved[n + 1] = kept.size();
            });
    return new Graph(input, kept, Map.of(output, moved[output(output)]));
  }

  /**
   * The graph without some nodes: what read their outputs reads their inputs.
   *
   * @param left numbers of nodes with one input and an output of its type
   * @throws IllegalArgumentException if a number is that of another node or of none
   */
  public Graph without(Set<Integer> left) {
    left.forEach(this::checkPassable);
    var moved = new int[nodes.size() + 1];
    var kept = new ArrayList<Node>();
    for (int n = 0; n < nodes.size(); n++) {
      var node = nodes.get(n);
      var inputs = node.inputs().stream().map(from -> moved[from]).toList();
      if (left.contains(n)) {
        moved[n + 1] = inputs.getFirst();
      } else {
        kept.add(new Node(node.name(), node.operation(), inputs, node.output()));
        moved[n + 1] = kept.size();
      }
    }
    var moves = new LinkedHashMap<String, Integer>();
    outputs.forEach((name, edge) -> moves.put(name, moved[edge]));
    return new Graph(input, kept, moves);
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
   * What follows an edge on the way to one of the outputs: a graph whose input is that edge.
   *
   * @throws IllegalArgumentException if the output is computed from what lies before the edge in
   *     another way too, or lies before it itself, or there is no output or edge of this name
   */
  public Graph after(int edge, String output) {
    checkEdge(edge, nodes.size());
    if (output(output) < edge) {
      throw new IllegalArgumentException(
          "the output %s is edge %d, which lies before edge %d"
              .formatted(output, output(output), edge));
    }
    var moved = new int[nodes.size() + 1];
    java.util.Arrays.fill(moved, -1);
    moved[edge] = INPUT;
    var kept = new ArrayList<Node>();
    behind(output).stream()
        .filter(n -> n >= edge)
        .forEach(
            n -> {
              var node = nodes.get(n);
              var inputs = node.inputs().stream().map(from -> moved[from]).toList();
              if (inputs.contains(-1)) {
                throw new IllegalArgumentException(
                    "%s reads what lies before the cut".formatted(node.name()));
              }
              kept.add(new Node(node.name(), node.operation(), inputs, node.output()));
              moved[n + 1] = kept.size();
            });
    return new Graph(type(edge), kept, Map.of(output, moved[output(output)]));
  }

  /** Adds nodes to a graph in the making; names them by the scopes they are added in. */
  public static final class Builder {
    private final TensorType input;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> outputs = new LinkedHashMap<>();
    private final List<TensorType> types = new ArrayList<>();
    private Scope scope = new Scope("");

    public Builder(TensorType input) {
      this.input = input;
      types.add(input);
    }

    /**
     * The type that flows along an edge.
     *
     * @throws IllegalArgumentException if there is no such edge yet
     */
    public TensorType type(int edge) {
      checkEdge(edge, nodes.size());
      return types.get(edge);
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
      return addNamed(scope.take(), operation, inputs);
    }

    /**
     * Adds what {@code body} adds, inside of a scope of the given name: "layer1" makes "layer1.0".
     */
    public int scoped(String name, java.util.function.IntUnaryOperator body, int input) {
      Scope outer = scope;
      scope = new Scope(outer.path(name));
      try {
        return body.applyAsInt(input);
      } finally {
        scope = outer;
      }
    }

    /** Adds one operation under a name of its own in the scope. */
    public int named(String name, Operation operation, int... inputs) {
      return addNamed(scope.path(name), operation, inputs);
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
      return new Graph(input, nodes, outputs);
    }

    private int addNamed(String name, Operation operation, int... inputs) {
      var edges = IntStream.of(inputs).boxed().toList();
      var node = Node.of(name, operation, edges, types);
      nodes.add(node);
      types.add(node.output());
      return nodes.size();
    }
  }

  /** A prefix of names, and a count of the unnamed operations below it. */
  private static final class Scope {
    private final String prefix;
    private int next;

    Scope(String prefix) {
      this.prefix = prefix;
    }

    String path(String name) {
      return prefix.isEmpty() ? name : prefix + "." + name;
    }

    String take() {
      return path(Integer.toString(next++));
    }
  }

  /** One line: how many operations there are, and what goes in and out. */
  @Override
  public String toString() {
    return "Graph of %d operations, input %s, outputs %s"
        .formatted(nodes.size(), input.shape(), outputs.keySet());
  }
}
