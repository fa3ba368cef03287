package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Graph;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.TensorType;
import stride.graph.WeightLayout;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarKernels;
import stride.layer.Layer;
import stride.layer.LayerCases;
import stride.layer.PlainLayer;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

final class PlanTest {
  private static final Shape INPUT = Shape.image(12, 11, 3);
  private static final Purpose GRADIENTS =
      Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
  private static final Engine ENGINE = Engine.withThreads(2);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /**
   * A network with all that plans do in different ways: convolutions and dense layers of few and of
   * many weights, one that is split into bands of rows, views, sums, joins, statistics, dropout.
   */
  private static Graph everything() {
    return Network.of(
            INPUT,
            sequential(
                conv(33, 3).padding(1).noBias(),
                batchNorm(),
                relu(),
                conv(120, 3).padding(1),
                tanh(),
                residual(sequential(conv(120, 3).groups(120).padding(1), batchNorm(), relu6())),
                avgPool(2),
                branches(
                    conv(5, 1),
                    maxPool(3).stride(1).padding(1),
                    sequential(sigmoid(), dropout(0.3))),
                conv(40, 3).stride(2),
                tap("features", relu()),
                flatten(),
                dense(350),
                tanh(),
                dense(4)))
        .graph();
  }

  /** Four steps of gradient descent; a batch of 35 falls into groups of 3, the last batch is 7. */
  private static Weights train(Kernels kernels, int threads) {
    var graph = everything();
    var weights = Rig.randomWeights(graph, 3);
    try (var engine = Engine.with(threads, kernels)) {
      var plan = engine.plan(graph, weights, 35, Purpose.training());
      for (int step = 0; step < 4; step++) {
        int samples = step % 2 == 0 ? 35 : 7;
        fill(plan, samples, step);
        plan.randomness(5, step / 2, step % 2 * 35L);
        plan.forward(samples);
        for (String name : List.of(Graph.OUTPUT, "features")) {
          var gradient = plan.outputGradient(name);
          for (int i = 0; i < samples * gradient.stride(); i++) {
            gradient.array()[gradient.offset() + i] =
                plan.output(name).array()[plan.output(name).offset() + i] - (i % 5 == step ? 1 : 0);
          }
        }
        plan.backward(samples);
        for (int i = 0; i < weights.values().length; i++) {
          weights.values()[i] -= 1e-4f * plan.gradients()[i];
        }
        weights.changed();
      }
    }
    for (float value : weights.values()) {
      assertTrue(Float.isFinite(value));
    }
    return weights;
  }

  private static void fill(Plan plan, int samples, long seed) {
    float[][] x = Rig.random(samples, plan.input().stride(), 1, seed);
    for (int n = 0; n < samples; n++) {
      System.arraycopy(x[n], 0, plan.input().array(), plan.input().at(n), x[n].length);
    }
  }

  @Test
  @Tag("kernels")
  void everyNumberOfThreadsGivesTheSameBits() {
    for (var kernels : List.of(Kernels.best(), ScalarKernels.create())) {
      var one = train(kernels, 1);
      for (int threads = 1; threads <= 3; threads++) {
        var several = train(kernels, threads);
        String what = "%d threads on %s kernels".formatted(threads, kernels.name());
        assertArrayEquals(one.values(), several.values(), what);
        assertArrayEquals(one.statistics(), several.statistics(), what);
      }
    }
  }

  /**
   * A server answers the same whatever requests share a batch with one. Between plans for several
   * sizes of batches this holds only where all choose the same kernels, as for layers as small as
   * these; docs/engine.md says so.
   */
  @Test
  @Tag("kernels")
  void aSampleOfSmallLayersHasTheSameBitsInEveryBatchAndPlace() {
    for (var kernels : List.of(Kernels.best(), ScalarKernels.create())) {
      var graph = everything();
      var weights = Rig.randomWeights(graph, 3);
      float[][] x = Rig.random(21, INPUT.elements(), 1, 4);
      try (var engine = Engine.with(2, kernels)) {
        float[][] together =
            new Rig(graph, weights, engine, 21, 21, Purpose.inference().withAllOutputs())
                .forward(x)
                .get(Graph.OUTPUT);
        var alone = new Rig(graph, weights, engine, 1, 1, Purpose.inference().withAllOutputs());
        for (int n = 0; n < 21; n += 4) {
          assertArrayEquals(
              together[n], alone.forward(new float[][] {x[n]}).get(Graph.OUTPUT)[0], "sample " + n);
        }
        float[][] some =
            new Rig(graph, weights, engine, 5, 50, Purpose.inference().withAllOutputs())
                .forward(Arrays.copyOfRange(x, 8, 13))
                .get(Graph.OUTPUT);
        assertArrayEquals(Arrays.copyOfRange(together, 8, 13), some, kernels.name());
      }
    }
  }

