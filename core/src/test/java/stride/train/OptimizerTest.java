package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.Kernels;

/** Optimisers against the formulas of PyTorch's documentation, in double, and PyTorch's values. */
final class OptimizerTest {
  /**
   * An optimiser, its formula, and where torch.optim moves the weight 1 (and -0.25, under -0.3
   * times the gradients) with the gradients 0.5, -1, 2 and the rate 0.1.
   */
  record Case(String name, Optimizer optimizer, Reference reference, double[][] torch) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(
            "sgd",
            Optimizer.sgd(0.1),
            new SgdReference(0, false, 0),
            new double[][] {{0.95, -0.235}, {1.05, -0.265}, {0.85, -0.205}}),
        new Case(
            "sgd with momentum",
            Optimizer.sgd(0.1).momentum(0.9),
            new SgdReference(0.9, false, 0),
            new double[][] {{0.95, -0.235}, {1.005, -0.2515}, {0.8545, -0.20635}}),
        new Case(
            "sgd with momentum and decay",
            Optimizer.sgd(0.1).momentum(0.9).weightDecay(0.1),
            new SgdReference(0.9, false, 0.1),
            new double[][] {{0.94, -0.2325}, {0.9766, -0.244425}, {0.799774, -0.19271325}}),
        new Case(
            "sgd with Nesterov's momentum and decay",
            Optimizer.sgd(0.1).nesterov(0.9).weightDecay(0.1),
            new SgdReference(0.9, true, 0.1),
            new double[][] {
              {0.886, -0.21675}, {1.010566, -0.25545675}, {0.641448646, -0.1463898967}
            }),
        new Case(
            "adam",
            Optimizer.adam(0.1),
            new AdamReference(0, false),
            new double[][] {
              {0.900000002, -0.1500000067},
              {0.9366103542, -0.1866103578},
              {0.8946447927, -0.144644797}
            }),
        new Case(
            "adam with decay",
            Optimizer.adam(0.1).weightDecay(0.1),
            new AdamReference(0.1, false),
            new double[][] {
              {0.9000000017, -0.1500000057},
              {0.9252635194, -0.1783729517},
              {0.8776172608, -0.1326215392}
            }),
        new Case(
            "adamw",
            Optimizer.adamw(0.1),
            new AdamReference(0.01, true),
            new double[][] {
              {0.899000002, -0.1497500067},
              {0.9347113542, -0.1862106078},
              {0.8918110814, -0.1440588364}
            }),
        new Case(
            "adamw with more decay",
            Optimizer.adamw(0.1).weightDecay(0.1),
            new AdamReference(0.1, true),
            new double[][] {
              {0.890000002, -0.1475000067},
              {0.9177103542, -0.1826353578},
              {0.8665676892, -0.1388434434}
            }),
        new Case(
            "rmsprop",
            Optimizer.rmsprop(0.1),
            new RmsPropReference(0, 0),
            new double[][] {
              {1.999999605e-07, 0.7499993333},
              {0.8953230819, -0.1453233615},
              {0.02120400856, 0.7287956227}
            }),
        new Case(
            "rmsprop with momentum and decay",
            Optimizer.rmsprop(0.1).momentum(0.9).weightDecay(0.1),
            new RmsPropReference(0.9, 0.1),
            new double[][] {
              {1.666666394e-07, 0.7499994286},
              {-0.04136965987, 0.7430046565},
              {-0.9434065062, 1.524240489}
            }));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void movesWeightsWherePyTorchDoes(Case c) {
    float[] w = {1, -0.25f};
    var state = c.optimizer.start(2);
    float[] gradients = {0.5f, -1, 2};
    for (int step = 0; step < 3; step++) {
      float[] g = {gradients[step], -0.3f * gradients[step]};
      state.update(Kernels.best().updates(), w, g, 0, 2, 0.1f, true, step + 1);
      assertEquals(c.torch[step][0], w[0], 1e-6, "step " + step);
      assertEquals(c.torch[step][1], w[1], 1e-6, "step " + step);
    }
  }

  /** The rate changes with every step, and weights are updated in two pieces, as in training. */
  @ParameterizedTest
  @MethodSource("cases")
  void followsItsFormulaOverManySteps(Case c) {
    long seed = 5;
    var random = new SplittableRandom(seed);
    int n = 37;
    float[] w = new float[n];
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      w[i] = (float) random.nextDouble(-0.3, 0.3);
      expected[i] = w[i];
    }
    var state = c.optimizer.start(n);
    for (int step = 1; step <= 20; step++) {
      float rate = 0.02f / step;
      float[] g = new float[n];
      for (int i = 0; i < n; i++) {
        g[i] = (float) random.nextDouble(-1, 1);
        expected[i] = c.reference.step(i, expected[i], g[i], rate, step);
      }
      state.update(Kernels.best().updates(), w, g, 0, 21, rate, true, step);
      state.update(Kernels.best().updates(), w, g, 21, n - 21, rate, true, step);
    }
    for (int i = 0; i < n; i++) {
      // A rounding a step: 2^-25 of the weight on average.
      double bound = 20 * 0x1p-25 * Math.max(0.5, Math.abs(w[i]));
      assertEquals(expected[i], w[i], bound, "weight %d, seed %d".formatted(i, seed));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void leavesTheWeightsBeforeAndBehindItsPieceAlone(Case c) {
    float[] w = {1, 2, 3, 4, 5};
    c.optimizer
        .start(5)
        .update(Kernels.best().updates(), w, new float[] {1, 1, 1, 1, 1}, 1, 3, 0.1f, true, 1);
    assertArrayEquals(new float[] {1, 5}, new float[] {w[0], w[4]});
    assertEquals(true, w[1] < 2 && w[2] < 3 && w[3] < 4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void remembersAllInTheArraysThatACheckpointSaves(Case c) {
    var gradients = new float[][] {{0.5f, -1, 2}, {-1, 0.25f, 0.5f}, {0.1f, 0.2f, -0.3f}};
    float[] w = {1, 2, 3};
    var state = c.optimizer.start(3);
    float[] resumed = w.clone();
    for (int step = 0; step < 3; step++) {
      // A new state filled from the saved arrays continues like the state they were saved from.
      var other = c.optimizer.start(3);
      for (int k = 0; k < other.memory().size(); k++) {
        System.arraycopy(state.memory().get(k), 0, other.memory().get(k), 0, 3);
      }
      other.update(Kernels.best().updates(), resumed, gradients[step], 0, 3, 0.1f, true, step + 1);
      state.update(Kernels.best().updates(), w, gradients[step], 0, 3, 0.1f, true, step + 1);
      assertArrayEquals(w, resumed);
    }
  }

  @Test
  void nesterovNeedsMomentum() {
    var thrown = assertThrows(IllegalArgumentException.class, () -> Optimizer.sgd(0.1).nesterov(0));
    assertEquals("Nesterov's momentum must be above 0, was 0.0", thrown.getMessage());
  }

  interface Reference {
    double step(int i, double w, double g, double rate, int t);
  }

  record SgdReference(double momentum, boolean nesterov, double decay, double[] b)
      implements Reference {
    SgdReference(double momentum, boolean nesterov, double decay) {
      this(momentum, nesterov, decay, new double[64]);
    }

    @Override
    public double step(int i, double w, double g, double rate, int t) {
      g += decay * w;
      if (momentum != 0) {
        b[i] = t > 1 ? momentum * b[i] + g : g;
        g = nesterov ? g + momentum * b[i] : b[i];
      }
      return w - rate * g;
    }
  }

  record AdamReference(double decay, boolean decoupled, double[] m, double[] v)
      implements Reference {
    AdamReference(double decay, boolean decoupled) {
      this(decay, decoupled, new double[64], new double[64]);
    }

    @Override
    public double step(int i, double w, double g, double rate, int t) {
      if (decoupled) {
        w -= rate * decay * w;
      } else {
        g += decay * w;
      }
      m[i] = 0.9 * m[i] + (1 - 0.9) * g;
      v[i] = 0.999 * v[i] + (1 - 0.999) * g * g;
      double mean = m[i] / (1 - Math.pow(0.9, t));
      double square = v[i] / (1 - Math.pow(0.999, t));
      return w - rate * mean / (Math.sqrt(square) + 1e-8);
    }
  }

  record RmsPropReference(double momentum, double decay, double[] v, double[] b)
      implements Reference {
    RmsPropReference(double momentum, double decay) {
      this(momentum, decay, new double[64], new double[64]);
    }

    @Override
    public double step(int i, double w, double g, double rate, int t) {
      g += decay * w;
      v[i] = 0.99 * v[i] + (1 - 0.99) * g * g;
      double step = g / (Math.sqrt(v[i]) + 1e-8);
      if (momentum > 0) {
        b[i] = momentum * b[i] + step;
        step = b[i];
      }
      return w - rate * step;
    }
  }
}
