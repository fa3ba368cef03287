package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarKernels;

@Timeout(60)
final class EngineTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyTaskRunsOnceAndIsSeenByTheCaller(int threads) {
    try (var engine = Engine.withThreads(threads)) {
      assertEquals(threads, engine.threads());
      for (int count : new int[] {0, 1, 2, 3, 17, 1000}) {
        var runs = new AtomicIntegerArray(count);
        int[] plain = new int[count];
        engine.forEach(
            count,
            (task, worker) -> {
              assertTrue(worker >= 0 && worker < threads);
              runs.incrementAndGet(task);
              plain[task] = task + 1;
            });
        for (int task = 0; task < count; task++) {
          assertEquals(1, runs.get(task), "runs of task " + task);
          assertEquals(task + 1, plain[task]);
        }
      }
    }
  }

  @Test
  void noTwoThreadsHaveTheSameNumber() {
    try (var engine = Engine.withThreads(3)) {
      Set<String> seen = ConcurrentHashMap.newKeySet();
      for (int run = 0; run < 200; run++) {
        engine.forEach(
            6, (task, worker) -> seen.add(worker + " " + Thread.currentThread().getName()));
      }
      var numbers = seen.stream().map(s -> s.split(" ")[0]).collect(Collectors.toSet());
      assertEquals(numbers.size(), seen.size(), () -> "worker numbers and threads: " + seen);
    }
  }

  /** An idle engine would otherwise keep the memory of the plan that ran last. */
  @Test
  void whatHasRunIsForgotten() throws InterruptedException {
    try (var engine = Engine.withThreads(2)) {
      var memory = runWithMemory(engine);
      for (int tries = 0; memory.get() != null && tries < 100; tries++) {
        System.gc();
        Thread.sleep(10);
      }
      assertNull(memory.get());
    }
  }

  private static WeakReference<int[]> runWithMemory(Engine engine) {
    int[] memory = new int[100];
    engine.forEach(memory.length, (task, worker) -> memory[task] = worker);
    return new WeakReference<>(memory);
  }

  /** Workers sleep after a while without work, and wake up for more. */
  @Test
  void workersWakeUpAfterAPause() throws InterruptedException {
    try (var engine = Engine.withThreads(3)) {
      for (int pause = 0; pause < 3; pause++) {
        Thread.sleep(60);
        var runs = new AtomicIntegerArray(50);
        engine.forEach(50, (task, worker) -> runs.incrementAndGet(task));
        for (int task = 0; task < 50; task++) {
          assertEquals(1, runs.get(task));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFailureOnAnyThreadIsThrownToTheCallerAndTheEngineGoesOn(int threads) {
    try (var engine = Engine.withThreads(threads)) {
      for (int failing = 0; failing < 8; failing++) {
        int bad = failing;
        var failure =
            bad % 2 == 0 ? new IllegalStateException("bad " + bad) : new AssertionError("bad");
        var thrown =
            assertThrows(
                Throwable.class,
                () ->
                    engine.forEach(
                        8,
                        (task, worker) -> {
                          if (task == bad) {
                            throwAs(failure);
                          }
                        }));
        assertSame(failure, thrown);
        int[] done = new int[20];
        engine.forEach(20, (task, worker) -> done[task] = 1);
        for (int task : done) {
          assertEquals(1, task);
        }
      }
    }
  }

  /** On a worker it would wait for itself. */
  @Test
  @Timeout(30)
  void aTaskThatRunsTasksOnItsOwnEngineIsRefused() {
    try (var engine = Engine.withThreads(2);
        var other = Engine.withThreads(2)) {
      for (int by = 0; by < 2; by++) {
        int worker = by;
        var thrown =
            assertThrows(
                IllegalStateException.class,
                () ->
                    engine.forEach(
                        1000,
                        (task, number) -> {
                          other.forEach(2, (inner, of) -> {});
                          if (number == worker) {
                            engine.forEach(2, (inner, of) -> {});
                          }
                        }));
        assertTrue(thrown.getMessage().contains("on the engine that it runs on"));
      }
      engine.forEach(3, (task, worker) -> {});
    }
  }

  private static void throwAs(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  /** Callers from several threads take turns. */
  @Test
  void twoCallersShareOneEngine() throws InterruptedException {
    try (var engine = Engine.withThreads(2)) {
      long[] sums = new long[2];
      var callers = new Thread[2];
      for (int c = 0; c < 2; c++) {
        int caller = c;
        callers[c] =
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int run = 0; run < 300; run++) {
                        long[] parts = new long[4];
                        engine.forEach(4, (task, worker) -> parts[task] = task + 1 + caller);
                        sums[caller] += parts[0] + parts[1] + parts[2] + parts[3];
                      }
                    });
      }
      for (var caller : callers) {
        caller.join();
      }
      assertArrayEquals(new long[] {3000, 4200}, sums);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aClosedEngineSaysSo(int threads) {
    var engine = Engine.withThreads(threads);
    engine.forEach(4, (task, worker) -> {});
    engine.close();
    engine.close();
    for (int count : new int[] {1, 4}) {
      var thrown =
          assertThrows(
              IllegalStateException.class, () -> engine.forEach(count, (task, worker) -> {}));
      assertEquals("the engine is closed", thrown.getMessage());
    }
  }

  @Test
  void closingEndsTheThreads() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    var engine = Engine.withThreads(3);
    while (threads.size() < 3) {
      engine.forEach(
          12,
          (task, worker) -> {
            threads.add(Thread.currentThread());
            Thread.yield();
          });
    }
    threads.remove(Thread.currentThread());
    for (var thread : threads) {
      assertTrue(thread.isDaemon(), "a program that forgets to close still ends");
    }
    engine.close();
    for (var thread : threads) {
      thread.join(10_000);
      assertFalse(thread.isAlive(), thread.getName());
    }
  }

  @Test
  void anEngineHasAThreadAndTheKernelsItWasGiven() {
    assertEquals(
        "an engine has at least 1 thread, found 0",
        assertThrows(IllegalArgumentException.class, () -> Engine.withThreads(0)).getMessage());
    var scalar = ScalarKernels.create();
    try (var engine = Engine.with(1, scalar);
        var best = Engine.withThreads(1)) {
      assertSame(scalar, engine.kernels());
      assertSame(Kernels.best(), best.kernels());
    }
    assertSame(Engine.shared(), Engine.shared());
  }
}
