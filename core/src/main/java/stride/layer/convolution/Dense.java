package stride.layer.convolution;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.kernel.ConvGeometry;
import stride.layer.PlainLayer;
import stride.tensor.Shape;

/**
 * A fully connected layer: y = W x + b for a vector x; dW = dy x^T, dx = W^T dy, db = dy.
 *
 * @param units the number of outputs
 * @param bias whether there is a b
 * @param initializer the matrix's first values
 * @param biasInitializer the biases' first values; null for PyTorch's: uniform in +-1 /
 *     sqrt(inputs)
 */
public record Dense(
    int units, boolean bias, Initializer initializer, @Nullable Initializer biasInitializer)
    implements PlainLayer {
  public Dense {
    if (units < 1) {
      throw new IllegalArgumentException("a dense layer has at least 1 unit, found " + units);
    }
  }

  /** The same layer with another number of outputs. */
  public Dense units(int units) {
    return new Dense(units, bias, initializer, biasInitializer);
  }

  /** The same layer without biases. */
  public Dense noBias() {
    return new Dense(units, false, initializer, biasInitializer);
  }

  /** The same layer with other first values. */
  public Dense initializer(Initializer initializer) {
    return new Dense(units, bias, initializer, biasInitializer);
  }

  /** The same layer with other first values of its biases. */
  public Dense biasInitializer(Initializer biasInitializer) {
    return new Dense(units, bias, initializer, biasInitializer);
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
              biasInitializer == null
                  ? new Initializer.Uniform(1 / Math.sqrt(in))
                  : biasInitializer));
    }
    return parameters;
  }

  @Override
  public long multiplyAdds(TensorType input) {
    return (long) input.shape().elements() * units;
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT, Trait.ADDS_TO_GRADIENT, Trait.CAN_FUSE_CONSUMERS);
  }

  @Override
  public Step compile(Binding binding) {
    int in = binding.inputType(0).shape().elements();
    return ConvolutionStep.of(binding, ConvGeometry.pointwise(1, in, units), bias);
  }
}
