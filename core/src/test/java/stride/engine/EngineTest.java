package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
  void thereAreNoTasksOrSome() {
    try (var engine = Engine.withThreads(2)) {
      var thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> engine.forEach(-1, (task, worker) -> fail("ran task " + task)));
      assertEquals("there are 0 tasks or more, found -1", thrown.getMessage());
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
  void workersSleepWithoutWorkAndWakeUpForMore() throws InterruptedException {
    try (var engine = Engine.withThreads(3)) {
      var workers = workersOf(engine);
      for (int pause = 0; pause < 3; pause++) {
        for (var worker : workers) {
          assertSleeps(worker);
        }
        var runs = new AtomicIntegerArray(50);
        engine.forEach(50, (task, worker) -> runs.incrementAndGet(task));
        for (int task = 0; task < 50; task++) {
          assertEquals(1, runs.get(task));
        }
      }
    }
  }

  private static void assertSleeps(Thread worker) throws InterruptedException {
    var asleep = Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
    for (int tries = 0; !asleep.contains(worker.getState()) && tries < 1_000; tries++) {
      Thread.sleep(10);
    }
    assertTrue(asleep.contains(worker.getState()), () -> worker + " is " + worker.getState());
  }

  /** Whatever tasks may throw; languages without checked exceptions throw these, too. */
  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("unchecked"),
        new AssertionError("an error"),
        new IOException("checked"),
        new Exception("checked"),
        new Throwable("neither exception nor error"),
        new OutOfMemoryError("thrown by hand"),
        new InterruptedException("thrown by hand"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whateverATaskThrowsIsThrownToTheCallerAndTheEngineGoesOn(Throwable failure) {
    for (int threads = 1; threads <= 3; threads++) {
      try (var engine = Engine.withThreads(threads)) {
        for (int failing = 0; failing < 8; failing++) {
          int bad = failing;
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
          assertRunsAll(engine);
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAs(Throwable failure) throws X {
    throw (X) failure;
  }

  private static void assertRunsAll(Engine engine) {
    int[] done = new int[20];
    engine.forEach(20, (task, worker) -> done[task]++);
    for (int task : done) {
      assertEquals(1, task);
    }
  }

  /** All tasks fail, on all threads at once, in every job. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void failuresOfAllThreadsEndInOne(int threads) {
    try (var engine = Engine.withThreads(threads)) {
      for (int run = 0; run < 300; run++) {
        var thrown =
            assertThrows(
                IOException.class,
                () -> engine.forEach(16, (task, worker) -> throwAs(new IOException("all"))));
        assertEquals("all", thrown.getMessage());
      }
      assertRunsAll(engine);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aThreadWhoseStackOverflowsGoesOn(int threads) {
    try (var engine = Engine.withThreads(threads)) {
      for (int run = 0; run < 5; run++) {
        assertThrows(
            StackOverflowError.class, () -> engine.forEach(9, (task, worker) -> endless(task)));
        assertRunsAll(engine);
      }
    }
  }

  private static int endless(int n) {
    return n < 0 ? 0 : n + endless(n + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aThreadThatFindsNoMemoryGoesOn(int threads) {
    try (var engine = Engine.withThreads(threads)) {
      for (int run = 0; run < 3; run++) {
        assertThrows(
            OutOfMemoryError.class,
            () ->
                engine.forEach(
                    9,
                    (task, worker) -> assertEquals(0, new long[Integer.MAX_VALUE - 2][9].length)));
        assertRunsAll(engine);
      }
    }
  }

  /** A worker that stays interrupted could not sleep, and one that has ended would be missed. */
  @Test
  void aTaskThatInterruptsItsThreadHarmsNobody() throws InterruptedException {
    try (var engine = Engine.withThreads(3)) {
      Set<Thread> threads = workersOf(engine);
      for (int run = 0; run < 5; run++) {
        var interrupted = new AtomicIntegerArray(3);
        engine.forEach(
            60,
            (task, worker) -> {
              Thread.currentThread().interrupt();
              interrupted.set(worker, 1);
            });
        assertEquals(interrupted.get(0) == 1, Thread.interrupted(), "the caller stays interrupted");
        assertRunsAll(engine);
      }
      Thread.sleep(50);
      for (var thread : threads) {
        assertFalse(thread.isInterrupted());
        assertEquals(Thread.State.WAITING, thread.getState());
      }
    }
  }

  /** The threads but the caller's. */
  private static Set<Thread> workersOf(Engine engine) {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    while (threads.size() < engine.threads()) {
      engine.forEach(
          4 * engine.threads(),
          (task, worker) -> {
            threads.add(Thread.currentThread());
            Thread.yield();
          });
    }
    threads.remove(Thread.currentThread());
    return threads;
  }

  @Test
  void anInterruptedCallerGetsItsTasksDoneAndStaysInterrupted() {
    try (var engine = Engine.withThreads(2)) {
      int[] done = new int[6];
      Thread.currentThread().interrupt();
      engine.forEach(
          6,
          (task, worker) -> {
            if (worker == 1) {
              pause(20);
            }
            done[task] = 1;
          });
      assertTrue(Thread.interrupted());
      assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1}, done);
    }
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(millis * 1_000_000);
  }

  /** A caller that waits long for its workers sleeps, and has to be woken up. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallerIsWokenUpWhenAWorkerTakesLong(boolean virtual) throws InterruptedException {
    try (var engine = Engine.withThreads(2)) {
      int[] done = new int[2];
      Runnable call =
          () ->
              engine.forEach(
                  2,
                  (task, worker) -> {
                    pause(task == 0 ? 5 : 100);
                    done[task] = 1;
                  });
      var caller = virtual ? Thread.ofVirtual().start(call) : Thread.ofPlatform().start(call);
      caller.join(20_000);
      assertFalse(caller.isAlive());
      assertArrayEquals(new int[] {1, 1}, done);
    }
  }

  /** Tasks within tasks run on the thread of the task, whatever the numbers of both. */
  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "1,3", "2,1", "2,2", "2,3", "3,1", "3,2", "3,4"})
  void tasksRunTasksOfTheirOwnEngine(int threads, int outer) {
    try (var engine = Engine.withThreads(threads);
        var other = Engine.withThreads(2)) {
      for (int inner : new int[] {0, 1, 2, 7}) {
        for (int run = 0; run < 20; run++) {
          var runs = new AtomicIntegerArray(outer * inner);
          var scratch = new Thread[threads];
          engine.forEach(
              outer,
              (task, worker) ->
                  engine.forEach(
                      inner,
                      (i, number) -> {
                        // What is kept for each number is for one thread, inside as outside.
                        scratch[number] = Thread.currentThread();
                        other.forEach(2, (deeper, of) -> engine.forEach(1, (d, o) -> {}));
                        runs.incrementAndGet(task * inner + i);
                        assertSame(Thread.currentThread(), scratch[number]);
                      }));
          for (int i = 0; i < outer * inner; i++) {
            assertEquals(1, runs.get(i));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFailureOfATaskInATaskGetsToTheCaller(int threads) {
    try (var engine = Engine.withThreads(threads)) {
      for (int bad = 0; bad < 6; bad++) {
        int failing = bad;
        assertThrows(
            IOException.class,
            () ->
                engine.forEach(
                    6,
                    (task, worker) ->
                        engine.forEach(
                            2,
                            (i, number) -> {
                              if (task == failing && i == 1) {
                                throwAs(new IOException("inner"));
                              }
                            })));
        assertRunsAll(engine);
      }
    }
  }

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
    var engine = Engine.withThreads(3);
    var threads = workersOf(engine);
    for (var thread : threads) {
      assertTrue(thread.isDaemon(), "a program that forgets to close still ends");
    }
    engine.close();
    assertEnd(threads);
  }

  private static void assertEnd(Set<Thread> threads) throws InterruptedException {
    for (var thread : threads) {
      thread.join(10_000);
      assertFalse(thread.isAlive(), thread.getName());
    }
  }

  /**
   * A forgotten engine is garbage, and its threads end: whether they are asleep or just at work.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 30})
  void theThreadsOfAForgottenEngineEnd(int pause) throws InterruptedException {
    var threads = workersOf(Engine.withThreads(3));
    Thread.sleep(pause);
    for (int tries = 0; threads.stream().anyMatch(Thread::isAlive) && tries < 500; tries++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEnd(threads);
  }

  @Test
  void closingWaitsForTasks() throws InterruptedException {
    var engine = Engine.withThreads(2);
    var begun = new CountDownLatch(1);
    var done = new AtomicIntegerArray(4);
    var caller =
        Thread.ofPlatform()
            .start(
                () ->
                    engine.forEach(
                        4,
                        (task, worker) -> {
                          begun.countDown();
                          pause(50);
                          engine.forEach(2, (i, number) -> {});
                          done.set(task, 1);
                        }));
    begun.await();
    engine.close();
    for (int task = 0; task < 4; task++) {
      assertEquals(1, done.get(task), "close came back before task " + task);
    }
    caller.join();
  }

  /** It would wait for itself. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aTaskMayCloseItsEngine(int threads) throws InterruptedException {
    var engine = Engine.withThreads(threads);
    var workers = workersOf(engine);
    var done = new AtomicIntegerArray(12);
    engine.forEach(
        12,
        (task, worker) -> {
          engine.close();
          done.set(task, 1);
        });
    for (int task = 0; task < 12; task++) {
      assertEquals(1, done.get(task));
    }
    assertThrows(IllegalStateException.class, () -> engine.forEach(1, (task, worker) -> {}));
    assertEnd(workers);
  }

  @Test
  void whoIsInterruptedWhileItClosesDoesNotWait() throws InterruptedException {
    var engine = Engine.withThreads(2);
    var workers = workersOf(engine);
    var end = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    var caller =
        Thread.ofPlatform()
            .start(
                () ->
                    engine.forEach(
                        1,
                        (task, worker) -> {
                          begun.countDown();
                          awaitQuietly(end);
                        }));
    begun.await();
    Thread.currentThread().interrupt();
    engine.close();
    assertTrue(Thread.interrupted());
    assertTrue(caller.isAlive());
    end.countDown();
    caller.join();
    assertEnd(workers);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** It is everybody's: a block that closes it would end it for all others. */
  @Test
  void theSharedEngineCannotBeClosed() {
    try (var engine = Engine.shared()) {
      assertRunsAll(engine);
    }
    assertRunsAll(Engine.shared());
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
