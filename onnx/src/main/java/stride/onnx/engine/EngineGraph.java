package stride.onnx.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.TensorType;
import stride.graph.Weights;
import stride.onnx.evaluate.Evaluator;
import stride.onnx.evaluate.Folding;
import stride.onnx.evaluate.FoldingBudget;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * As much of a graph of ONNX as the engine computes.
 *
 * @param graph the engine's graph, with all that was added on the way
 * @param weights weights and statistics by their full names, in PyTorch's layouts
 * @param inputs how ONNX sees the inputs' edges
 * @param values how ONNX sees the values that are edges
 * @param layout what is known of the others
 */
record EngineGraph(
    Graph graph,
    Map<String, float[]> weights,
    Map<String, View> inputs,
    Map<String, View> values,
    Layout layout) {

  /**
   * Lays out a graph.
   *
   * @throws IllegalArgumentException if an input's shape is not known
   */
  static EngineGraph of(OnnxGraph file, InputShapes shapes) {
    var folded = Folding.fold(file);
    var placed = new ArrayList<Graph.Input>();
    var views = new LinkedHashMap<String, View>();
    for (var input : folded.inputs()) {
      var place = shapes.place(input, placed.size());
      placed.add(new Graph.Input(input.name(), TensorType.of(place.shape())));
      views.put(input.name(), place.view());
    }
    var layout = new Layout(new Graph.Builder(placed), folded, InputShapes.batch(folded.inputs()));
    views.forEach(layout::put);
    var budget = FoldingBudget.of(folded);
    folded.nodes().forEach(node -> lay(layout, node, budget));
    for (var output : folded.outputs()) {
      layout.canonical(output.name());
    }
    return new EngineGraph(layout.graph.build(), layout.weights, views, layout.views(), layout);
  }

  private static void lay(Layout layout, OnnxNode node, FoldingBudget budget) {
    try {
      if (node.reads().stream().allMatch(read -> layout.constant(read) != null)) {
        if (!budget.covers(node, layout::constant)) {
          throw new Unlayable(
              "it makes constants of more elements than are kept for a file's size");
        }
        var results = budget.spend(Evaluator.run(node, layout::constant));
        for (int i = 0; i < node.outputs().size(); i++) {
          if (!node.outputs().get(i).isEmpty()) {
            layout.put(node.outputs().get(i), results[i]);
          }
        }
        return;
      }
      if (node.domain().isEmpty() && node.operator().equals("Shape")) {
        layout.put(node.outputs().getFirst(), shape(node, layout.view(node, 0)));
        return;
      }
      var rule = Rules.of(node);
      if (rule == null) {
        throw new Unlayable("the engine does not compute it");
      }
      View[] made = rule.lay(layout, node);
      for (int i = 0; i < made.length && i < node.outputs().size(); i++) {
        layout.put(node.outputs().get(i), made[i]);
      }
    } catch (Unlayable | IllegalArgumentException e) {
      layout.leave(node, String.valueOf(e.getMessage()));
    } catch (ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | NoSuchElementException e) {
      // Rules that take a file's lists as they are meet what cannot be at any place.
      layout.leave(node, "its inputs or attributes do not fit together: " + e.getMessage());
    }
  }

  private static OnnxTensor shape(OnnxNode node, View view) {
    int rank = view.rank();
    int start = node.attributes().small("start", 0);
    int end = node.attributes().small("end", rank);
    start = Math.clamp(start < 0 ? start + rank : start, 0, rank);
    end = Math.clamp(end < 0 ? end + rank : end, start, rank);
    return OnnxTensor.list(LongStream.range(start, end).map(d -> view.size((int) d)).toArray());
  }

  /** Whether a value depends on no input, or nothing that is computed reads it. */
  boolean isConstant(String value) {
    return layout.constant(value) != null || layout.producer(value) == null;
  }

  /**
   * The nodes behind some values that the engine does not compute, each once; a walk without
   * recursion, as a file decides how long a path is.
   */
  Set<OnnxNode> left(Collection<String> wanted) {
    var left = new LinkedHashSet<OnnxNode>();
    var seen = new HashSet<String>();
    var open = new ArrayDeque<>(wanted);
    while (!open.isEmpty()) {
      String value = open.remove();
      var node = seen.add(value) && layout.isLeft(value) ? layout.producer(value) : null;
      if (node != null && left.add(node)) {
        open.addAll(node.reads());
      }
    }
    return left;
  }

  /** Those of them that read nothing which is left itself, with the reasons. */
  Map<OnnxNode, String> reasons(Collection<String> wanted) {
    var first = new LinkedHashMap<OnnxNode, String>();
    for (var node : left(wanted)) {
      if (node.reads().stream().noneMatch(layout::isLeft)) {
        first.put(node, layout.reason(node));
      }
    }
    return first;
  }

  /**
   * The graph of some of the values.
   *
   * @param outputs edges by the names that they get
   */
  Graph only(Map<String, Integer> outputs) {
    var whole = graph.withOutputs(outputs);
    var needed = whole.behind(outputs.keySet());
    var builder = new Graph.Builder(graph.inputs());
    var moved = new HashMap<Integer, Integer>();
    for (int edge = 0; edge < graph.inputs().size(); edge++) {
      moved.put(edge, edge);
    }
    needed.stream()
        .forEach(
            n -> {
              var node = graph.nodes().get(n);
              Operation operation = node.operation();
              moved.put(
                  graph.edgeOf(n),
                  builder.add(
                      node.name(),
                      node.weights(),
                      operation,
                      node.inputs().stream().map(moved::get).toList()));
            });
    outputs.forEach((name, edge) -> builder.output(name, edgeOf(moved, edge)));
    return builder.build();
  }

  private static int edgeOf(Map<Integer, Integer> moved, int edge) {
    Integer place = moved.get(edge);
    if (place == null) {
      throw new IllegalStateException("edge %d was left out".formatted(edge));
    }
    return place;
  }

  /** The numbers of a part of the graph. */
  Weights weightsOf(Graph part) {
    var filled = Weights.empty(part);
    for (var entry : filled.table().weights()) {
      filled.write(entry, numbers(entry.name()));
    }
    for (var entry : filled.table().statistics()) {
      if (!entry.statistic().counter()) {
        float[] values = numbers(entry.name());
        if (values.length != entry.statistic().length()) {
          throw new IllegalArgumentException(
              "%s has %d values, expected %d"
                  .formatted(entry.name(), values.length, entry.statistic().length()));
        }
        System.arraycopy(values, 0, filled.statistics(), entry.offset(), values.length);
      }
    }
    filled.changed();
    return filled;
  }

  private float[] numbers(String name) {
    float @Nullable [] values = weights.get(name);
    if (values == null) {
      throw new IllegalStateException("no weights are named " + name);
    }
    return values;
  }
}
