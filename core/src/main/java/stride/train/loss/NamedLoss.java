package stride.train.loss;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.data.TargetType;
import stride.engine.Plan;
import stride.graph.Graph;
import stride.network.Network;
import stride.train.Loss;
import stride.train.Targets;

/**
 * A loss of another output than the network's own, against the target of the same name.
 *
 * @param loss the loss, which reads the network's own output
 * @param name the name of the output to read instead
 */
public record NamedLoss(Loss loss, String name) implements Loss {
  /**
   * Checks the loss.
   *
   * @throws IllegalArgumentException if it reads other outputs than the network's own
   */
  public NamedLoss {
    if (!loss.outputs().equals(Set.of(Graph.OUTPUT))) {
      throw new IllegalArgumentException(
          "a loss that reads the outputs %s cannot be applied to %s alone"
              .formatted(loss.outputs(), name));
    }
  }

  @Override
  public Set<String> outputs() {
    return Set.of(name);
  }

  @Override
  public Loss tested() {
    return new NamedLoss(loss.tested(), name);
  }

  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new NamedLoss(loss.forPlan(network, plan), name);
  }

  @Override
  public @Nullable LayerGradients layerGradients() {
    return loss.layerGradients();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var own = targets.type() instanceof TargetType.Several ? targets.part(name) : targets;
    return loss.apply(outputs.renamed(name), own, samples);
  }
}
