package stride.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.graph.Graph;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * A graph as JSON: its input's shape, its nodes with their operations and edges, its outputs.
 * Several inputs, or one with a name of its own, are a map of shapes in their order. What fits
 * together is {@link Graph}'s to check.
 */
final class GraphJson {
  private static final int MAX_NODES = 100_000;

  /** The name of a node's weights, where it shares those of an earlier node. */
  static final String WEIGHTS_OF = "weights_of";

  private final OperationTypes types;

  GraphJson(OperationTypes types) {
    this.types = types;
  }

  /**
   * Writes a graph.
   *
   * @throws IllegalArgumentException if an operation cannot be saved; the message names the layer
   */
  String write(Graph graph) {
    var nodes = new ArrayList<Map<String, @Nullable Object>>();
    for (var node : graph.nodes()) {
      var json = new LinkedHashMap<String, @Nullable Object>();
      json.put("name", node.name());
      json.put("inputs", node.inputs());
      if (!node.weights().equals(node.name())) {
        json.put(WEIGHTS_OF, node.weights());
      }
      try {
        json.putAll(types.write(node.operation()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "layer %s: %s".formatted(node.name(), e.getMessage()), e);
      }
      nodes.add(json);
    }
    var json = new LinkedHashMap<String, Object>();
    if (isPlain(graph)) {
      json.put("input", sizes(graph.input()));
    } else {
      var inputs = new LinkedHashMap<String, Object>();
      graph.inputs().forEach(input -> inputs.put(input.name(), sizes(input.type())));
      json.put("inputs", inputs);
    }
    json.put("nodes", nodes);
    json.put("outputs", graph.outputs());
    return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(json);
  }

  private static boolean isPlain(Graph graph) {
    return graph.inputs().size() == 1 && graph.inputs().getFirst().name().equals(Graph.INPUT);
  }

  private static List<Integer> sizes(TensorType type) {
    return IntStream.of(type.shape().sizes()).boxed().toList();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param source the file's name, for messages
   * @throws FormatException if it is no graph, its operations do not fit together, or one is of an
   *     unknown type
   */
  Graph read(String text, String source) throws IOException {
    try {
      return graph(JSON.std.mapFrom(text), source);
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the network is not valid JSON: %s".formatted(source, e.getOriginalMessage()), e);
    } catch (ShapeException e) {
      throw new FormatException(
          "%s: the network does not fit together: %s".formatted(source, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          "%s: the network is damaged: %s".formatted(source, String.valueOf(e.getMessage())), e);
    }
  }

  private Graph graph(@Nullable Map<String, Object> json, String source) throws FormatException {
    if (json == null) {
      throw new IllegalArgumentException("expected an object, found null");
    }
    if (!(json.get("nodes") instanceof List<?> nodes) || nodes.size() > MAX_NODES) {
      throw new IllegalArgumentException(
          "expected a list of at most %,d nodes".formatted(MAX_NODES));
    }
    var graph = new Graph.Builder(inputs(json));
    for (var item : nodes) {
      if (!(item instanceof Map<?, ?> node)
          || !(node.get("name") instanceof String name)
          || !(node.get("type") instanceof String type)) {
        throw new IllegalArgumentException("a node has a name and a type, found " + item);
      }
      if (!types.knows(type)) {
        throw unknown(source, name, type);
      }
      String weights = node.containsKey(WEIGHTS_OF) ? String.valueOf(node.get(WEIGHTS_OF)) : name;
      var edges = IntStream.of(integers(node.get("inputs"))).boxed().toList();
      graph.add(name, weights, types.read(node), edges);
    }
    if (!(json.get("outputs") instanceof Map<?, ?> outputs)) {
      throw new IllegalArgumentException("the outputs are " + json.get("outputs"));
    }
    for (var output : outputs.entrySet()) {
      if (!(output.getKey() instanceof String name)
          || !(output.getValue() instanceof Integer edge)) {
        throw new IllegalArgumentException("the outputs are " + outputs);
      }
      graph.output(name, edge);
    }
    return graph.build();
  }

  private static List<Graph.Input> inputs(Map<String, Object> json) {
    if (json.get("input") != null) {
      return List.of(input(Graph.INPUT, json.get("input")));
    }
    if (!(json.get("inputs") instanceof Map<?, ?> inputs)) {
      throw new IllegalArgumentException("expected the input's shape, found none");
    }
    return inputs.entrySet().stream()
        .map(entry -> input(String.valueOf(entry.getKey()), entry.getValue()))
        .toList();
  }

  private static Graph.Input input(String name, @Nullable Object sizes) {
    return new Graph.Input(name, TensorType.of(Shape.of(integers(sizes))));
  }

  private static FormatException unknown(String source, String name, String type) {
    return new FormatException(
        "%s: the layer %s is of the type %s, which is none of Stride's: if it is yours, read the file with Model.load(file, OperationTypes.standard().with(%s.class))"
            .formatted(
                source,
                FormatException.quote(name),
                FormatException.quote(type),
                type.matches("\\w{1,80}") ? type : "Type"));
  }

  private static int[] integers(@Nullable Object json) {
    if (json instanceof List<?> list && list.stream().allMatch(Integer.class::isInstance)) {
      return list.stream().mapToInt(Integer.class::cast).toArray();
    }
    throw new IllegalArgumentException("expected a list of integers, found " + json);
  }
}
