package stride.kernel.vector;

import java.util.function.Function;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.ConvolutionPass;
import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarUpdates;

/** The kernels on the Vector API, at the width that the machine prefers. */
public final class VectorKernels {
  private VectorKernels() {}

  /** All kernels; needs the module {@code jdk.incubator.vector}. */
  public static Kernels create() {
    return new Kernels(
        "vector, %d bits".formatted(Lanes.S.vectorBitSize()),
        VectorKernels::convolution,
        new VectorPooling(),
        new VectorElementwise(),
        new VectorChannelwise(),
        new ScalarUpdates());
  }

  /** Which kernels run a convolution: those whose vectors its shape fills. */
  private static Convolution convolution(ConvGeometry g, int batch, boolean exact) {
    if (g.isDepthwise()) {
      var forward = DepthwisePass.ungrouped(Sweep.forward(g));
      return new Convolution(
          g,
          new DepthwisePass(forward),
          phased(g, sweep -> new DepthwisePass(DepthwisePass.ungrouped(sweep))),
          new DepthwiseWeightGradient(forward));
    }
    var forward = Sweep.forward(g);
    ConvolutionPass inputGradient =
        OverlapPass.suits(g) ? new OverlapPass(g) : phased(g, sweep -> dense(sweep, batch, exact));
    if (PlanarConvolution.suits(g)) {
      var planar = new PlanarConvolution(g);
      return new Convolution(g, planar, inputGradient, planar);
    }
    return new Convolution(
        g,
        dense(forward, batch, exact),
        inputGradient,
        !exact && WinogradWeightGradient.suits(forward, batch)
            ? new WinogradWeightGradient(forward)
            : new DirectWeightGradient(forward));
  }

  private static ConvolutionPass dense(Sweep sweep, int batch, boolean exact) {
    return !exact && WinogradPass.suits(sweep, batch)
        ? new WinogradPass(sweep, batch)
        : new DirectPass(sweep);
  }

  private static ConvolutionPass phased(ConvGeometry g, Function<Sweep, ConvolutionPass> pass) {
    var phases = Sweep.inputGradient(g).stream().map(pass).toList();
    return phases.size() == 1 ? phases.getFirst() : new PhasedPass(phases);
  }
}
