package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.Augmentation;
import stride.data.CutMix;
import stride.data.ImageDataset;
import stride.data.Mixup;
import stride.data.RandomErasing;
import stride.data.RandomShift;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** A training that was stopped and goes on ends with the bits of one that was not. */
final class CheckpointTest {
  private static final int EPOCHS = 3;
  private static final int STEPS = 4;

  @TempDir Path folder;

  static IntStream steps() {
    return IntStream.range(1, EPOCHS * STEPS);
  }

  private Path checkpoint() {
    return folder.resolve("checkpoint.safetensors");
  }

  private Path log() {
    return folder.resolve("metrics.jsonl");
  }

  /** 22 images in batches of 6: the last of an epoch's 4 steps has 4. */
  private Trainer trainer(Optimizer optimizer) {
    return trainer(Toy.modern(), optimizer);
  }

  private Trainer trainer(Network network, Optimizer optimizer) {
    return Trainer.of(network)
        .optimizer(optimizer)
        .augmentation(new RandomShift(1))
        .epochs(EPOCHS)
        .batch(6)
        .seed(3)
        .engine(Engine.shared());
  }

  private static Model fit(Trainer trainer) throws IOException {
    return trainer.fit(Toy.images(22, 1), Toy.images(8, 2));
  }

  private static void assertSameBits(Model expected, Model actual, String when) {
    assertArrayEquals(expected.weights().values(), actual.weights().values(), when);
    assertArrayEquals(expected.weights().statistics(), actual.weights().statistics(), when);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void goesOnAfterEveryStepAsIfItHadNotStopped(int stopAfter) throws IOException {
    var optimizer = Optimizer.sgd(0.05).momentum(0.9);
    var expectedResults = new ArrayList<String>();
    var expected = fit(trainer(optimizer).callback(describe(expectedResults)));

    int[] step = {0};
    var results = new ArrayList<String>();
    var stopped =
        assertThrows(
            StoppedException.class,
            () ->
                fit(
                    trainer(optimizer)
                        .checkpoint(checkpoint())
                        .callback(new MetricsLog(log()))
                        .callback(describe(results))
                        .stopWhen(() -> ++step[0] == stopAfter)));
    assertEquals(
        "stopped after step %d of epoch %d, saved in %s"
            .formatted((stopAfter - 1) % STEPS + 1, (stopAfter - 1) / STEPS + 1, checkpoint()),
        stopped.getMessage());
    var resumed =
        fit(
            trainer(optimizer)
                .checkpoint(checkpoint())
                .callback(new MetricsLog(log()))
                .callback(describe(results))
                .resume());
    assertSameBits(expected, resumed, "stopped after " + stopAfter);
    assertEquals(expectedResults, results, "each epoch is reported once, with the same numbers");
    assertEquals(EPOCHS, Files.readAllLines(log()).size());
  }

  /** A data set whose images cannot be read. */
  private record Broken(ImageDataset of) implements ImageDataset {
    @Override
    public void read(int index, float[] into, int offset) {
      throw new UncheckedIOException(new IOException("image %d is broken".formatted(index)));
    }

    @Override
    public Shape shape() {
      return of.shape();
    }

    @Override
    public int size() {
      return of.size();
    }

    @Override
    public List<String> labels() {
      return of.labels();
    }

    @Override
    public Preprocessing preprocessing() {
      return of.preprocessing();
    }

    @Override
    public int label(int index) {
      return of.label(index);
    }
  }

  @Test
  void aTestThatIsBrokenOffIsDoneAgainWithoutTheStepsBeforeIt() throws IOException {
    var train = Toy.images(22, 1);
    var test = Toy.images(700, 2);
    var going = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint());
    var expected = trainer(Optimizer.sgd(0.05)).fit(train, test);

    int[] asked = {0};
    var stopped =
        assertThrows(
            StoppedException.class,
            () -> going.stopWhen(() -> ++asked[0] == STEPS + 1).fit(train, test));
    String where = "stopped after step %d of epoch 1, saved in ".formatted(STEPS);
    assertEquals(where + checkpoint(), stopped.getMessage());
    var steps = new int[EPOCHS];
    var counting =
        new Callback() {
          @Override
          public void step(Progress progress) {
            steps[progress.epoch()]++;
          }
        };
    assertSameBits(
        expected, going.resume().callback(counting).fit(train, test), "stopped in a test");
    assertArrayEquals(new int[] {0, STEPS, STEPS}, steps);

    Files.delete(checkpoint());
    assertThrows(UncheckedIOException.class, () -> going.fit(train, new Broken(test)));
    steps[0] = 0;
    assertSameBits(expected, going.resume().callback(counting).fit(train, test), "broken");
    assertEquals(0, steps[0], "the first epoch's steps were kept");
  }

