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
 * A named number that measures the quality of outputs. It is computed from sums over samples, which
 * may be added up over batches, over interrupted epochs, and over machines.
 */
public interface Metric {
  /** {@return the name in results and in {@code metrics.jsonl}, such as "accuracy"} */
  String name();

  /** {@return the names of the outputs that this metric reads; by default the network's own} */
  default Set<String> outputs() {
    return Set.of(Graph.OUTPUT);
  }

  /** {@return the number of sums that it is computed from} */
  int sums();

  /**
   * Adds the first {@code samples} samples to the sums.
   *
   * @param outputs the network's outputs
   * @param targets what the outputs should be
   * @param samples the number of samples
   * @param sums {@link #sums} numbers, 0 before the first sample
   * @throws IllegalArgumentException if the targets are of another kind than it measures
   */
  void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums);

  /**
   * {@return the metric of all samples that have been added; 0 if there are none}
   *
   * @param sums the sums of these samples
   */
  double value(double[] sums);

  /**
   * {@return the fraction of the samples whose class has the largest output, in [0, 1], as
   * "accuracy"} Of equal outputs the first counts as the larger; NaN is larger than all numbers and
   * never right. A single output is that of a binary classifier: class 1 if it is above 0, else
   * class 0.
   */
  static Metric accuracy() {
    return new TopK(1);
  }

  /**
   * {@return the fraction of the samples whose class is among the k largest outputs, as "top" and
   * k: "top5"}
   *
   * @param k at least 1
   */
  static Metric top(int k) {
    return new TopK(k);
  }

  /**
   * {@return the fraction of the samples with all classes predicted correctly, as "accuracy"} For
   * samples that may belong to several classes; a logit above 0 predicts that the sample belongs to
   * a class.
   */
  static Metric allLabels() {
    return new LabelMetric(true);
  }

  /**
   * {@return the fraction of correct predictions over all samples and classes} For samples that may
   * belong to several classes.
   */
  static Metric labelAccuracy() {
    return new LabelMetric(false);
  }

  /** {@return the fraction of the pixels whose class has the largest output, as "accuracy"} */
  static Metric pixelAccuracy() {
    return new PixelAccuracy();
  }

  /**
   * Returns the mean over the classes of the intersection over union: the number of pixels both
   * predicted and known to be of a class, divided by the number predicted or known to be of it
   * (Everingham et al. 2010, "The Pascal Visual Object Classes Challenge"). Classes without a pixel
   * are left out.
   *
   * @param classes the number of classes, at least 2
   * @return the metric
   */
  static Metric meanIntersectionOverUnion(int classes) {
    return new MeanIntersectionOverUnion(classes);
  }

  /** {@return the mean of |z - y| over samples and outputs} */
  static Metric meanAbsoluteError() {
    return new MeanAbsoluteError();
  }

  /**
   * {@return the usual metrics of a task, the most important first; none for boxes}
   *
   * @param task the task
   * @param output the shape of the network's output
   */
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
