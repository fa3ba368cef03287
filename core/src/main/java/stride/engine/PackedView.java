package stride.engine;

import stride.compute.Binding;
import stride.graph.Weights;

/** The packed form of some weights that one plan reads: the same from a refresh to the next. */
final class PackedView implements Binding.Packed {
  private final Weights.PackedWeights packed;
  private float[] data = {};

  PackedView(Weights.PackedWeights packed) {
    this.packed = packed;
  }

  void allocate() {
    packed.allocate();
  }

  long floats() {
    return packed.floats();
  }

  /** Turns to the form of the weights as they are. */
  void refresh() {
    data = packed.refresh();
  }

  @Override
  public float[] data() {
    return data;
  }

  @Override
  public int offset() {
    return packed.offset();
  }
}
