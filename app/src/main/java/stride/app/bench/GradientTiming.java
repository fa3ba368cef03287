package stride.app.bench;

import java.util.ArrayList;
import java.util.List;
import stride.engine.Plan;
import stride.train.ArrayPart;

/** When the gradients of a backward pass are final, so that a training can send them. */
public final class GradientTiming {
  private static final int ROUNDS = 3;
  private static final float GRADIENT = 1e-4f;

  private GradientTiming() {}

  /**
   * The gradients as they are sent, in their order, with the times of one of several rounds.
   *
   * @param plan is run; made for training
   * @return each with the seconds from when it is final to the end of the backward pass
   */
  public static List<ClusterModel.Bucket> of(Plan plan) {
    var buckets = List.<ClusterModel.Bucket>of();
    for (int round = 0; round < ROUNDS; round++) {
      buckets = round(plan);
    }
    return buckets;
  }

  private static List<ClusterModel.Bucket> round(Plan plan) {
    int samples = plan.batch();
    plan.forward(samples);
    for (var gradient : plan.outputGradients()) {
      for (int i = gradient.at(0); i < gradient.at(samples); i++) {
        gradient.array()[i] = GRADIENT;
      }
    }
    var parts = ArrayPart.whole(plan.gradients()).buckets();
    var times = new ArrayList<Long>();
    plan.backward(
        samples,
        false,
        from -> {
          while (times.size() < parts.size() && parts.get(times.size()).from() >= from) {
            times.add(System.nanoTime());
          }
        });
    long end = System.nanoTime();
    var buckets = new ArrayList<ClusterModel.Bucket>();
    for (int i = 0; i < parts.size(); i++) {
      long at = i < times.size() ? times.get(i) : end;
      buckets.add(new ClusterModel.Bucket(parts.get(i).length(), (end - at) * 1e-9));
    }
    return buckets;
  }
}
