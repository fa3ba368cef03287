package stride.detection;

import java.util.List;
import java.util.Optional;
import stride.engine.Engine;
import stride.graph.Weights;
import stride.layer.Size;
import stride.network.Network;
import stride.network.Task;
import stride.train.LearnedMethod;
import stride.train.TestMeasure;

/**
 * All of a detector that is beside its network: how large pictures become, how outputs become
 * boxes, and by which loss they are learned. Immutable and thread-safe; a record, as model files
 * hold it. {@link Detector} applies it.
 */
public interface DetectionMethod extends LearnedMethod {
  @Override
  default Task task() {
    return Task.BOXES;
  }

  /**
   * {@return the size to which a picture is resized}
   *
   * @param picture the picture's size
   * @param input the size of the network's input as the model has it
   */
  Size resized(Size picture, Size input);

  /**
   * {@return the number of which the sides of a batch are multiples: they are the largest of its
   * pictures', rounded up, and what is right of and below a picture is 0; 1 by default}
   */
  default int multiple() {
    return 1;
  }

  /**
   * {@return whether pictures are resized as bytes, as OpenCV does ({@link
   * stride.image.Pixels#interpolate}), and normalised then; false by default: numbers are
   * interpolated after they are normalised, as torchvision does}
   */
  default boolean resizesBytes() {
    return false;
  }

  /**
   * {@return this method for a network with classes of these names; by default itself}
   *
   * @param network the network
   * @param labels the names of its classes
   */
  default DetectionMethod forLabels(Network network, List<String> labels) {
    return this;
  }

  /** {@return how sure boxes are and how many there are of a picture, if nobody says otherwise} */
  Limits limits();

  /** {@return which boxes a measure looks at, by default those within the limits} */
  default Limits measured() {
    return limits();
  }

  /**
   * {@return this method for pictures that are about as large as an input; by default itself}
   *
   * @param input the size of a network's input
   */
  default DetectionMethod forInput(Size input) {
    return this;
  }

  @Override
  default Optional<TestMeasure> measure(Network network, Weights weights, Engine engine) {
    return Optional.of(new PrecisionMeasure(this, network, weights, engine));
  }

  /**
   * Makes boxes of outputs.
   *
   * @param computed what the network computed of a batch
   * @param limits how sure boxes are, and how many there are of a picture
   * @return the boxes of each picture, in pixels of the resized picture, the surest first
   */
  List<FoundBoxes> boxes(Computed computed, Limits limits);
}
