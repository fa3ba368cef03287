package stride.detection;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import stride.graph.Weights;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * A model's network for inputs of other shapes. Those that were last asked for are kept, as
 * pictures of a camera or a folder are often of a few sizes. Thread-safe.
 */
final class SizedNetworks {
  /** As many as the plans for other sizes that an engine keeps. */
  static final int MOST = 8;

  private final Model model;
  private final SequencedMap<Shape, Sized> kept = new LinkedHashMap<>();

  SizedNetworks(Model model) {
    this.model = model;
  }

  /**
   * The network for a shape.
   *
   * @param weights the model's, in the network's order
   */
  record Sized(Network network, Weights weights) {}

  /** Returns the network for inputs of a shape: while it is kept, the same one for all callers. */
  Sized of(Shape input) {
    synchronized (kept) {
      var known = kept.remove(input);
      if (known != null) {
        kept.putLast(input, known);
        return known;
      }
    }
    // Others need not wait while this one is made.
    var network =
        model.network().input().equals(input) ? model.network() : model.network().withInput(input);
    var made = new Sized(network, model.weights().part(network.graph()));
    synchronized (kept) {
      var first = kept.putIfAbsent(input, made);
      while (kept.size() > MOST) {
        kept.pollFirstEntry();
      }
      return first == null ? made : first;
    }
  }
}
