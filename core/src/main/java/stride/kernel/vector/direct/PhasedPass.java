package stride.kernel.vector.direct;

import java.util.List;
import java.util.stream.Collectors;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Staging;

/** Passes that write different pixels of one output: the phases of an input gradient. */
public final class PhasedPass implements ConvolutionPass {
  private final ConvolutionPass[] phases;
  private final int[] packedAt;
  private final int packedLength;
  private final int scratchLength;

  /** Maps with fewer columns or rows than the stride have fewer phases. */
  private final String packing;

  /** Joins passes that write different pixels. */
  public PhasedPass(List<ConvolutionPass> phases) {
    this.phases = phases.toArray(ConvolutionPass[]::new);
    packedAt = new int[this.phases.length];
    int at = 0;
    int scratch = 0;
    for (int s = 0; s < packedAt.length; s++) {
      packedAt[s] = at;
      at += Lanes.roundUp(this.phases[s].packedLength(), Staging.BLOCK);
      scratch = Math.max(scratch, this.phases[s].scratchLength());
    }
    packedLength = at;
    scratchLength = scratch;
    packing =
        phases.stream()
            .map(ConvolutionPass::packing)
            .collect(Collectors.joining("+", "phases ", ""));
  }

  @Override
  public String packing() {
    return packing;
  }

  @Override
  public String name() {
    return phases[0].name();
  }

  @Override
  public int scratchLength() {
    return scratchLength;
  }

  @Override
  public int packedLength() {
    return packedLength;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    for (int s = 0; s < phases.length; s++) {
      phases[s].pack(w, wo, packed, po + packedAt[s]);
    }
  }

  @Override
  public int parts(int samples) {
    int parts = 0;
    for (var phase : phases) {
      parts += phase.parts(samples);
    }
    return parts;
  }

  @Override
  public void run(
      float[] x,
      int xo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] y,
      int yo,
      int first,
      int samples,
      int part,
      float[] scratch) {
    int s = 0;
    int inPhase = part;
    while (inPhase >= phases[s].parts(samples)) {
      inPhase -= phases[s++].parts(samples);
    }
    phases[s].run(
        x, xo, packed, po + packedAt[s], epilogue, y, yo, first, samples, inPhase, scratch);
  }
}
