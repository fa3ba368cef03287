package stride.spark;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.param.Param;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.augment.AugmentationPreset;
import stride.distributed.Rendezvous;
import stride.network.Model;
import stride.tensor.Shape;
import stride.train.FineTuning;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.SoftmaxCrossEntropy;
import stride.train.Trainer;
import stride.train.UpdateOptions;
import stride.train.optimizer.Adam;
import stride.train.optimizer.Lars;
import stride.train.optimizer.RmsProp;
import stride.train.optimizer.Sgd;
import stride.zoo.Recipe;

/**
 * How a training learns: what its stage says, and where that says nothing the recipe of its
 * network. Each task makes the same trainer of it.
 */
final class TrainingRecipe {
  /** For networks of a user's own. */
  private static final Recipe OF_FILES =
      new Recipe(
          Optimizer.sgd(0.05).momentum(0.9), Schedule.oneCycle(), Augmentation.none(), 5, 64);

  /**
   * Warm-ups of scaled rates are as long as those of Goyal et al. (2017), in short trainings
   * shorter.
   */
  private static final double WARM_UP = 5;

  private static final int WARM_UP_PART = 4;

  /** How long tasks wait for each other: all of a barrier stage begin at the same time. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HasTrainingParams<?> stage;
  private final TrainingParams params;
  private final Recipe recipe;
  private final boolean tuning;

  TrainingRecipe(HasTrainingParams<?> stage) {
    this.stage = stage;
    params = stage.training();
    tuning = stage.isSet(params.weights);
    recipe =
        tuning
            ? Recipe.FINE_TUNING
            : FirstModel.zoo(stage.getOrDefault(params.network))
                .map(network -> network.recipe())
                .orElse(OF_FILES);
  }

  int ranks() {
    return (Integer) stage.getOrDefault(params.ranks);
  }

  /** The number of tasks that compute the ranks. */
  int tasks() {
    int tasks = (Integer) stage.getOrDefault(params.tasks);
    return tasks == 0 ? ranks() : tasks;
  }

  int epochs() {
    return stage.isSet(params.epochs)
        ? (Integer) stage.getOrDefault(params.epochs)
        : recipe.epochs();
  }

  int batch() {
    return stage.isSet(params.batchSize)
        ? (Integer) stage.getOrDefault(params.batchSize)
        : recipe.batch();
  }

  int accumulated() {
    return (Integer) stage.getOrDefault(params.accumulate);
  }

  long seed() {
    return (Long) stage.getOrDefault(params.seed);
  }

  /**
   * The trainer of a model.
   *
   * @param start the network with its first weights
   */
  Trainer trainer(Model start) {
    var trainer = tuning ? Trainer.from(start) : Trainer.of(start.network());
    int interval = (Integer) stage.getOrDefault(params.checkpointInterval);
    if (interval > 0) {
      trainer = trainer.checkpointEvery(interval);
    }
    return trainer
        .loss(
            Recipe.withHeads(
                start.network(), new SoftmaxCrossEntropy(number(params.labelSmoothing), List.of())))
        .optimizer(optimizer())
        .schedule(schedule())
        .augmentation(augmentation(start.network().input()))
        .epochs(epochs())
        .batch(batch())
        .accumulate(accumulated())
        .seed(seed())
        .fineTuning(fineTuning())
        .updateOptions(
            new UpdateOptions(
                stage.isSet(params.clipGradientNorm)
                    ? number(params.clipGradientNorm)
                    : Double.POSITIVE_INFINITY,
                number(params.averaging),
                true));
  }

  /**
   * How a task meets the others.
   *
   * @param task its number
   * @param host where the first task is
   * @param port where that one listens
   */
  Rendezvous rendezvous(int task, String host, int port) {
    int first = RankStretch.begin(ranks(), tasks(), task);
    int own = RankStretch.begin(ranks(), tasks(), task + 1) - first;
    return new Rendezvous(ranks(), first, own, host, port)
        .patience(PATIENCE)
        .timeout(time(params.timeout))
        .stall(time(params.stallTimeout));
  }

  private Duration time(Param<Object> seconds) {
    return Duration.ofMillis(Math.round(number(seconds) * 1000));
  }

  private double number(Param<Object> param) {
    return (Double) stage.getOrDefault(param);
  }

  private Optimizer optimizer() {
    var optimizer = ofName(recipe.optimizer());
    if (stage.isSet(params.momentum)) {
      double momentum = number(params.momentum);
      optimizer =
          switch (optimizer) {
            case Sgd sgd -> sgd.momentum(momentum);
            case RmsProp rmsprop -> rmsprop.momentum(momentum);
            case Lars lars -> lars.momentum(momentum);
            default ->
                throw new IllegalArgumentException(
                    "momentum goes with sgd, rmsprop and lars, not with "
                        + stage.getOrDefault(params.optimizer));
          };
    }
    if (stage.isSet(params.weightDecay)) {
      double decay = number(params.weightDecay);
      optimizer =
          switch (optimizer) {
            case Sgd sgd -> sgd.weightDecay(decay);
            case RmsProp rmsprop -> rmsprop.weightDecay(decay);
            case Lars lars -> lars.weightDecay(decay);
            case Adam adam -> adam.weightDecay(decay);
            default -> optimizer;
          };
    }
    double rate =
        stage.isSet(params.learningRate) ? number(params.learningRate) : optimizer.learningRate();
    return optimizer.learningRate(scaled() ? rate * ranks() : rate);
  }

