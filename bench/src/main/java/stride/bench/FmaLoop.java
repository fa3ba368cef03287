package stride.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Fused multiply-adds in registers only: the peak to which kernels are compared. */
final class FmaLoop {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int ROUNDS = 1 << 16;
  private static final int CHAINS = 12;

  /** Floating-point operations of a run; a multiply-add is two. */
  static final long FLOPS = 2L * ROUNDS * CHAINS * S.length();

  private FmaLoop() {}

  /**
   * Twelve chains: enough that no chain waits for its own result on any CPU, and few enough for 16
   * registers.
   */
  static float run(float factor) {
    var f = FloatVector.broadcast(S, factor);
    var a = FloatVector.broadcast(S, 1);
    var b = FloatVector.broadcast(S, 2);
    var c = FloatVector.broadcast(S, 3);
    var d = FloatVector.broadcast(S, 4);
    var e = FloatVector.broadcast(S, 5);
    var g = FloatVector.broadcast(S, 6);
    var h = FloatVector.broadcast(S, 7);
    var i = FloatVector.broadcast(S, 8);
    var j = FloatVector.broadcast(S, 9);
    var k = FloatVector.broadcast(S, 10);
    var l = FloatVector.broadcast(S, 11);
    var m = FloatVector.broadcast(S, 12);
    for (int round = 0; round < ROUNDS; round++) {
      a = a.fma(f, f);
      b = b.fma(f, f);
      c = c.fma(f, f);
      d = d.fma(f, f);
      e = e.fma(f, f);
      g = g.fma(f, f);
      h = h.fma(f, f);
      i = i.fma(f, f);
      j = j.fma(f, f);
      k = k.fma(f, f);
      l = l.fma(f, f);
      m = m.fma(f, f);
    }
    return a.add(b).add(c.add(d)).add(e.add(g).add(h.add(i))).add(j.add(k).add(l.add(m))).lane(0);
  }
}
