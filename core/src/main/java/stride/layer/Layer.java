package stride.layer;

import stride.graph.Graph;

/**
 * A piece of a network: immutable, without weights of its own. A plain layer is the operation of
 * one node ({@link PlainLayer}), a combinator adds several. A layer of your own is as good as
 * these.
 */
public interface Layer {
  /**
   * Adds this layer's nodes to a graph.
   *
   * @param input the edge it reads
   * @return the edge that leaves it
   * @throws stride.graph.ShapeException if it cannot take that input
   */
  int lower(Graph.Builder graph, int input);
}
