package stride.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.graph.Buffer;
import stride.graph.Graph;
import stride.graph.Step;
import stride.kernel.Elementwise;

/**
 * The gradient buffers of a plan. Every reader of an edge contributes a gradient of its own; an
 * edge's gradient is their sum.
 */
final class Gradients {
  private final Graph graph;
  private final int batch;
  private final boolean[] wanted;
  private final List<List<Buffer>> contributions = new ArrayList<>();
  private final @Nullable Buffer[] sums;
  private final Buffer[][] inputGradients;
  private final Map<String, Buffer> outputs = new LinkedHashMap<>();

  Gradients(Graph graph, int batch, Purpose purpose) {
    this.graph = graph;
    this.batch = batch;
    int edges = graph.nodes().size() + 1;
    wanted = wanted(graph, purpose);
    sums = new Buffer[edges];
    inputGradients = new Buffer[graph.nodes().size()][];
    for (int e = 0; e < edges; e++) {
      contributions.add(new ArrayList<>());
    }
    graph.outputs().forEach(this::contributeOutput);
    for (int n = graph.nodes().size() - 1; n >= 0; n--) {
      sums[n + 1] = sum(n + 1);
      contribute(n, graph.nodes().get(n));
    }
    sums[Graph.INPUT] = sum(Graph.INPUT);
  }

  /** Edges behind which weights or an input want a gradient, and which lead to an output. */
  private static boolean[] wanted(Graph graph, Purpose purpose) {
    var wanted = new boolean[graph.nodes().size() + 1];
    wanted[Graph.INPUT] = purpose.inputGradients();
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      wanted[n + 1] =
          node.inputs().stream().anyMatch(edge -> wanted[edge])
              || (purpose.weightGradients()
                  && !node.operation().parameters(graph.inputTypes(node)).isEmpty());
    }
    var leads = new boolean[wanted.length];
    graph.outputs().values().forEach(edge -> leads[edge] = true);
    for (int n = graph.nodes().size() - 1; n >= 0; n--) {
      if (leads[n + 1]) {
        graph.nodes().get(n).inputs().forEach(edge -> leads[edge] = true);
      }
      wanted[n + 1] &= leads[n + 1];
    }
    return wanted;
  }

  private void contributeOutput(String name, int edge) {
    if (wanted[edge]) {
      var buffer = Buffers.allocate(graph.type(edge).shape().elements(), batch);
      contributions.get(edge).add(buffer);
      outputs.put(name, buffer);
    }
  }

  private void contribute(int n, Graph.Node node) {
    inputGradients[n] = new Buffer[node.inputs().size()];
    for (int i = 0; i < node.inputs().size(); i++) {
      int edge = node.inputs().get(i);
      inputGradients[n][i] = Buffers.NONE;
      if (wanted[edge] && wanted[n + 1]) {
        var buffer =
            node.operation().isView()
                ? ofEdge(n + 1)
                : Buffers.allocate(graph.type(edge).shape().elements(), batch);
        inputGradients[n][i] = buffer;
        contributions.get(edge).add(buffer);
      }
    }
  }

  private @Nullable Buffer sum(int edge) {
    return contributions.get(edge).size() > 1
        ? Buffers.allocate(graph.type(edge).shape().elements(), batch)
        : null;
  }

  boolean wants(int edge) {
    return wanted[edge];
  }

  /** The gradient at an edge: the sum of all contributions; empty if none is wanted. */
  Buffer ofEdge(int edge) {
    Buffer sum = sums[edge];
    if (sum != null) {
      return sum;
    }
    var single = contributions.get(edge);
    return single.isEmpty() ? Buffers.NONE : single.getFirst();
  }

  /** The buffer in which node {@code n} writes the gradient of its i-th input. */
  Buffer ofInput(int n, int i) {
    return inputGradients[n][i];
  }

  /** The buffer in which a loss writes the gradient at a named output. */
  Buffer ofOutput(String name) {
    Buffer buffer = outputs.get(name);
    if (buffer == null) {
      throw new IllegalStateException("this plan wants no gradient behind output " + name);
    }
    return buffer;
  }

  /** Phases that add up an edge's contributions, if there are several. */
  List<Step.Phase> summing(int edge, Elementwise kernels) {
    Buffer sum = sums[edge];
    if (sum == null) {
      return List.of();
    }
    var parts = List.copyOf(contributions.get(edge));
    int n = sum.stride();
    return List.of(
        new Step.Samples(
            (from, to, worker) -> {
              Buffer left = parts.getFirst();
              for (int i = 1; i < parts.size(); i++) {
                Buffer right = parts.get(i);
                kernels.add(
                    left.array(),
                    left.at(from),
                    right.array(),
                    right.at(from),
                    sum.array(),
                    sum.at(from),
                    (to - from) * n);
                left = sum;
              }
            }));
  }
}
