package stride.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/** A graph as JSON: its input's shape, its nodes with their operations and edges, its outputs. */
final class GraphJson {
  private static final int MOST_NODES = 100_000;

  private final OperationTypes types;

  GraphJson(OperationTypes types) {
    this.types = types;
  }

  String write(Graph graph) {
    var nodes = new ArrayList<Map<String, Object>>();
    for (var node : graph.nodes()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("name", node.name());
      json.put("inputs", node.inputs());
      json.putAll(types.write(node.operation()));
      nodes.add(json);
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("input", IntStream.of(graph.input().shape().sizes()).boxed().toList());
    json.put("nodes", nodes);
    json.put("outputs", graph.outputs());
    return JSON.std.asString(json);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param source the file's name, for messages
   * @throws FormatException if it is no graph, or its operations do not fit together
   */
  Graph read(String text, String source) throws IOException {
    try {
      return graph(JSON.std.mapFrom(text));
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the network is not valid JSON: %s".formatted(source, e.getOriginalMessage()), e);
    } catch (ShapeException e) {
      throw new FormatException(
          "%s: the network does not fit together: %s".formatted(source, e.getMessage()), e);
    } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
      throw new FormatException(
          "%s: the network is damaged: %s".formatted(source, String.valueOf(e.getMessage())), e);
    }
  }

  private Graph graph(Map<String, Object> json) {
    var shape = Shape.of(integers(json.get("input")).stream().mapToInt(i -> i).toArray());
    if (shape.rank() == 0) {
      throw new IllegalArgumentException("the input is a single number");
    }
    var input = TensorType.of(shape);
    if (!(json.get("nodes") instanceof List<?> nodes) || nodes.size() > MOST_NODES) {
      throw new IllegalArgumentException(
          "expected a list of at most %,d nodes".formatted(MOST_NODES));
    }
    var made = new ArrayList<Graph.Node>();
    var names = new HashMap<String, Integer>();
    for (var item : nodes) {
      if (!(item instanceof Map<?, ?> node) || !(node.get("name") instanceof String name)) {
        throw new IllegalArgumentException("a node has a name, found " + item);
      }
      if (names.put(name, made.size()) != null) {
        throw new IllegalArgumentException("two nodes are named " + name);
      }
      Operation operation = types.read(node);
      var edges = integers(node.get("inputs"));
      var inputs = new ArrayList<TensorType>();
      for (int edge : edges) {
        if (edge < 0 || edge > made.size()) {
          throw new IllegalArgumentException(
              "%s reads edge %d, before it there are %d".formatted(name, edge, made.size() + 1));
        }
        inputs.add(edge == Graph.INPUT ? input : made.get(edge - 1).output());
      }
      try {
        made.add(new Graph.Node(name, operation, edges, operation.infer(inputs)));
      } catch (ShapeException e) {
        throw new ShapeException(name + ": " + e.getMessage());
      }
    }
    var outputs = new LinkedHashMap<String, Integer>();
    if (json.get("outputs") instanceof Map<?, ?> named) {
      named.forEach((name, edge) -> outputs.put((String) name, (Integer) edge));
    }
    if (!outputs.containsKey(Graph.OUTPUT)
        || outputs.values().stream().anyMatch(edge -> edge < 0 || edge > made.size())) {
      throw new IllegalArgumentException("the outputs are " + outputs);
    }
    return new Graph(input, made, outputs);
  }

  private static List<Integer> integers(@Nullable Object json) {
    if (json instanceof List<?> list && list.stream().allMatch(Integer.class::isInstance)) {
      return list.stream().map(Integer.class::cast).toList();
    }
    throw new IllegalArgumentException("expected a list of integers, found " + json);
  }
}
