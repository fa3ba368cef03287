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

  /** Softmax with cross-entropy, of auxiliary heads too: the outputs whose names begin with aux. */
  public Loss loss(Network network) {
    var heads =
        network.graph().outputs().keySet().stream().filter(name -> name.startsWith("aux")).toList();
    var loss = new SoftmaxCrossEntropy();
    return heads.isEmpty() ? loss : new AuxiliaryLoss(loss, HEAD_WEIGHT, heads);
  }
}
