package stride.zoo;

import java.util.List;
import java.util.function.Function;
import stride.detector.DetectionMethod;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * What a detector has beside its network.
 *
 * @param method how outputs become boxes, and by which loss they are learned
 * @param preprocessing how pictures become inputs of a shape
 * @param labels the names of the classes that it was published for; none if they have none
 */
public record DetectorDesign(
    DetectionMethod method, Function<Shape, Preprocessing> preprocessing, List<String> labels) {
  /** Copies the labels. */
  public DetectorDesign {
    labels = List.copyOf(labels);
  }
}
