package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static stride.kernel.Values.assertClose;
import static stride.kernel.Values.assertSameBits;
import static stride.kernel.Values.doubles;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferenceUpdates;

/** Optimiser steps against their formulas in double. */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class UpdatesTest {
  private static final int STEPS = 5;

  /** Float steps, each with a few roundings of values of about 1. */
  private static final double ERROR = 20 * STEPS * Values.ROUNDING;

  @Parameter Kernels kernels;

  @CsvSource({
    "0.1, 0, false, 0",
    "0.1, 0.9, false, 0",
    "0.05, 0.9, true, 0",
    "0.1, 0, false, 0.01",
    "0.05, 0.5, false, 0.1",
    "0.05, 0.9, true, 0.1"
  })
  @ParameterizedTest(name = "rate {0}, momentum {1}, nesterov {2}, decay {3}")
  void sgdFollowsItsFormula(float rate, float momentum, boolean nesterov, float decay) {
    var state = new State(new SplittableRandom(1));
    for (int t = 1; t <= STEPS; t++) {
      float[] g = state.nextGradient();
      kernels.updates().sgd(state.w, g, state.first, 0, g.length, rate, momentum, nesterov, decay);
      ReferenceUpdates.sgd(
          state.exactW, doubles(g), state.exactFirst, rate, momentum, nesterov, decay);
      state.check("step " + t);
    }
  }

  @CsvSource({
    "0.01, 0.9, 0.999, 1e-8, 0, false",
    "0.01, 0.9, 0.999, 1e-8, 0.1, false",
    "0.01, 0.9, 0.999, 1e-8, 0.1, true",
    "0.1, 0.5, 0.9, 1e-3, 0.2, true",
    "0.1, 0.5, 0.9, 0.1, 0.2, false"
  })
  @ParameterizedTest(name = "rate {0}, betas {1} {2}, epsilon {3}, decay {4}, decoupled {5}")
  void adamFollowsItsFormula(
      float rate, float beta1, float beta2, float epsilon, float decay, boolean decoupled) {
    var state = new State(new SplittableRandom(2));
    for (int t = 1; t <= STEPS; t++) {
      float[] g = state.nextGradient();
      kernels
          .updates()
          .adam(
              state.w,
              g,
              state.first,
              state.second,
              0,
              g.length,
              rate,
              beta1,
              beta2,
              epsilon,
              (float) (1 - Math.pow(beta1, t)),
              (float) (1 - Math.pow(beta2, t)),
              decay,
              decoupled);
      ReferenceUpdates.adam(
          state.exactW,
          doubles(g),
          state.exactFirst,
          state.exactSecond,
          rate,
          beta1,
          beta2,
          epsilon,
          t,
          decay,
          decoupled);
      state.check("step " + t);
    }
  }

  @CsvSource({"0.01, 0.99, 1e-8, 0, 0", "0.01, 0.9, 1e-8, 0.9, 0", "0.01, 0.5, 0.1, 0.5, 0.2"})
  @ParameterizedTest(name = "rate {0}, alpha {1}, epsilon {2}, momentum {3}, decay {4}")
  void rmspropFollowsItsFormula(
      float rate, float alpha, float epsilon, float momentum, float decay) {
    var state = new State(new SplittableRandom(3));
    for (int t = 1; t <= STEPS; t++) {
      float[] g = state.nextGradient();
      kernels
          .updates()
          .rmsprop(
              state.w,
              g,
              state.first,
              state.second,
              0,
              g.length,
              rate,
              alpha,
              epsilon,
              momentum,
              decay);
      ReferenceUpdates.rmsprop(
          state.exactW,
          doubles(g),
          state.exactFirst,
          state.exactSecond,
          rate,
          alpha,
          epsilon,
          momentum,
          decay);
      state.check("step " + t);
    }
  }

  enum Optimizer {
    SGD,
    NESTEROV,
    ADAM,
    ADAMW,
    RMSPROP;

    void step(Updates k, float[] w, float[] g, float[] a, float[] b, int from, int n) {
      switch (this) {
        case SGD -> k.sgd(w, g, a, from, n, 0.1f, 0.9f, false, 0.01f);
        case NESTEROV -> k.sgd(w, g, a, from, n, 0.1f, 0.9f, true, 0.01f);
        case ADAM ->
            k.adam(w, g, a, b, from, n, 0.1f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.01f, 0.01f, false);
        case ADAMW ->
            k.adam(w, g, a, b, from, n, 0.1f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.01f, 0.01f, true);
        case RMSPROP -> k.rmsprop(w, g, a, b, from, n, 0.1f, 0.9f, 1e-8f, 0.9f, 0.01f);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rangesHaveTheBitsOfTheWholeAndLeaveTheRestAlone(Optimizer optimizer) {
    var random = new SplittableRandom(4);
    int n = 133;
    float[] w = Values.signed(n, random);
    float[] g = Values.signed(n, random);
    float[] a = Values.signed(n, random);
    float[] b = Values.between(0, 1, n, random);
    float[] wholeW = w.clone();
    float[] wholeA = a.clone();
    float[] wholeB = b.clone();
    optimizer.step(kernels.updates(), wholeW, g.clone(), wholeA, wholeB, 0, n);
    for (int from = 0; from < n; ) {
      int length = Math.min(1 + random.nextInt(40), n - from);
      var partW = w.clone();
      var partG = g.clone();
      var partA = a.clone();
      var partB = b.clone();
      optimizer.step(kernels.updates(), partW, partG, partA, partB, from, length);
      String what = "[%d, %d)".formatted(from, from + length);
      assertSameBits(what + " of w", spliced(w, wholeW, from, length), partW);
      assertSameBits(what + " of the gradient", g, partG);
      assertSameBits(what + " of the first state", spliced(a, wholeA, from, length), partA);
      assertSameBits(what + " of the second state", spliced(b, wholeB, from, length), partB);
      from += length;
    }
  }

  /** A weight that has no gradient stays where it is, whatever epsilon's neighbourhood. */
  @ParameterizedTest
  @EnumSource
  void noGradientIsNoStep(Optimizer optimizer) {
    var w = new float[33];
    optimizer.step(kernels.updates(), w, new float[33], new float[33], new float[33], 0, w.length);
    for (float value : w) {
      assertEquals(0, value);
    }
  }

  private static float[] spliced(float[] before, float[] after, int from, int length) {
    float[] spliced = before.clone();
    System.arraycopy(after, from, spliced, from, length);
    return spliced;
  }

  /** Weights and an optimiser's state, in float and in double. */
  private static final class State {
    final float[] w;
    final float[] first = new float[67];
    final float[] second = new float[67];
    final double[] exactW;
    final double[] exactFirst = new double[67];
    final double[] exactSecond = new double[67];
    private final SplittableRandom random;

    State(SplittableRandom random) {
      this.random = random;
      w = Values.signed(67, random);
      exactW = doubles(w);
    }

    /** Gradients away from 0, where Adam's first step is a jump from one side to the other. */
    float[] nextGradient() {
      float[] g = Values.between(0.1f, 1, 67, random);
      for (int i = 0; i < g.length; i += 2) {
        g[i] = -g[i];
      }
      return g;
    }

    void check(String step) {
      assertClose(step + ", weights", exactW, w, ERROR);
      assertClose(step + ", first state", exactFirst, first, ERROR);
      assertClose(step + ", second state", exactSecond, second, ERROR);
    }
  }
}
