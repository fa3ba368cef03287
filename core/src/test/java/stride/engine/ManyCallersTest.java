package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.graph.Graph;
import stride.kernel.Kernels;
import stride.layer.LayerCases;
import stride.layer.Rig;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Many threads on one engine, with models, sizes and batches of all kinds: each gets the bits that
 * it would get alone.
 */
@Timeout(300)
final class ManyCallersTest {
  private static final int ROUNDS = 12;

  /** A model, some inputs, and what one thread alone makes of each batch of the first of them. */
  private record Case(Model model, List<Tensor> inputs, List<List<float[]>> answers) {
    static Case of(Network network, int most, long seed) {
      var weights = Rig.randomWeights(network.graph(), seed);
      var model =
          new Model(network, weights, List.of(), stride.image.Preprocessing.none(network.input()));
      var inputs = new ArrayList<Tensor>();
      for (float[] row : Rig.random(most, network.input().elements(), 1, seed)) {
        inputs.add(new Tensor(network.input(), row));
      }
      var answers = new ArrayList<List<float[]>>();
      try (var alone = Engine.withThreads(1)) {
        for (int batch = 1; batch <= most; batch++) {
          answers.add(bits(model.logits(inputs.subList(0, batch), alone)));
        }
      }
      return new Case(model, inputs, answers);
    }

    private static List<float[]> bits(List<Tensor> tensors) {
      return tensors.stream().map(Tensor::data).toList();
    }

    boolean isRight(int batch, Engine engine) {
      var expected = answers.get(batch - 1);
      var actual = bits(model.logits(inputs.subList(0, batch), engine));
      for (int n = 0; n < batch; n++) {
        if (!Arrays.equals(expected.get(n), actual.get(n))) {
          return false;
        }
      }
      return actual.size() == batch;
    }
  }

  private static List<Case> cases() {
    var lenet = LayerCases.smallLenet();
    var mid =
        sequential(
            conv(24, 3).padding(1).noBias(),
            batchNorm(),
            relu(),
            residual(sequential(conv(24, 3).padding(1), batchNorm(), relu6())),
            conv(70, 3).stride(2),
            relu(),
            residual(sequential(conv(70, 3).groups(70).padding(1), batchNorm(), relu())),
            maxPool(2),
            globalAvgPool(),
            flatten(),
            dense(10));
    return List.of(
        Case.of(Network.of(Shape.image(12, 12, 1), lenet), 9, 1),
        Case.of(Network.of(Shape.image(16, 16, 1), lenet), 5, 2),
        Case.of(Network.of(Shape.image(20, 24, 3), mid), 5, 3),
        Case.of(Network.of(Shape.image(33, 17, 3), mid), 3, 4),
        Case.of(Network.of(Shape.of(7), sequential(dense(5), tanh(), dense(3))), 32, 5));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 40, false",
    "1, 40, true",
    "2, 60, false",
    "2, 60, true",
    "3, 24, false",
    "3, 3, false",
    "5, 24, true",
    "4, 3, false"
  })
  void everyCallerGetsTheBitsThatItWouldGetAlone(int threads, int callers, boolean virtual)
      throws InterruptedException {
    var cases = cases();
    var failures = new ConcurrentLinkedQueue<String>();
    try (var engine = Engine.with(threads, Kernels.best())) {
      var all = new ArrayList<Thread>();
      for (int c = 0; c < callers; c++) {
        int seed = c;
        Runnable requests =
            () -> {
              var random = new SplittableRandom(seed);
              for (int round = 0; round < ROUNDS; round++) {
                var one = cases.get(random.nextInt(cases.size()));
                int batch = 1 + random.nextInt(one.inputs.size());
                try {
                  if (!one.isRight(batch, engine)) {
                    failures.add("caller %d, round %d: other bits".formatted(seed, round));
                  }
                } catch (Throwable e) {
                  failures.add("caller %d, round %d: %s".formatted(seed, round, e));
                }
              }
            };
        all.add(virtual ? Thread.ofVirtual().start(requests) : Thread.ofPlatform().start(requests));
      }
      for (var caller : all) {
        caller.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertEquals(0, engine.lent());
    }
  }

  /** A training has the same bits whoever else uses its engine, and requests theirs. */
  @Test
  void aTrainingBesideManyRequestsLearnsTheSame() throws InterruptedException {
    var graph = cases().get(2).model.network().graph();
    float[] alone;
    try (var engine = Engine.withThreads(2)) {
      alone = train(graph, engine);
    }
    var cases = cases();
    var failures = new ConcurrentLinkedQueue<String>();
    try (var engine = Engine.withThreads(2)) {
      var trained = new float[1][];
      var trainer = Thread.ofPlatform().start(() -> trained[0] = train(graph, engine));
      var callers = new ArrayList<Thread>();
      for (int c = 0; c < 6; c++) {
        var one = cases.get(c % cases.size());
        callers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (trainer.isAlive()) {
                        if (!one.isRight(1, engine)) {
                          failures.add("other bits");
                        }
                      }
                    }));
      }
      trainer.join();
      for (var caller : callers) {
        caller.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertTrue(Arrays.equals(alone, trained[0]), "the training's weights");
    }
  }

  private static float[] train(Graph graph, Engine engine) {
    var weights = Rig.randomWeights(graph, 8);
    var rig = new Rig(graph, weights, engine, 6, 6, Purpose.training());
    for (int step = 0; step < 8; step++) {
      rig.forward(Rig.random(6, graph.input().shape().elements(), 1, step));
      rig.backward(rig.randomOutputGradients(step));
      for (int i = 0; i < weights.values().length; i++) {
        weights.values()[i] -= 1e-4f * rig.plan().gradients()[i];
      }
      weights.changed();
    }
    return weights.values();
  }

  /** 200 threads, as many as Tomcat has, until a thousand requests are answered by each network. */
  @Test
  @Tag("slow")
  void twoHundredThreadsOnTheSharedEngine() throws InterruptedException {
    var cases = cases();
    var failures = new ConcurrentLinkedQueue<String>();
    var callers = new ArrayList<Thread>();
    for (int c = 0; c < 200; c++) {
      int seed = c;
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    var random = new SplittableRandom(seed);
                    for (int round = 0; round < 100; round++) {
                      var one = cases.get(random.nextInt(cases.size()));
                      int batch = 1 + random.nextInt(one.inputs.size());
                      try {
                        if (!one.isRight(batch, Engine.shared())) {
                          failures.add("caller %d, round %d: other bits".formatted(seed, round));
                        }
                      } catch (Throwable e) {
                        failures.add("caller %d, round %d: %s".formatted(seed, round, e));
                      }
                    }
                  }));
    }
    for (var caller : callers) {
      caller.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
  }
}
