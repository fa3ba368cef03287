package stride.kernel.vector;

import java.util.function.Function;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.ConvolutionPass;
import stride.kernel.Kernels;
import stride.kernel.WeightGradient;
import stride.kernel.vector.depthwise.DepthwisePass;
import stride.kernel.vector.depthwise.DepthwiseWeightGradient;
import stride.kernel.vector.direct.DirectPass;
import stride.kernel.vector.direct.DirectWeightGradient;
import stride.kernel.vector.direct.NarrowGroupsPass;
import stride.kernel.vector.direct.NarrowGroupsWeightGradient;
import stride.kernel.vector.direct.OverlapPass;
import stride.kernel.vector.direct.PhasedPass;
import stride.kernel.vector.direct.RowsPass;
import stride.kernel.vector.direct.SideBySidePass;
import stride.kernel.vector.direct.WideGroups;
import stride.kernel.vector.sample.SamplePass;
import stride.kernel.vector.sample.SampleWeightGradient;
import stride.kernel.vector.winograd.WinogradPass;
import stride.kernel.vector.winograd.WinogradWeightGradient;

/** Chooses the kernels of a convolution by its shape, so that vectors are full. */
record VectorConvolution(ConvGeometry geometry, Kernels.Usage usage) implements Convolution {
  @Override
  public ConvolutionPass forward() {
    var sweep = Sweep.forward(geometry, usage);
    if (geometry.isDepthwise()) {
      return new DepthwisePass(DepthwisePass.ungrouped(sweep));
    }
    if (SamplePass.suits(sweep, usage.group())) {
      return new SamplePass(sweep);
    }
    if (SideBySidePass.suits(sweep)) {
      return new SideBySidePass(sweep, usage.together(), usage.threads());
    }
    if (OverlapPass.suitsForward(geometry)) {
      return OverlapPass.forward(geometry, usage);
    }
    return RowsPass.suits(sweep)
        ? new RowsPass(sweep, usage.together(), usage.threads())
        : dense(sweep);
  }

  @Override
  public ConvolutionPass inputGradient() {
    if (geometry.isDepthwise()) {
      return phased(sweep -> new DepthwisePass(DepthwisePass.ungrouped(sweep)));
    }
    var sweeps = Sweep.inputGradient(geometry);
    if (sweeps.size() == 1 && SamplePass.suits(sweeps.getFirst(), usage.group())) {
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
    if (SamplePass.suits(sweep, usage.group())) {
      return new SampleWeightGradient(sweep);
    }
    if (WideGroups.suit(sweep)) {
      return new NarrowGroupsWeightGradient(sweep, usage.threads());
    }
    return !usage.exact() && WinogradWeightGradient.suits(sweep, usage.batch())
        ? new WinogradWeightGradient(sweep)
        : new DirectWeightGradient(sweep, usage.threads());
  }

  private ConvolutionPass dense(Sweep sweep) {
    if (WideGroups.suit(sweep)) {
      return new NarrowGroupsPass(sweep, usage.together(), usage.threads());
    }
    return !usage.exact() && WinogradPass.suits(sweep, usage.batch())
        ? new WinogradPass(sweep, usage.together(), usage.threads())
        : new DirectPass(sweep, usage.together(), usage.threads(), usage.learning());
  }

  /** One pass a phase of the stride. */
  private ConvolutionPass phased(Function<Sweep, ConvolutionPass> pass) {
    var phases = Sweep.inputGradient(geometry).stream().map(pass).toList();
    return phases.size() == 1 ? phases.getFirst() : new PhasedPass(phases);
  }
}
