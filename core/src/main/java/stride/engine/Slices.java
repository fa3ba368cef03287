package stride.engine;

import java.util.Arrays;
import java.util.Collections;
import java.util.function.IntPredicate;
import stride.compute.Backend;
import stride.graph.Graph;
import stride.graph.Trait;

/**
 * Which values are computed where a concatenation wants them: an edge's buffer is a slice of the
 * concatenation's buffer then, and nothing is copied. That buffer may itself be a slice of a wider
 * one, as in a dense block, whose concatenations are all parts of the last one.
 *
 * <p>The node that stores the values must be able to leave room between its pixels ({@link
 * Trait#STORES_PITCH}), and all that read them to step over it ({@link Trait#READS_PITCH}).
 */
final class Slices {
  private final Graph graph;
  private final Backend backend;
  private final Fusion fusion;

  /** The edge of which each edge is a slice, or -1. */
  private final int[] wholes;

  private final int[] firsts;

  /** No slices: every edge has a buffer of its own. */
  Slices(Graph graph, Backend backend, Fusion fusion) {
    this.graph = graph;
    this.backend = backend;
    this.fusion = fusion;
    wholes = new int[graph.edges()];
    firsts = new int[graph.edges()];
    Arrays.fill(wholes, -1);
  }

  /**
   * Finds the slices of a plan without gradients and batch statistics.
   *
   * @param computed whether an edge has its values in the plan
   */
  static Slices find(Graph graph, Backend backend, Fusion fusion, IntPredicate computed) {
    var slices = new Slices(graph, backend, fusion);
    for (int n = 0; n < graph.nodes().size(); n++) {
      if (slices.has(n, Trait.CONCATENATES) && computed.test(graph.edgeOf(n))) {
        slices.addInputs(n);
      }
    }
    return slices;
  }

  private void addInputs(int concatenation) {
    var inputs = graph.nodes().get(concatenation).inputs();
    int first = 0;
    for (int edge : inputs) {
      if (Collections.frequency(inputs, edge) == 1 && canBeSlice(edge)) {
        int stored = storedEdge(edge);
        wholes[stored] = graph.edgeOf(concatenation);
        firsts[stored] = first;
      }
      first += graph.type(edge).shape().channels();
    }
  }

  /** The edge whose buffer an edge shares: that of the node into whose store its own is fused. */
  private int storedEdge(int edge) {
    return graph.edgeOf(fusion.producer(graph.nodeOf(edge)));
  }

  private boolean canBeSlice(int edge) {
    return !graph.isInput(edge)
        && wholes[storedEdge(edge)] < 0
        && !graph.outputs().containsValue(edge)
        && canStore(fusion.producer(graph.nodeOf(edge)))
        && canRead(edge);
  }

  /** A sum's other values lie without room between the pixels. */
  private boolean canStore(int node) {
    return has(node, Trait.STORES_PITCH)
        && fusion.of(node).stream()
            .allMatch(fused -> graph.nodes().get(fused).inputs().size() == 1);
  }

  private boolean canRead(int edge) {
    for (int n = 0; n < graph.nodes().size(); n++) {
      if (graph.nodes().get(n).inputs().contains(edge) && !has(n, Trait.READS_PITCH)) {
        return false;
      }
    }
    return true;
  }

  private boolean has(int node, Trait trait) {
    return backend.traits(graph.nodes().get(node).operation()).contains(trait);
  }

  /** The edge of the concatenation of whose buffer an edge's is a slice, or -1. */
  int whole(int edge) {
    return wholes[edge];
  }

  /** The first of its channels in that buffer. */
  int first(int edge) {
    return firsts[edge];
  }
}
