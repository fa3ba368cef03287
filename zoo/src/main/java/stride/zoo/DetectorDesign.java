package stride.zoo;

import java.util.List;
import java.util.function.Function;
import stride.detection.DetectionMethod;
import stride.image.Contained;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;

/**
 * What a detector has beside its network.
 *
 * @param method how outputs become boxes, and by which loss they are learned
 * @param preprocessing how pictures become inputs of a shape
 * @param labels the names of the classes that it was published for; none if they have none
 * @param tuning the default settings of a training that begins with weights
 * @param background whether the network has an output for the background beside those of classes;
 *     the published labels have a name for it
 */
public record DetectorDesign(
    DetectionMethod method,
    Function<Shape, Preprocessing> preprocessing,
    List<String> labels,
    Recipe tuning,
    boolean background) {
  /** Copies the labels. */
  public DetectorDesign {
    labels = List.copyOf(labels);
  }

  /** A detector without an output for the background. */
  public DetectorDesign(
      DetectionMethod method,
      Function<Shape, Preprocessing> preprocessing,
      List<String> labels,
      Recipe tuning) {
    this(method, preprocessing, labels, tuning, false);
  }

  /** A detector as torchvision has it, with its 91 labels of COCO: 0 is the background. */
  static DetectorDesign torchvision(
      DetectionMethod method, Normalization normalization, boolean background, Recipe tuning) {
    return new DetectorDesign(
        method,
        shape ->
            new Preprocessing(
                method.multiple() > 1
                    ? new Contained(Resampling.BILINEAR)
                    : new Fit.Stretch(Resampling.BILINEAR),
                shape,
                normalization),
        TrainedOn.COCO.labels(),
        tuning,
        background);
  }

  /** {@return how many classes a network has for labels, the background counted} */
  int classes(List<String> names) {
    return background && !names.equals(labels) ? names.size() + 1 : names.size();
  }
}
