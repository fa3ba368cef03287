package stride.style;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.graph.Graph;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * How far the maps of a picture are from what is wanted at some layers: a weighted sum of losses,
 * several of which may look at one layer. Of several samples it is the mean. It has no targets:
 * what is wanted stands in the losses.
 *
 * @param parts the losses
 */
public record PictureLoss(List<TapLoss> parts) implements Loss {
  /**
   * A sum of losses.
   *
   * @throws IllegalArgumentException if there are none
   */
  public PictureLoss {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a picture's loss needs at least one layer");
    }
  }

  @Override
  public Set<String> outputs() {
    var taps = new LinkedHashSet<String>();
    parts.forEach(part -> taps.add(part.tap()));
    return taps;
  }

  /** {@return this loss on the threads of the plan's engine, which allocates nothing per step} */
  @Override
  public Loss forPlan(Network network, Plan plan) {
    return new Bound(plan.engine(), network.graph());
  }

  /** Applies this loss to the outputs of a plan, on the threads of its engine. */
  private final class Bound implements Loss {
    private final List<MapLoss.Measure> measures;
    private final Map<String, MapArea> areas = new LinkedHashMap<>();

    Bound(Engine engine, Graph graph) {
      measures = start(engine, graph);
      outputs().forEach(tap -> areas.put(tap, MapArea.all(shape(graph, tap))));
    }

    @Override
    public Set<String> outputs() {
      return PictureLoss.this.outputs();
    }

    @Override
    public double apply(Outputs outputs, Targets targets, int samples) {
      for (var tap : areas.keySet()) {
        var gradient = outputs.gradient(tap);
        Arrays.fill(
            gradient.array(), gradient.offset(), gradient.at(samples - 1) + gradient.stride(), 0);
      }
      double total = 0;
      for (int i = 0; i < measures.size(); i++) {
        for (int n = 0; n < samples; n++) {
          total += apply(outputs, parts.get(i), measures.get(i), n, samples);
        }
      }
      return total;
    }

    private double apply(
        Outputs outputs, TapLoss part, MapLoss.Measure measure, int sample, int samples) {
      var maps = outputs.value(part.tap());
      var area = requireNonNull(areas.get(part.tap()));
      double share = part.weight() / samples;
      measure.clear();
      measure.add(maps, sample, area);
      double loss = share * measure.settle(share);
      measure.addGradient(maps, sample, area, outputs.gradient(part.tap()));
      return loss;
    }
  }

  /** {@return the measures of the parts, for the maps of a graph's outputs} */
  List<MapLoss.Measure> start(Engine engine, Graph graph) {
    return parts.stream().map(part -> part.loss().start(engine, shape(graph, part.tap()))).toList();
  }

  private static Shape shape(Graph graph, String tap) {
    return graph.type(graph.output(tap)).shape();
  }

  /**
   * Not to be called: what this loss computes with belongs to a plan.
   *
   * @throws IllegalStateException always; {@link #forPlan} gives the loss to apply
   */
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    throw new IllegalStateException("apply what forPlan returns: it has the memory for a plan");
  }
}
