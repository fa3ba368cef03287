package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.dense;

import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.Shape;

/** A server asks for plans again and again, in many sizes and from many threads. */
final class PlanCacheTest {
  private static final Graph GRAPH = Network.of(Shape.of(3), dense(2)).graph();

  private final Weights weights = Weights.initialized(GRAPH, 1);

  private Plan plan(Engine engine, int batch) {
    return engine.withPlan(GRAPH, weights, batch, Purpose.INFERENCE, plan -> plan);
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
      var copy = engine.withPlan(GRAPH, weights.copy(), 4, Purpose.INFERENCE, plan1 -> plan1);
      assertNotSame(plan, copy);
      var gradients = engine.withPlan(GRAPH, weights, 4, Purpose.GRADIENTS, plan1 -> plan1);
      assertNotSame(plan, gradients);
    }
  }

  @Test
  void anEqualGraphThatWasMadeAnewHasTheSamePlan() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 4);
      var same = new Graph(GRAPH.input(), GRAPH.nodes(), GRAPH.outputs());
      assertSame(plan, engine.withPlan(same, weights, 4, Purpose.INFERENCE, plan1 -> plan1));
      var outputs = new LinkedHashMap<>(GRAPH.outputs());
      outputs.put("input", Graph.INPUT);
      var tapped = new Graph(GRAPH.input(), GRAPH.nodes(), outputs);
      assertNotSame(plan, engine.withPlan(tapped, weights, 4, Purpose.INFERENCE, plan1 -> plan1));
    }
  }

  @Test
  void aPlanInUseIsNobodyElses() {
    try (var engine = Engine.withThreads(1)) {
      engine.withPlan(
          GRAPH,
          weights,
          4,
          Purpose.INFERENCE,
          outer -> {
            assertNotSame(outer, plan(engine, 4));
            return outer;
          });
    }
  }

  @Test
  void aPlanOfAFailedRunIsNotUsedAgain() {
    try (var engine = Engine.withThreads(1)) {
      var plan = plan(engine, 4);
      assertThrows(
          IllegalStateException.class,
          () ->
              engine.withPlan(
                  GRAPH,
                  weights,
                  4,
                  Purpose.INFERENCE,
                  same -> {
                    assertSame(plan, same);
                    throw new IllegalStateException("failed");
                  }));
      assertNotSame(plan, plan(engine, 4));
    }
  }
}
