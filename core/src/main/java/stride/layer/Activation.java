package stride.layer;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Trait;
import stride.kernel.Elementwise.Function;
import stride.kernel.Elementwise.Gradient;
import stride.kernel.Epilogue;
import stride.layer.activation.Sigmoid;

/**
 * The step that element-wise activations share, those of your own too: their derivative is a
 * function of their output, or of their input. {@link Sigmoid} is one.
 */
public final class Activation {
  private Activation() {}

  /** What plans may know of an activation whose derivative is a function of its output. */
  public static final Set<Trait> TRAITS =
      Set.of(Trait.FORGETS_INPUT, Trait.GRADIENT_IN_PLACE, Trait.ELEMENTWISE);

  /** What plans may know of an activation whose derivative is a function of its input. */
  public static final Set<Trait> TRAITS_FROM_INPUT =
      Set.of(Trait.FORGETS_OUTPUT, Trait.GRADIENT_IN_PLACE, Trait.ELEMENTWISE);

  /**
   * The step of an activation whose derivative is a function of its output; its layer has the
   * {@link #TRAITS}.
   */
  public static Step step(Binding binding, Function function, Gradient gradient) {
    Gradient fromInput =
        (x, xo, dy, dyo, dx, dxo, n) -> {
          function.apply(x, xo, dx, dxo, n);
          gradient.apply(dx, dxo, dy, dyo, dx, dxo, n);
        };
    return step(binding, function, fromInput, backward(binding, gradient));
  }

  /**
   * The step of an activation whose derivative is a function of its input; its layer has the {@link
   * #TRAITS_FROM_INPUT}.
   */
  public static Step stepFromInput(Binding binding, Function function, Gradient gradient) {
    return step(binding, function, gradient, backward(binding, gradient, binding.input(0)));
  }

  private static Step step(
      Binding binding, Function function, Gradient fromInput, Step.Pixels backward) {
    var activation = new Epilogue.Activation(function, fromInput);
    return binding.fusedInput() >= 0
        ? Step.fused(epilogue -> epilogue.withActivation(activation), backward)
        : new Step(List.of(forward(binding, function)), List.of(backward), List.of());
  }

  private static Step.Pixels forward(Binding binding, Function function) {
    var x = binding.input(0);
    var y = binding.output();
    var shape = binding.outputType().shape();
    int n = shape.channels();
    return Step.pixels(
        shape,
        (from, to, worker) ->
            function.apply(x.array(), x.at(from, n), y.array(), y.at(from, n), (to - from) * n));
  }

  /** Returns the backward pass of an activation whose derivative is a function of its output. */
  public static Step.Pixels backward(Binding binding, Gradient gradient) {
    return backward(binding, gradient, binding.output());
  }

  private static Step.Pixels backward(Binding binding, Gradient gradient, Buffer y) {
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    var shape = binding.outputType().shape();
    int n = shape.channels();
    return Step.pixels(
        shape,
        (from, to, worker) ->
            gradient.apply(
                y.array(),
                y.at(from, n),
                dy.array(),
                dy.at(from, n),
                dx.array(),
                dx.at(from, n),
                (to - from) * n));
  }
}
