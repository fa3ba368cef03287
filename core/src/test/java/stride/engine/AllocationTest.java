package stride.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.ByteImages;
import stride.data.augment.RandomShift;
import stride.image.Preprocessing;
import stride.layer.Layer;
import stride.layer.LayerCases;
import stride.layer.normalization.LocalResponseNorm;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Callback;
import stride.train.Optimizer;
import stride.train.Progress;
import stride.train.StoppedException;
import stride.train.Trainer;

/**
 * A training step makes no object, on any thread. What the interpreter makes and C2 does not, such
 * as vectors, ends when all is compiled: the test waits for a stretch of steps without allocation,
 * which never comes where a step makes something.
 */
final class AllocationTest {
  private static final int STEPS = 400;
  private static final int WARM_UP = 50;
  private static final long MAX_BYTES_A_STEP = 8;
  private static final long PATIENCE_NANOS = 25_000_000_000L;

  static List<Layer> layers() {
    return List.of(
        LayerCases.smallLenet(),
        sequential(
            conv(17, 3).padding(1).noBias(),
            batchNorm(),
            relu(),
            residual(sequential(conv(17, 3).groups(17).padding(1), batchNorm(), relu6())),
            branches(conv(3, 1), sequential(maxPool(3).stride(1).padding(1), conv(4, 1))),
            new LocalResponseNorm(3, 0.1f, 0.75f, 1),
            sigmoid(),
            dropout(0.2),
            globalAvgPool(),
            flatten(),
            dense(5)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aTrainingStepAllocatesNothingOnAnyThread(Layer layer) {
    var shape = Shape.image(12, 12, 1);
    int images = 3 * STEPS;
    var data =
        new ByteImages(
            new byte[images * shape.elements()],
            new byte[images],
            List.of("a", "b", "c", "d", "e"),
            Preprocessing.none(shape));
    try (var engine = Engine.withThreads(2)) {
      var watch = new Watch();
      var trainer =
          Trainer.of(Network.of(shape, layer))
              .optimizer(Optimizer.sgd(1e-3).momentum(0.9))
              .augmentation(new RandomShift(1))
              .batch(3)
              .epochs(100_000)
              .engine(engine)
              .callback(watch)
              .stopWhen(watch::done);
      assertThrows(StoppedException.class, () -> trainer.fit(data, null));
      assertTrue(
          watch.least <= MAX_BYTES_A_STEP * (STEPS - WARM_UP),
          () ->
              "%d steps allocated %d bytes at least, %s kernels"
                  .formatted(STEPS - WARM_UP, watch.least, engine.kernels().name()));
    }
  }

  /** Measures the steps of every epoch but the first, which follow what an epoch allocates. */
  private static final class Watch implements Callback {
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    final long start = System.nanoTime();
    long[] ids = {};
    long before;
    long least = Long.MAX_VALUE;
    boolean done;

    @Override
    public void step(Progress progress) {
      if (progress.step() == WARM_UP) {
        ids =
            Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t == Thread.currentThread() || t.getName().startsWith("stride-worker"))
                .mapToLong(Thread::threadId)
                .toArray();
        before = allocated();
      } else if (progress.step() == STEPS) {
        least = Math.min(least, allocated() - before);
        done =
            least <= MAX_BYTES_A_STEP * (STEPS - WARM_UP)
                || System.nanoTime() - start > PATIENCE_NANOS;
      }
    }

    private long allocated() {
      long sum = 0;
      for (long bytes : threads.getThreadAllocatedBytes(ids)) {
        sum += bytes;
      }
      return sum;
    }

    boolean done() {
      return done;
    }
  }
}