  /** Within a plan that holds for all layers: these filters are transformed for many images. */
  @Test
  @Tag("kernels")
  void aPlanGivesASampleTheSameBitsInEveryPlace() {
    var input = Shape.image(9, 9, 192);
    var graph = Network.of(input, sequential(conv(192, 3).padding(1), relu())).graph();
    var weights = Rig.randomWeights(graph, 3);
    float[][] x = Rig.random(16, input.elements(), 1, 4);
    for (var kernels : List.of(Kernels.best(), ScalarKernels.create())) {
      try (var engine = Engine.with(2, kernels)) {
        float[][] together =
            new Rig(graph, weights, engine, 16, 16, Purpose.inference().withAllOutputs())
                .forward(x)
                .get(Graph.OUTPUT);
        for (int first : new int[] {0, 3, 12}) {
          float[][] some =
              new Rig(graph, weights, engine, 3, 16, Purpose.inference().withAllOutputs())
                  .forward(Arrays.copyOfRange(x, first, first + 3))
                  .get(Graph.OUTPUT);
          assertArrayEquals(Arrays.copyOfRange(together, first, first + 3), some, kernels.name());
        }
      }
    }
  }

  /** What a full batch leaves in the buffers must not show in a smaller one. */
  @Test
  void aSmallerLastBatchIsAsOneOfAFreshPlan() {
    var graph = everything();
    var purpose = Purpose.training().withInputGradient();
    var full = new Rig(graph, Rig.randomWeights(graph, 3), ENGINE, 16, 16, purpose);
    full.forward(Rig.random(16, INPUT.elements(), 1, 8));
    full.backward(full.randomOutputGradients(9));

    var weights = full.weights();
    var fresh = new Rig(graph, weights.copy(), ENGINE, 5, 16, purpose);
    var used = new Rig(full, 5);
    float[][] x = Rig.random(5, INPUT.elements(), 1, 10);
    assertSameRows(fresh.forward(x), used.forward(x));
    var u = fresh.randomOutputGradients(11);
    fresh.backward(u);
    used.backward(u);
    assertArrayEquals(fresh.inputGradient(), used.inputGradient());
    assertArrayEquals(fresh.plan().gradients(), used.plan().gradients());
    assertArrayEquals(fresh.weights().statistics(), used.weights().statistics());
  }