  @ParameterizedTest
  @MethodSource("stride.train.TrainerTest#optimizers")
  void keepsWhatEveryOptimizerRemembers(Optimizer optimizer) throws IOException {
    var expected = fit(trainer(optimizer));
    for (int stops = 0; stops < 2; stops++) {
      int[] step = {0};
      assertThrows(
          StoppedException.class,
          () ->
              fit(
                  trainer(optimizer)
                      .checkpoint(checkpoint())
                      .resume()
                      .stopWhen(() -> ++step[0] == 5)));
    }
    assertSameBits(expected, fit(trainer(optimizer).checkpoint(checkpoint()).resume()), "stops");
  }

  /** Everything that a training may keep from step to step besides, or that changes with epochs. */
  static List<UnaryOperator<Trainer>> features() {
    return List.of(
        trainer -> trainer.refinements(Refinements.NONE.averaged(0.9).clipNorm(0.5)),
        trainer -> trainer.refinements(Refinements.NONE.decayMatricesOnly()).accumulate(2),
        trainer -> trainer.schedule(Schedule.plateau(0.3, 0).warmUp(0.2)),
        trainer -> trainer.batches(3, 6, 11),
        trainer -> trainer.callback(new EarlyStopping(1)),
        trainer -> trainer.freezeBackbone(),
        trainer -> trainer.freezeBackbone().augmentation(Augmentation.none()),
        trainer ->
            trainer
                .augmentation(Augmentation.none())
                .fineTuning(FineTuning.HEAD_ONLY.unfreezeAfter(1).headRate(3).freezeNorms())
                .refinements(Refinements.NONE.averaged(0.9)),
        trainer -> trainer.augmentation(new Mixup(0.4)),
        trainer -> trainer.augmentation(new CutMix(1)).accumulate(2),
        trainer ->
            trainer.augmentation(
                Augmentation.chain(new RandomErasing(0.5), new Mixup(0.2), new CutMix(1))),
        trainer -> trainer.loss(new SoftmaxCrossEntropy(0.1, List.of(1.0, 2.0, 0.5, 1.0))));
  }

  @ParameterizedTest
  @MethodSource("features")
  void keepsWhatEveryFeatureNeeds(UnaryOperator<Trainer> feature) throws IOException {
    for (var optimizer : List.of(Optimizer.sgd(0.05).momentum(0.9), Optimizer.adam(0.01))) {
      var trainer = feature.apply(trainer(optimizer));
      var lines = new ArrayList<String>();
      var expected = fit(trainer.callback(describe(lines)));
      for (int stopAfter : List.of(1, 2, 3, 5, 7)) {
        Files.deleteIfExists(checkpoint());
        int[] step = {0};
        var results = new ArrayList<String>();
        var going = trainer.checkpoint(checkpoint()).callback(describe(results));
        try {
          fit(going.stopWhen(() -> ++step[0] == stopAfter));
        } catch (StoppedException e) {
          assertTrue(Files.exists(checkpoint()), e.getMessage());
        }
        assertSameBits(expected, fit(going.resume()), "stopped after " + stopAfter);
        assertEquals(lines, results, "stopped after " + stopAfter);
      }
    }
  }

  /** What was computed since the last epoch is lost, and computed again. */
  @ParameterizedTest
  @MethodSource("features")
  void losesNothingByDyingBetweenCheckpoints(UnaryOperator<Trainer> feature) throws IOException {
    var trainer = feature.apply(trainer(Optimizer.sgd(0.05).momentum(0.9)));
    var expected = fit(trainer);
    for (int dyingAfter : List.of(1, 3, 5, 6)) {
      Files.deleteIfExists(checkpoint());
      int[] step = {0};
      var dying =
          new Callback() {
            @Override
            public void step(Progress progress) throws IOException {
              if (++step[0] == dyingAfter) {
                throw new IOException("died");
              }
            }
          };
      var going = trainer.checkpoint(checkpoint()).resume();
      try {
        fit(going.callback(dying));
      } catch (IOException e) {
        assertEquals("died", e.getMessage());
      }
      assertSameBits(expected, fit(going), "died after " + dyingAfter);
    }
  }

  /** As if the process had died between two checkpoints: what it logged since is cut off. */
  @Test
  void goesOnFromTheLastEpochAndCutsTheLogBackToIt() throws IOException {
    var optimizer = Optimizer.adam(0.01);
    var expected = fit(trainer(optimizer));
    int[] step = {0};
    var dying =
        new Callback() {
          @Override
          public void step(Progress progress) throws IOException {
            if (++step[0] == STEPS + 2) {
              throw new IOException("died");
            }
          }
        };
    assertThrows(
        IOException.class,
        () ->
            fit(
                trainer(optimizer)
                    .checkpoint(checkpoint())
                    .callback(new MetricsLog(log()))
                    .callback(dying)));
    var lines = new ArrayList<>(Files.readAllLines(log()));
    assertEquals(1, lines.size());
    String first = lines.getFirst();
    assertTrue(
        first.matches(
            "\\{\"epoch\":1,\"loss\":[0-9.]+,\"accuracy\":[0-9.]+,\"learning_rate\":[0-9.E-]+,"
                + "\"test_loss\":[0-9.]+,\"test_accuracy\":[0-9.]+,\"test_top5\":1.0,\"test_images\":8,\"seconds\":[0-9.E-]+,"
                + "\"images_per_second\":[0-9.E]+}"),
        first);
    lines.add("{\"epoch\":2,\"loss\":1}");
    lines.add("{\"epoch\":3,\"lo");
    Files.write(log(), lines);
    var resumed =
        fit(trainer(optimizer).checkpoint(checkpoint()).callback(new MetricsLog(log())).resume());
    assertSameBits(expected, resumed, "resumed from the checkpoint of epoch 1");
    var all = Files.readAllLines(log());
    assertEquals(EPOCHS, all.size());
    assertEquals(first, all.getFirst());
    assertFalse(all.contains("{\"epoch\":2,\"loss\":1}"));
  }

