package stride.spark;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * The settings of a training, each a parameter of Spark ML. Where one is not set, the recipe of the
 * network decides.
 *
 * @param <T> the stage
 */
public interface HasTrainingParams<T extends HasTrainingParams<T>> extends Params {
  /** {@return where the parameters are kept} */
  TrainingParams training();

  /** {@return this stage, under its own type} */
  T self();

  /** {@return the parameter of the network} */
  default Param<String> network() {
    return training().network;
  }

  /**
   * {@return this stage, with a network}
   *
   * @param name a network of Stride's zoo, such as squeezenet1_1, or the model file of one of your
   *     own
   */
  default T setNetwork(String name) {
    set(network(), name);
    return self();
  }

  /** {@return the parameter of the first weights} */
  default Param<String> weights() {
    return training().weights;
  }

  /**
   * {@return this stage, that begins with trained weights, whose last layer is fresh}
   *
   * @param source published weights such as imagenet, or a file in any file system that Hadoop
   *     reads
   */
  default T setWeights(String source) {
    set(weights(), source);
    return self();
  }

  /** {@return the parameter of what does not learn} */
  default Param<String> freeze() {
    return training().freeze;
  }

  /**
   * {@return this stage, in which a part of the network does not learn}
   *
   * @param part backbone or none
   * @throws IllegalArgumentException if it is another word
   */
  default T setFreeze(String part) {
    set(freeze(), part);
    return self();
  }

  /** {@return the parameter of the epochs after which a frozen backbone learns too} */
  default IntParam unfreezeAfter() {
    return training().unfreezeAfter;
  }

  /**
   * {@return this stage, whose frozen backbone learns too after some epochs}
   *
   * @param epochs 1 or more; 0 for never
   * @throws IllegalArgumentException if there are fewer
   */
  default T setUnfreezeAfter(int epochs) {
    set(unfreezeAfter(), (Object) epochs);
    return self();
  }

  /** {@return the parameter of whether batch norms are frozen} */
  default BooleanParam freezeBatchNorm() {
    return training().freezeBatchNorm;
  }

  /**
   * {@return this stage, whose batch norms keep their statistics, or do not}
   *
   * @param frozen whether they do
   */
  default T setFreezeBatchNorm(boolean frozen) {
    set(freezeBatchNorm(), (Object) frozen);
    return self();
  }

  /** {@return the parameter of where the head begins} */
  default Param<String> head() {
    return training().head;
  }

  /**
   * {@return this stage, with a head of several layers}
   *
   * @param layer the first layer, or block of layers, of the head
   */
  default T setHead(String layer) {
    set(head(), layer);
    return self();
  }

  /** {@return the parameter of the factor of the head's learning rate} */
  default DoubleParam headRateFactor() {
    return training().headRateFactor;
  }

  /**
   * {@return this stage, whose head learns faster}
   *
   * @param factor what the head's rate is multiplied by, above 0
   * @throws IllegalArgumentException if it is not above 0
   */
  default T setHeadRateFactor(double factor) {
    set(headRateFactor(), (Object) factor);
    return self();
  }

  /** {@return the parameter of the column of classes} */
  default Param<String> labelCol() {
    return training().labelCol;
  }

  /**
   * {@return this stage, with a column of classes}
   *
   * @param column whole numbers from 0 without holes, or names
   */
  default T setLabelCol(String column) {
    set(labelCol(), column);
    return self();
  }

  /** {@return the parameter of the column of rows to measure with} */
  default Param<String> validationIndicatorCol() {
    return training().validationIndicatorCol;
  }

  /**
   * {@return this stage, with a column that says which rows to measure with}
   *
   * @param column holds true where a row is not learned from
   */
  default T setValidationIndicatorCol(String column) {
    set(validationIndicatorCol(), column);
    return self();
  }

  /** {@return the parameter of the part of the rows to measure with} */
  default DoubleParam validationFraction() {
    return training().validationFraction;
  }

  /**
   * {@return this stage, that measures with a part of the rows, of each class the same}
   *
   * @param fraction from 0 to below 1; 0 for none
   * @throws IllegalArgumentException if it is out of its range
   */
  default T setValidationFraction(double fraction) {
    set(validationFraction(), (Object) fraction);
    return self();
  }

  /** {@return the parameter of the number of ranks} */
  default IntParam ranks() {
    return training().ranks;
  }

  /**
   * {@return this stage, with a number of ranks: a step learns from as many batches}
   *
   * @param count 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  default T setRanks(int count) {
    set(ranks(), (Object) count);
    return self();
  }

  /** {@return the parameter of the number of tasks} */
  default IntParam tasks() {
    return training().tasks;
  }

