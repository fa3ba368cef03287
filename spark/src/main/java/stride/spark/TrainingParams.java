package stride.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/** The parameters of {@link HasTrainingParams}: what a training learns from, and how. */
public final class TrainingParams implements Serializable {
  private static final long serialVersionUID = 1;

  static final String BACKBONE = "backbone";
  static final String NONE = "none";
  static final String SGD = "sgd";
  static final String ADAM = "adam";
  static final String ADAMW = "adamw";
  static final String RMSPROP = "rmsprop";
  static final String LARS = "lars";
  static final String CONSTANT = "constant";
  static final String COSINE = "cosine";
  static final String ONE_CYCLE = "one-cycle";

  private static final double LONGEST = 1e6;

  final Param<String> network;
  final Param<String> weights;
  final Param<String> freeze;
  final IntParam unfreezeAfter;
  final BooleanParam freezeBatchNorm;
  final Param<String> head;
  final DoubleParam headRateFactor;
  final Param<String> labelCol;
  final Param<String> validationIndicatorCol;
  final DoubleParam validationFraction;
  final IntParam ranks;
  final IntParam tasks;
  final IntParam batchSize;
  final IntParam accumulate;
  final IntParam epochs;
  final LongParam seed;
  final Param<String> optimizer;
  final DoubleParam learningRate;
  final DoubleParam momentum;
  final DoubleParam weightDecay;
  final Param<String> schedule;
  final DoubleParam warmUpEpochs;
  final BooleanParam scaleRate;
  final DoubleParam clipGradientNorm;
  final DoubleParam labelSmoothing;
  final DoubleParam averaging;
  final Param<String> augmentation;
  final IntParam imageSize;
  final Param<String> checkpointDir;
  final IntParam checkpointInterval;
  final DoubleParam timeout;
  final DoubleParam stallTimeout;
  final BooleanParam allowUnencrypted;

  private final String uid;

  /**
   * Makes the parameters of a stage.
   *
   * @param uid the stage's name
   */
  TrainingParams(String uid) {
    this.uid = uid;
    network =
        text(
            "network",
            "a network of Stride's zoo, such as squeezenet1_1, or the model file of one of your"
                + " own");
    weights =
        text(
            "weights",
            "the weights to begin with, all but the last layer's: published ones by their name, or"
                + " a file; not set for fresh ones");
    freeze = word("freeze", "what does not learn: backbone for all but the head", BACKBONE, NONE);
    unfreezeAfter = whole("unfreezeAfter", "epochs after which a frozen backbone learns too", 0);
    freezeBatchNorm = flag("freezeBatchNorm", "whether batch norms keep their statistics");
    head =
        text(
            "head",
            "the first layer, or block of layers, of the head; not set for the last dense or"
                + " convolution layer");
    headRateFactor =
        number(
            "headRateFactor",
            "the factor of the head's learning rate; not set for 10 with weights, else 1",
            0,
            Double.POSITIVE_INFINITY,
            false);
    labelCol =
        text(
            "labelCol",
            "the column of classes: whole numbers from 0 without holes in any numeric type, or"
                + " names");
    validationIndicatorCol =
        text(
            "validationIndicatorCol",
            "the boolean column that is true in rows to measure with, not to learn from");
    validationFraction =
        number(
            "validationFraction",
            "the part of the rows to measure with, of each class the same; 0 for none",
            0,
            1,
            true);
    ranks =
        whole(
            "ranks",
            "how many batches a step learns from, each with its own statistics in batch norm; the"
                + " result depends on this, not on the tasks that compute them",
            1);
    tasks =
        whole(
            "tasks",
            "how many tasks compute the ranks, all at the same time; 0 for one for each rank",
            0);
    batchSize = whole("batchSize", "pictures in the batch of a rank", 1);
    accumulate = whole("accumulate", "batches whose gradients a rank adds up to a step", 1);
    epochs = whole("epochs", "passes over the rows", 1);
    seed =
        new LongParam(
            uid,
            "seed",
            "determines fresh weights, the order of the rows, augmentation and dropout");
    optimizer = word("optimizer", "how weights learn", SGD, ADAM, ADAMW, RMSPROP, LARS);
    learningRate = number("learningRate", "the learning rate", 0, Double.POSITIVE_INFINITY, false);
    momentum = number("momentum", "of sgd, rmsprop and lars", 0, 1, true);
    weightDecay = number("weightDecay", "how weights shrink", 0, Double.POSITIVE_INFINITY, true);
    schedule = word("schedule", "the course of the learning rate", CONSTANT, COSINE, ONE_CYCLE);
    warmUpEpochs =
        number(
            "warmUpEpochs",
            "epochs in which the rate grows, before the schedule",
            0,
            Double.POSITIVE_INFINITY,
            true);
    scaleRate =
        flag("scaleRate", "whether the rate is multiplied by the number of ranks, after a warm-up");
    clipGradientNorm =
        number(
            "clipGradientNorm",
            "the largest norm of a step's gradients; not set for any",
            0,
            Double.POSITIVE_INFINITY,
            false);
    labelSmoothing = number("labelSmoothing", "how much of a label all classes share", 0, 1, true);
    averaging =
        number(
            "averaging",
            "the decay of an average of the weights, which is the result; 0 for none",
            0,
            1,
            true);
    augmentation =
        word("augmentation", "how pictures are varied", NONE, "light", "standard", "strong");
    imageSize = whole("imageSize", "height and width of images; 0 for the network's own", 0);
    checkpointDir =
        text(
            "checkpointDir",
            "where checkpoints are kept, in a folder for each training; the same training goes on"
                + " from the newest one");
    checkpointInterval =
        whole("checkpointInterval", "steps between two checkpoints; 0 for one an epoch", 0);
    timeout =
        new DoubleParam(
            uid,
            "timeout",
            "seconds of silence after which a task counts as lost, from 0.1 to 1,000,000; tasks"
                + " that compute are not silent",
            ParamValidators.inRange(0.1, LONGEST));
    stallTimeout =
        new DoubleParam(
            uid,
            "stallTimeout",
            "seconds without a batch after which a task that still lives counts as hanging, from"
                + " 0.1 to 1,000,000; ten times its slowest batch is allowed in any case",
            ParamValidators.inRange(0.1, LONGEST));
    allowUnencrypted =
        flag(
            "allowUnencrypted",
            "whether to train where the cluster asks for encryption, which tasks do not do among"
                + " themselves");
  }

