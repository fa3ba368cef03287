package stride.train.loss;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.engine.Plan;
import stride.network.Network;
import stride.train.Loss;
import stride.train.Targets;

/**
 * The sum of losses of different outputs.
 *
 * @param losses the losses to add
 */
public record LossSum(List<Loss> losses) implements Loss {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if two losses read the same output
   */
  public LossSum {
    losses = List.copyOf(losses);
    var names = new HashSet<String>();
    for (var loss : losses) {
      for (String name : loss.outputs()) {
        if (!names.add(name)) {
          throw new IllegalArgumentException(
              "two losses of a sum read the output %s: write one loss of both".formatted(name));
        }
      }
    }
  }

  @Override
  public Set<String> outputs() {
    var names = new HashSet<String>();
    losses.forEach(loss -> names.addAll(loss.outputs()));
    return names;
  }

  @Override
  public Loss tested() {
    return new LossSum(losses.stream().map(Loss::tested).toList());
  }

  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new LossSum(losses.stream().map(loss -> loss.forPlan(network, plan)).toList());
  }

  @Override
  public @Nullable LayerGradients layerGradients() {
    var own = losses.stream().map(Loss::layerGradients).filter(Objects::nonNull).toList();
    return own.isEmpty()
        ? null
        : (gradients, share) -> own.forEach(layers -> layers.addTo(gradients, share));
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    double sum = 0;
    for (var loss : losses) {
      sum += loss.apply(outputs, targets, samples);
    }
    return sum;
  }
}
