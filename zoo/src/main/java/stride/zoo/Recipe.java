package stride.zoo;

import stride.data.Augmentation;
import stride.network.Network;
import stride.train.AuxiliaryLoss;
import stride.train.Loss;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.SoftmaxCrossEntropy;

/**
 * The default settings of a network's training, which give a good result.
 *
 * @param optimizer the optimizer and its rate
 * @param schedule the schedule of the rate
 * @param augmentation the augmentation of training images
 * @param epochs the number of epochs
 * @param batch the images of a batch
 */
public record Recipe(
    Optimizer optimizer, Schedule schedule, Augmentation augmentation, int epochs, int batch) {
  /** The weight of auxiliary losses ("Going Deeper with Convolutions", section 5). */
  private static final double HEAD_WEIGHT = 0.3;

  /**
   * The recipe for a network that was trained on other images before: a low rate, and no
   * augmentation.
   */
  public static final Recipe FINE_TUNING =
      new Recipe(
          Optimizer.sgd(1e-4).momentum(0.9), Schedule.oneCycle(), Augmentation.none(), 10, 16);

  /**
   * The factor of the learning rate of a new last layer in fine-tuning, which has most to learn.
   */
  public static final double HEAD_RATE = 10;

  /**
   * {@return softmax with cross-entropy, of auxiliary heads too}
   *
   * @param network the network to train
   */
  public Loss loss(Network network) {
    return withHeads(network, new SoftmaxCrossEntropy());
  }

  /**
   * {@return a loss of a network's output and its auxiliary heads: the outputs whose names begin
   * with "aux"}
   *
   * @param network the network to train
   * @param loss the loss of each output
   */
  public static Loss withHeads(Network network, Loss loss) {
    var heads =
        network.graph().outputs().keySet().stream().filter(name -> name.startsWith("aux")).toList();
    return heads.isEmpty() ? loss : new AuxiliaryLoss(loss, HEAD_WEIGHT, heads);
  }
}
