package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.dense;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.Shape;

/** A server asks for plans again and again, in many sizes and from many threads. */
final class PlanCacheTest {
  private static final Graph GRAPH = Network.of(Shape.of(3), dense(2)).graph();

  private final Weights weights = Weights.initialized(GRAPH, 1);

  private Plan plan(Engine engine, int batch) {
    return engine.withPlan(
        GRAPH, weights, batch, Purpose.inference().withAllOutputs(), plan -> plan);
  }

  @Test
  void aPlanIsUsedAgainForEveryBatchThatFits() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 7);
      assertEquals(8, plan.batch());
      assertSame(plan, plan(engine, 8));
      assertSame(plan, plan(engine, 5));
      assertEquals(1, plan(engine, 1).batch());
      assertEquals(2, plan(engine, 2).batch());
      assertSame(plan, plan(engine, 6));
    }
  }

  @Test
  void otherWeightsPurposesAndSizesHaveOtherPlans() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 4);
      assertNotSame(plan, plan(engine, 3 * 4));
      var copy =
          engine.withPlan(
              GRAPH, weights.copy(), 4, Purpose.inference().withAllOutputs(), other -> other);
      assertNotSame(plan, copy);
      var gradients =
          engine.withPlan(
              GRAPH,
              weights,
              4,
              Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient(),
              other -> other);
      assertNotSame(plan, gradients);
    }
  }

  @Test
  void anEqualGraphThatWasMadeAnewHasTheSamePlan() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 4);
      var same = new Graph(GRAPH.input(), GRAPH.nodes(), GRAPH.outputs());
      assertSame(
          plan,
          engine.withPlan(same, weights, 4, Purpose.inference().withAllOutputs(), other -> other));
      var outputs = new LinkedHashMap<>(GRAPH.outputs());
      outputs.put("input", GRAPH.input(Graph.INPUT));
      var tapped = new Graph(GRAPH.input(), GRAPH.nodes(), outputs);
      assertNotSame(
          plan,
          engine.withPlan(
              tapped, weights, 4, Purpose.inference().withAllOutputs(), other -> other));
    }
  }

  @Test
  void aPlanInUseIsNobodyElses() {
    try (var engine = Engine.withThreads(1)) {
      engine.withPlan(
          GRAPH,
          weights,
          4,
          Purpose.inference().withAllOutputs(),
          outer -> {
            assertNotSame(outer, plan(engine, 4));
            return outer;
          });
    }
  }

  /** A request that fails by itself, on a picture that is none, costs the others no plan. */
  @Test
  void aPlanWhoseBorrowerFailedIsUsedAgain() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 4);
      assertThrows(
          IllegalStateException.class,
          () ->
              engine.withPlan(
                  GRAPH,
                  weights,
                  4,
                  Purpose.inference().withAllOutputs(),
                  same -> {
                    assertSame(plan, same);
                    throw new IllegalStateException("failed");
                  }));
      assertSame(plan, plan(engine, 4));
    }
  }

  @Test
  void aPlanOfAFailedRunIsNotUsedAgain() {
    var graph = Network.of(Shape.of(2), new PlanTest.Picky()).graph();
    var own = Weights.empty(graph);
    try (var engine = Engine.withThreads(1)) {
      var failed = new ArrayList<Plan>();
      assertThrows(
          IllegalStateException.class,
          () ->
              engine.withPlan(
                  graph,
                  own,
                  1,
                  Purpose.inference().withAllOutputs(),
                  plan -> {
                    failed.add(plan);
                    plan.input().write(0, new float[] {Float.NaN, 0});
                    plan.forward(1);
                    return plan;
                  }));
      assertNotSame(
          failed.getFirst(),
          engine.withPlan(graph, own, 1, Purpose.inference().withAllOutputs(), plan -> plan));
    }
  }

  /** Parts of weights are made anew for each request; what they are of is the same. */
  @Test
  void anEqualPartOfTheWeightsHasTheSamePlan() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 1);
      for (int i = 0; i < 3; i++) {
        assertSame(
            plan,
            engine.withPlan(
                GRAPH,
                weights.part(GRAPH),
                1,
                Purpose.inference().withAllOutputs(),
                other -> other));
      }
    }
  }

  /** From many threads, in many sizes: none has a plan that another one has. */
  @Test
  @Timeout(60)
  void noTwoThreadsHaveAPlan() throws InterruptedException {
    try (var engine = Engine.withThreads(2)) {
      Set<Plan> inUse = ConcurrentHashMap.newKeySet();
      Set<Plan> all = ConcurrentHashMap.newKeySet();
      var wrong = new AtomicInteger();
      var threads = new ArrayList<Thread>();
      for (int t = 0; t < 12; t++) {
        int batch = 1 << t % 4;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 500; i++) {
                        engine.withPlan(
                            GRAPH,
                            weights,
                            batch,
                            Purpose.inference().withAllOutputs(),
                            plan -> {
                              all.add(plan);
                              if (!inUse.add(plan) || plan.batch() != batch) {
                                wrong.incrementAndGet();
                              }
                              Thread.yield();
                              return inUse.remove(plan);
                            });
                      }
                    }));
      }
      for (var thread : threads) {
        thread.join();
      }
      assertEquals(0, wrong.get());
      assertTrue(all.size() <= 4 + 8 + 4, () -> "plans made: " + all.size());
    }
  }
}
