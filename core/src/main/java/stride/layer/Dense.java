package stride.layer;

import java.util.ArrayList;
import java.util.List;
import stride.graph.Binding;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.ShapeException;
import stride.graph.Step;
import stride.graph.TensorType;
import stride.graph.WeightLayout;
import stride.tensor.Shape;

/**
 * A fully connected layer: y = W x + b for a vector x; dW = dy x^T, dx = W^T dy, db = dy.
 *
 * @param units the number of outputs
 * @param bias whether there is a b
 * @param initializer the matrix's first values; biases begin uniform in +-1 / sqrt(inputs), as
 *     PyTorch's
 */
public record Dense(int units, boolean bias, Initializer initializer) implements PlainLayer {
  /**
   * Weights up to this count are computed by samples, others by panels of outputs: they are read
   * once a batch.
   */
  private static final int SMALL_WEIGHTS = 1 << 16;

  public Dense {
    if (units < 1) {
      throw new IllegalArgumentException("a dense layer has at least 1 unit, found " + units);
    }
  }

  /** The same layer without biases. */
  public Dense noBias() {
    return new Dense(units, false, initializer);
  }

  /** The same layer with other first values. */
  public Dense initializer(Initializer initializer) {
    return new Dense(units, bias, initializer);
  }

  @Override
  public String kind() {
    return "dense";
  }

  @Override
  public TensorType infer(TensorType input) {
    if (input.shape().rank() != 1) {
      throw new ShapeException(
          "expects a vector, the input is %s: put flatten() before it".formatted(input.shape()));
    }
    return input.withShape(Shape.of(units));
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    int in = input.shape().elements();
    var parameters = new ArrayList<Parameter>();
    parameters.add(
        new Parameter(
            "weight",
            Shape.of(units, in),
            new WeightLayout.Matrix(input.flattened()),
            initializer));
    if (bias) {
      parameters.add(
          new Parameter(
              "bias",
              Shape.of(units),
              new WeightLayout.Plain(),
              new Initializer.Uniform(1 / Math.sqrt(in))));
    }
    return parameters;
  }

  @Override
  public long multiplyAdds(TensorType input) {
    return (long) input.shape().elements() * units;
  }

  @Override
  public Step compile(Binding binding) {
    int in = binding.inputType(0).shape().elements();
    boolean small = (long) in * units <= SMALL_WEIGHTS;
    var kernels = binding.kernels().matrixProduct(in, units);
    var scratch = binding.scratch(kernels.scratchLength());
    var packed =
        binding.packed(
            0, "forward", kernels.packedLength(), (w, wo, to) -> kernels.pack(w, wo, to, 0));
    var x = binding.input(0);
    var y = binding.output();
    var biases = bias ? binding.weight(1) : null;
    float[] biasArray = biases == null ? null : biases.array();
    int biasOffset = biases == null ? 0 : biases.offset();
    int panels = kernels.panels();
    Step.Phase forward =
        small
            ? new Step.Samples(
                (from, to, worker) ->
                    kernels.forward(
                        x.array(),
                        x.at(from),
                        to - from,
                        packed.data(),
                        0,
                        biasArray,
                        biasOffset,
                        y.array(),
                        y.at(from),
                        0,
                        panels,
                        scratch.of(worker)))
            : new Step.Tasks(
                samples -> panels,
                (panel, samples, worker) ->
                    kernels.forward(
                        x.array(),
                        x.at(0),
                        samples,
                        packed.data(),
                        0,
                        biasArray,
                        biasOffset,
                        y.array(),
                        y.at(0),
                        panel,
                        panel + 1,
                        scratch.of(worker)));

    var backward = new ArrayList<Step.Phase>();
    var last = new ArrayList<Step.Tasks>();
    var dy = binding.outputGradient();
    if (binding.wantsInputGradient(0)) {
      var transposed =
          binding.packed(
              0,
              "gradient",
              kernels.packedGradientLength(),
              (w, wo, to) -> kernels.packGradient(w, wo, to, 0));
      var dx = binding.inputGradient(0);
      backward.add(
          small
              ? new Step.Samples(
                  (from, to, worker) ->
                      kernels.inputGradient(
                          dy.array(),
                          dy.at(from),
                          to - from,
                          transposed.data(),
                          0,
                          dx.array(),
                          dx.at(from),
                          0,
                          kernels.gradientPanels(),
                          scratch.of(worker)))
              : new Step.Tasks(
                  samples -> kernels.gradientPanels(),
                  (panel, samples, worker) ->
                      kernels.inputGradient(
                          dy.array(),
                          dy.at(0),
                          samples,
                          transposed.data(),
                          0,
                          dx.array(),
                          dx.at(0),
                          panel,
                          panel + 1,
                          scratch.of(worker))));
    }
    if (binding.wantsWeightGradients()) {
      var dw = binding.weightGradient(0);
      last.add(
          new Step.Tasks(
              samples -> panels,
              (panel, samples, worker) ->
                  kernels.weightGradient(
                      x.array(),
                      x.at(0),
                      dy.array(),
                      dy.at(0),
                      samples,
                      dw.array(),
                      dw.offset(),
                      panel,
                      panel + 1,
                      scratch.of(worker))));
      if (bias) {
        var db = binding.weightGradient(1);
        var sum = binding.kernels().channelwise();
        last.add(
            Step.once(
                (task, samples, worker) ->
                    sum.sum(dy.array(), dy.at(0), samples, units, db.array(), db.offset())));
      }
    }
    return new Step(List.of(forward), backward, last);
  }
}
