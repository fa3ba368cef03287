package stride.layer.spatial;

import java.util.stream.IntStream;
import stride.compute.Binding;
import stride.compute.Step;
import stride.kernel.PixelMap;

/** The step of layers whose output's pixels are their input's, in other places. */
final class PixelStep {
  private PixelStep() {}

  static Step of(Binding binding, PixelMap map) {
    var kernels = binding.kernels().pooling();
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perRow(
        binding.outputType().shape(),
        (n, from, to, worker) ->
            kernels.gather(map, x.array(), x.at(n), y.array(), y.at(n), from, to),
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            kernels.gatherGradient(map, dy.array(), dy.at(n), dx.array(), dx.at(n));
          }
        });
  }

  /** The map of an input, with rows and columns of it. */
  static PixelMap map(Binding binding, IntStream rows, IntStream columns) {
    var in = binding.inputType(0).shape();
    return new PixelMap(in.height(), in.width(), in.channels(), rows.toArray(), columns.toArray());
  }
}
