package stride.kernel.vector;

import java.util.function.Function;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.ConvolutionPass;
import stride.kernel.WeightGradient;

/**
 * Chooses the kernels of a convolution: those whose vectors its shape fills.
 *
 * @param batch the number of samples that usually run together
 * @param group the number of samples that a small layer's calls take at least
 * @param exact whether Winograd's kernels are left out
 */
record VectorConvolution(ConvGeometry geometry, int batch, int group, boolean exact)
    implements Convolution {
  @Override
  public ConvolutionPass forward() {
    var sweep = Sweep.forward(geometry);
    if (geometry.isDepthwise()) {
      return new DepthwisePass(DepthwisePass.ungrouped(sweep));
    }
    return SamplePass.suits(sweep, group) ? new SamplePass(sweep) : dense(sweep);
  }

  @Override
  public ConvolutionPass inputGradient() {
    if (geometry.isDepthwise()) {
      return phased(sweep -> new DepthwisePass(DepthwisePass.ungrouped(sweep)));
    }
    var sweeps = Sweep.inputGradient(geometry);
    if (sweeps.size() == 1 && SamplePass.suits(sweeps.getFirst(), group)) {
      return new SamplePass(sweeps.getFirst());
    }
    return OverlapPass.suits(geometry) ? new OverlapPass(geometry) : phased(this::dense);
  }

  @Override
  public WeightGradient weightGradient() {
    var sweep = Sweep.forward(geometry);
    if (geometry.isDepthwise()) {
      return new DepthwiseWeightGradient(DepthwisePass.ungrouped(sweep));
    }
    if (SamplePass.suits(sweep, group)) {
      return new SampleWeightGradient(sweep);
    }
    return !exact && WinogradWeightGradient.suits(sweep, batch)
        ? new WinogradWeightGradient(sweep)
        : new DirectWeightGradient(sweep);
  }

  private ConvolutionPass dense(Sweep sweep) {
    return !exact && WinogradPass.suits(sweep, batch)
        ? new WinogradPass(sweep, batch)
        : new DirectPass(sweep);
  }

  /** One pass a phase of the stride. */
  private ConvolutionPass phased(Function<Sweep, ConvolutionPass> pass) {
    var phases = Sweep.inputGradient(geometry).stream().map(pass).toList();
    return phases.size() == 1 ? phases.getFirst() : new PhasedPass(phases);
  }
}
