package stride.train;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import stride.engine.Plan;
import stride.graph.Graph;
import stride.network.Network;
import stride.train.support.Ranges;

/**
 * The loss of the network's output plus the same loss of its auxiliary heads, each times a weight
 * (Szegedy et al. 2015, "Going Deeper with Convolutions", section 5: 0.3).
 *
 * @param loss the loss of the network's own output
 * @param weight the weight of each head's loss, 0 or more
 * @param heads the names of the heads' outputs
 */
public record AuxiliaryLoss(Loss loss, double weight, List<String> heads) implements Loss {
  /**
   * Copies the names.
   *
   * @throws IllegalArgumentException if the weight is negative, or the heads are not distinct
   *     outputs besides the network's own
   */
  public AuxiliaryLoss {
    heads = List.copyOf(heads);
    Ranges.zeroOrMore("a head's weight", weight);
    if (heads.contains(Graph.OUTPUT) || Set.copyOf(heads).size() < heads.size()) {
      throw new IllegalArgumentException(
          "heads must be outputs besides the network's own, each named once, were " + heads);
    }
  }

  @Override
  public Set<String> outputs() {
    var names = new HashSet<>(loss.outputs());
    names.addAll(heads);
    return names;
  }

  @Override
  public Loss tested() {
    return loss.tested();
  }

  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new AuxiliaryLoss(loss.forPlan(network, plan), weight, heads);
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    double total = loss.apply(outputs, targets, samples);
    for (int i = 0; i < heads.size(); i++) {
      var head = heads.get(i);
      total += weight * loss.apply(outputs.renamed(head), targets, samples);
      var gradient = outputs.gradient(head);
      float[] values = gradient.array();
      for (int k = gradient.at(0); k < gradient.at(samples); k++) {
        values[k] *= (float) weight;
      }
    }
    return total;
  }
}
