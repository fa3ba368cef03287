package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * One training step's gradients against PyTorch's: three images, each of a class of its own, batch
 * norm with the batch's statistics, dropout off, and auxiliary heads in the loss.
 */
final class GradientsTest {
  /** Of a tensor's largest gradient, or of its norm. */
  private static final double TOLERANCE = 1e-3;

  /**
   * Of the largest gradient of all: a bias has none where the next batch norm takes it off again.
   */
  private static final double ROUNDING = 1e-6;

  private static final Shape INPUT = Shape.image(56, 40, 3);
  private static final int BATCH = 3;

  private static final Map<String, Engine> ENGINES =
      Map.of(
          "fast", Engine.withThreads(2),
          "exact", Engine.exact(2, Kernels.best()),
          "scalar", Engine.with(2, Kernels.scalar()));

  @AfterAll
  static void close() {
    ENGINES.values().forEach(Engine::close);
  }

  /**
   * What PyTorch computed for one network.
   *
   * @param tensors for each weight the gradient's norm, its largest number, and four of its numbers
   */
  record Step(String name, int images, double loss, Map<String, double[]> tensors) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Step> steps() {
    return Golden.paragraphs("gradients.txt").entrySet().stream()
        .map(
            entry -> {
              var lines = entry.getValue();
              var tensors = new LinkedHashMap<String, double[]>();
              for (var line : lines.subList(2, lines.size())) {
                var parts = line.split(" ", 2);
                tensors.put(parts[0], Golden.numbers(parts[1]));
              }
              int images = Integer.parseInt(lines.get(0).substring("images ".length()));
              double loss = Double.parseDouble(lines.get(1).substring("loss ".length()));
              return new Step(entry.getKey(), images, loss, tensors);
            });
  }

  @ParameterizedTest
  @MethodSource("steps")
  void aTrainingStepsGradientsAreThoseOfPyTorch(Step step) {
    var architecture = Zoo.find(step.name);
    var network = architecture.network(INPUT, Golden.CLASSES);
    var loss = architecture.recipe().loss(network);
    for (var engine : ENGINES.entrySet()) {
      var weights = Golden.logits().get(step.name).passing(network.graph());
      var training = Purpose.training().withDropout(false);
      var plan = engine.getValue().plan(network.graph(), weights, BATCH, training);
      String what = step.name + ", " + engine.getKey();
      assertEquals(step.loss, run(plan, loss, step.images), TOLERANCE * step.loss, what + ": loss");
      check(step, plan, weights, what);
    }
  }

  private static double run(Plan plan, Loss loss, int firstImage) {
    var targets = Targets.classes(BATCH);
    var images = Golden.images(firstImage, INPUT);
    for (int n = 0; n < BATCH; n++) {
      plan.input().write(n, images.get(n).data());
      targets.setLabel(n, n);
    }
    plan.forward(BATCH);
    double value = loss.apply(Loss.Outputs.of(plan), targets, BATCH);
    plan.backward(BATCH);
    return value;
  }

  private static void check(Step step, Plan plan, Weights weights, String what) {
    assertEquals(step.tensors.size(), weights.table().weights().size());
    double rounding =
        ROUNDING
            * step.tensors.values().stream().mapToDouble(numbers -> numbers[1]).max().orElse(0);
    for (var entry : weights.table().weights()) {
      float[] gradient = entry.read(plan.gradients());
      double[] expected = step.tensors.get(entry.name());
      String name = what + ": " + entry.name();
      double squares = 0;
      double largest = 0;
      for (float value : gradient) {
        squares += (double) value * value;
        largest = Math.max(largest, Math.abs(value));
      }
      double error = TOLERANCE * expected[1] + rounding;
      assertEquals(
          expected[0],
          Math.sqrt(squares),
          TOLERANCE * expected[0] + rounding * Math.sqrt(gradient.length),
          name + ": norm");
      assertEquals(expected[1], largest, error, name + ": largest");
      for (int i = 0; i < 4; i++) {
        int at = i * 7919 % gradient.length;
        assertEquals(expected[2 + i], gradient[at], error, name + " at " + at);
      }
    }
  }
}