  /**
   * {@return this stage, whose ranks are computed by a number of tasks}
   *
   * @param count from 1 to the number of ranks; 0 for one for each rank
   * @throws IllegalArgumentException if there are fewer
   */
  default T setTasks(int count) {
    set(tasks(), (Object) count);
    return self();
  }

  /** {@return the parameter of the number of pictures in the batch of a rank} */
  default IntParam batchSize() {
    return training().batchSize;
  }

  /**
   * {@return this stage, with batches of another size}
   *
   * @param pictures 1 or more, for each rank
   * @throws IllegalArgumentException if there are fewer
   */
  default T setBatchSize(int pictures) {
    set(batchSize(), (Object) pictures);
    return self();
  }

  /** {@return the parameter of the number of batches that a rank adds up to a step} */
  default IntParam accumulate() {
    return training().accumulate;
  }

  /**
   * {@return this stage, whose ranks add the gradients of several batches to a step}
   *
   * @param batches 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  default T setAccumulate(int batches) {
    set(accumulate(), (Object) batches);
    return self();
  }

  /** {@return the parameter of the number of epochs} */
  default IntParam epochs() {
    return training().epochs;
  }

  /**
   * {@return this stage, with a number of epochs}
   *
   * @param count 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  default T setEpochs(int count) {
    set(epochs(), (Object) count);
    return self();
  }

  /** {@return the parameter of the seed} */
  default LongParam seed() {
    return training().seed;
  }

  /**
   * {@return this stage, with another seed}
   *
   * @param number the same seed gives the same bits
   */
  default T setSeed(long number) {
    set(seed(), (Object) number);
    return self();
  }

  /** {@return the parameter of the optimiser} */
  default Param<String> optimizer() {
    return training().optimizer;
  }

  /**
   * {@return this stage, with another optimiser}
   *
   * @param name sgd, adam, adamw, rmsprop or lars
   * @throws IllegalArgumentException if it is another word
   */
  default T setOptimizer(String name) {
    set(optimizer(), name);
    return self();
  }

  /** {@return the parameter of the learning rate} */
  default DoubleParam learningRate() {
    return training().learningRate;
  }

  /**
   * {@return this stage, with another learning rate}
   *
   * @param rate above 0
   * @throws IllegalArgumentException if it is not above 0
   */
  default T setLearningRate(double rate) {
    set(learningRate(), (Object) rate);
    return self();
  }

  /** {@return the parameter of the momentum} */
  default DoubleParam momentum() {
    return training().momentum;
  }

  /**
   * {@return this stage, with another momentum}
   *
   * @param momentum from 0 to below 1, for sgd, rmsprop and lars
   * @throws IllegalArgumentException if it is out of its range
   */
  default T setMomentum(double momentum) {
    set(momentum(), (Object) momentum);
    return self();
  }

  /** {@return the parameter of the weight decay} */
  default DoubleParam weightDecay() {
    return training().weightDecay;
  }

  /**
   * {@return this stage, with another weight decay}
   *
   * @param decay 0 or more
   * @throws IllegalArgumentException if it is below 0
   */
  default T setWeightDecay(double decay) {
    set(weightDecay(), (Object) decay);
    return self();
  }

  /** {@return the parameter of the course of the learning rate} */
  default Param<String> schedule() {
    return training().schedule;
  }

  /**
   * {@return this stage, with another course of the learning rate}
   *
   * @param name constant, cosine or one-cycle
   * @throws IllegalArgumentException if it is another word
   */
  default T setSchedule(String name) {
    set(schedule(), name);
    return self();
  }

  /** {@return the parameter of the epochs of the warm-up} */
  default DoubleParam warmUpEpochs() {
    return training().warmUpEpochs;
  }

  /**
   * {@return this stage, whose rate grows in the first epochs}
   *
   * @param epochs 0 or more, fewer than all
   * @throws IllegalArgumentException if there are fewer
   */
  default T setWarmUpEpochs(double epochs) {
    set(warmUpEpochs(), (Object) epochs);
    return self();
  }

  /** {@return the parameter of whether the rate is multiplied by the number of ranks} */
  default BooleanParam scaleRate() {
    return training().scaleRate;
  }

  /**
   * {@return this stage, whose rate is multiplied by the number of ranks, or is not (Goyal et al.
   * 2017)}
   *
   * @param scaled whether it is
   */
  default T setScaleRate(boolean scaled) {
    set(scaleRate(), (Object) scaled);
    return self();
  }

