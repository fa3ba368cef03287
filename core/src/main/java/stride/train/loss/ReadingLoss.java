package stride.train.loss;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.engine.Plan;
import stride.network.Network;
import stride.train.Loss;
import stride.train.Targets;

/**
 * A loss that reads outputs of given names.
 *
 * @param loss the loss
 * @param outputs the names of the outputs that it reads
 */
public record ReadingLoss(Loss loss, Set<String> outputs) implements Loss {
  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new ReadingLoss(loss.forPlan(network, plan), outputs);
  }

  @Override
  public @Nullable LayerGradients layerGradients() {
    return loss.layerGradients();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    return loss.apply(outputs, targets, samples);
  }

  @Override
  public Loss tested() {
    var tested = loss.tested();
    return tested.equals(loss) ? this : tested;
  }
}