  private Param<String> text(String name, String doc) {
    return new Param<>(uid, name, doc);
  }

  private Param<String> word(String name, String doc, String... words) {
    return new Param<>(
        uid,
        name,
        "%s: %s".formatted(doc, String.join(", ", words)),
        ParamValidators.inArray(List.of(words)));
  }

  private IntParam whole(String name, String doc, int least) {
    return new IntParam(
        uid, name, "%s, %d or more".formatted(doc, least), ParamValidators.gtEq(least));
  }

  private BooleanParam flag(String name, String doc) {
    return new BooleanParam(uid, name, doc);
  }

  /** A number from {@code least} to below {@code end}; {@code least} itself only if that counts. */
  private DoubleParam number(String name, String doc, double least, double end, boolean withLeast) {
    return new DoubleParam(
        uid,
        name,
        "%s (%s %s%s)"
            .formatted(
                doc,
                withLeast ? "from" : "above",
                least == 0 ? "0" : least,
                Double.isInfinite(end) ? "" : ", below " + Math.round(end)),
        ParamValidators.inRange(least, end, withLeast, false));
  }

  /** Gives a stage the values that do not depend on its network. */
  void setDefaults(Params stage) {
    stage.setDefault(freeze, NONE);
    stage.setDefault(unfreezeAfter, (Object) 0);
    stage.setDefault(freezeBatchNorm, (Object) false);
    stage.setDefault(labelCol, "label");
    stage.setDefault(validationFraction, (Object) 0.0);
    stage.setDefault(ranks, (Object) 1);
    stage.setDefault(tasks, (Object) 0);
    stage.setDefault(accumulate, (Object) 1);
    stage.setDefault(seed, (Object) 1L);
    stage.setDefault(warmUpEpochs, (Object) 0.0);
    stage.setDefault(scaleRate, (Object) false);
    stage.setDefault(labelSmoothing, (Object) 0.0);
    stage.setDefault(averaging, (Object) 0.0);
    stage.setDefault(imageSize, (Object) 0);
    stage.setDefault(checkpointInterval, (Object) 0);
    stage.setDefault(timeout, (Object) 30.0);
    stage.setDefault(stallTimeout, (Object) 600.0);
    stage.setDefault(allowUnencrypted, (Object) false);
  }

  /** Whether a training has other bits with another value of a parameter. */
  boolean decidesBits(Param<?> param) {
    return List.of(
            network,
            weights,
            freeze,
            unfreezeAfter,
            freezeBatchNorm,
            head,
            headRateFactor,
            ranks,
            batchSize,
            accumulate,
            epochs,
            seed,
            optimizer,
            learningRate,
            momentum,
            weightDecay,
            schedule,
            warmUpEpochs,
            scaleRate,
            clipGradientNorm,
            labelSmoothing,
            averaging,
            augmentation,
            imageSize)
        .contains(param);
  }
}
