package stride.layer.activation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.layer.PlainLayer;
import stride.layer.support.GroupSums;
import stride.tensor.Shape;

/**
 * y = x where {@code x > 0}, else w x, with a learned w (He et al. 2015, "Delving Deep into
 * Rectifiers"); dx = dy where {@code x > 0}, else w dy, and dw = the sum of x dy over the other
 * elements. PyTorch's PReLU.
 *
 * @param channelwise whether each channel has a w of its own, else there is a single one
 * @param initial the first value of w
 */
public record Prelu(boolean channelwise, float initial) implements PlainLayer {
  public Prelu {
    if (!Float.isFinite(initial)) {
      throw new IllegalArgumentException("PReLU's first value is a number, found " + initial);
    }
  }

  /** The same activation with a weight for each channel. */
  public Prelu perChannel() {
    return new Prelu(true, initial);
  }

  @Override
  public String kind() {
    return "prelu";
  }

  @Override
  public TensorType infer(TensorType input) {
    if (channelwise) {
      input.requireOwnOrder("prelu().perChannel()");
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    return List.of(
        new Parameter(
            "weight",
            Shape.of(channelwise ? input.shape().channels() : 1),
            new WeightLayout.Plain(),
            new Initializer.Constant(initial)));
  }

  @Override
  public Set<Trait> traits() {
    // Its slopes are learned: no producer's store has their gradient.
    return Set.of(Trait.FORGETS_OUTPUT, Trait.GRADIENT_IN_PLACE);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    int channels = binding.outputType().shape().channels();
    int period = kernels.period(channels);
    int rows = binding.output().stride() / channels;
    float[] slopes = binding.keepForBatch(period);
    var w = binding.weight(0);
    binding.onWeightsChange(
        () -> {
          for (int i = 0; i < period; i++) {
            slopes[i] = w.array()[w.offset() + (channelwise ? i % channels : 0)];
          }
        });
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    var forward =
        Step.pixels(
            binding.outputType().shape(),
            (from, to, worker) ->
                kernels.prelu(
                    x.array(),
                    x.at(from, channels),
                    slopes,
                    to - from,
                    channels,
                    y.array(),
                    y.at(from, channels)));
    var backward = new ArrayList<Step.Phase>();
    var last = new ArrayList<Step.Tasks>();
    if (binding.wantsWeightGradients()) {
      var totals = GroupSums.scratchTotal(binding, period);
      var sums =
          GroupSums.of(
              binding,
              period,
              totals,
              (from, to, sum, at, worker) ->
                  kernels.preluSums(
                      x.array(),
                      x.at(from),
                      dy.array(),
                      dy.at(from),
                      (to - from) * rows,
                      channels,
                      sum,
                      at));
      backward.add(sums.partial());
      var dw = binding.weightGradient(0);
      last.add(
          Step.once(
              (task, samples, worker) -> {
                sums.total().body().run(task, samples, worker);
                for (int i = 0; i < period; i++) {
                  dw.array()[dw.offset() + (channelwise ? i % channels : 0)] +=
                      totals.array()[totals.offset() + i];
                }
                Arrays.fill(totals.array(), totals.offset(), totals.offset() + period, 0);
              }));
    }
    if (binding.wantsInputGradient(0)) {
      backward.add(
          new Step.Samples(
              (from, to, worker) ->
                  kernels.preluGradient(
                      x.array(),
                      x.at(from),
                      dy.array(),
                      dy.at(from),
                      slopes,
                      (to - from) * rows,
                      channels,
                      dx.array(),
                      dx.at(from))));
    }
    return new Step(List.of(forward), backward, last);
  }
}
