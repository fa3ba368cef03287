package stride.zoo;

import stride.data.Augmentation;
import stride.network.Network;
import stride.train.AuxiliaryLoss;
import stride.train.Loss;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.SoftmaxCrossEntropy;

/** How to train a network: what gives a good result without any option. */
public record Recipe(
    Optimizer optimizer, Schedule schedule, Augmentation augmentation, int epochs, int batch) {
  /** "Going Deeper with Convolutions", section 5. */
  private static final double HEAD_WEIGHT = 0.3;

  /**
   * For a network that has learned something else before, on pictures of one's own: a low rate, and
   * images as they are.
   */
  public static final Recipe FINE_TUNING =
      new Recipe(
          Optimizer.sgd(1e-4).momentum(0.9), Schedule.oneCycle(), Augmentation.none(), 10, 16);

  /** What the rate of a fresh head is multiplied by in fine-tuning: it has most to learn. */
  public static final double HEAD_RATE = 10;

  /** Softmax with cross-entropy, of auxiliary heads too. */
  public Loss loss(Network network) {
    return withHeads(network, new SoftmaxCrossEntropy());
  }

  /**
   * {@return a loss of a network's output and its auxiliary heads: the outputs whose names begin
   * with aux}
   */
  public static Loss withHeads(Network network, Loss loss) {
    var heads =
        network.graph().outputs().keySet().stream().filter(name -> name.startsWith("aux")).toList();
    return heads.isEmpty() ? loss : new AuxiliaryLoss(loss, HEAD_WEIGHT, heads);
  }
}
