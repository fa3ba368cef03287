package stride.layer;

import java.util.Set;
import stride.graph.Binding;
import stride.graph.Step;
import stride.graph.Trait;

/**
 * The step that all element-wise activations share: their derivative is a function of their output.
 */
final class Activation {
  private Activation() {}

  /** y = f(x) over n floats. */
  interface Function {
    void apply(float[] x, int xo, float[] y, int yo, int n);
  }

  /** dx from y and dy over n floats. */
  interface Gradient {
    void apply(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);
  }

  /** What plans may know of element-wise activations. */
  static final Set<Trait> TRAITS = Set.of(Trait.FORGETS_INPUT, Trait.GRADIENT_IN_PLACE);

  static Step step(Binding binding, Function function, Gradient gradient) {
    var x = binding.input(0);
    var y = binding.output();
    int n = y.stride();
    return Step.perSample(
        (from, to, worker) ->
            function.apply(x.array(), x.at(from), y.array(), y.at(from), (to - from) * n),
        backward(binding, gradient));
  }

  static Step.SampleBody backward(Binding binding, Gradient gradient) {
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    int n = y.stride();
    return (from, to, worker) ->
        gradient.apply(
            y.array(),
            y.at(from),
            dy.array(),
            dy.at(from),
            dx.array(),
            dx.at(from),
            (to - from) * n);
  }
}
