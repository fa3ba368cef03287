package stride.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.compute.Buffer;
import stride.data.Box;
import stride.data.Target;
import stride.data.TargetType;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.train.Targets;
import stride.train.loss.OneOutput;

/** FastestDet's loss against PyTorch's, and its gradient against central differences. */
final class FastestDetLossTest {
  private static final int CELL = 16;

  /**
   * A batch, its loss, and the loss's gradient as {@code tools/golden/fastestdet_loss.py} has it.
   */
  private record Case(
      int number,
      int samples,
      FastestDetLoss loss,
      int[] boxes,
      double expected,
      double[] gradient) {
    @Override
    public String toString() {
      return "%d pictures, %s".formatted(samples, loss);
    }

    float[] outputs() {
      int channels = 5 + loss.classes();
      float[] values =
          uniform(100L * number, samples * loss.rows() * loss.columns() * channels, -2, 2);
      for (int i = 0; i < values.length; i++) {
        if (i % channels == 0) {
          values[i] = (values[i] + 2) / 4;
        } else if (i % channels >= 5) {
          values[i] = (values[i] + 2.1f) / 5;
        }
      }
      return values;
    }

    Targets targets() {
      var targets = Targets.of(new TargetType.Boxes(64), samples);
      for (int n = 0; n < samples; n++) {
        float[] u = uniform(100L * number + n + 1, 5 * boxes[n], 0, 1);
        var own = new ArrayList<Box>();
        for (int i = 0; i < u.length; i += 5) {
          double width = loss.columns() * CELL;
          double height = loss.rows() * CELL;
          float left = u[i + 1] * (float) (width * 0.9);
          float top = u[i + 2] * (float) (height * 0.9);
          own.add(
              new Box(
                  (int) (u[i] * loss.classes()),
                  left,
                  top,
                  left + 2 + u[i + 3] * ((float) width - left - 2),
                  top + 2 + u[i + 4] * ((float) height - top - 2)));
        }
        targets.set(n, Target.boxes(own));
      }
      return targets;
    }
  }

  private static float[] uniform(long of, int length, double low, double high) {
    long key = CounterRandom.key(7, of, 0);
    var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (low + (high - low) * ((CounterRandom.bits(key, i) >>> 40) * 0x1p-24));
    }
    return values;
  }

  static List<Case> cases() throws IOException {
    try (var in = FastestDetLossTest.class.getResourceAsStream("fastestdet-loss.txt")) {
      var lines =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      var cases = new ArrayList<Case>();
      for (int i = 0; i < lines.size(); i += 3) {
        var sizes = lines.get(i).split(" ");
        cases.add(
            new Case(
                i / 3,
                Integer.parseInt(sizes[0]),
                new FastestDetLoss(
                    Integer.parseInt(sizes[1]),
                    Integer.parseInt(sizes[2]),
                    Integer.parseInt(sizes[3])),
                Arrays.stream(sizes[4].split(",")).mapToInt(Integer::parseInt).toArray(),
                Double.parseDouble(lines.get(i + 1)),
                Arrays.stream(lines.get(i + 2).split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray()));
      }
      return cases;
    }
  }

  private static double apply(Case one, float[] outputs, float[] gradient) {
    int stride = outputs.length / one.samples;
    return one.loss.apply(
        new OneOutput(new Buffer(outputs, 0, stride), new Buffer(gradient, 0, stride)),
        one.targets(),
        one.samples);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfPyTorch(Case one) {
    float[] outputs = one.outputs();
    var gradient = new float[outputs.length];
    Arrays.fill(gradient, Float.NaN);
    assertEquals(one.expected, apply(one, outputs, gradient), 1e-6 * one.expected);
    double largest = Arrays.stream(one.gradient).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < gradient.length; i++) {
      assertEquals(one.gradient[i], gradient[i], 1e-5 * largest, "number " + i);
    }
  }

  /** Where a step moves a candidate across the mean, the loss jumps: there, half of it is taken. */
  @ParameterizedTest
  @MethodSource("cases")
  void theGradientIsHowTheLossChanges(Case one) {
    float[] outputs = one.outputs();
    var gradient = new float[outputs.length];
    apply(one, outputs, gradient);
    double largest = 0;
    for (float g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    var unused = new float[outputs.length];
    int jumps = 0;
    for (int i = 0; i < outputs.length; i++) {
      float before = outputs[i];
      float step = 1 / 4096f;
      outputs[i] = before + step;
      double up = apply(one, outputs, unused);
      outputs[i] = before - step;
      double down = apply(one, outputs, unused);
      double width = (before + step) - (double) (before - step);
      outputs[i] = before;
      jumps += Math.abs((up - down) / width - gradient[i]) > 2e-3 * largest ? 1 : 0;
    }
    assertTrue(jumps <= outputs.length / 200, "%d of %d".formatted(jumps, outputs.length));
  }

  /** One box in a cell of its own: its SIoU is the mean, and not above it. */
  @Test
  void aSingleCandidateCounts() {
    var loss = new FastestDetLoss(2, 2, 1);
    var outputs = new float[2 * 2 * 6];
    for (int i = 0; i < outputs.length; i += 6) {
      outputs[i] = 0.5f;
      outputs[i + 5] = 1;
    }
    var gradient = new float[outputs.length];
    var targets = Targets.of(List.of(Target.boxes(List.of(new Box(0, 16, 16, 32, 32)))));
    double value =
        loss.apply(
            new OneOutput(
                new Buffer(outputs, 0, outputs.length), new Buffer(gradient, 0, outputs.length)),
            targets,
            1);
    assertTrue(Double.isFinite(value));
    assertTrue(gradient[3 * 6 + 1] < 0, "the box moves to the right");
    assertEquals(0, gradient[1], "cells of the first column say nothing");
  }

  /** Every cell says a box of 32x32 pixels: right of one object, much too large for the other. */
  @Test
  void anObjectWhoseCandidatesAreAllBelowTheMeanIsLearned() {
    var loss = new FastestDetLoss(8, 8, 1);
    var outputs = new float[8 * 8 * 6];
    for (int i = 0; i < outputs.length; i += 6) {
      outputs[i + 3] = (float) -Math.log(3);
      outputs[i + 4] = (float) -Math.log(3);
      outputs[i + 5] = 1;
    }
    var gradient = new float[outputs.length];
    var targets =
        Targets.of(
            List.of(Target.boxes(List.of(new Box(0, 16, 16, 48, 48), new Box(0, 94, 94, 98, 98)))));
    loss.apply(
        new OneOutput(
            new Buffer(outputs, 0, outputs.length), new Buffer(gradient, 0, outputs.length)),
        targets,
        1);
    int learned = 0;
    for (int y = 5; y < 8; y++) {
      for (int x = 5; x < 8; x++) {
        learned += gradient[(y * 8 + x) * 6 + 3] > 0 ? 1 : 0;
      }
    }
    assertEquals(1, learned, "cells around the small object that learn to say a narrower box");
  }

  @Test
  void aClassThatTheNetworkLacksIsRefused() {
    var loss = new FastestDetLoss(2, 2, 1);
    var buffer = new Buffer(new float[24], 0, 24);
    var targets = Targets.of(List.of(Target.boxes(List.of(new Box(1, 16, 16, 32, 32)))));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> loss.apply(new OneOutput(buffer, buffer), targets, 1));
    assertEquals("a box is of class 1, the network has 1 classes", e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class, () -> FastestDetLoss.of(Shape.image(22, 22, 5)));
    assertEquals("the output of FastestDet is (H, W, 5 + classes), was 22x22x5", e.getMessage());
  }
}
