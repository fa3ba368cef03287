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
 * @param exact whether Winograd's kernels are left out
 */
record VectorConvolution(ConvGeometry geometry, int batch, int threads, boolean exact) implements Convolution {
  @Override
  public ConvolutionPass forward() {
    var sweep = Sweep.forward(geometry);
    if (geometry.isDepthwise()) {
      return new DepthwisePass(DepthwisePass.ungrouped(sweep));
    }
    return PlanarConvolution.suits(geometry) ? new PlanarConvolution(geometry) : dense(sweep);
  }

  @Override
  public ConvolutionPass inputGradient() {
    if (geometry.isDepthwise()) {
      return phased(sweep -> new DepthwisePass(DepthwisePass.ungrouped(sweep)));
    }
    return OverlapPass.suits(geometry) ? new OverlapPass(geometry) : phased(this::dense);
  }

  @Override
  public WeightGradient weightGradient() {
    var sweep = Sweep.forward(geometry);
    if (geometry.isDepthwise()) {
      return new DepthwiseWeightGradient(DepthwisePass.ungrouped(sweep));
    }
    if (PlanarConvolution.suits(geometry)) {
      return new PlanarConvolution(geometry);
    }
    return !exact && WinogradWeightGradient.suits(sweep, batch)
        ? new WinogradWeightGradient(sweep)
        : new DirectWeightGradient(sweep, threads);
  }

  private ConvolutionPass dense(Sweep sweep) {
    return !exact && WinogradPass.suits(sweep, batch)
        ? new WinogradPass(sweep, batch, threads)
        : new DirectPass(sweep, batch, threads);
  }

  /** One pass a phase of the stride. */
  private ConvolutionPass phased(Function<Sweep, ConvolutionPass> pass) {
    var phases = Sweep.inputGradient(geometry).stream().map(pass).toList();
    return phases.size() == 1 ? phases.getFirst() : new PhasedPass(phases);
  }
}
