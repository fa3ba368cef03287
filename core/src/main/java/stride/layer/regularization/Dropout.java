package stride.layer.regularization;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.tensor.CounterRandom;

/**
 * In training, sets each value to zero with probability p and scales the others by 1 / (1 - p), so
 * that the expected value stays (Srivastava et al. 2014); otherwise passes its input on.
 *
 * @param probability of dropping a value, in [0, 1)
 */
public record Dropout(float probability) implements PlainLayer {
  public Dropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "dropout's probability is in [0, 1), found " + probability);
    }
  }

  @Override
  public String kind() {
    return "dropout";
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
    int n = y.stride();
    boolean drops = binding.dropout() && probability > 0;
    Step.SampleBody forward =
        (from, to, worker) -> {
          System.arraycopy(x.array(), x.at(from), y.array(), y.at(from), (to - from) * n);
          if (drops) {
            mask(binding, y.array(), y.at(from), from, to, n);
          }
        };
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perSample(
        forward,
        (from, to, worker) -> {
          System.arraycopy(dy.array(), dy.at(from), dx.array(), dx.at(from), (to - from) * n);
          if (drops) {
            mask(binding, dx.array(), dx.at(from), from, to, n);
          }
        });
  }

  /**
   * Applies the mask of these samples, the same one forward and backward: it is drawn anew from the
   * same numbers.
   */
  private void mask(Binding binding, float[] values, int offset, int from, int to, int n) {
    var random = binding.random();
    float scale = 1 / (1 - probability);
    int at = offset;
    for (int sample = from; sample < to; sample++) {
      long key = random.key(sample);
      for (int i = 0; i < n; i++, at++) {
        boolean dropped = CounterRandom.uniform(CounterRandom.bits(key, i)) < probability;
        values[at] = dropped ? 0 : values[at] * scale;
      }
    }
  }
}
