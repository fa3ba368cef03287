package stride.detection;

import java.util.Set;
import stride.box.BalancedSampler;
import stride.box.Matcher;
import stride.engine.Plan;
import stride.network.Network;
import stride.train.Loss;
import stride.train.Targets;

/**
 * Faster R-CNN's four losses (Ren et al. 2015, section 3.1.2; Girshick 2015, "Fast R-CNN"), as
 * torchvision has them: of some anchors whether they hold an object (binary cross-entropy) and
 * where (smooth L1), and of some regions which class they are of (softmax cross-entropy) and where
 * (smooth L1). Which anchors and regions, two samplers say, whose randomness is the plan's.
 *
 * @param method what the outputs mean
 * @param anchors how many anchors of a picture count
 * @param regions how many regions of a picture count
 */
public record FasterRcnnLoss(
    FasterRcnnMethod method, BalancedSampler anchors, BalancedSampler regions) implements Loss {
  static final Matcher ANCHORS = new Matcher(0.3f, 0.7f, Matcher.Rescue.BEST);
  static final Matcher REGIONS = new Matcher(0.5f, 0.5f, Matcher.Rescue.NONE);

  /**
   * A loss of 256 anchors of a picture, at most half of them with an object, and of 512 regions, at
   * most a quarter of them with one.
   *
   * @param method what the outputs mean
   */
  public FasterRcnnLoss(FasterRcnnMethod method) {
    this(method, new BalancedSampler(256, 0.5), new BalancedSampler(512, 0.25));
  }

  @Override
  public Set<String> outputs() {
    return method.outputs();
  }

  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new FasterRcnnStages(this, network, plan);
  }

  /**
   * Computes nothing: what {@link #forPlan} returns is the loss of a plan.
   *
   * @throws IllegalStateException always
   */
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    throw new IllegalStateException(
        "the loss of two stages runs layers of its own: apply what forPlan(network, plan) returns");
  }
}
