package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Optimizer;
import stride.train.Targets;
import stride.train.WeightUpdate;

/**
 * A step of a network allocates nothing, on any thread: no object of its own, whatever its batch.
 * What the interpreter makes and C2 does not, such as vectors, ends when all is compiled: the test
 * waits for a stretch of steps without allocation, which never comes where a step makes something.
 * All networks run in one JVM: what C2 makes of a kernel depends on what ran before.
 */
final class AllocationTest {
  /** Steps that allocate nothing, one after another. */
  private static final int STEPS = 5;

  /**
   * What waiting threads, the JVM and the tests may make meanwhile: few objects a step. A vector
   * that became an object would be thousands.
   */
  private static final long OTHERS = STEPS * 4096L;

  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /** At which all of these networks have several pixels to their last channels. */
  private static final int SIDE = 64;

  /** A small network of each family, without those whose weights take long to update. */
  private static final List<String> FAMILIES =
      List.of(
          "lenet5",
          "cnn",
          "googlenet",
          "resnet18",
          "resnext50_32x4d",
          "resnet20",
          "squeezenet1_1",
          "densenet121",
          "shufflenet_v2_x0_5",
          "mobilenet_v2",
          "mobilenet_v3_small",
          "efficientnet_b0",
          "mlp");

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Engine VECTOR = Engine.with(2, Kernels.best());

  @AfterAll
  static void close() {
    VECTOR.close();
  }

  static Stream<String> families() {
    return FAMILIES.stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void aStepOfANetworkOfEachFamilyAllocatesNothing(String name) {
    check(name);
  }

  private static void check(String name) {
    var architecture = Zoo.find(name);
    var shape = Shape.image(SIDE, SIDE, architecture.input().channels());
    var network = architecture.network(shape, Golden.CLASSES);
    var weights = Weights.initialized(network.graph(), 1);
    for (int batch : new int[] {1, 3}) {
      String what = "%s, %s, batch %d: ".formatted(name, VECTOR.kernels().name(), batch);
      assertQuiet(what + "inference", inference(VECTOR, network, weights, batch));
      var loss = architecture.recipe().loss(network);
      assertQuiet(what + "training", training(VECTOR, network, weights, loss, batch));
    }
  }

  private static Runnable inference(Engine engine, Network network, Weights weights, int batch) {
    var plan = engine.plan(network.graph(), weights, batch, Purpose.inference());
    return () -> plan.forward(batch);
  }

  private static Runnable training(
      Engine engine, Network network, Weights weights, Loss loss, int batch) {
    var plan = engine.plan(network.graph(), weights, batch, Purpose.training());
    var outputs = Loss.Outputs.of(plan);
    var targets = Targets.classes(batch);
    int floats = weights.values().length;
    var optimizer = Optimizer.sgd(1e-4).momentum(0.9);
    var update = new WeightUpdate(plan, optimizer.start(floats));
    return new Runnable() {
      private long steps;

      @Override
      public void run() {
        plan.randomness(1, 0, steps * batch);
        steps++;
        plan.forward(batch);
        loss.apply(outputs, targets, batch);
        plan.backward(batch);
        update.run(1e-4, steps);
      }
    };
  }

  private static void assertQuiet(String what, Runnable step) {
    long bytes = bytes(step);
    assertTrue(
        bytes < OTHERS, () -> "%s: %d steps allocated %d bytes".formatted(what, STEPS, bytes));
  }

  /** What all threads allocate in some steps, when it has become little. */
  private static long bytes(Runnable step) {
    long start = System.nanoTime();
    long least = Long.MAX_VALUE;
    while (least >= OTHERS && System.nanoTime() - start < PATIENCE_NANOS) {
      long before = THREADS.getTotalThreadAllocatedBytes();
      for (int i = 0; i < STEPS; i++) {
        step.run();
      }
      least = Math.min(least, THREADS.getTotalThreadAllocatedBytes() - before);
    }
    return least;
  }
}
