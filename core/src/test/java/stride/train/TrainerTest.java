package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

final class TrainerTest {
  /** One thread does not wait for others, whatever else the machine does. */
  private static final Engine ENGINE = Engine.withThreads(1);

  static List<Network> networks() {
    return List.of(Toy.lenet(), Toy.modern());
  }

  static List<Optimizer> optimizers() {
    return List.of(
        Optimizer.sgd(0.2),
        Optimizer.sgd(0.05).momentum(0.9),
        Optimizer.sgd(0.05).nesterov(0.9),
        Optimizer.adam(0.01),
        Optimizer.adamw(0.01),
        Optimizer.rmsprop(0.003));
  }

  /** A network that cannot learn twelve images by heart has a wrong gradient somewhere. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void overfitsOneBatch(Optimizer optimizer) throws IOException {
    var batch = Toy.images(12, 1);
    var results = new ArrayList<EpochResult>();
    var model =
        Trainer.of(Toy.lenet())
            .optimizer(optimizer)
            .engine(ENGINE)
            .schedule(Schedule.constant())
            .epochs(150)
            .batch(12)
            .callback(collect(results))
            .fit(batch, null);
    assertEquals(150, results.size());
    assertTrue(results.getFirst().loss() > 1, "loss of a guess: " + results.getFirst());
    assertTrue(results.getLast().loss() < 0.02, "at the end: " + results.getLast());
    assertEquals(1, Evaluation.of(model, batch, ENGINE).top1());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void learnsWhatItHasNotSeen(Network network) throws IOException {
    var results = new ArrayList<EpochResult>();
    var model =
        Trainer.of(network)
            .engine(ENGINE)
            .epochs(10)
            .batch(8)
            .callback(collect(results))
            .fit(Toy.images(240, 1), Toy.images(200, 2));
    var last = results.getLast();
    assertTrue(last.test().top1() >= 0.97, "test accuracy of " + last);
    assertTrue(last.loss() < results.getFirst().loss() / 2, "losses of " + results);
    var evaluation = Evaluation.of(model, Toy.images(200, 2), ENGINE);
    assertEquals(last.test().top1(), evaluation.top1(), "the model is the last epoch's");
    assertEquals(1, evaluation.top5(), "among 4 classes the right one is among 5");
    assertEquals(200, evaluation.images());
    assertEquals(List.of("rows", "columns", "slope", "spot"), model.labels());
  }

  @Test
  @Tag("kernels")
  void theSameSeedGivesTheSameBitsForEveryNumberOfThreads() throws IOException {
    for (var network : networks()) {
      var one = train(network, 1, 7);
      for (int threads = 1; threads <= 3; threads++) {
        var other = train(network, threads, 7);
        assertArrayEquals(
            one.weights().values(), other.weights().values(), threads + " threads, seed 7");
        assertArrayEquals(
            one.weights().statistics(), other.weights().statistics(), threads + " threads, seed 7");
      }
      assertFalse(
          Arrays.equals(one.weights().values(), train(network, 1, 8).weights().values()), "seed 8");
    }
  }

  private static Model train(Network network, int threads, long seed) throws IOException {
    try (var engine = Engine.withThreads(threads)) {
      return Trainer.of(network)
          .epochs(2)
          .batch(19)
          .seed(seed)
          .augmentation(new RandomShift(1))
          .engine(engine)
          .fit(Toy.images(50, 3), null);
    }
  }

  @Test
  void everyEpochAndStepIsReported() throws IOException {
    var steps = new ArrayList<String>();
    var results = new ArrayList<EpochResult>();
    var counting =
        new Callback() {
          @Override
          public void begin(Progress progress) {
            steps.add("%d/%d".formatted(progress.epoch(), progress.epochs()));
          }

          @Override
          public void step(Progress progress) {
            steps.add(
                "%d %d/%d %d"
                    .formatted(
                        progress.epoch(),
                        progress.step(),
                        progress.stepsPerEpoch(),
                        progress.samples()));
            assertTrue(progress.loss() > 0 && progress.accuracy() >= 0);
          }
        };
    Trainer.of(Toy.lenet())
        .optimizer(Optimizer.sgd(0.05))
        .schedule((step, all) -> all == 6 ? 1 - step / 10.0 : Double.NaN)
        .epochs(2)
        .batch(4)
        .callback(counting)
        .callback(collect(results))
        .fit(Toy.images(10, 1), Toy.images(8, 2));
    assertEquals(
        List.of("0/2", "0 1/3 4", "0 2/3 8", "0 3/3 10", "1 1/3 4", "1 2/3 8", "1 3/3 10"), steps);
    assertEquals(List.of(1, 2), results.stream().map(EpochResult::epoch).toList());
    assertEquals(List.of(10, 10), results.stream().map(EpochResult::samples).toList());
    assertEquals(0.05 * 0.8, results.get(0).learningRate(), 1e-12);
    assertEquals(0.05 * 0.5, results.get(1).learningRate(), 1e-12);
    assertEquals(8, results.get(1).test().images());
  }

  @Test
  void aLossThatIsNoNumberEndsTheTrainingWithAdvice() {
    var network = Network.of(Toy.SHAPE, sequential(flatten(), dense(16), relu(), dense(4)));
    var trainer = Trainer.of(network).optimizer(Optimizer.sgd(1e30)).batch(8).epochs(2);
    var thrown = assertThrows(TrainingException.class, () -> trainer.fit(Toy.images(32, 1), null));
    assertTrue(
        thrown
            .getMessage()
            .matches(
                "the loss became (NaN|Infinity) in step [234] of epoch 1: a learning rate below"
                    + " 1\\.0E30 may help \\(--lr; lr-find suggests one\\), or clipped gradients"
                    + " \\(--clip-grad-norm\\)"),
        thrown.getMessage());
  }

  @Test
  void stoppingWithoutACheckpointSaysWhere() {
    int[] steps = {0};
    var trainer = Trainer.of(Toy.lenet()).batch(8).stopWhen(() -> ++steps[0] == 6);
    var thrown = assertThrows(StoppedException.class, () -> trainer.fit(Toy.images(32, 1), null));
    assertEquals("stopped after step 2 of epoch 2", thrown.getMessage());
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeTheFirstStep() {
    var data = Toy.images(8, 1);
    assertMessage(
        "the network takes images of 9x8x1, the data set has 8x8x1",
        () ->
            Trainer.of(Network.of(Shape.image(9, 8, 1), sequential(flatten(), dense(4))))
                .fit(data, null));
    assertMessage(
        "the network has 3 outputs, the data set 4 classes",
        () -> Trainer.of(Network.of(Toy.SHAPE, sequential(flatten(), dense(3)))).fit(data, null));
    assertMessage(
        "the training set is empty", () -> Trainer.of(Toy.lenet()).fit(data.first(0), null));
    assertMessage("epochs must be at least 1, was 0", () -> Trainer.of(Toy.lenet()).epochs(0));
    assertMessage(
        "the samples of a batch must be at least 1, was 0", () -> Trainer.of(Toy.lenet()).batch(0));
    assertMessage(
        "a learning rate must be above 0, was NaN",
        () -> Trainer.of(Toy.lenet()).optimizer(Optimizer.sgd(Double.NaN)));
    assertMessage(
        "a learning rate must be above 0, was -0.1",
        () -> Trainer.of(Toy.lenet()).optimizer(Optimizer.sgd(-0.1)));
  }

  private static void assertMessage(
      String message, org.junit.jupiter.api.function.Executable making) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, making).getMessage());
  }

  static Callback collect(List<EpochResult> into) {
    return new Callback() {
      @Override
      public void epoch(EpochResult result) {
        into.add(result);
      }
    };
  }
}
