package stride.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  public Graph {
    nodes = List.copyOf(nodes);
    outputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
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
    }
  }

  /** The type that flows along an edge. */
  public TensorType type(int edge) {
    return edge == INPUT ? input : nodes.get(edge - 1).output();
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
   */
  public Graph without(Set<Integer> left) {
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

  /**
   * What follows an edge on the way to one of the outputs: a graph whose input is that edge.
   *
   * @throws IllegalArgumentException if the output is computed from what lies before the edge in
   *     another way too, or there is no output of this name
   */
  public Graph after(int edge, String output) {
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
    private final Set<String> names = new LinkedHashSet<>();
    private Scope scope = new Scope("");

    public Builder(TensorType input) {
      this.input = input;
    }

    /** The type that flows along an edge. */
    public TensorType type(int edge) {
      return edge == INPUT ? input : nodes.get(edge - 1).output();
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

    public Graph build() {
      return new Graph(input, nodes, outputs);
    }

    private int addNamed(String name, Operation operation, int... inputs) {
      if (!names.add(name)) {
        throw new IllegalArgumentException("two layers are named " + name);
      }
      var edges = new ArrayList<Integer>();
      var types = new ArrayList<TensorType>();
      for (int edge : inputs) {
        edges.add(edge);
        types.add(type(edge));
      }
      TensorType output;
      try {
        output = operation.infer(types);
      } catch (ShapeException e) {
        throw new ShapeException(label(name, operation) + ": " + e.getMessage());
      }
      nodes.add(new Node(name, operation, edges, output));
      return nodes.size();
    }

    private static String label(String name, Operation operation) {
      return Character.isDigit(name.charAt(name.length() - 1)) && !name.startsWith(operation.kind())
          ? "%s (%s)".formatted(name, operation.kind())
          : name;
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
