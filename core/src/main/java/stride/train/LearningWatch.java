package stride.train;

import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Warns once when a network does not learn: when the loss has been no better than that of guessing
 * for an epoch at the full learning rate, or has grown far beyond it, as in saturated networks.
 *
 * <p>An epoch is judged by its second half, as the first may still be the beginning of learning. A
 * few steps are not judged.
 */
final class LearningWatch {
  /** A loss above this fraction of the loss of guessing is no better than guessing. */
  private static final double NO_BETTER = 0.99;

  /** A loss this many times that of guessing, or of the first step, has run away. */
  private static final double RUN_AWAY = 3;

  /** The number of steps after which weights that have run away do not recover. */
  private static final int FEW_STEPS = 5;

  /** The number of steps after which a network should have learned something. */
  private static final int MANY_STEPS = 100;

  /** While the rate is below this part of the highest it may still be warming up. */
  private static final double FULL_RATE = 0.5;

  /** An accuracy this many standard deviations above guessing is better than guessing. */
  private static final double DEVIATIONS = 3;

  private final @Nullable Chance chance;
  private final double highestRate;
  private final Consumer<String> listener;
  private double firstLoss = Double.NaN;
  private double sum;
  private int count;
  private double rate;

  /** The steps of the latest epochs, all of which had run away. */
  private long runawaySteps;

  /** The steps of the latest epochs, all of which were no better than guessing. */
  private long idleSteps;

  private boolean said;

  LearningWatch(Trainer trainer, Samples data, Loss loss) {
    boolean soft =
        trainer.augmentation.changesTargets() || !trainer.augmentation.mixings().isEmpty();
    chance =
        data instanceof Samples.Images(var images, _)
            ? Chance.of(loss, images, soft, trainer.network.output().elements())
            : null;
    highestRate = trainer.optimizer.learningRate();
    listener = trainer.warnings;
  }

  /** Called after each step. */
  void step(Progress progress) {
    if (Double.isNaN(firstLoss)) {
      firstLoss = progress.stepLoss();
    }
    if (2 * progress.step() > progress.stepsPerEpoch()) {
      sum += progress.stepLoss();
      count++;
      rate = Math.max(rate, progress.learningRate());
    }
  }

  /** Called after each epoch. */
  void epoch(EpochResult result, int steps) {
    if (count > 0 && !said) {
      judge(result, steps, sum / count);
    }
    sum = 0;
    count = 0;
    rate = 0;
  }

  private void judge(EpochResult result, int steps, double loss) {
    double beginning = chance == null ? firstLoss : Math.max(chance.loss(), firstLoss);
    runawaySteps = loss > RUN_AWAY * beginning ? runawaySteps + count : 0;
    if (runawaySteps >= FEW_STEPS) {
      say(result, "the weights have run away", loss, "a learning rate below");
      return;
    }
    boolean idle =
        chance != null
            && loss > NO_BETTER * chance.loss()
            && !(result.accuracy() > luck(chance.accuracy(), result.samples()));
    idleSteps = idle ? idleSteps + steps : 0;
    if (idleSteps >= MANY_STEPS && rate >= FULL_RATE * highestRate) {
      say(result, "the network learns nothing", loss, "another learning rate than");
    }
  }

  private void say(EpochResult result, String what, double loss, String advice) {
    said = true;
    listener.accept(
        "%s: in epoch %s the loss is %s, that of %s; %s %s may help (--lr; lr-find suggests one)"
            .formatted(
                what,
                result.epoch(),
                figure(loss),
                chance == null
                    ? "the first step was " + figure(firstLoss)
                    : "guessing " + figure(chance.loss()),
                advice,
                highestRate));
  }

  /** Returns the accuracy that guessing may have by chance. */
  private static double luck(double accuracy, int samples) {
    return accuracy + DEVIATIONS * Math.sqrt(accuracy * (1 - accuracy) / samples);
  }

  private static String figure(double loss) {
    return String.format(Locale.ROOT, loss < 1000 ? "%.4f" : "%.3g", loss);
  }
}
