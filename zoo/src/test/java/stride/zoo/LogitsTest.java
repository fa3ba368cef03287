package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.network.Network;
import stride.tensor.Tensor;

/** Every network's logits against PyTorch's, with the same weights and images. */
final class LogitsTest {
  /** Of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  private static final Map<String, Engine> ENGINES =
      Map.of(
          "fast", Engine.withThreads(2),
          "exact", Engine.exact(2, Kernels.best()),
          "scalar", Engine.with(2, Kernels.scalar()));

  @AfterAll
  static void close() {
    ENGINES.values().forEach(Engine::close);
  }

  static Collection<Golden.Logits> goldens() {
    return Golden.logits().values();
  }

  /** All sizes run on the same weights, each engine on its own: it keeps packed forms of them. */
  @ParameterizedTest
  @MethodSource("goldens")
  void logitsAreThoseOfPyTorch(Golden.Logits golden) {
    for (var engine : ENGINES.entrySet()) {
      Weights weights = null;
      for (var size : golden.logits().entrySet()) {
        var network = Zoo.find(golden.name()).network(size.getKey(), Golden.CLASSES);
        if (weights == null) {
          weights = golden.weights(network.graph());
        }
        for (int batch : new int[] {1, 3}) {
          var what =
              "%s of %s, %s, batch %d"
                  .formatted(golden.name(), size.getKey(), engine.getKey(), batch);
          var logits = logits(network, weights, engine.getValue(), batch, golden.images());
          check(what, size.getValue(), logits);
        }
      }
    }
  }

  private static void check(String what, List<double[]> expected, List<float[]> logits) {
    double largest = largest(expected);
    for (int n = 0; n < 3; n++) {
      for (int i = 0; i < expected.get(n).length; i++) {
        assertEquals(
            expected.get(n)[i],
            logits.get(n)[i],
            TOLERANCE * largest,
            "%s: logit %d of image %d".formatted(what, i, n));
      }
    }
  }

  /** The largest logit; of images that differ by at least a twentieth of it. */
  private static double largest(List<double[]> logits) {
    double largest = 0;
    for (double[] row : logits) {
      for (double logit : row) {
        largest = Math.max(largest, Math.abs(logit));
      }
    }
    for (int n = 0; n < 3; n++) {
      double apart = 0;
      for (int i = 0; i < Golden.CLASSES; i++) {
        apart = Math.max(apart, Math.abs(logits.get(n)[i] - logits.get((n + 1) % 3)[i]));
      }
      assertTrue(apart > 0.05 * largest, "images hardly differ");
    }
    return largest;
  }

  private static List<float[]> logits(
      Network network, Weights weights, Engine engine, int batch, int first) {
    var plan = engine.plan(network.graph(), weights, batch, Purpose.inference().withAllOutputs());
    List<Tensor> images = Golden.images(first, network.input());
    var logits = new ArrayList<float[]>();
    for (int done = 0; done < images.size(); done += batch) {
      for (int n = 0; n < batch; n++) {
        plan.input().write(n, images.get(done + n).data());
      }
      plan.forward(batch);
      for (int n = 0; n < batch; n++) {
        logits.add(plan.output(Graph.OUTPUT).read(n));
      }
    }
    return logits;
  }
}
