package stride.onnx.graph;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import stride.onnx.tensor.OnnxTensor;

/**
 * What an ONNX file computes, checked: every value is given once and before it is read, all nodes
 * serve an output, the model's own functions are inlined, and constants are tensors.
 *
 * @param name the graph's name
 * @param inputs its inputs, without those that are constants
 * @param outputs its outputs; the same value may be listed twice, and may be an input or a constant
 * @param constants its weights and other constants, by name
 * @param nodes its nodes, each after those whose outputs it reads
 * @param values what the file says of values between, by name
 * @param metadata keys and values of any meaning, and the file's producer as "producer"
 */
public record OnnxGraph(
    String name,
    List<OnnxValue> inputs,
    List<OnnxValue> outputs,
    Map<String, OnnxTensor> constants,
    List<OnnxNode> nodes,
    Map<String, OnnxValue> values,
    Map<String, String> metadata) {
  /**
   * The key of the metadata that names the batch norms that learn nothing, by their first weights,
   * a line each: Stride writes it.
   */
  public static final String FROZEN_NORMS = "stride.frozen_norms";

  /** Makes a graph that shares no collection with the caller. */
  public OnnxGraph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    nodes = List.copyOf(nodes);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Returns which values from around it a graph in a node refers to.
   *
   * @return their names; none for a model's own graph
   */
  public Set<String> captures() {
    var given = new HashSet<>(constants.keySet());
    inputs.forEach(input -> given.add(input.name()));
    nodes.forEach(node -> given.addAll(node.outputs()));
    var captures = new TreeSet<String>();
    for (OnnxNode node : nodes) {
      captures.addAll(node.reads());
    }
    outputs.forEach(output -> captures.add(output.name()));
    captures.removeAll(given);
    return captures;
  }
}
