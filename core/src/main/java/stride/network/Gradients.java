package stride.network;

import stride.graph.WeightTable;
import stride.tensor.Tensor;

/** How a loss changes with a network's input and with each of its weights. */
public final class Gradients {
  private final Tensor input;
  private final WeightTable table;
  private final float[] weights;

  /**
   * @param weights the gradients of all weights, laid out as the directory says
   */
  Gradients(Tensor input, WeightTable table, float[] weights) {
    this.input = input;
    this.table = table;
    this.weights = weights;
  }

  /** The gradient of the input, of its shape. */
  public Tensor input() {
    return input;
  }

  /**
   * The gradient of a weight tensor under its name, "conv1.weight", in PyTorch's layout.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public Tensor weight(String name) {
    var entry = table.weight(name);
    return new Tensor(entry.parameter().shape(), entry.read(weights));
  }
}