  /** {@return the parameter of the largest norm of the gradients} */
  default DoubleParam clipGradientNorm() {
    return training().clipGradientNorm;
  }

  /**
   * {@return this stage, whose gradients are clipped}
   *
   * @param norm above 0
   * @throws IllegalArgumentException if it is not above 0
   */
  default T setClipGradientNorm(double norm) {
    set(clipGradientNorm(), (Object) norm);
    return self();
  }

  /** {@return the parameter of the smoothing of classes} */
  default DoubleParam labelSmoothing() {
    return training().labelSmoothing;
  }

  /**
   * {@return this stage, whose classes are smoothed}
   *
   * @param part from 0 to below 1
   * @throws IllegalArgumentException if it is out of its range
   */
  default T setLabelSmoothing(double part) {
    set(labelSmoothing(), (Object) part);
    return self();
  }

  /** {@return the parameter of the decay of the average of the weights} */
  default DoubleParam averaging() {
    return training().averaging;
  }

  /**
   * {@return this stage, that keeps an average of the weights, and measures with it}
   *
   * @param decay from 0 to below 1; 0 for no average
   * @throws IllegalArgumentException if it is out of its range
   */
  default T setAveraging(double decay) {
    set(averaging(), (Object) decay);
    return self();
  }

  /** {@return the parameter of how pictures are varied} */
  default Param<String> augmentation() {
    return training().augmentation;
  }

  /**
   * {@return this stage, with another variation of the pictures}
   *
   * @param preset none, light, standard or strong
   * @throws IllegalArgumentException if it is another word
   */
  default T setAugmentation(String preset) {
    set(augmentation(), preset);
    return self();
  }

  /** {@return the parameter of the side of images} */
  default IntParam imageSize() {
    return training().imageSize;
  }

  /**
   * {@return this stage, for images of another size}
   *
   * @param pixels the height and width that pictures are fitted to; 0 for the network's own
   * @throws IllegalArgumentException if it is below 0
   */
  default T setImageSize(int pixels) {
    set(imageSize(), (Object) pixels);
    return self();
  }

  /** {@return the parameter of the folder of checkpoints} */
  default Param<String> checkpointDir() {
    return training().checkpointDir;
  }

  /**
   * {@return this stage, that can go on where it broke off}
   *
   * @param folder in any file system that Hadoop reads
   */
  default T setCheckpointDir(String folder) {
    set(checkpointDir(), folder);
    return self();
  }

  /** {@return the parameter of the steps between two checkpoints} */
  default IntParam checkpointInterval() {
    return training().checkpointInterval;
  }

  /**
   * {@return this stage, that saves checkpoints within epochs, too}
   *
   * @param steps 1 or more; 0 for one after each epoch
   * @throws IllegalArgumentException if there are fewer
   */
  default T setCheckpointInterval(int steps) {
    set(checkpointInterval(), (Object) steps);
    return self();
  }

  /** {@return the parameter of the seconds of silence after which a task counts as lost} */
  default DoubleParam timeout() {
    return training().timeout;
  }

  /**
   * {@return this stage, with another time after which a silent task counts as lost}
   *
   * @param seconds from 0.1 to 1,000,000
   * @throws IllegalArgumentException if it is out of its range
   */
  default T setTimeout(double seconds) {
    set(timeout(), (Object) seconds);
    return self();
  }

  /** {@return the parameter of the seconds without a batch after which a task counts as hanging} */
  default DoubleParam stallTimeout() {
    return training().stallTimeout;
  }

  /**
   * {@return this stage, with another time after which a task that gets nowhere counts as hanging}
   *
   * @param seconds without a batch, of the training or of a test, from 0.1 to 1,000,000; ten times
   *     the slowest batch is allowed in any case, and six times as long until the first, while
   *     pictures are read
   * @throws IllegalArgumentException if it is out of its range
   */
  default T setStallTimeout(double seconds) {
    set(stallTimeout(), (Object) seconds);
    return self();
  }

  /** {@return the parameter of whether gradients may travel unencrypted} */
  default BooleanParam allowUnencrypted() {
    return training().allowUnencrypted;
  }

  /**
   * {@return this stage, that trains where the cluster asks for encryption, or does not}
   *
   * @param allowed whether gradients, weights and pictures may travel and lie on disks unencrypted
   */
  default T setAllowUnencrypted(boolean allowed) {
    set(allowUnencrypted(), (Object) allowed);
    return self();
  }
}