  /** The optimiser that is named, with its usual numbers; the recipe's if that is one of these. */
  private Optimizer ofName(Optimizer usual) {
    if (!stage.isSet(params.optimizer)) {
      return usual;
    }
    return switch (stage.getOrDefault(params.optimizer)) {
      case TrainingParams.SGD -> usual instanceof Sgd ? usual : Optimizer.sgd(0.05).momentum(0.9);
      case TrainingParams.ADAM -> Optimizer.adam(0.001);
      case TrainingParams.ADAMW -> Optimizer.adamw(0.001);
      case TrainingParams.RMSPROP -> usual instanceof RmsProp ? usual : Optimizer.rmsprop(0.001);
      case TrainingParams.LARS -> Optimizer.lars(1).weightDecay(1e-4);
      default -> throw new IllegalStateException(stage.getOrDefault(params.optimizer));
    };
  }

  private boolean scaled() {
    return (Boolean) stage.getOrDefault(params.scaleRate) && ranks() > 1;
  }

  private Schedule schedule() {
    var schedule =
        !stage.isSet(params.schedule)
            ? recipe.schedule()
            : switch (stage.getOrDefault(params.schedule)) {
              case TrainingParams.CONSTANT -> Schedule.constant();
              case TrainingParams.COSINE -> Schedule.cosine();
              case TrainingParams.ONE_CYCLE -> Schedule.oneCycle();
              default -> throw new IllegalStateException(stage.getOrDefault(params.schedule));
            };
    double warmUp = warmUp(schedule);
    if (warmUp >= epochs()) {
      throw new IllegalArgumentException(
          "a warm-up of %s epochs leaves nothing of %d: give it fewer".formatted(warmUp, epochs()));
    }
    return warmUp > 0 ? schedule.warmUp(warmUp / epochs()) : schedule;
  }

  /** The epochs of the warm-up; one cycle has one of its own. */
  private double warmUp(Schedule schedule) {
    return scaled()
            && !stage.isSet(params.warmUpEpochs)
            && !schedule.toString().equals(Schedule.oneCycle().toString())
        ? Math.min(WARM_UP, epochs() / (double) WARM_UP_PART)
        : number(params.warmUpEpochs);
  }

  /** What the training does unasked for more ranks; null if it does nothing. */
  @Nullable String said() {
    if (!scaled()) {
      return null;
    }
    double rate = optimizer().learningRate();
    return "the learning rate is %s times %d for as many ranks%s"
        .formatted(
            rate / ranks(),
            ranks(),
            warmUp(schedule()) > 0
                ? ", after a warm-up of %s epochs".formatted(warmUp(schedule()))
                : "");
  }

  private Augmentation augmentation(Shape images) {
    return stage.isSet(params.augmentation)
        ? AugmentationPreset.valueOf(
                stage.getOrDefault(params.augmentation).toUpperCase(Locale.ROOT))
            .of(images)
        : recipe.augmentation();
  }

  private FineTuning fineTuning() {
    return new FineTuning(
        stage.getOrDefault(params.freeze).equals(TrainingParams.BACKBONE),
        (Integer) stage.getOrDefault(params.unfreezeAfter),
        stage.isSet(params.headRateFactor)
            ? number(params.headRateFactor)
            : tuning ? Recipe.HEAD_RATE : 1,
        (Boolean) stage.getOrDefault(params.freezeBatchNorm),
        stage.isSet(params.head) ? stage.getOrDefault(params.head) : null,
        List.of());
  }

  /**
   * Checks that the settings go together, before anything is read.
   *
   * @throws IllegalArgumentException if they do not
   */
  void check() {
    if (tasks() > ranks()) {
      throw new IllegalArgumentException(
          "%d ranks are computed by 1 to %1$d tasks, found %d: setTasks takes fewer"
              .formatted(ranks(), tasks()));
    }
    int unfrozen = (Integer) stage.getOrDefault(params.unfreezeAfter);
    if (unfrozen >= epochs()) {
      throw new IllegalArgumentException(
          "unfreezeAfter %d: there are %d epochs, so the backbone would never learn"
              .formatted(unfrozen, epochs()));
    }
    int interval = (Integer) stage.getOrDefault(params.checkpointInterval);
    if (interval > 0 && !stage.isDefined(params.checkpointDir)) {
      throw new IllegalArgumentException(
          "checkpointInterval %d saves nothing without a folder: setCheckpointDir names one"
              .formatted(interval));
    }
    var _ = optimizer();
    var _ = schedule();
    var _ = fineTuning();
  }
}
