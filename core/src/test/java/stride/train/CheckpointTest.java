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
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.data.augment.CutMix;
import stride.data.augment.Mixup;
import stride.data.augment.RandomErasing;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.log.MetricsLog;
import stride.train.optimizer.Sgd;

/** A training that was stopped and resumed ends with the same bits as one that was not. */
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
        trainer -> trainer.updateOptions(UpdateOptions.NONE.averaged(0.9).clipNorm(0.5)),
        trainer -> trainer.updateOptions(UpdateOptions.NONE.decayMatricesOnly()).accumulate(2),
        trainer -> trainer.schedule(Schedule.plateau(0.3, 0).warmUp(0.2)),
        trainer -> trainer.batches(3, 6, 11),
        trainer -> trainer.callback(new EarlyStopping(1)),
        trainer -> trainer.freezeBackbone(),
        trainer -> trainer.freezeBackbone().augmentation(Augmentation.none()),
        trainer ->
            trainer
                .augmentation(Augmentation.none())
                .fineTuning(FineTuning.HEAD_ONLY.unfreezeAfter(1).headRate(3).freezeNorms())
                .updateOptions(UpdateOptions.NONE.averaged(0.9)),
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

  /** Steps since the last epoch are lost, and computed again. */
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

  /**
   * As if the process had died between two checkpoints: lines logged since the first are removed.
   */
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
            "\\{\"epoch\":1,\"loss\":[0-9.]+,\"accuracy\":[0-9.]+,\"top5\":1.0,\"learning_rate\":[0-9.E-]+,"
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

  static List<Schedule> schedulesOfEveryLength() {
    // The same steps in trainings of 2, 3 and 6 epochs.
    Schedule afterTwoEpochs = (step, steps) -> step < 2 * STEPS ? 1 : 0.1;
    return List.of(
        Schedule.constant(), Schedule.plateau(0.3, 0), afterTwoEpochs, afterTwoEpochs.warmUp(0));
  }

  /** Where the rates do not depend on the number of epochs, neither does the end. */
  @ParameterizedTest
  @MethodSource("schedulesOfEveryLength")
  void moreEpochsEndAsIfThereHadAlwaysBeenSoMany(Schedule schedule) throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05).momentum(0.9)).schedule(schedule);
    var lines = new ArrayList<String>();
    var expected = fit(trainer.epochs(2 * EPOCHS).callback(describe(lines)));
    for (int before : List.of(1, EPOCHS)) {
      Files.deleteIfExists(checkpoint());
      var results = new ArrayList<String>();
      var going = trainer.checkpoint(checkpoint()).callback(describe(results)).resume();
      fit(going.epochs(before));
      assertSameBits(expected, fit(going.epochs(2 * EPOCHS)), "after " + before);
      assertEquals(lines, results, "after " + before);
    }
  }

  /** The epochs to come have the rates of a training of the new length. */
  @Test
  void moreEpochsFollowTheScheduleOfTheirNumber() throws IOException {
    var trainer =
        trainer(Optimizer.sgd(0.05)).schedule(Schedule.cosine()).checkpoint(checkpoint()).resume();
    fit(trainer);
    var results = new ArrayList<EpochResult>();
    var model = fit(trainer.epochs(5).callback(collect(results)));
    assertEquals(List.of(4, 5), results.stream().map(EpochResult::epoch).toList());
    for (var result : results) {
      assertEquals(
          0.05 * Schedule.cosine().factor(result.epoch() * STEPS - 1, 5 * STEPS),
          result.learningRate(),
          1e-12);
    }
    assertSameBits(model, fit(trainer.epochs(5)), "gone on with again");
    // A stop in an epoch, and another number again.
    int[] step = {0};
    assertThrows(
        StoppedException.class, () -> fit(trainer.epochs(8).stopWhen(() -> ++step[0] == 2)));
    var thrown = assertThrows(FormatException.class, () -> fit(trainer.epochs(5)));
    assertEquals(
        checkpoint()
            + ": the training has reached epoch 6 and cannot end after 5: give it at least 6"
            + " epochs",
        thrown.getMessage());
    results.clear();
    fit(trainer.epochs(6).callback(collect(results)));
    assertEquals(List.of(6), results.stream().map(EpochResult::epoch).toList());
  }

  /**
   * Sizes of batches are spread over the epochs: with other epochs, these would have been others.
   */
  @Test
  void theNumberOfEpochsCannotChangeWhereBatchesDo() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05)).batches(3, 6).checkpoint(checkpoint()).resume();
    fit(trainer);
    var thrown = assertThrows(FormatException.class, () -> fit(trainer.epochs(4)));
    assertTrue(thrown.getMessage().endsWith("settings: epochs 3, here 4"), thrown.getMessage());
  }

  private static Callback collect(List<EpochResult> into) {
    return new Callback() {
      @Override
      public void epoch(EpochResult result) {
        into.add(result);
      }
    };
  }

  /** Whatever changes the bits at the end is a setting that a checkpoint must agree with. */
  @Test
  void refusesACheckpointOfAnotherTraining() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint()).resume();
    fit(trainer);
    var images = Toy.images(22, 1);
    var test = Toy.images(8, 2);
    for (var other :
        Map.of(
                "batch 6, here 5", trainer.batch(5),
                "last batch kept, here dropped", trainer.dropLast(),
                "seed 3, here 4", trainer.seed(4),
                "optimizer.learningRate 0.05, here 0.06", trainer.optimizer(Optimizer.sgd(0.06)),
                "optimizer.weightDecay 0.0, here 1.0E-4",
                    trainer.optimizer(Optimizer.sgd(0.05).weightDecay(1e-4)),
                "schedule one cycle, here cosine", trainer.schedule(Schedule.cosine()),
                "augmentation.pixels 1, here 2", trainer.augmentation(new RandomShift(2)),
                "loss SoftmaxCrossEntropy, here BinaryCrossEntropy",
                    trainer.loss(new BinaryCrossEntropy()),
                "other layers", trainer(Toy.modern(relu()), Optimizer.sgd(0.05)),
                "other first weights", Trainer.from(Model.initialized(Toy.modern(), 1)))
            .entrySet()) {
      var changed = other.getValue().checkpoint(checkpoint()).resume();
      var thrown = assertThrows(FormatException.class, () -> fit(changed), other::getKey);
      String said = thrown.getMessage();
      assertTrue(
          said.startsWith(checkpoint() + ": belongs to a training with other settings: "), said);
      assertTrue(said.contains(other.getKey()), said);
    }
    var fewer = assertThrows(FormatException.class, () -> trainer.fit(Toy.images(20, 1), test));
    assertEquals(
        checkpoint()
            + ": belongs to a training with other settings: training images 22, here 20; other"
            + " labels of training images",
        fewer.getMessage());
    var renamed = Toy.images(22, 1, List.of("a", "b", "c", "d"));
    var classes = assertThrows(FormatException.class, () -> trainer.fit(renamed, test));
    assertTrue(
        classes.getMessage().contains("classes [rows, columns, slope, spot], here [a, b, c, d]"),
        classes.getMessage());
    var tested = assertThrows(FormatException.class, () -> trainer.fit(images, Toy.images(4, 1)));
    assertTrue(tested.getMessage().contains("test images 8, here 4"), tested.getMessage());
    var untested = assertThrows(FormatException.class, () -> trainer.fit(images, null));
    assertTrue(untested.getMessage().contains("test images 8, here none"), untested.getMessage());
  }

  /** Values are compared, not hashes of 32 bits: these layers and labels have the same ones. */
  @Test
  void settingsOfEqualHashCodesDiffer() throws IOException {
    assertEquals("Aa".hashCode(), "BB".hashCode());
    for (var names : List.of(List.of("Aa", "b", "c", "d"), List.of("BB", "b", "c", "d"))) {
      var trainer = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint()).resume();
      if (names.getFirst().equals("Aa")) {
        trainer.fit(Toy.images(22, 1, names), null);
      } else {
        assertThrows(FormatException.class, () -> trainer.fit(Toy.images(22, 1, names), null));
      }
    }
  }

  @Test
  void aFileThatIsNoCheckpointIsSaidToBeNone() throws IOException {
    var trainer = trainer(Optimizer.sgd(0.05)).checkpoint(checkpoint()).resume();
    Model.initialized(Toy.modern(), 1).save(checkpoint());
    var thrown = assertThrows(FormatException.class, () -> fit(trainer));
    assertEquals(
        checkpoint() + ": is not a checkpoint of a training, or one of another version of Stride",
        thrown.getMessage());
  }

  private static Settings settings(Trainer trainer) {
    var data = Samples.of(Toy.images(22, 1));
    return Settings.of(trainer, Goal.of(trainer, data), data, null);
  }

  /** A record with a new component behaves as before with the value that is given for it. */
  @Test
  void aCheckpointOfBeforeARecordGrewIsGoneOnWith() throws IOException {
    var settings = settings(trainer(Optimizer.sgd(0.05)));
    var older = Settings.of(settings.json().replace("\"nesterov\":false,", ""));
    assertEquals(List.of("optimizer.nesterov none, here false"), settings.differencesFrom(older));
    assertEquals(
        List.of(), settings.differencesFrom(older, Map.of("Sgd.nesterov", false)), "as before");
    var nesterov = settings(trainer(new Sgd(0.05, 0.9, true, 0)));
    assertTrue(
        nesterov
            .differencesFrom(older, Map.of("Sgd.nesterov", false))
            .contains("optimizer.nesterov false, here true"));
  }

  /** Settings are compared by another process: no hash codes in them. */
  @Test
  void settingsReadTheSameInEveryProcess() {
    var settings = settings(trainer(Optimizer.sgd(0.05)));
    assertEquals(
        List.of(
            "epochs: 3",
            "batch: 6",
            "batches to a step: 1",
            "last batch: kept",
            "seed: 3",
            "optimizer: {type=Sgd, learningRate=0.05, momentum=0.0, nesterov=false,"
                + " weightDecay=0.0}",
            "schedule: one cycle",
            "task: single-label",
            "loss: {type=SoftmaxCrossEntropy, smoothing=0.0, weights=[]}",
            "metrics: [accuracy, top5]",
            "augmentation: {type=RandomShift, pixels=1}",
            "fine-tuning: {type=FineTuning, frozenBackbone=false, unfrozenAfter=0, headRate=1.0,"
                + " frozenNorms=false, head=none, frozenLayers=[]}",
            "update options: {type=UpdateOptions, clipNorm=Infinity, averaged=0.0,"
                + " decaysAll=true}",
            "layers: sha256:DIGEST",
            "first weights: fresh",
            "training images: 22",
            "training classes: [rows, columns, slope, spot]",
            "preparation of training images: {type=Preprocessing, fit={type=Stretch,"
                + " filter=BILINEAR}, shape=8x8x1, normalization={type=Normalization,"
                + " mean=[0.45], standardDeviation=[0.3], blueFirst=false}}",
            "labels of training images: sha256:DIGEST",
            "test images: none"),
        settings.values().entrySet().stream()
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .map(line -> line.replaceAll("\\b[0-9a-f]{64}\\b", "DIGEST"))
            .toList());
    Schedule lambda = (step, steps) -> 1;
    for (var schedule : List.of(lambda, lambda.warmUp(0.1))) {
      var trainer = trainer(Optimizer.sgd(0.05)).schedule(schedule);
      var said = settings(trainer).values().getOrDefault("schedule", "").toString();
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
