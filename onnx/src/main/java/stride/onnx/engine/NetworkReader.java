package stride.onnx.engine;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import stride.format.FormatException;
import stride.graph.Graph;
import stride.layer.activation.Softmax;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.onnx.evaluate.Operators;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;

/**
 * Makes models of ONNX's graphs: networks like any other, which run on the engine, may be trained
 * and saved. Layers have the names that the file's weights and nodes have, its first output is the
 * network's own.
 */
public final class NetworkReader {
  private static final String TASK = "stride.task";
  private static final int NAMED = 3;

  private NetworkReader() {}

  /**
   * Returns a graph as a model. What the metadata say as {@link Model#description} does, the model
   * is; otherwise it classifies images if its output is a vector, and a softmax in the end, or its
   * logarithm, is left out, as a classifier's outputs are logits.
   *
   * @param graph the graph
   * @param shapes what it leaves open of its inputs
   * @param file for messages
   * @return the model
   * @throws FormatException if a part of the graph cannot run on the engine, the message says which
   *     and why, or its description is damaged
   * @throws IllegalArgumentException if an input's shape is not known
   */
  public static Model read(OnnxGraph graph, InputShapes shapes, Path file) throws FormatException {
    boolean described = graph.metadata().containsKey(TASK);
    var last = described ? null : LastLogSoftmax.of(graph);
    var laid = EngineGraph.of(last == null ? graph : last.without(graph), shapes);
    var names = graph.outputs().stream().map(OnnxValue::name).distinct().toList();
    requireLaid(laid, names, file);
    if (last != null && !last.isOverChannels(laid)) {
      throw new FormatException(
          "%s: its last node %s is a LogSoftmax that is not over the channels, but \"stride run\" computes it"
              .formatted(file, FormatException.quote(last.node().name())));
    }
    var outputs = outputs(laid, names, !described);
    var part = laid.only(outputs);
    var network = new Network(part);
    try {
      var model = Model.described(network, laid.weightsOf(part), graph.metadata(), file);
      boolean classifies = network.output().elements() == network.output().channels();
      return described || classifies ? model : model.withTask(Task.VALUES);
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void requireLaid(EngineGraph laid, List<String> outputs, Path file)
      throws FormatException {
    var left = laid.reasons(outputs);
    if (!left.isEmpty()) {
      boolean runs = laid.left(outputs).stream().allMatch(Operators::knows);
      throw new FormatException(
          "%s: a part of it cannot run on the engine, %s: %s"
              .formatted(
                  file,
                  runs
                      ? "but \"stride run\" computes it"
                      : "nor does \"stride run\" have all of its operators",
                  described(left)));
    }
    for (var output : outputs) {
      if (!laid.values().containsKey(output)) {
        throw new FormatException(
            "%s: its output %s depends on no input".formatted(file, FormatException.quote(output)));
      }
      if (!laid.layout().reason(output).isEmpty()) {
        throw new FormatException(
            "%s: its output %s lies in another order than the engine's, but \"stride run\" computes it"
                .formatted(file, FormatException.quote(output)));
      }
    }
  }

  private static String described(Map<OnnxNode, String> left) {
    String first =
        left.entrySet().stream()
            .limit(NAMED)
            .map(
                entry ->
                    "%s %s: %s"
                        .formatted(
                            entry.getKey().qualifiedOperator(),
                            FormatException.quote(entry.getKey().name()),
                            entry.getValue()))
            .collect(Collectors.joining("; "));
    int more = left.size() - NAMED;
    return more > 0 ? "%s; and %d more".formatted(first, more) : first;
  }

  /** The edges of the outputs; the first is the network's own. */
  private static Map<String, Integer> outputs(
      EngineGraph laid, List<String> names, boolean logits) {
    var outputs = new LinkedHashMap<String, Integer>();
    for (var name : names) {
      var view = laid.values().get(name);
      if (view != null) {
        outputs.put(names.size() == 1 ? Graph.OUTPUT : name, view.edge());
      }
    }
    outputs.putIfAbsent(Graph.OUTPUT, outputs.values().iterator().next());
    if (logits && names.size() == 1) {
      int last = laid.graph().nodeOf(outputs.values().iterator().next());
      if (last >= 0 && laid.graph().nodes().get(last).operation() instanceof Softmax) {
        outputs.put(Graph.OUTPUT, laid.graph().nodes().get(last).inputs().getFirst());
      }
    }
    return outputs;
  }
}