  private static void assertSameRows(
      Map<String, float[][]> expected, Map<String, float[][]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, rows) -> assertArrayEquals(rows, actual.get(name), name));
  }

  @Test
  void aPlanSeesChangedWeights() {
    var graph = everything();
    var weights = Rig.randomWeights(graph, 3);
    var rig = new Rig(graph, weights, ENGINE, 2, 2, GRADIENTS);
    float[][] x = Rig.random(2, INPUT.elements(), 1, 4);
    rig.forward(x);
    rig.backward(rig.randomOutputGradients(6));
    for (int i = 0; i < weights.values().length; i++) {
      weights.values()[i] *= 0.5f;
    }
    weights.changed();
    var fresh = new Rig(graph, weights.copy(), ENGINE, 2, 2, GRADIENTS);
    assertSameRows(fresh.forward(x), rig.forward(x));
    fresh.backward(fresh.randomOutputGradients(6));
    rig.backward(rig.randomOutputGradients(6));
    assertArrayEquals(fresh.inputGradient(), rig.inputGradient());
    assertArrayEquals(fresh.plan().gradients(), rig.plan().gradients());
  }

  @Test
  void tapsAreOutputsAndTakeGradients() {
    var graph =
        Network.of(Shape.of(3), sequential(tap("half", tanh()), tap("all", sigmoid()), relu()))
            .graph();
    var rig = new Rig(graph, Weights.empty(graph), ENGINE, 1, 1, GRADIENTS);
    var outputs = rig.forward(new float[][] {{0, 0, 0}});
    assertArrayEquals(new float[] {0, 0, 0}, outputs.get("half")[0]);
    assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f}, outputs.get("all")[0]);
    assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f}, outputs.get(Graph.OUTPUT)[0]);
    rig.backward(
        Map.of(
            "half",
            new float[][] {{1, 0, 0}},
            "all",
            new float[][] {{0, 4, 0}},
            Graph.OUTPUT,
            new float[][] {{0, 0, 8}}));
    assertArrayEquals(new float[] {1, 1, 2}, rig.inputGradient()[0]);
    assertEquals(
        "no output is named none; there are half, all, output",
        assertThrows(IllegalArgumentException.class, () -> rig.plan().output("none")).getMessage());
  }

  @Test
  void aPurposeSaysWhichGradientsThereAre() {
    var graph = everything();
    var weights = Rig.randomWeights(graph, 3);
    float[][] x = Rig.random(3, INPUT.elements(), 1, 4);
    var both = new Rig(graph, weights, ENGINE, 3, 3, GRADIENTS);
    both.forward(x);
    var u = both.randomOutputGradients(5);
    both.backward(u);

    var inputs =
        new Rig(
            graph, weights, ENGINE, 3, 3, Purpose.inference().withAllOutputs().withInputGradient());
    inputs.forward(x);
    inputs.backward(u);
    assertArrayEquals(both.inputGradient(), inputs.inputGradient());
    assertEquals(0, inputs.plan().gradients().length);

    var ofWeights =
        new Rig(
            graph,
            weights,
            ENGINE,
            3,
            3,
            Purpose.inference().withAllOutputs().withWeightGradients(true));
    ofWeights.forward(x);
    ofWeights.backward(u);
    assertArrayEquals(both.plan().gradients(), ofWeights.plan().gradients());
    assertEquals(0, ofWeights.plan().inputGradient().array().length);

    var none = ENGINE.plan(graph, weights, 3, Purpose.inference().withAllOutputs());
    none.forward(3);
    assertEquals(
        "this plan was made without gradients",
        assertThrows(IllegalStateException.class, () -> none.backward(3)).getMessage());
    assertEquals(
        "this plan wants no gradient behind output output",
        assertThrows(IllegalStateException.class, () -> none.outputGradient(Graph.OUTPUT))
            .getMessage());
  }

  /** The gradients of a step do not add to those of the step before. */
  @Test
  void gradientsBeginAtZeroInEveryStep() {
    var graph = everything();
    var rig = new Rig(graph, Rig.randomWeights(graph, 3), ENGINE, 2, 2, GRADIENTS);
    var u = rig.randomOutputGradients(5);
    float[][] x = Rig.random(2, INPUT.elements(), 1, 4);
    rig.forward(x);
    rig.backward(u);
    float[] weights = rig.plan().gradients().clone();
    float[][] inputs = rig.inputGradient();
    rig.forward(x);
    rig.backward(u);
    assertArrayEquals(weights, rig.plan().gradients());
    assertArrayEquals(inputs, rig.inputGradient());
  }

  /** Two heads on a body, of which a loss may look at one. */
  private static Graph twoOutputs() {
    return Network.of(
            INPUT,
            sequential(
                conv(3, 3).padding(1).noBias(),
                tap("early", batchNorm()),
                residual(
                    sequential(conv(3, 3).padding(1).noBias(), batchNorm()),
                    sequential(conv(3, 1).noBias(), batchNorm())),
                relu()))
        .graph();
  }

  /**
   * What a step has written at an output counts in that step alone, whether it ended well or not.
   */
  @ParameterizedTest
  @ValueSource(strings = {"early", Graph.OUTPUT})
  void aGradientAtAnOutputIsZeroAgainInTheNextStep(String written) {
    var graph = twoOutputs();
    var weights = Rig.randomWeights(graph, 3);
    var purpose =
        Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
    float[][] x = Rig.random(2, INPUT.elements(), 1, 4);
    var used = new Rig(graph, weights, ENGINE, 2, 3, purpose);
    var u = used.randomOutputGradients(5);
    used.forward(x);
    used.backward(u);
    for (var buffer : used.plan().outputGradients()) {
      for (float value : buffer.array()) {
        assertEquals(0, value);
      }
    }
    // Written for a pass that is refused, then for one that is not.
    used.plan().outputGradient(Graph.OUTPUT).write(1, new float[INPUT.elements()]);
    assertThrows(IllegalStateException.class, () -> used.backward(Map.of()));
    used.forward(x);
    used.backward(Map.of(written, u.get(written)));

    var fresh = new Rig(graph, weights, ENGINE, 2, 3, purpose);
    fresh.forward(x);
    fresh.backward(Map.of(written, u.get(written)));
    assertArrayEquals(fresh.plan().gradients(), used.plan().gradients());
    assertArrayEquals(fresh.inputGradient(), used.inputGradient());

    used.forward(x);
    used.backward(Map.of());
    for (float gradient : used.plan().gradients()) {
      assertEquals(0, gradient, "nothing was written");
    }
  }

  /**
   * Batch norm cuts a gradient off in its place, but never the one that is written at an output.
   */
  @Test
  void theGradientAtAnOutputIsOnlyRead() {
    var graph = twoOutputs();
    var purpose = Purpose.training().withDropout(false).withInputGradient();
    var rig = new Rig(graph, Rig.randomWeights(graph, 3), ENGINE, 2, 2, purpose);
    var u = rig.randomOutputGradients(5);
    float[] gradients = null;
    for (int step = 0; step < 2; step++) {
      rig.forward(Rig.random(2, INPUT.elements(), 1, 4));
      rig.backward(u);
      if (step > 0) {
        assertArrayEquals(gradients, rig.plan().gradients());
      }
      gradients = rig.plan().gradients().clone();
    }
  }

  /** What the forward pass left is used up: a second backward pass would compute nonsense. */
  @Test
  void everyBackwardPassWantsAForwardPass() {
    var graph = everything();
    var rig = new Rig(graph, Rig.randomWeights(graph, 3), ENGINE, 2, 2, GRADIENTS);
    var u = rig.randomOutputGradients(5);
    assertThrows(IllegalStateException.class, () -> rig.backward(u));
    rig.forward(Rig.random(2, INPUT.elements(), 1, 4));
    rig.backward(u);
    assertThrows(IllegalStateException.class, () -> rig.backward(u));
  }

  @Test
  void aBackwardPassHasTheSamplesOfItsForwardPass() {
    var graph = everything();
    var plan = ENGINE.plan(graph, Rig.randomWeights(graph, 3), 4, GRADIENTS);
    for (int forward = 1; forward <= 4; forward++) {
      for (int backward = 1; backward <= 4; backward++) {
        plan.forward(forward);
        if (backward != forward) {
          int other = backward;
          var thrown = assertThrows(IllegalStateException.class, () -> plan.backward(other));
          assertEquals(
              "the last forward pass had %d samples, the backward pass is asked for %d"
                  .formatted(forward, backward),
              thrown.getMessage());
          assertThrows(IllegalStateException.class, () -> plan.backwardAdding(other));
        }
        plan.backwardAdding(forward);
      }
    }
  }

  /** A forward pass that has failed is none, and does not leave the one before in its place. */
  @Test
  void noBackwardPassFollowsAForwardPassThatFailed() {
    var graph = Network.of(Shape.of(2), sequential(tanh(), new Picky(), tanh())).graph();
    var rig = new Rig(graph, Weights.empty(graph), ENGINE, 2, 2, GRADIENTS);
    float[][] x = Rig.random(2, 2, 1, 1);
    rig.forward(x);
    assertThrows(
        IllegalStateException.class, () -> rig.forward(new float[][] {{Float.NaN, 0}, {0, 0}}));
    var thrown = assertThrows(IllegalStateException.class, () -> rig.backward(Map.of()));
    assertEquals("call forward before every backward", thrown.getMessage());
    rig.forward(x);
    rig.backward(Map.of());
  }

  /** Packs its weight, and fails to when it is not a number; adds it to its input. */
  record Packing() implements PlainLayer {
    @Override
    public String kind() {
      return "packing";
    }

    @Override
    public List<Parameter> parameters(TensorType input) {
      return List.of(
          new Parameter(
              "weight", Shape.of(1), new WeightLayout.Plain(), new Initializer.Constant(1)));
    }

    @Override
    public Step compile(Binding binding) {
      var packed =
          binding.packed(
              0,
              "own",
              1,
              (w, wo, to, at) -> {
                // As real packings do, it begins with zeros.
                to[at] = 0;
                if (Float.isNaN(w[wo])) {
                  throw new IllegalStateException("the weight is not a number");
                }
                for (int i = 0; i < 1000; i++) {
                  to[at] += w[wo] / 1000;
                }
                to[at] = w[wo];
              });
      var x = binding.input(0);
      var y = binding.output();
      return Step.perSample(
          (from, to, worker) -> {
            for (int i = x.at(from); i < x.at(to); i++) {
              y.array()[y.offset() + i - x.offset()] =
                  x.array()[i] + packed.data()[packed.offset()];
            }
          },
          (from, to, worker) -> {});
    }
  }

  /** After a packing that failed, a pass packs again: it never computes with what is left. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aPassAfterAFailedPackingPacksAgain(int threads) {
    var graph =
        Network.of(Shape.of(1), sequential(new Packing(), new Packing(), new Packing())).graph();
    var weights = Weights.initialized(graph, 1);
    try (var engine = Engine.withThreads(threads)) {
      var rig = new Rig(graph, weights, engine, 2, 2, Purpose.inference().withAllOutputs());
      var other = new Rig(graph, weights, engine, 2, 2, Purpose.inference().withAllOutputs());
      float[][] x = {{1}, {2}};
      for (var entry : weights.table().weights()) {
        for (var first : List.of(rig, other)) {
          weights.write(entry, new float[] {Float.NaN});
          for (int i = 0; i < 3; i++) {
            var thrown = assertThrows(IllegalStateException.class, () -> first.forward(x));
            assertEquals("the weight is not a number", thrown.getMessage());
          }
          assertThrows(IllegalStateException.class, () -> rig.forward(x));
          weights.write(entry, new float[] {1});
          for (var each : List.of(rig, other)) {
            assertArrayEquals(new float[][] {{4}, {5}}, each.forward(x).get(Graph.OUTPUT));
          }
        }
      }
    }
  }

  /** Weights that are packed anew for one plan are not taken from under another that runs. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void packingForOnePlanDoesNotDisturbAnother(int threads) throws InterruptedException {
    var graph = everything();
    var weights = Rig.randomWeights(graph, 3);
    float[][] x = Rig.random(2, INPUT.elements(), 1, 4);
    try (var engine = Engine.withThreads(threads)) {
      var expected =
          new Rig(graph, weights, engine, 2, 2, Purpose.inference().withAllOutputs()).forward(x);
      var wrong = new AtomicInteger();
      var callers = new ArrayList<Thread>();
      for (int t = 0; t < 3; t++) {
        boolean changes = t > 0;
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      var rig =
                          new Rig(
                              graph, weights, engine, 2, 2, Purpose.inference().withAllOutputs());
                      for (int run = 0; run < 60; run++) {
                        if (changes) {
                          weights.changed();
                        }
                        if (!Arrays.deepEquals(
                            expected.get(Graph.OUTPUT), rig.forward(x).get(Graph.OUTPUT))) {
                          wrong.incrementAndGet();
                        }
                      }
                    }));
      }
      for (var caller : callers) {
        caller.join();
      }
      assertEquals(0, wrong.get());
    }
  }

  /** A second thread would write into what the first one reads. */
  @Test
  void aPlanThatRunsIsNotRunBesides() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    var graph = Network.of(Shape.of(2), new LendingTest.Slow(begun, end)).graph();
    var plan = ENGINE.plan(graph, Weights.empty(graph), 1, GRADIENTS);
    var runner = Thread.ofPlatform().start(() -> plan.forward(1));
    begun.await();
    for (Executable run :
        List.<Executable>of(() -> plan.forward(1), () -> plan.profile().step(1))) {
      assertEquals(
          "this plan is running: one thread at a time uses a plan, others make one of their own or"
              + " borrow one from the engine",
          assertThrows(IllegalStateException.class, run).getMessage());
    }
    end.countDown();
    runner.join();
    plan.forward(1);
  }

  /** With running statistics a forward pass leaves the model as it was. */
  @Test
  void inferenceChangesNothing() {
    var graph = everything();
    var weights = Rig.randomWeights(graph, 3);
    var before = weights.copy();
    new Rig(graph, weights, ENGINE, 2, 2, Purpose.inference().withAllOutputs())
        .forward(Rig.random(2, INPUT.elements(), 1, 4));
    assertArrayEquals(before.values(), weights.values());
    assertArrayEquals(before.statistics(), weights.statistics());
  }

  @Test
  void batchesOutOfRangeAreRefused() {
    var graph = everything();
    var weights = Weights.empty(graph);
    var plan = ENGINE.plan(graph, weights, 4, GRADIENTS);
    assertMessage("this plan runs 1 to 4 samples, asked for 5", () -> plan.forward(5));
    assertMessage("this plan runs 1 to 4 samples, asked for 0", () -> plan.forward(0));
    assertMessage("this plan runs 1 to 4 samples, asked for 5", () -> plan.backward(5));
    assertMessage(
        "a plan's batch has at least 1 sample, found 0",
        () -> ENGINE.plan(graph, weights, 0, GRADIENTS));
    assertMessage(
        "a batch of 6000000 samples of 396 values is more than 2^31 values: use a smaller batch",
        () -> ENGINE.plan(graph, weights, 6_000_000, GRADIENTS));
  }

  @Test
  void samplesThatABufferHasNotAreRefused() {
    var graph = everything();
    var plan = ENGINE.plan(graph, Weights.empty(graph), 4, GRADIENTS);
    var input = plan.input();
    float[] values = input.read(3);
    input.write(3, values);
    for (int sample : new int[] {-1, Integer.MIN_VALUE, 1 << 20, 1 << 30, Integer.MAX_VALUE}) {
      for (Executable use :
          List.<Executable>of(() -> input.read(sample), () -> input.write(sample, values))) {
        String said = assertThrows(IndexOutOfBoundsException.class, use).getMessage();
        assertTrue(said.startsWith("there is no sample " + sample), said);
      }
    }
  }

  @Test
  void aProfileHasTimesAfterAStep() {
    var graph = everything();
    var profile = ENGINE.plan(graph, Weights.empty(graph), 4, GRADIENTS).profile();
    assertEquals(
        "call step before layers: there are no times yet",
        assertThrows(IllegalStateException.class, profile::layers).getMessage());
  }

  private static void assertMessage(String message, Executable running) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, running).getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFailingLayerFailsTheRunAndThePlanGoesOn(int threads) {
    var graph = Network.of(Shape.of(2), sequential(tanh(), new Picky(), tanh())).graph();
    try (var engine = Engine.withThreads(threads)) {
      var rig = new Rig(graph, Weights.empty(graph), engine, 6, 6, GRADIENTS);
      float[][] x = Rig.random(6, 2, 1, 1);
      var expected = rig.forward(x);
      for (int n = 0; n < 6; n++) {
        float[][] bad = Rig.random(6, 2, 1, 1);
        bad[n][0] = Float.NaN;
        var thrown = assertThrows(IllegalStateException.class, () -> rig.forward(bad));
        assertEquals("sample %d is not a number".formatted(n), thrown.getMessage());
        assertSameRows(expected, rig.forward(x));
      }
    }
  }

  /** One sample of one pixel has no variance; what the failed run summed up must not stay. */
  @Test
  void aBatchTooSmallForBatchNormLeavesNoTrace() {
    var graph = Network.of(Shape.of(3), batchNorm()).graph();
    var weights = Rig.randomWeights(graph, 1);
    float[][] x = Rig.random(2, 3, 1, 2);
    var purpose = Purpose.training().withDropout(false).withInputGradient();
    var expected = new Rig(graph, weights.copy(), ENGINE, 2, 2, purpose).forward(x);
    var rig = new Rig(graph, weights, ENGINE, 2, 2, purpose);
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> new Rig(rig, 1).forward(Rig.random(1, 3, 5, 3)));
    assertEquals(
        "batch norm with batch statistics needs more than one value per channel, found a batch of 1"
            + " with 1 pixel: use a larger batch or running statistics",
        thrown.getMessage());
    assertSameRows(expected, rig.forward(x));
  }

  @Test
  void twoThreadsRunTheirOwnPlansOnOneEngine() throws InterruptedException {
    var graph = Network.of(Shape.image(12, 12, 1), LayerCases.smallLenet()).graph();
    var weights = Rig.randomWeights(graph, 1);
    float[][] x = Rig.random(4, 144, 1, 2);
    var expected =
        new Rig(graph, weights, ENGINE, 4, 4, Purpose.inference().withAllOutputs()).forward(x);
    var wrong = new boolean[2];
    var threads = new Thread[2];
    for (int t = 0; t < 2; t++) {
      int thread = t;
      threads[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    var rig =
                        new Rig(graph, weights, ENGINE, 4, 4, Purpose.inference().withAllOutputs());
                    for (int run = 0; run < 30; run++) {
                      wrong[thread] |=
                          !Arrays.deepEquals(
                              expected.get(Graph.OUTPUT), rig.forward(x).get(Graph.OUTPUT));
                    }
                  });
    }
    for (var thread : threads) {
      thread.join();
    }
    assertFalse(wrong[0] || wrong[1]);
  }

  /** Fails for an input that is not a number. */
  record Picky() implements PlainLayer {
    @Override
    public String kind() {
      return "picky";
    }

    @Override
    public Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      return Step.perSample(
          (from, to, worker) -> {
            for (int n = from; n < to; n++) {
              if (Float.isNaN(x.array()[x.at(n)])) {
                throw new IllegalStateException("sample %d is not a number".formatted(n));
              }
              System.arraycopy(x.array(), x.at(n), y.array(), y.at(n), y.stride());
            }
          },
          (from, to, worker) -> {});
    }
  }

  /** A layer of one's own is as good as Stride's: nothing asks which layers there are. */
  @Test
  void aLayerOfOnesOwnRuns() {
    Layer own = new Picky();
    var graph = Network.of(Shape.of(2), own).graph();
    var rig =
        new Rig(graph, Weights.empty(graph), ENGINE, 1, 1, Purpose.inference().withAllOutputs());
    assertArrayEquals(new float[] {3, 4}, rig.forward(new float[][] {{3, 4}}).get(Graph.OUTPUT)[0]);
  }

  @Test
  void aPredictionComputesTheNetworksOwnOutputAlone() {
    var graph =
        Network.of(
                Shape.of(2),
                sequential(dense(3), aside("aux", new Picky()), tap("middle", tanh()), dense(2)))
            .graph();
    var weights = Rig.randomWeights(graph, 1);
    float[][] x = Rig.random(2, 2, 1, 2);
    var all =
        new Rig(graph, weights, ENGINE, 2, 2, Purpose.inference().withAllOutputs()).forward(x);
    var plan = ENGINE.plan(graph, weights, 2, Purpose.inference());
    for (int n = 0; n < 2; n++) {
      plan.input().write(n, x[n]);
    }
    plan.forward(2);
    for (int n = 0; n < 2; n++) {
      assertArrayEquals(all.get(Graph.OUTPUT)[n], plan.output(Graph.OUTPUT).read(n));
      assertArrayEquals(all.get("middle")[n], plan.output("middle").read(n));
    }
    var thrown = assertThrows(IllegalStateException.class, () -> plan.output("aux"));
    assertEquals(
        "this plan computes output alone: make it for a purpose with the output aux",
        thrown.getMessage());
    plan.input().write(0, new float[] {Float.NaN, 0});
    plan.forward(2);
    assertTrue(Float.isNaN(plan.output(Graph.OUTPUT).read(0)[0]), "what is aside has run");
  }

  @Test
  void gradientsComeFromTheOutputsThatAreComputed() {
    var graph =
        Network.of(
                Shape.of(2),
                sequential(tap("first", dense(3)), aside("aux", dense(2)), tanh(), dense(2)))
            .graph();
    var weights = Rig.randomWeights(graph, 1);
    var purpose = Purpose.inference().withWeightGradients(true).withInputGradient();
    var cut = graph.only(Graph.OUTPUT);
    var expected = new Rig(cut, weights.part(cut), ENGINE, 2, 2, purpose);
    var plan = ENGINE.plan(graph, weights, 2, purpose);
    float[][] x = Rig.random(2, 2, 1, 2);
    float[][] dy = Rig.random(2, 2, 1, 3);
    expected.forward(x);
    expected.backward(Map.of(Graph.OUTPUT, dy));
    for (int n = 0; n < 2; n++) {
      plan.input().write(n, x[n]);
    }
    plan.forward(2);
    for (int n = 0; n < 2; n++) {
      plan.outputGradient(Graph.OUTPUT).write(n, dy[n]);
    }
    plan.backward(2);
    assertArrayEquals(expected.plan().gradients(), plan.gradients());
    assertArrayEquals(expected.inputGradient()[1], plan.inputGradient().read(1));
    assertThrows(IllegalStateException.class, () -> plan.outputGradient("first"));
    assertEquals(1, plan.outputGradients().size());
  }

  @Test
  void aPurposeNamesOutputsAndInputsThatThereAre() {
    var graph = Network.of(Shape.of(2), sequential(tap("first", dense(3)), tanh())).graph();
    var weights = Rig.randomWeights(graph, 1);
    var first = ENGINE.plan(graph, weights, 1, Purpose.inference().withOutputs("first"));
    first.forward(1);
    assertThrows(IllegalStateException.class, () -> first.output(Graph.OUTPUT));
    var output =
        assertThrows(
            IllegalArgumentException.class,
            () -> ENGINE.plan(graph, weights, 1, Purpose.inference().withOutputs("second")));
    assertEquals("no output is named second; there are first, output", output.getMessage());
    var input =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                ENGINE.plan(
                    graph, weights, 1, Purpose.inference().withInputGradients(Set.of("x"))));
    assertEquals("no input is named x; there is input", input.getMessage());
  }

  /** Each value is that of a graph that ends there, whatever would be fused or lie over another. */
  @Test
  void anObserverSeesEachNodesValue() {
    var graph =
        Network.of(
                Shape.image(8, 8, 3),
                sequential(
                    residual(
                        sequential(
                            conv(16, 3).padding(1), batchNorm(), relu(), conv(3, 1), batchNorm())),
                    relu(),
                    maxPool(2),
                    flatten(),
                    dense(4),
                    tanh()))
            .graph();
    var weights = Rig.randomWeights(graph, 1);
    float[][] x = Rig.random(2, 192, 1, 2);
    for (var purpose :
        List.of(Purpose.inference(), Purpose.training().withBatchStatistics(false))) {
      var plan = ENGINE.plan(graph, weights, 2, purpose.observing());
      for (int n = 0; n < 2; n++) {
        plan.input().write(n, x[n]);
      }
      plan.forward(2);
      for (int n = 0; n < graph.nodes().size(); n++) {
        var cut = graph.withOutputs(Map.of(Graph.OUTPUT, graph.edgeOf(n))).only(Graph.OUTPUT);
        var rig = new Rig(cut, weights.part(cut), ENGINE, 2, 2, Purpose.inference());
        var expected = rig.forward(x).get(Graph.OUTPUT);
        String name = graph.nodes().get(n).name();
        assertArrayEquals(expected[0], plan.value(name).read(0), 1e-5f, name);
        assertArrayEquals(expected[1], plan.value(name).read(1), 1e-5f, name);
      }
      var thrown = assertThrows(IllegalArgumentException.class, () -> plan.value("conv9"));
      assertEquals("the network has no layer named conv9", thrown.getMessage());
    }
    var plain = ENGINE.plan(graph, weights, 2, Purpose.inference());
    assertThrows(IllegalStateException.class, () -> plain.value("0.0"));
  }
}
