package stride.engine;

import java.util.ArrayList;
import java.util.List;
import stride.compute.Backend;
import stride.graph.Graph;
import stride.graph.Ride;
import stride.graph.Trait;

/**
 * Which nodes ride on the store of a node before them, the carrier: batch norm, residual sum and
 * ReLU behind a convolution are stored by the convolution, so that nothing passes over the values
 * once more. Who is ridden on has no other reader, and is no output of the network.
 */
final class Riders {
  private final int[] carriers;
  private final int[] inputs;
  private final List<List<Integer>> riders = new ArrayList<>();

  /**
   * @param wanted the edges that have a gradient
   */
  Riders(Graph graph, Backend backend, Purpose purpose, boolean[] wanted) {
    int nodes = graph.nodes().size();
    carriers = new int[nodes];
    inputs = new int[nodes];
    for (int n = 0; n < nodes; n++) {
      carriers[n] = n;
      inputs[n] = -1;
      riders.add(new ArrayList<>());
    }
    // An observer sees each node's own values.
    for (int n = 0; n < nodes && !purpose.observed(); n++) {
      if (carriers[n] == n
          && backend.traits(graph.nodes().get(n).operation()).contains(Trait.CARRIES)) {
        load(graph, backend, purpose, wanted, n);
      }
    }
  }

  /** Takes up what can ride on a carrier, one behind the other. */
  private void load(Graph graph, Backend backend, Purpose purpose, boolean[] wanted, int carrier) {
    int edge = graph.edgeOf(carrier);
    // A second batch norm would need the numbers of the first.
    Ride last = backend.ride(graph.nodes().get(carrier).operation(), false, false);
    while (true) {
      int reader = onlyReader(graph, edge);
      if (reader < 0) {
        return;
      }
      var node = graph.nodes().get(reader);
      var ride =
          backend.ride(
              node.operation(), purpose.batchStatistics(node), wanted[graph.edgeOf(reader)]);
      if (ride == null || (last != null && ride.compareTo(last) <= 0)) {
        return;
      }
      for (int input : node.inputs()) {
        if (input != edge && !isComputedBefore(graph, input, carrier)) {
          return;
        }
      }
      carriers[reader] = carrier;
      inputs[reader] = node.inputs().indexOf(edge);
      riders.get(carrier).add(reader);
      last = ride;
      edge = graph.edgeOf(reader);
    }
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

  private boolean isComputedBefore(Graph graph, int edge, int carrier) {
    return graph.isInput(edge) || carriers[graph.nodeOf(edge)] < carrier;
  }

  /** The node on whose store a node rides; the node itself if it does not ride. */
  int carrier(int node) {
    return carriers[node];
  }

  /** The input on whose store a node rides, or -1. */
  int input(int node) {
    return inputs[node];
  }

  /** The nodes that ride on a carrier, in order. */
  List<Integer> of(int carrier) {
    return riders.get(carrier);
  }
}
