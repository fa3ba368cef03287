package stride.layer.convolution;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.layer.support.GroupSums;

/** What a plan runs for a convolution, and for a dense layer, which is one of 1 x 1 images. */
public final class ConvolutionStep {
  /**
   * Multiply-adds and weights up to which a thread takes samples through the layer together with
   * the layers around it. Larger layers are handed out in parts, with a barrier before and behind:
   * their weights are better read once a batch than once a sample. Of a few samples even smaller
   * layers are: there are not enough samples for all threads.
   */
  private static final long SMALL_WORK = 4_000_000;

  private static final int SMALL_WEIGHTS = 1 << 16;
  private static final int FEW_SAMPLES = 16;

  private ConvolutionStep() {}

  /**
   * The step of a layer whose first parameter is its weights, and whose second one, if it has any,
   * its biases.
   */
  static Step of(Binding binding, ConvGeometry g, boolean bias) {
    return of(binding, g, bias, false);
  }

  /**
   * The step of a transposed convolution: its forward pass is the input gradient of a convolution,
   * and its input gradient that convolution's forward pass.
   *
   * @param g of that convolution, from this layer's output to its input
   */
  public static Step transposed(Binding binding, ConvGeometry g, boolean bias) {
    return of(binding, g, bias, true);
  }

  private static Step of(Binding binding, ConvGeometry g, boolean bias, boolean transposed) {
    boolean small =
        g.multiplyAdds() <= SMALL_WORK * Math.min(binding.batch(), FEW_SAMPLES) / FEW_SAMPLES
            && g.weights() <= SMALL_WEIGHTS;
    var kernels = binding.convolution(g);
    var biases = bias ? binding.weight(1) : null;
    var epilogue =
        binding.epilogue(
            biases == null ? Epilogue.NONE : Epilogue.bias(biases.array(), biases.offset()));
    var forward =
        phase(
            binding,
            "forward",
            transposed ? kernels.inputGradient() : kernels.forward(),
            small,
            binding.input(0),
            epilogue,
            binding.output());
    var backward = new ArrayList<Step.Phase>();
    var last = new ArrayList<Step.Tasks>();
    if (binding.wantsWeightGradients()) {
      if (transposed) {
        weightGradient(
            binding, kernels, binding.outputGradient(), binding.input(0), backward, last);
      } else {
        weightGradient(
            binding, kernels, binding.input(0), binding.outputGradient(), backward, last);
      }
      if (bias) {
        biasGradient(binding, backward, last);
      }
    }
    if (binding.wantsInputGradient(0)) {
      backward.add(
          phase(
              binding,
              "gradient",
              transposed ? kernels.forward() : kernels.inputGradient(),
              small,
              binding.outputGradient(),
              binding.gradientEpilogue(0),
              binding.inputGradient(0)));
    }
    return new Step(List.of(forward), backward, last);
  }

  /** A pass over all samples: a thread's samples at a time, or in parts. */
  private static Step.Phase phase(
      Binding binding,
      String name,
      ConvolutionPass pass,
      boolean small,
      Buffer from,
      Supplier<Epilogue> epilogue,
      Buffer to) {
    var packed = weights(binding, name, pass);
    var scratch = binding.scratch(pass.scratchLength());
    return small
        ? new Step.Samples(
            (first, end, worker) ->
                pass.runAll(
                    from.array(),
                    from.offset(),
                    packed.data(),
                    packed.offset(),
                    epilogue.get(),
                    to.array(),
                    to.offset(),
                    first,
                    end - first,
                    scratch.of(worker)),
            pass.name())
        : new Step.Tasks(
            pass::parts,
            (part, samples, worker) ->
                pass.run(
                    from.array(),
                    from.offset(),
                    packed.data(),
                    packed.offset(),
                    epilogue.get(),
                    to.array(),
                    to.offset(),
                    0,
                    samples,
                    part,
                    scratch.of(worker)),
            pass.name());
  }

  private static Binding.Packed weights(Binding binding, String name, ConvolutionPass pass) {
    if (pass.readsPlainWeights()) {
      var weights = binding.weight(0);
      return new Plain(weights.array(), weights.offset());
    }
    return binding.packed(0, name + "/" + pass.packing(), pass.packedLength(), pass::pack);
  }

  /** Weights as they lie. */
  private record Plain(float[] data, int offset) implements Binding.Packed {}

  /** Small weights get a partial gradient for each group of samples; others are split. */
  private static void weightGradient(
      Binding binding,
      Convolution kernels,
      Buffer x,
      Buffer dy,
      List<Step.Phase> backward,
      List<Step.Tasks> last) {
    var pass = kernels.weightGradient();
    var scratch = binding.scratch(pass.scratchLength());
    var dw = binding.weightGradient(0);
    if (pass.parts() == 1) {
      var sums =
          GroupSums.of(
              binding,
              dw.stride(),
              dw,
              (from, to, sum, at, worker) ->
                  pass.addAll(
                      x.array(),
                      x.offset(),
                      dy.array(),
                      dy.offset(),
                      from,
                      to - from,
                      sum,
                      at,
                      scratch.of(worker)));
      backward.add(sums.partial());
      last.add(sums.total());
    } else {
      backward.add(
          new Step.Tasks(
              samples -> pass.parts(),
              (part, samples, worker) ->
                  pass.add(
                      x.array(),
                      x.offset(),
                      dy.array(),
                      dy.offset(),
                      0,
                      samples,
                      dw.array(),
                      dw.offset(),
                      part,
                      scratch.of(worker))));
    }
  }

  private static void biasGradient(
      Binding binding, List<Step.Phase> backward, List<Step.Tasks> last) {
    var channelwise = binding.kernels().channelwise();
    var dy = binding.outputGradient();
    int channels = binding.outputType().shape().channels();
    int pixels = dy.stride() / channels;
    var sums =
        GroupSums.of(
            binding,
            channels,
            binding.weightGradient(1),
            (from, to, sum, at, worker) ->
                channelwise.sum(dy.array(), dy.at(from), (to - from) * pixels, channels, sum, at));
    backward.add(sums.partial());
    last.add(sums.total());
  }
}
