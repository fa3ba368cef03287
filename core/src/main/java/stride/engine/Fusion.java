package stride.engine;

import java.util.ArrayList;
import java.util.List;
import stride.compute.Backend;
import stride.graph.EpiloguePart;
import stride.graph.Graph;
import stride.graph.Trait;

/**
 * Which nodes are fused into the store of a node before them, the producer: batch norm, residual
 * sum and activation behind a convolution are stored by the convolution, so that nothing passes
 * over the values once more. A producer has no other reader, and is no output of the network.
 */
final class Fusion {
  private final int[] producers;
  private final int[] inputs;
  private final List<List<Integer>> fused = new ArrayList<>();

  /**
   * @param wanted the edges that have a gradient
   */
  Fusion(Graph graph, Backend backend, Purpose purpose, boolean[] wanted) {
    int nodes = graph.nodes().size();
    producers = new int[nodes];
    inputs = new int[nodes];
    for (int n = 0; n < nodes; n++) {
      producers[n] = n;
      inputs[n] = -1;
      fused.add(new ArrayList<>());
    }
    // An observer sees each node's own values.
    for (int n = 0; n < nodes && !purpose.observed(); n++) {
      if (producers[n] == n
          && backend.traits(graph.nodes().get(n).operation()).contains(Trait.CAN_FUSE_CONSUMERS)) {
        fuse(graph, backend, purpose, wanted, n);
      }
    }
  }

  /** Fuses the operations after a producer into it, one after the other, as far as possible. */
  private void fuse(Graph graph, Backend backend, Purpose purpose, boolean[] wanted, int producer) {
    int edge = graph.edgeOf(producer);
    // A second batch norm would need the numbers of the first.
    var own = graph.nodes().get(producer).operation();
    EpiloguePart last =
        backend.traits(own).contains(Trait.STORES_AFFINE)
            ? EpiloguePart.AFFINE
            : backend.epiloguePart(own, false, false);
    while (true) {
      int reader = onlyReader(graph, edge);
      if (reader < 0) {
        return;
      }
      var node = graph.nodes().get(reader);
      var part =
          backend.epiloguePart(
              node.operation(), purpose.batchStatistics(node), wanted[graph.edgeOf(reader)]);
      if (part == null
          || (last != null && part.compareTo(last) <= 0)
          || (wanted[graph.edgeOf(reader)] && losesInput(graph, backend, producer, reader))) {
        return;
      }
      for (int input : node.inputs()) {
        if (input != edge && !isComputedBefore(graph, input, producer)) {
          return;
        }
      }
      producers[reader] = producer;
      inputs[reader] = node.inputs().indexOf(edge);
      fused.get(producer).add(reader);
      last = part;
      edge = graph.edgeOf(reader);
    }
  }

  /**
   * Whether a node's backward pass misses its input if the node is fused: the input is not kept. A
   * producer that does the backward pass of its first consumer makes it again.
   */
  private boolean losesInput(Graph graph, Backend backend, int producer, int node) {
    var traits = backend.traits(graph.nodes().get(node).operation());
    return traits.contains(Trait.ELEMENTWISE)
        && !traits.contains(Trait.FORGETS_INPUT)
        && !(of(producer).isEmpty()
            && backend
                .traits(graph.nodes().get(producer).operation())
                .contains(Trait.CAN_FUSE_CONSUMER_GRADIENT));
  }

  /** The node that reads an edge, if it is the only one and reads it once; else -1. */
  private static int onlyReader(Graph graph, int edge) {
    if (graph.outputs().containsValue(edge)) {
      return -1;
    }
    int reader = -1;
    for (int n = 0; n < graph.nodes().size(); n++) {
      for (int input : graph.nodes().get(n).inputs()) {
        if (input == edge) {
          if (reader >= 0) {
            return -1;
          }
          reader = n;
        }
      }
    }
    return reader;
  }

  private boolean isComputedBefore(Graph graph, int edge, int producer) {
    return graph.isInput(edge) || producers[graph.nodeOf(edge)] < producer;
  }

  /** The node into whose store a node is fused; the node itself if it is not fused. */
  int producer(int node) {
    return producers[node];
  }

  /** The input into whose store a node is fused, or -1. */
  int input(int node) {
    return inputs[node];
  }

  /** The nodes that are fused into a producer, in order. */
  List<Integer> of(int producer) {
    return fused.get(producer);
  }
}