  @Test
  void aFinishedTrainingGivesItsModelAgain() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint());
    assertSameBits(fit(trainer), fit(trainer.resume()), "finished");
  }

  @Test
  void withoutResumeOrCheckpointItBeginsAnew() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05));
    var expected = fit(trainer);
    assertSameBits(expected, fit(trainer.checkpoint(checkpoint()).resume()), "no checkpoint yet");
    assertSameBits(expected, fit(trainer.checkpoint(checkpoint())), "not resumed");
  }

  /** Whatever changes the bits at the end is a setting that a checkpoint must agree with. */
  @Test
  void refusesACheckpointOfAnotherTraining() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint()).resume();
    fit(trainer);
    var images = Toy.images(22, 1);
    var test = Toy.images(8, 2);
    String settings = trainer.settings(images, test);
    for (var other :
        List.of(
            trainer.epochs(4),
            trainer.batch(5),
            trainer.seed(4),
            trainer.optimizer(Optimizer.sgd(0.06)),
            trainer.optimizer(Optimizer.sgd(0.05).weightDecay(1e-4)),
            trainer.schedule(Schedule.cosine()),
            trainer.augmentation(new RandomShift(2)),
            trainer.loss(new BinaryCrossEntropy()),
            trainer(Toy.modern(relu()), Optimizer.sgd(0.05)).checkpoint(checkpoint()).resume())) {
      var thrown = assertThrows(FormatException.class, () -> fit(other), other::toString);
      assertEquals(
          "%s: belongs to a training with other settings; it has %s, this one %s"
              .formatted(checkpoint(), settings, other.settings(images, test)),
          thrown.getMessage());
    }
    for (var train : List.of(Toy.images(20, 1), Toy.images(22, 1, List.of("a", "b", "c", "d")))) {
      var others = assertThrows(FormatException.class, () -> trainer.fit(train, test));
      assertTrue(others.getMessage().contains("other settings"), others.getMessage());
    }
    var tested = assertThrows(FormatException.class, () -> trainer.fit(images, Toy.images(4, 1)));
    assertTrue(tested.getMessage().contains("4 images"), tested.getMessage());
  }

  /** Settings are compared as text by another process: no hash codes in them. */
  @Test
  void settingsReadTheSameInEveryProcess() {
    String settings = trainer(Optimizer.sgd(0.05)).settings(Toy.images(22, 1), null);
    assertEquals(
        "epochs 3, batch 6 x 1, seed 3, Sgd[learningRate=0.05, momentum=0.0, nesterov=false,"
            + " weightDecay=0.0], one cycle, SoftmaxCrossEntropy[smoothing=0.0, weights=[]],"
            + " RandomShift[pixels=1], FineTuning[frozenBackbone=false, unfrozenAfter=0,"
            + " headRate=1.0, frozenNorms=false], Refinements[clipNorm=Infinity, averaged=0.0,"
            + " decaysAll=true], 22 images HASH, none to test, 1211 weights in layers HASH",
        settings.replaceAll("\\b[0-9a-f]{8}\\b", "HASH"));
    Schedule lambda = (step, steps) -> 1;
    for (var schedule : List.of(lambda, lambda.warmUp(0.1))) {
      var said = trainer(Optimizer.sgd(0.05)).schedule(schedule).settings(Toy.images(22, 1), null);
      assertTrue(said.contains("CheckpointTest$$Lambda"), said);
      assertFalse(said.matches(".*(@|0x)[0-9a-f].*"), said);
    }
  }

  @Test
  void aDamagedCheckpointIsNamed() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint()).resume();
    fit(trainer);
    byte[] whole = Files.readAllBytes(checkpoint());
    Files.write(checkpoint(), java.util.Arrays.copyOf(whole, whole.length - 7));
    var thrown = assertThrows(FormatException.class, () -> fit(trainer));
    assertTrue(thrown.getMessage().startsWith(checkpoint() + ": "), thrown.getMessage());
  }

  private static Callback describe(List<String> into) {
    return new Callback() {
      @Override
      public void epoch(EpochResult result) {
        into.add(
            "%d %s %s %s %s"
                .formatted(
                    result.epoch(),
                    result.loss(),
                    result.accuracy(),
                    result.learningRate(),
                    result.test().top1()));
      }
    };
  }
}
