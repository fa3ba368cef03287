package stride.app.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;

/**
 * The options that say how a network is trained. A command has it as {@code @Mixin}. What is given
 * is kept under the options' names: {@code --weight-decay} is "weight_decay".
 */
public final class TrainingOptions {
  @ArgGroup(validate = false, heading = "%nSteps:%n")
  private Steps steps = new Steps();

  @ArgGroup(validate = false, heading = "%nLoss:%n")
  private LossOptions target = new LossOptions();

  @ArgGroup(validate = false, heading = "%nOptimizer:%n")
  private Update update = new Update();

  @ArgGroup(validate = false, heading = "%nLearning rate:%n")
  private Rate rate = new Rate();

  @ArgGroup(validate = false, heading = "%nFine-tuning:%n")
  private Tuning tuning = new Tuning();

  /**
   * What is given, each under its name.
   *
   * @throws UsageException if a number is out of its range, or options do not go together
   */
  public Map<String, Object> given() {
    CommonOptions.atLeastOne("--epochs", steps.epochs);
    CommonOptions.atLeastOne("--accumulate", steps.accumulate);
    CommonOptions.atLeastOne("--ranks", steps.ranks);
    CommonOptions.atLeastOne("--early-stopping", steps.earlyStopping);
    CommonOptions.atLeastOne("--unfreeze-after", tuning.unfreezeAfter);
    if (steps.batch != null) {
      steps.batch.forEach(size -> CommonOptions.atLeastOne("--batch", size));
    }
    positive("--lr", rate.learningRate);
    positive("--clip-grad-norm", update.clipNorm);
    positive("--head-lr-factor", tuning.headRate);
    positive("--lr-step", rate.step);
    part("--momentum", update.momentum);
    part("--label-smoothing", target.labelSmoothing);
    part("--ema", update.average);
    if (rate.gamma != null && !(rate.gamma > 0 && rate.gamma <= 1)) {
      throw new UsageException(
          "--lr-gamma takes a number above 0 and up to 1, found " + rate.gamma);
    }
    notNegative("--weight-decay", update.weightDecay);
    notNegative("--warmup-epochs", rate.warmup);
    notNegative("--lr-patience", rate.patience == null ? null : rate.patience.doubleValue());
    oneOf("--freeze", tuning.freeze, List.of("backbone"));
    oneOf("--loss", target.loss, List.of("cross-entropy", "bce"));
    oneOf("--class-weights", target.classWeights, List.of("balanced"));
    var given = new LinkedHashMap<String, Object>();
    put(given, "epochs", steps.epochs);
    put(
        given,
        "batch",
        steps.batch == null || steps.batch.size() != 1 ? steps.batch : steps.batch.getFirst());
    put(given, "accumulate", steps.accumulate);
    put(given, "ranks", steps.ranks);
    put(given, "drop_last", steps.dropLast ? true : null);
    put(given, "loss", target.loss);
    put(given, "label_smoothing", target.labelSmoothing);
    put(given, "class_weights", target.classWeights);
    put(given, "optimizer", update.optimizer);
    put(given, "lr", rate.learningRate);
    put(given, "momentum", update.momentum);
    put(given, "nesterov", update.nesterov ? true : null);
    put(given, "weight_decay", update.weightDecay);
    put(given, "no_bias_decay", update.noBiasDecay ? true : null);
    put(given, "scale_rate", rate.scaled ? true : null);
    put(given, "schedule", rate.schedule);
    put(given, "lr_step", rate.step);
    put(given, "milestones", rate.milestones);
    put(given, "lr_gamma", rate.gamma);
    put(given, "lr_patience", rate.patience);
    put(given, "warmup_epochs", rate.warmup);
    put(given, "clip_grad_norm", update.clipNorm);
    put(given, "ema", update.average);
    put(given, "early_stopping", steps.earlyStopping);
    put(given, "weights", tuning.weights);
    put(given, "head", tuning.head);
    put(given, "freeze", tuning.freeze);
    put(given, "freeze_bn", tuning.freezeNorms ? true : null);
    put(given, "unfreeze_after", tuning.unfreezeAfter);
    put(given, "head_lr_factor", tuning.headRate);
    put(given, "log_gradients", steps.logGradients ? true : null);
    return given;
  }

  private static void put(Map<String, Object> given, String name, @Nullable Object value) {
    if (value != null) {
      given.put(name, value);
    }
  }

