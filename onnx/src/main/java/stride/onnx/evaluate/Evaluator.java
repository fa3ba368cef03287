package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;
import stride.onnx.proto.TypeProto;
import stride.onnx.tensor.OnnxTensor;

/**
 * Runs a graph node by node, by the standard's definitions: correct first, and slow. It is safe to
 * share between threads.
 */
public final class Evaluator {
  private final OnnxGraph graph;

  /** For each node, the values that nobody reads after it. */
  private final List<List<String>> done;

  private Evaluator(OnnxGraph graph) {
    this.graph = graph;
    this.done = done(graph);
  }

  /**
   * Returns an evaluator of a graph.
   *
   * @param graph the graph
   * @return the evaluator
   * @throws IllegalArgumentException if the graph has operators that cannot be run; the message
   *     names all of them
   */
  public static Evaluator of(OnnxGraph graph) {
    Operators.requireKnown(graph);
    return new Evaluator(graph);
  }

  private static List<List<String>> done(OnnxGraph graph) {
    var last = new HashMap<String, Integer>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (String output : graph.nodes().get(i).outputs()) {
        last.put(output, i);
      }
      for (String name : graph.nodes().get(i).reads()) {
        last.put(name, i);
      }
    }
    graph.outputs().forEach(output -> last.remove(output.name()));
    List<List<String>> done = new ArrayList<>();
    graph.nodes().forEach(node -> done.add(new ArrayList<>()));
    last.forEach((name, index) -> done.get(index).add(name));
    return done;
  }

  /**
   * Computes the graph's outputs.
   *
   * @param inputs a tensor for each of the graph's inputs, by name
   * @return the outputs by name, in the graph's order; one that is listed twice stands once
   * @throws IllegalArgumentException if an input is missing, unknown, or of another type or shape
   *     than the graph says, or if a node cannot compute what it is asked; the message names the
   *     node
   */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) {
    requireInputs(inputs);
    OnnxTensor[] results = run(inputs, name -> null);
    var outputs = new LinkedHashMap<String, OnnxTensor>();
    for (int i = 0; i < results.length; i++) {
      outputs.put(graph.outputs().get(i).name(), results[i]);
    }
    return outputs;
  }

  private void requireInputs(Map<String, OnnxTensor> inputs) {
    var names = graph.inputs().stream().map(OnnxValue::name).toList();
    for (String given : inputs.keySet()) {
      if (!names.contains(given)) {
        throw new IllegalArgumentException(
            "the model has no input \"%s\", only %s".formatted(given, names));
      }
    }
    for (OnnxValue input : graph.inputs()) {
      OnnxTensor given = inputs.get(input.name());
      if (given == null) {
        throw new IllegalArgumentException("the input \"%s\" is missing".formatted(input.name()));
      }
      if (input.type() != null && input.type() != given.type() || !fits(input, given)) {
        throw new IllegalArgumentException(
            "the input \"%s\" is %s, the model expects %s"
                .formatted(input.name(), given, input.description()));
      }
    }
  }

  private static boolean fits(OnnxValue input, OnnxTensor given) {
    List<TypeProto.Dimension> shape = input.shape();
    if (shape == null) {
      return true;
    }
    if (shape.size() != given.rank()) {
      return false;
    }
    for (int i = 0; i < shape.size(); i++) {
      if (shape.get(i).value() >= 0 && shape.get(i).value() != given.dimension(i)) {
        return false;
      }
    }
    return true;
  }

  private OnnxTensor[] run(
      Map<String, OnnxTensor> inputs, Function<String, @Nullable OnnxTensor> around) {
    var values = new HashMap<>(inputs);
    Function<String, @Nullable OnnxTensor> lookup =
        name -> {
          OnnxTensor value = values.get(name);
          value = value == null ? graph.constants().get(name) : value;
          return value == null ? around.apply(name) : value;
        };
    for (int i = 0; i < graph.nodes().size(); i++) {
      OnnxNode node = graph.nodes().get(i);
      OnnxTensor[] results = run(node, lookup);
      for (int k = 0; k < node.outputs().size(); k++) {
        String output = node.outputs().get(k);
        if (!output.isEmpty()) {
          if (k >= results.length) {
            throw new IllegalArgumentException(
                "%s \"%s\" has no output %d".formatted(node.operator(), node.name(), k));
          }
          values.put(output, results[k]);
        }
      }
      values.keySet().removeAll(done.get(i));
    }
    return graph.outputs().stream()
        .map(output -> required(lookup.apply(output.name()), output.name()))
        .toArray(OnnxTensor[]::new);
  }

  private static OnnxTensor required(@Nullable OnnxTensor value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("the value \"%s\" was not computed".formatted(name));
    }
    return value;
  }

  /**
   * Runs one node.
   *
   * @param node the node
   * @param values finds values by name; null for one that it does not know
   * @return its outputs; those that nobody reads may be missing at the end
   * @throws IllegalArgumentException if a value is missing or the inputs do not fit; the message
   *     names the node
   */
  public static OnnxTensor[] run(OnnxNode node, Function<String, @Nullable OnnxTensor> values) {
    List<@Nullable OnnxTensor> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : required(values.apply(name), name));
    }
    try {
      return Operators.family(node)
          .apply(
              new Call(
                  node,
                  Operators.since(node),
                  inputs,
                  (inner, given) -> new Evaluator(inner).run(given, values)));
    } catch (IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      // Plain loops over what a file says meet what cannot be at any place.
      String text =
          "%s \"%s\" of opset %d cannot run on %s: %s"
              .formatted(
                  node.qualifiedOperator(),
                  node.name(),
                  node.opset(),
                  Arrays.toString(inputs.toArray()),
                  e.getMessage());
      throw new IllegalArgumentException(FormatException.oneLine(text), e);
    }
  }
}
