package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.Shape;

/** Who gets a plan, when, and what becomes of those who have to wait. */
@Timeout(60)
final class LendingTest {
  private static final Graph GRAPH =
      Network.of(Shape.image(8, 8, 3), sequential(conv(4, 3), relu(), flatten(), dense(2))).graph();
  private static final long PLENTY = 1L << 40;

  private final Weights weights = Weights.initialized(GRAPH, 1);

  private <T, X extends Exception> T lend(Engine engine, int batch, Engine.PlanUse<T, X> use)
      throws X {
    return engine.withPlan(GRAPH, weights, batch, Purpose.inference().withAllOutputs(), use);
  }

  private float answer(Engine engine) {
    return lend(engine, 1, plan -> run(plan, 1));
  }

  private static float run(Plan plan, int samples) {
    plan.forward(samples);
    return plan.output(Graph.OUTPUT).read(0)[0];
  }

  @ParameterizedTest
  @CsvSource({"1,1,false", "1,1,true", "2,3,false", "2,3,true", "3,2,false"})
  void soManyPlansAreLentAndNoMore(int threads, int most, boolean virtual) throws Exception {
    try (var engine = Engine.bounded(threads, most, PLENTY)) {
      var inUse = new AtomicInteger();
      var largest = new AtomicInteger();
      var done = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int t = 0; t < 24; t++) {
        int batch = 1 + t % 5;
        Runnable requests =
            () -> {
              for (int i = 0; i < 20; i++) {
                lend(
                    engine,
                    batch,
                    plan -> {
                      largest.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                      run(plan, batch);
                      inUse.decrementAndGet();
                      return done.incrementAndGet();
                    });
              }
            };
        callers.add(
            virtual ? Thread.ofVirtual().start(requests) : Thread.ofPlatform().start(requests));
      }
      for (var caller : callers) {
        caller.join();
      }
      assertEquals(24 * 20, done.get());
      assertTrue(largest.get() <= most, () -> "in use at once: " + largest);
      assertEquals(0, engine.lent());
    }
  }

  /** Whoever is first to ask is first served; nobody starves. */
  @Test
  void callersAreServedInTheirOrder() throws Exception {
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var order = Collections.synchronizedList(new ArrayList<Integer>());
      var callers = new ArrayList<Thread>();
      lend(
          engine,
          1,
          _ -> {
            for (int t = 0; t < 30; t++) {
              int number = t;
              Runnable request = () -> lend(engine, 1 + number % 3, plan -> order.add(number));
              var caller =
                  t % 2 == 0
                      ? Thread.ofPlatform().start(request)
                      : Thread.ofVirtual().start(request);
              callers.add(caller);
              awaitWaiting(caller);
            }
            return null;
          });
      for (var caller : callers) {
        caller.join();
      }
      var expected = new ArrayList<Integer>();
      for (int t = 0; t < 30; t++) {
        expected.add(t);
      }
      assertEquals(expected, order);
    }
  }

  private static void awaitWaiting(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoIsInterruptedWhileItWaitsGetsNone(boolean virtual) throws Exception {
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var thrown = new AtomicReference<Throwable>();
      var interrupted = new AtomicInteger();
      lend(
          engine,
          1,
          _ -> {
            Runnable request =
                () -> {
                  try {
                    answer(engine);
                  } catch (CancellationException e) {
                    thrown.set(e);
                    interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
                  }
                };
            var caller =
                virtual ? Thread.ofVirtual().start(request) : Thread.ofPlatform().start(request);
            awaitWaiting(caller);
            caller.interrupt();
            caller.join();
            return null;
          });
      assertEquals(
          "interrupted while waiting for a plan: all that may be are in use",
          thrown.get().getMessage());
      assertInstanceOf(InterruptedException.class, thrown.get().getCause());
      assertEquals(1, interrupted.get(), "it stays interrupted");
      // Who need not wait is served, interrupted or not.
      Thread.currentThread().interrupt();
      answer(engine);
      assertTrue(Thread.interrupted());
      assertEquals(0, engine.lent());
    }
  }

  /** With one plan to lend, whoever has it borrows others within: it would wait for itself. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void whoHasAPlanGetsOthersAtOnce(int threads) {
    try (var engine = Engine.bounded(threads, 1, 1);
        var other = Engine.bounded(threads, 1, 1)) {
      float expected = answer(engine);
      float deepest =
          lend(
              engine,
              1,
              a ->
                  lend(
                      engine,
                      1,
                      b ->
                          lend(
                              other,
                              2,
                              c -> {
                                assertNotSame(a, b);
                                assertEquals(expected, run(a, 1));
                                assertEquals(expected, run(c, 2));
                                return lend(engine, 1, d -> run(d, 1));
                              })));
      assertEquals(expected, deepest);
      assertEquals(0, engine.lent());
    }
  }

  /** The tasks run on other threads than the one that has the plan, and deeper ones, too. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void tasksOfAHolderGetPlansAtOnce(int threads) {
    try (var engine = Engine.bounded(threads, 1, PLENTY);
        var other = Engine.bounded(threads, 1, PLENTY)) {
      float expected = answer(engine);
      lend(
          engine,
          1,
          outer -> {
            engine.forEach(
                20,
                (task, worker) -> {
                  assertEquals(expected, answer(engine));
                  other.forEach(4, (i, w) -> assertEquals(expected, answer(engine)));
                });
            return run(outer, 1);
          });
    }
  }

  /** Tasks of a caller without a plan wait for one, on any thread, and get it. */
  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "3,1", "3,2"})
  void tasksBorrowPlans(int threads, int most) throws Exception {
    try (var engine = Engine.bounded(threads, most, PLENTY)) {
      float expected = answer(engine);
      var wrong = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int t = 0; t < 6; t++) {
        callers.add(
            Thread.ofPlatform()
                .start(
                    () ->
                        engine.forEach(
                            30,
                            (task, worker) -> {
                              if (answer(engine) != expected) {
                                wrong.incrementAndGet();
                              }
                            })));
      }
      for (var caller : callers) {
        caller.join();
      }
      assertEquals(0, wrong.get());
    }
  }

  /** Two engines with one plan each, borrowed by two threads in opposite order. */
  @Test
  void nobodyWaitsForAnotherWhoWaits() throws Exception {
    try (var a = Engine.bounded(1, 1, PLENTY);
        var b = Engine.bounded(1, 1, PLENTY)) {
      var threads = new ArrayList<Thread>();
      for (int t = 0; t < 4; t++) {
        var first = t % 2 == 0 ? a : b;
        var second = t % 2 == 0 ? b : a;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 100; i++) {
                        lend(first, 1, p -> lend(second, 1, q -> run(p, 1) + run(q, 1)));
                      }
                    }));
      }
      for (var thread : threads) {
        thread.join();
      }
      assertEquals(0, a.lent() + b.lent());
    }
  }

  @Test
  void plansInUseTakeSoMuchMemoryAndNoMore() throws Exception {
    long one = bytes(1);
    long four = bytes(4);
    long most = 2 * four + one;
    try (var engine = Engine.bounded(2, 8, most)) {
      var inUse = new AtomicInteger();
      var largest = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int t = 0; t < 12; t++) {
        int batch = t % 3 == 0 ? 1 : 4;
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 30; i++) {
                        lend(
                            engine,
                            batch,
                            plan -> {
                              int bytes = (int) plan.bytes();
                              largest.accumulateAndGet(inUse.addAndGet(bytes), Math::max);
                              run(plan, batch);
                              return inUse.addAndGet(-bytes);
                            });
                      }
                    }));
      }
      for (var caller : callers) {
        caller.join();
      }
      assertEquals(0, engine.lent());
      assertTrue(largest.get() <= most, () -> "%s bytes of at most %s".formatted(largest, most));
    }
  }

  private long bytes(int batch) {
    try (var engine = Engine.withThreads(1)) {
      return engine.plan(GRAPH, weights, batch, Purpose.inference().withAllOutputs()).bytes();
    }
  }

  /** What is larger than all that may be is lent by itself, and others wait for it. */
  @Test
  void aPlanLargerThanTheBoundIsLentByItself() throws Exception {
    try (var engine = Engine.bounded(2, 5, 1)) {
      var inUse = new AtomicInteger();
      var failed = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int t = 0; t < 8; t++) {
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 20; i++) {
                        lend(
                            engine,
                            16,
                            plan -> {
                              failed.addAndGet(inUse.incrementAndGet() > 1 ? 1 : 0);
                              run(plan, 16);
                              return inUse.decrementAndGet();
                            });
                      }
                    }));
      }
      for (var caller : callers) {
        caller.join();
      }
      assertEquals(0, failed.get());
    }
  }

  @Test
  void whatTheUseOfAPlanThrowsIsThrown() {
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var failure = new IOException("no picture");
      for (int i = 0; i < 3; i++) {
        assertSame(
            failure,
            assertThrows(
                IOException.class,
                () ->
                    lend(
                        engine,
                        1,
                        _ -> {
                          throw failure;
                        })));
      }
      assertEquals(0, engine.lent());
    }
  }

  @Test
  void aNetworkThatFailsGivesItsPlaceBack() {
    var graph = Network.of(Shape.of(2), sequential(tanh(), new PlanTest.Picky(), tanh())).graph();
    var two = Weights.empty(graph);
    try (var engine = Engine.bounded(2, 1, PLENTY)) {
      for (int i = 0; i < 5; i++) {
        assertThrows(
            IllegalStateException.class,
            () ->
                engine.withPlan(
                    graph,
                    two,
                    1,
                    Purpose.inference().withAllOutputs(),
                    plan -> {
                      plan.input().write(0, new float[] {Float.NaN, 0});
                      plan.forward(1);
                      return null;
                    }));
      }
      assertEquals(0, engine.lent());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void aBatchHasASample(int batch) {
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var thrown =
          assertThrows(IllegalArgumentException.class, () -> lend(engine, batch, plan -> null));
      assertEquals("a plan's batch has at least 1 sample, found " + batch, thrown.getMessage());
      assertEquals(0, engine.lent());
    }
  }

  /** Their next power of two is no int from 2^30 + 1 on. */
  @ParameterizedTest
  @ValueSource(ints = {(1 << 30) + 1, 1_500_000_000, Integer.MAX_VALUE})
  void aBatchThatNoPlanHoldsIsRefused(int batch) {
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var thrown =
          assertThrows(IllegalArgumentException.class, () -> lend(engine, batch, plan -> null));
      assertEquals(
          "a batch of %d samples of 192 values is more than 2^31 values: use a smaller batch"
              .formatted(batch),
          thrown.getMessage());
      assertEquals(0, engine.lent());
    }
  }

  /** Those who have a plan end what they do; those who wait, or come later, are refused. */
  @Test
  void closingWaitsForPlansInUseAndRefusesOthers() throws Exception {
    var engine = Engine.bounded(2, 1, PLENTY);
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var answer = new AtomicReference<Float>();
    var refused = new AtomicReference<String>();
    var holder =
        Thread.ofPlatform()
            .start(
                () ->
                    lend(
                        engine,
                        1,
                        plan -> {
                          begun.countDown();
                          awaitQuietly(go);
                          engine.forEach(4, (task, worker) -> {});
                          float inner = lend(engine, 1, nested -> run(nested, 1));
                          answer.set(run(plan, 1) - inner);
                          return null;
                        }));
    begun.await();
    var waiting =
        Thread.ofVirtual()
            .start(
                () ->
                    refused.set(
                        assertThrows(
                                IllegalStateException.class, () -> lend(engine, 1, plan -> null))
                            .getMessage()));
    awaitWaiting(waiting);
    var closer = Thread.ofPlatform().start(engine::close);
    awaitWaiting(closer);
    assertClosed(() -> lend(engine, 1, plan -> null));
    assertClosed(() -> engine.plan(GRAPH, weights, 1, Purpose.inference().withAllOutputs()));
    go.countDown();
    closer.join();
    holder.join();
    waiting.join();
    assertEquals(0f, answer.get());
    assertEquals("the engine is closed", refused.get());
    assertClosed(() -> engine.forEach(0, (task, worker) -> {}));
    engine.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertClosed(org.junit.jupiter.api.function.Executable use) {
    assertEquals(
        "the engine is closed", assertThrows(IllegalStateException.class, use).getMessage());
  }

  @Test
  void aPlanOfAClosedEngineSaysSo() {
    var engine = Engine.withThreads(2);
    var plan =
        engine.plan(
            GRAPH,
            weights,
            1,
            Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient());
    plan.forward(1);
    engine.close();
    assertClosed(() -> plan.forward(1));
    assertClosed(() -> plan.backward(1));
    assertClosed(() -> plan.profile().step(1));
  }

  /** Closing from within does not wait for itself, and what is going on ends well. */
  @Test
  void whoHasAPlanMayCloseTheEngine() {
    var engine = Engine.bounded(2, 1, PLENTY);
    float answer =
        lend(
            engine,
            1,
            plan -> {
              engine.close();
              return run(plan, 1);
            });
    assertTrue(Float.isFinite(answer));
    assertClosed(() -> lend(engine, 1, plan -> null));
  }

  @Test
  void memoryThatIsNotThereIsSaid() {
    var graph = Network.of(Shape.image(2048, 2048, 3), conv(1, 3).padding(1)).graph();
    var own = Weights.initialized(graph, 1);
    try (var engine = Engine.withThreads(1)) {
      float before = answer(engine);
      for (int i = 0; i < 2; i++) {
        var thrown =
            assertThrows(
                OutOfMemoryError.class,
                () ->
                    engine.withPlan(
                        graph, own, 100, Purpose.inference().withAllOutputs(), plan -> null));
        var pattern =
            "not enough memory for a plan of 1(28|00) x 2048x2048x3: it takes \\d+ MB for each"
                + " caller at the same time, and \\d+ MB for packed weights; the JVM may use \\d+"
                + " MB in all: start it with more, such as -Xmx\\d+m, or use a smaller batch";
        assertTrue(thrown.getMessage().matches(pattern), thrown.getMessage());
        assertThrows(
            OutOfMemoryError.class,
            () -> engine.plan(graph, own, 100, Purpose.inference().withAllOutputs()));
      }
      assertEquals(0, engine.lent());
      assertEquals(before, answer(engine));
    }
  }

  /** Idle plans make room for one that is needed. */
  @Test
  void idlePlansGiveWay() {
    try (var engine = Engine.bounded(1, 4, bytes(16) + bytes(1))) {
      var one = lend(engine, 1, plan -> plan);
      assertSame(one, lend(engine, 1, plan -> plan));
      lend(engine, 2, plan -> plan);
      var large = lend(engine, 16, plan -> plan);
      assertSame(large, lend(engine, 16, plan -> plan));
      assertNotSame(one, lend(engine, 1, plan -> plan));
    }
  }

  /** What a borrower leaves behind is not the next one's. */
  @Test
  void aBorrowedPlanIsAsNew() {
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var made =
          engine.withPlan(
              GRAPH,
              weights,
              1,
              Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient(),
              plan -> {
                plan.forward(1);
                plan.outputGradient(Graph.OUTPUT).write(0, new float[] {1, 2});
                plan.backward(1);
                plan.forward(1);
                plan.outputGradient(Graph.OUTPUT).write(0, new float[] {3, 4});
                return plan;
              });
      engine.withPlan(
          GRAPH,
          weights,
          1,
          Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient(),
          plan -> {
            assertSame(made, plan);
            assertThrows(IllegalStateException.class, () -> plan.backward(1));
            assertEquals(0, plan.outputGradient(Graph.OUTPUT).read(0)[0]);
            plan.forward(1);
            plan.backwardAdding(1);
            for (float gradient : plan.gradients()) {
              assertEquals(0, gradient);
            }
            return null;
          });
    }
  }

  /** A plan that somebody else still runs is not lent. */
  @Test
  void aPlanThatIsStillRunningIsNotLentAgain() throws Exception {
    var slow = new Slow();
    var graph = Network.of(Shape.of(2), slow).graph();
    var own = Weights.empty(graph);
    try (var engine = Engine.bounded(1, 1, PLENTY)) {
      var runner = new AtomicReference<Thread>();
      var kept =
          engine.withPlan(
              graph,
              own,
              1,
              Purpose.inference().withAllOutputs(),
              plan -> {
                runner.set(Thread.ofPlatform().start(() -> plan.forward(1)));
                slow.begun.await();
                return plan;
              });
      var thrown = assertThrows(IllegalStateException.class, () -> kept.forward(1));
      assertTrue(thrown.getMessage().startsWith("this plan is running"), thrown.getMessage());
      assertNotSame(
          kept, engine.withPlan(graph, own, 1, Purpose.inference().withAllOutputs(), plan -> plan));
      slow.end.countDown();
      runner.get().join();
      kept.forward(1);
    }
  }

  /** Runs until it is told to end. */
  record Slow(CountDownLatch begun, CountDownLatch end) implements stride.layer.PlainLayer {
    Slow() {
      this(new CountDownLatch(1), new CountDownLatch(1));
    }

    @Override
    public String kind() {
      return "slow";
    }

    @Override
    public stride.compute.Step compile(stride.compute.Binding binding) {
      return stride.compute.Step.perSample(
          (from, to, worker) -> {
            begun.countDown();
            awaitQuietly(end);
          },
          (from, to, worker) -> {});
    }
  }

  @Test
  void noneOfTheSizesIsForgotten() {
    assertFalse(List.of(bytes(1), bytes(2), bytes(4)).contains(0L));
    assertTrue(bytes(4) > bytes(2) && bytes(2) > bytes(1));
  }
}