  private static void positive(String option, @Nullable Double value) {
    if (value != null && !(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new UsageException("%s takes a number above 0, found %s".formatted(option, value));
    }
  }

  private static void notNegative(String option, @Nullable Double value) {
    if (value != null && !(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new UsageException("%s takes 0 or more, found %s".formatted(option, value));
    }
  }

  private static void part(String option, @Nullable Double value) {
    if (value != null && !(value >= 0 && value < 1)) {
      throw new UsageException(
          "%s takes a number from 0 to below 1, found %s".formatted(option, value));
    }
  }

  private static void oneOf(String option, @Nullable String value, List<String> known) {
    if (value != null && !known.contains(value)) {
      throw new UsageException(
          "%s takes %s, found %s".formatted(option, String.join(" or ", known), value));
    }
  }

  /** Batches that a training takes, and how it measures itself. */
  private static final class Steps {
    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private @Nullable Integer epochs;

    @Option(
        names = "--batch",
        split = ",",
        paramLabel = "N",
        description =
            "Images to a step. Several sizes, such as 32,64,128, follow each other in equal parts"
                + " of the epochs.")
    private @Nullable List<Integer> batch;

    @Option(
        names = "--accumulate",
        paramLabel = "N",
        description = "Add up the gradients of N batches for each step.")
    private @Nullable Integer accumulate;

    @Option(
        names = "--ranks",
        paramLabel = "N",
        description =
            "Learn from N batches in each step, each with batch norm's statistics of its own. With"
                + " --rank and --join, processes or machines share them: with the same result.")
    private @Nullable Integer ranks;

    @Option(
        names = "--drop-last",
        description =
            "Leave out the last batch of an epoch where it has fewer images than the others. A last"
                + " image alone is left out anyway where batch norm could not do with it.")
    private boolean dropLast;

    @Option(
        names = "--early-stopping",
        paramLabel = "EPOCHS",
        description = "End after this many epochs in a row that were not better than the best.")
    private @Nullable Integer earlyStopping;

    @Option(
        names = "--log-gradients",
        description =
            "Write the norm of each layer's gradient to gradients.jsonl, a line an epoch.")
    private boolean logGradients;
  }

  /** What is made small. */
  private static final class LossOptions {
    @Option(
        names = "--loss",
        paramLabel = "NAME",
        description = "cross-entropy, or bce: one output with a sigmoid for each yes or no.")
    private @Nullable String loss;

    @Option(
        names = "--label-smoothing",
        paramLabel = "X",
        description = "Give a part of each label to all classes alike; mostly 0.1.")
    private @Nullable Double labelSmoothing;

    @Option(
        names = "--class-weights",
        paramLabel = "balanced",
        description = "Let all classes count alike, however many images they have.")
    private @Nullable String classWeights;
  }

  /** How gradients change the weights. */
  private static final class Update {
    @Option(
        names = "--optimizer",
        paramLabel = "NAME",
        converter = OptimizerKind.Converter.class,
        description = "${COMPLETION-CANDIDATES}.")
    private @Nullable OptimizerKind optimizer;

    @Option(names = "--momentum", paramLabel = "X", description = "Of sgd, rmsprop and lars.")
    private @Nullable Double momentum;

    @Option(names = "--nesterov", description = "Nesterov's momentum, of sgd.")
    private boolean nesterov;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Of the optimizer.")
    private @Nullable Double weightDecay;

    @Option(names = "--no-bias-decay", description = "No weight decay of biases and norms.")
    private boolean noBiasDecay;

    @Option(
        names = "--clip-grad-norm",
        paramLabel = "X",
        description = "Scale gradients down whose norm is larger.")
    private @Nullable Double clipNorm;

    @Option(
        names = "--ema",
        paramLabel = "DECAY",
        description = "Test and save the exponential moving average of the weights; mostly 0.999.")
    private @Nullable Double average;
  }

  /** How large the steps are. */
  private static final class Rate {
    @Option(names = "--lr", paramLabel = "X", description = "The highest learning rate.")
    private @Nullable Double learningRate;

    @Option(
        names = "--scale-rate",
        description =
            "Multiply the learning rate by the number of --ranks, after a warm-up of 5 epochs, or a"
                + " quarter of fewer than 20 (Goyal et al. 2017).")
    private boolean scaled;

    @Option(
        names = "--schedule",
        paramLabel = "NAME",
        converter = ScheduleKind.Converter.class,
        description = "The course of the learning rate: ${COMPLETION-CANDIDATES}.")
    private @Nullable ScheduleKind schedule;

    @Option(
        names = "--lr-step",
        paramLabel = "EPOCHS",
        description = "How often step changes the rate.")
    private @Nullable Double step;

    @Option(
        names = "--milestones",
        split = ",",
        paramLabel = "EPOCHS",
        description = "After which epochs multi-step changes the rate.")
    private @Nullable List<Double> milestones;

    @Option(
        names = "--lr-gamma",
        paramLabel = "X",
        description = "What step, multi-step and plateau multiply the rate by. Default: 0.1.")
    private @Nullable Double gamma;

    @Option(
        names = "--lr-patience",
        paramLabel = "EPOCHS",
        description = "For how many epochs plateau waits for a smaller loss. Default: 10.")
    private @Nullable Integer patience;

    @Option(
        names = "--warmup-epochs",
        paramLabel = "N",
        description = "Begin with a rate that rises for this many epochs.")
    private @Nullable Double warmup;
  }

  /** Where a training begins, and what stays as it is. */
  private static final class Tuning {
    @Option(
        names = "--weights",
        paramLabel = "FILE|imagenet",
        description =
            "Begin with these weights, a file or the published ones; the head is fresh, for the"
                + " classes of the data.")
    private @Nullable String weights;

    @Option(
        names = "--head",
        paramLabel = "NAME",
        description =
            "The layer or block with which the head begins, in the network or in the file of"
                + " weights: from there on all is fresh that the file lacks or has in another"
                + " shape. Default: the last dense or convolution layer.")
    private @Nullable String head;

    @Option(names = "--freeze", paramLabel = "backbone", description = "Train the head alone.")
    private @Nullable String freeze;

    @Option(names = "--freeze-bn", description = "Keep batch norms as they are.")
    private boolean freezeNorms;

    @Option(
        names = "--unfreeze-after",
        paramLabel = "EPOCHS",
        description = "Train the backbone too after this many epochs.")
    private @Nullable Integer unfreezeAfter;

    @Option(
        names = "--head-lr-factor",
        paramLabel = "X",
        description =
            "What the head's learning rate is multiplied by. Default: 1, with --weights 10.")
    private @Nullable Double headRate;
  }
}
