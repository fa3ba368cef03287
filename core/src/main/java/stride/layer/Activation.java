package stride.layer;

import stride.graph.Binding;
import stride.graph.Step;

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

  static Step step(Binding binding, Function function, Gradient gradient) {
    var x = binding.input(0);
    var y = binding.output();
    int n = y.stride();
    Step.SampleBody forward =
        (from, to, worker) ->
            function.apply(x.array(), x.at(from), y.array(), y.at(from), (to - from) * n);
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perSample(
        forward,
        (from, to, worker) ->
            gradient.apply(
                y.array(),
                y.at(from),
                dy.array(),
                dy.at(from),
                dx.array(),
                dx.at(from),
                (to - from) * n));
  }
}
