package stride.detection;

import java.util.List;
import java.util.Set;
import stride.engine.Plan;
import stride.kernel.Kernels;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * The loss of a detector of one stage: a sum over the anchors of all maps (default boxes, or
 * places), once it is known to which of a picture's objects each of them belongs. {@link
 * AnchorLossSteps} computes it.
 */
sealed interface AnchorLoss extends Loss permits FcosLoss, RetinaNetLoss, SsdLoss {
  /** What the outputs mean. */
  DetectionMethod method();

  /** The shapes of the outputs of the classes. */
  List<Shape> maps();

  /** The classes that the outputs tell apart. */
  int classes();

  /** All anchors, map by map. */
  float[] anchors();

  /** The labels that an object may have: those from 0 to below this. */
  int labels();

  /** Says for each anchor to which object it belongs; negative for none. */
  void match(TrueObjects objects, float[] anchors, int[] matches);

  /**
   * What the losses of a picture are multiplied by.
   *
   * @param own the anchors of the picture that belong to an object
   * @param all those of the batch
   * @param samples the pictures of the batch
   */
  double weight(int own, int all, int samples);

  /**
   * Returns the loss of some anchors of a map in a picture, and adds its gradient, which is zero
   * before.
   *
   * @param outputs the network's outputs
   * @param part which anchors
   * @param picture where they are, and what they belong to
   * @param weight what loss and gradient are multiplied by
   */
  double add(Outputs outputs, Part part, AnchoredPicture picture, double weight);

  /**
   * Returns what is only known once all anchors of a picture have been {@linkplain #add added}, and
   * adds its gradient; 0 by default.
   */
  default double addRest(Outputs outputs, AnchoredPicture picture, double weight) {
    return 0;
  }

  /**
   * How many numbers the loss keeps of a picture between {@link #add} and {@link #addRest}; 0 by
   * default.
   *
   * @param anchors the number of all anchors
   */
  default int kept(int anchors) {
    return 0;
  }

  @Override
  default Set<String> outputs() {
    return method().outputs();
  }

  @Override
  default Loss forPlan(Network network, Plan plan) {
    var engine = plan.engine();
    return new AnchorLossSteps(this, engine::forEach, engine.kernels());
  }

  /** Computes the loss on one thread; {@link #forPlan} keeps the anchors for many steps. */
  @Override
  default double apply(Outputs outputs, Targets targets, int samples) {
    return new AnchorLossSteps(this, Threads.ONE, Kernels.best()).apply(outputs, targets, samples);
  }

  /**
   * Consecutive anchors of a map.
   *
   * @param level the map
   * @param first the first one's number in the map
   * @param count how many
   * @param anchor the first one's number among those of all maps
   */
  record Part(int level, int first, int count, int anchor) {}
}
