package stride.train.loss;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.engine.Plan;
import stride.network.Network;
import stride.train.Loss;
import stride.train.Targets;
import stride.train.support.Ranges;

/**
 * A loss times a factor.
 *
 * @param loss the loss
 * @param factor 0 or more
 */
public record ScaledLoss(Loss loss, double factor) implements Loss {
  /**
   * Checks the factor.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ScaledLoss {
    Ranges.zeroOrMore("the factor of a loss", factor);
  }

  @Override
  public Set<String> outputs() {
    return loss.outputs();
  }

  @Override
  public Loss tested() {
    return new ScaledLoss(loss.tested(), factor);
  }

  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new ScaledLoss(loss.forPlan(network, plan), factor);
  }

  @Override
  public @Nullable LayerGradients layerGradients() {
    var own = loss.layerGradients();
    return own == null ? null : (gradients, share) -> own.addTo(gradients, share * (float) factor);
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    double value = loss.apply(outputs, targets, samples);
    for (String name : outputs()) {
      var gradient = outputs.gradient(name);
      for (int i = gradient.at(0); i < gradient.at(samples); i++) {
        gradient.array()[i] *= (float) factor;
      }
    }
    return factor * value;
  }
}
