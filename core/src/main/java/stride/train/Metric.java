package stride.train;

import java.util.List;
import java.util.Set;
import stride.graph.Graph;
import stride.network.Task;
import stride.tensor.Shape;
import stride.train.metric.LabelMetric;
import stride.train.metric.MeanAbsoluteError;
import stride.train.metric.MeanIntersectionOverUnion;
import stride.train.metric.PixelAccuracy;
import stride.train.metric.TopK;

/**
 * A number that says how good outputs are, under a name. It is computed of sums over samples, which
 * may be added up over batches, over epochs that are broken off, and over machines.
 */
public interface Metric {
  /** The name in results and in {@code metrics.jsonl}, such as "accuracy". */
  String name();

  /** The names of the outputs that it reads: by default the network's own. */
  default Set<String> outputs() {
    return Set.of(Graph.OUTPUT);
  }

  /** How many sums it is computed of. */
  int sums();

  /**
   * Adds the first {@code samples} samples.
   *
   * @param sums {@link #sums} of them, 0 before the first sample
   * @throws IllegalArgumentException if the targets are of another kind than it measures
   */
  void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums);

  /** Returns the metric of all samples that have been added; 0 of none. */
  double value(double[] sums);

  /**
   * The part of the samples whose class has the largest output, in [0, 1]. Of equal outputs the
   * first counts as the larger; NaN is larger than all numbers and never right. A single output is
   * that of a binary classifier: class 1 where it is above 0, else class 0.
   */
  static Metric accuracy() {
    return new TopK(1);
  }

  /** The part of the samples whose class is among the k largest outputs: "top5". */
  static Metric top(int k) {
    return new TopK(k);
  }

  /**
   * Of samples that may belong to several classes, the part with all classes told right, as
   * "accuracy"; a logit above 0 says that the sample belongs to a class.
   */
  static Metric allLabels() {
    return new LabelMetric(true);
  }

  /**
   * Of all answers for each class of samples that may belong to several, the part that is right.
   */
  static Metric labelAccuracy() {
    return new LabelMetric(false);
  }

  /** The part of the pixels whose class has the largest output, as "accuracy". */
  static Metric pixelAccuracy() {
    return new PixelAccuracy();
  }

  /**
   * The mean over the classes of the intersection over union: the pixels told and known to be of a
   * class, over those told or known to be (Everingham et al. 2010, "The Pascal Visual Object
   * Classes Challenge"). Classes of no pixel are left out.
   *
   * @param classes how many there are
   */
  static Metric meanIntersectionOverUnion(int classes) {
    return new MeanIntersectionOverUnion(classes);
  }

  /** The mean of |z - y| over samples and outputs. */
  static Metric meanAbsoluteError() {
    return new MeanAbsoluteError();
  }

  /** What a task is measured by, the most telling first; none for boxes. */
  static List<Metric> forTask(Task task, Shape output) {
    return switch (task) {
      case SINGLE_LABEL, BINARY -> List.of(accuracy(), top(5));
      case SEVERAL_LABELS -> List.of(allLabels(), labelAccuracy());
      case CLASS_MAP -> List.of(pixelAccuracy(), meanIntersectionOverUnion(task.classes(output)));
      case VALUES, IMAGE -> List.of(meanAbsoluteError());
      case BOXES -> List.of();
    };
  }
}
