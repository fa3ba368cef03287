package stride.layer.regularization;

import java.util.Arrays;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.tensor.CounterRandom;

/**
 * In training, sets whole samples to zero with probability p and scales the others by 1 / (1 - p);
 * otherwise passes its input on (Huang et al. 2016, "Deep Networks with Stochastic Depth";
 * PyTorch's mode "row"). At the end of a residual's body it leaves some samples to the shortcut.
 *
 * @param probability of dropping a sample, in [0, 1)
 */
public record StochasticDepth(float probability) implements PlainLayer {
  public StochasticDepth {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "stochastic depth's probability is in [0, 1), found " + probability);
    }
  }

  @Override
  public String kind() {
    return "stochasticdepth";
  }

  @Override
  public String details() {
    return "p=" + probability;
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perSample(
        (from, to, worker) -> pass(binding, x, y, from, to),
        (from, to, worker) -> pass(binding, dy, dx, from, to));
  }

  /** The same samples, forward and backward: they are drawn anew from the same numbers. */
  private void pass(Binding binding, Buffer in, Buffer out, int from, int to) {
    var kernels = binding.kernels().elementwise();
    float scale = binding.dropout() ? 1 / (1 - probability) : 1;
    for (int n = from; n < to; n++) {
      boolean dropped =
          binding.dropout()
              && CounterRandom.uniform(CounterRandom.bits(binding.random().key(n), 0))
                  < probability;
      if (dropped) {
        Arrays.fill(out.array(), out.at(n), out.at(n + 1), 0);
      } else {
        kernels.scale(scale, in.array(), in.at(n), out.array(), out.at(n), out.stride());
      }
    }
  }
}
