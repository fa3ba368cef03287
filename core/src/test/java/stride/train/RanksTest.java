package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.Augmentation;
import stride.data.ForwardingImages;
import stride.data.ImageDataset;
import stride.data.Shuffle;
import stride.data.augment.CutMix;
import stride.data.augment.Mixup;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.optimizer.Adam;

/** Several ranks: what they compute, and that tasks which share them get the same bits. */
final class RanksTest {
  private static final Engine ENGINE = Engine.shared();
  private static final int RANKS = 4;

  /** More than any number of tasks divides. */
  private static final int FEATURE_BATCHES = 5;

  @TempDir Path folder;

  /** Has more weights than one unit of a slice, batch norms and dropout. */
  private static Network wide() {
    return Network.of(
        Toy.SHAPE,
        sequential(
            conv(8, 3).padding(1).noBias(),
            batchNorm(),
            relu(),
            flatten(),
            dropout(0.2),
            dense(160),
            batchNorm(),
            tanh(),
            dense(4)));
  }

  /** Has more weights than are sent at once. */
  private static Network large() {
    return Network.of(
        Toy.SHAPE,
        sequential(
            conv(8, 3).padding(1), relu(), flatten(), dense(1500), tanh(), dense(1000), dense(4)));
  }

  private static Trainer trainer(Network network) {
    return Trainer.of(network)
        .optimizer(Optimizer.sgd(0.05).momentum(0.9).weightDecay(1e-3))
        .epochs(3)
        .batch(3)
        .seed(7)
        .engine(ENGINE);
  }

  private static void assertSame(Model expected, Object actual, String what) {
    if (actual instanceof Exception e) {
      throw new AssertionError(what, e);
    }
    var model = assertInstanceOf(Model.class, actual, what);
    assertArrayEquals(expected.weights().values(), model.weights().values(), what);
    assertArrayEquals(expected.weights().statistics(), model.weights().statistics(), what);
  }

  /** One step of three ranks, by its definition: a plan for each rank, and sums in double. */
  @Test
  void aStepIsTheMeanOfTheRanksGradients() throws IOException {
    var images = Toy.images(12, 1);
    var network = Toy.modern();
    var fit =
        Trainer.of(network)
            .optimizer(Optimizer.sgd(0.5))
            .schedule(Schedule.constant())
            .epochs(1)
            .batch(4)
            .ranks(3)
            .seed(5)
            .engine(ENGINE)
            .fit(images, null);

    int[] order = new int[12];
    Shuffle.fill(order, 5, 0);
    var first = Weights.initialized(network.graph(), 5);
    var gradients = new double[first.values().length];
    var statistics = new double[first.statistics().length];
    for (int rank = 0; rank < 3; rank++) {
      var weights = first.copy();
      var plan = ENGINE.plan(network.graph(), weights, 4, Purpose.training());
      var labels = new int[4];
      for (int n = 0; n < 4; n++) {
        int index = order[4 * rank + n];
        var image = new float[Toy.SHAPE.elements()];
        images.read(index, image, 0);
        images.preprocessing().normalization().apply(image, 0, image.length);
        plan.input().write(n, image);
        labels[n] = images.label(index);
      }
      plan.randomness(5, 0, 4L * rank);
      plan.forward(4);
      var _ = new SoftmaxCrossEntropy().apply(Loss.Outputs.of(plan), Targets.ofClasses(labels), 4);
      plan.backward(4);
      for (int i = 0; i < gradients.length; i++) {
        gradients[i] += plan.gradients()[i] / 3.0;
      }
      for (int i = 0; i < statistics.length; i++) {
        statistics[i] += weights.statistics()[i] / 3.0;
      }
    }
    for (int i = 0; i < gradients.length; i++) {
      assertEquals(first.values()[i] - 0.5 * gradients[i], fit.weights().values()[i], 1e-6);
    }
    for (int i = 0; i < statistics.length; i++) {
      assertEquals(statistics[i], fit.weights().statistics()[i], 1e-6);
    }
  }

  /** Without batch norm, a step of several ranks is one of a large batch. */
  @Test
  void ranksLearnAsALargeBatchDoes() throws IOException {
    var images = Toy.images(26, 1);
    var whole = trainer(Toy.lenet()).batch(12).fit(images, null);
    var ranked = trainer(Toy.lenet()).batch(3).ranks(RANKS).fit(images, null);
    assertArrayEquals(whole.weights().values(), ranked.weights().values(), 1e-5f);
    assertFalse(Arrays.equals(whole.weights().values(), ranked.weights().values()));
  }

  record Case(String name, Network network, int samples, UnaryOperator<Trainer> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("whole steps", wide(), 24, trainer -> trainer),
        // The last step has 5 samples: ranks of 2, 1, 1 and 1.
        new Case("a short last step", Toy.lenet(), 29, trainer -> trainer),
        // The last step has 2 samples: two ranks have none.
        new Case("ranks without samples", Toy.lenet(), 26, trainer -> trainer),
        // Batch norm over single values would have samples alone: the last step is left out.
        new Case("a last step that is left out", wide(), 29, trainer -> trainer),
        new Case("fewer samples than a step has", wide(), 9, trainer -> trainer),
        new Case("one batch norm of maps", Toy.modern(), 27, trainer -> trainer),
        new Case("several buckets of gradients", large(), 24, trainer -> trainer.epochs(1)),
        new Case("adam", wide(), 31, trainer -> trainer.optimizer(Optimizer.adamw(0.01))),
        new Case(
            "lars, clipped",
            wide(),
            31,
            trainer ->
                trainer
                    .optimizer(Optimizer.lars(2).weightDecay(1e-3))
                    .updateOptions(UpdateOptions.NONE.clipNorm(0.2))),
        new Case("dropped", wide(), 31, Trainer::dropLast),
        new Case("accumulated", wide(), 55, trainer -> trainer.accumulate(2)),
        new Case("growing batches", wide(), 50, trainer -> trainer.batches(2, 3, 5)),
        new Case(
            "augmented",
            Toy.modern(),
            34,
            trainer ->
                trainer.augmentation(
                    Augmentation.chain(new RandomShift(1), new Mixup(0.2), new CutMix(1)))),
        new Case(
            "clipped, averaged",
            wide(),
            30,
            trainer ->
                trainer.updateOptions(
                    UpdateOptions.NONE.clipNorm(0.2).averaged(0.9).decayMatricesOnly())),
        new Case(
            "a plateau",
            wide(),
            30,
            trainer -> trainer.schedule(Schedule.plateau(0.5, 0)).epochs(5)),
        new Case(
            "an unfrozen backbone",
            wide(),
            30,
            trainer -> trainer.fineTuning(FineTuning.HEAD_ONLY.headRate(3).unfreezeAfter(1))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anyNumberOfTasksGivesTheSameBits(Case of) throws IOException {
    var train = Toy.images(of.samples, 1);
    var test = Toy.images(16, 2);
    var results = new ArrayList<EpochResult>();
    var expected =
        of.change
            .apply(trainer(of.network))
            .ranks(RANKS)
            .callback(TrainerTest.collect(results))
            .fit(train, test);
    for (int[] own : new int[][] {{2, 2}, {1, 1, 1, 1}, {1, 3}, {4}}) {
      var others = new ArrayList<EpochResult>();
      var models =
          new ThreadTasks(own)
              .run(
                  exchange ->
                      of.change
                          .apply(trainer(of.network))
                          .ranks(exchange)
                          .callback(
                              exchange.ranks().leads() || exchange.ranks().tasks() == 1
                                  ? TrainerTest.collect(others)
                                  : new Callback() {})
                          .fit(train, test));
      for (var model : models) {
        assertSame(expected, model, Arrays.toString(own));
      }
      assertEquals(numbers(results), numbers(others));
    }
  }

  /** Tasks compute the features of a frozen backbone together: each picture is read by one. */
  @Test
  void featuresOfAFrozenBackboneAreComputedOnce() throws IOException {
    var images =
        Toy.images(FEATURE_BATCHES * Evaluation.batch(Samples.of(Toy.images(4096, 1))) - 5, 1);
    var read = new AtomicIntegerArray(images.size());
    var counted =
        new ForwardingImages(images) {
          @Override
          public void read(int index, float[] into, int offset) {
            read.incrementAndGet(index);
            super.read(index, into, offset);
          }
        };
    UnaryOperator<Trainer> headOnly =
        trainer -> trainer.fineTuning(FineTuning.HEAD_ONLY.headRate(3)).batch(64).epochs(1);
    var expected = headOnly.apply(trainer(wide())).ranks(RANKS).fit(images);
    for (int[] own : new int[][] {{2, 2}, {1, 1, 1, 1}, {1, 3}}) {
      for (int i = 0; i < read.length(); i++) {
        read.set(i, 0);
      }
      for (var model :
          new ThreadTasks(own)
              .run(exchange -> headOnly.apply(trainer(wide())).ranks(exchange).fit(counted))) {
        assertSame(expected, model, Arrays.toString(own));
      }
      for (int i = 0; i < read.length(); i++) {
        assertEquals(1, read.get(i), "picture %d, %s".formatted(i, Arrays.toString(own)));
      }
    }
  }

  /** Results without their times. */
  private static List<Object> numbers(List<EpochResult> results) {
    return results.stream()
        .<Object>map(
            result ->
                List.of(
                    result.epoch(),
                    result.loss(),
                    result.metrics(),
                    result.learningRate(),
                    result.samples(),
                    result.test().loss(),
                    result.test().metrics()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void goesOnInAnotherNumberOfTasks(int stopAfter) throws IOException {
    var train = Toy.images(26, 1);
    var test = Toy.images(16, 2);
    UnaryOperator<Trainer> average =
        trainer -> trainer.updateOptions(UpdateOptions.NONE.averaged(0.9));
    var expected = average.apply(trainer(wide())).ranks(RANKS).fit(train, test);
    var file = folder.resolve("checkpoint.safetensors");
    int[] steps = {0};
    var stopped =
        new ThreadTasks(1, 1, 2)
            .run(
                exchange -> {
                  var trainer = average.apply(trainer(wide())).ranks(exchange);
                  if (exchange.ranks().leads()) {
                    trainer = trainer.checkpoint(file).stopWhen(() -> ++steps[0] == stopAfter);
                  }
                  return trainer.fit(train, test);
                });
    for (var end : stopped) {
      assertInstanceOf(StoppedException.class, end);
    }
    var resumed =
        new ThreadTasks(2, 2)
            .run(
                exchange -> {
                  var trainer = average.apply(trainer(wide())).ranks(exchange);
                  if (exchange.ranks().leads()) {
                    trainer = trainer.checkpoint(file).resume();
                  }
                  return trainer.fit(train, test);
                });
    for (var model : resumed) {
      assertSame(expected, model, "stopped after " + stopAfter);
    }
    var e =
        assertThrows(
            IOException.class,
            () ->
                average.apply(trainer(wide())).ranks(2).checkpoint(file).resume().fit(train, test));
    assertTrue(e.getMessage().endsWith("other settings: ranks 4, here 2"), e.getMessage());
  }

  @Test
  void aTestThatIsStoppedIsStoppedInAllTasks() throws IOException {
    var train = Toy.images(24, 1);
    var test = Toy.images(700, 2);
    var expected = trainer(wide()).ranks(2).fit(train, test);
    var file = folder.resolve("checkpoint.safetensors");
    int[] asked = {0};
    var stopped =
        new ThreadTasks(1, 1)
            .run(
                exchange -> {
                  var trainer = trainer(wide()).ranks(exchange);
                  if (exchange.ranks().leads()) {
                    // Four steps an epoch; then it asks between the batches of the test.
                    trainer = trainer.checkpoint(file).stopWhen(() -> ++asked[0] == 5);
                  }
                  return trainer.fit(train, test);
                });
    for (var end : stopped) {
      assertInstanceOf(StoppedException.class, end);
      assertTrue(((Exception) end).getMessage().startsWith("stopped after step 4 of epoch 1"));
    }
    var resumed = trainer(wide()).ranks(2).checkpoint(file).resume().fit(train, test);
    assertSame(expected, resumed, "stopped in a test");
  }

  @Test
  void tasksWithOtherSettingsAreRefusedInOneSentence() {
    var train = Toy.images(24, 1);
    var ends =
        new ThreadTasks(1, 1)
            .run(
                exchange ->
                    trainer(wide())
                        .seed(exchange.ranks().leads() ? 1 : 2)
                        .ranks(exchange)
                        .fit(train, null));
    for (var end : ends) {
      assertEquals(
          "rank 1 would train otherwise than rank 0: seed 1, here 2; start all tasks with the same"
              + " options and data",
          assertInstanceOf(IllegalArgumentException.class, end).getMessage());
    }
  }

  @Test
  void aTaskThatFailsEndsTheOthers() {
    var train = Toy.images(24, 1);
    var ends =
        new ThreadTasks(1, 1)
            .run(
                exchange ->
                    trainer(wide())
                        .callback(
                            new Callback() {
                              @Override
                              public void step(Progress progress) throws IOException {
                                if (!exchange.ranks().leads()) {
                                  throw new IOException("no disk");
                                }
                              }
                            })
                        .ranks(exchange)
                        .fit(train, null));
    assertEquals(
        "rank 1 has failed: no disk",
        assertInstanceOf(ExchangeException.class, ends.getFirst()).getMessage());
    assertEquals("no disk", ((Exception) ends.getLast()).getMessage());
  }

  /** The others are told why, not that the training was stopped. */
  @Test
  void aTestThatFailsEndsTheOthersWithItsReason() {
    for (var message : Arrays.asList("the picture is broken", null)) {
      var ends =
          new ThreadTasks(1, 1)
              .run(
                  exchange ->
                      trainer(wide())
                          .ranks(exchange)
                          .fit(Toy.images(24, 1), broken(Toy.images(8, 2), message)));
      assertEquals(
          "rank 0 has failed: " + (message == null ? "UncheckedIOException" : message),
          assertInstanceOf(ExchangeException.class, ends.getLast()).getMessage());
    }
  }

  /** Data sets name the file in an exception whose cause does not know it. */
  @Test
  void imagesThatCannotBeReadAreNamedByTheirDataSet() {
    var images = broken(Toy.images(24, 1), "bee.jpg: is damaged");
    for (int ranks : new int[] {1, 3}) {
      var trainer = trainer(wide()).ranks(ranks);
      var e = assertThrows(UncheckedIOException.class, () -> trainer.fit(images, null));
      assertEquals("bee.jpg: is damaged", e.getMessage());
    }
  }

  /** Images that cannot be read. */
  private static ImageDataset broken(ImageDataset images, String message) {
    return new ImageDataset() {
      @Override
      public int size() {
        return images.size();
      }

      @Override
      public Shape shape() {
        return images.shape();
      }

      @Override
      public List<String> labels() {
        return images.labels();
      }

      @Override
      public Preprocessing preprocessing() {
        return images.preprocessing();
      }

      @Override
      public int label(int index) {
        return images.label(index);
      }

      @Override
      public void read(int index, float[] into, int offset) {
        throw new UncheckedIOException(message, new IOException());
      }
    };
  }

  /** A callback that ends the training may be in the task of rank 0 alone. */
  @Test
  void theTaskOfRankZeroEndsTheTrainingForAll() throws IOException {
    var train = Toy.images(24, 1);
    var expected = trainer(wide()).schedule(Schedule.constant()).epochs(1).ranks(2).fit(train);
    var models =
        new ThreadTasks(1, 1)
            .run(
                exchange ->
                    trainer(wide())
                        .schedule(Schedule.constant())
                        .ranks(exchange)
                        .callback(
                            new Callback() {
                              @Override
                              public void step(Progress progress) {
                                if (exchange.ranks().leads()) {
                                  progress.finish();
                                }
                              }
                            })
                        .fit(train, null));
    for (var model : models) {
      assertSame(expected, model, "finished");
    }
  }

  @Test
  void whatRanksCannotDoIsRefused() {
    ImageDataset few = Toy.images(3, 1);
    assertEquals(
        "4 ranks cannot learn from 3 samples: each needs at least one",
        assertThrows(
                IllegalArgumentException.class, () -> trainer(Toy.lenet()).ranks(4).fit(few, null))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> trainer(Toy.lenet()).ranks(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> trainer(Toy.lenet()).ranks(2).exchange((_, _, _) -> {}).fit(few, null));
    assertThrows(IllegalArgumentException.class, () -> new Ranks(4, 3, 2, 0, 2));
    assertThrows(IllegalArgumentException.class, () -> new Ranks(2, 0, 1, 2, 2));
  }

  /** Each value belongs to one task, which has a place for it that no other value has. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16})
  void shardsCoverAllThatIsShared(int tasks) {
    for (int length : new int[] {1, Shard.UNIT, 10 * Shard.UNIT + 44, 16 * Shard.UNIT}) {
      var whole = new float[length];
      for (int i = 0; i < length; i++) {
        whole[i] = i;
      }
      var copied = new float[length];
      for (int task = 0; task < tasks; task++) {
        var shard = new Shard(task, tasks);
        var own = new float[shard.length(length)];
        shard.copy(whole, own, false);
        shard.copy(copied, own, true);
        for (int i = 0; i < length; i++) {
          if (shard.owns(i)) {
            assertEquals(i, own[shard.local(i)]);
          }
        }
        assertTrue(own.length <= length / tasks + Shard.UNIT + 32);
      }
      assertArrayEquals(whole, copied);
    }
  }

  /** A task keeps the optimiser's numbers for its own weights alone. */
  @Test
  void theOptimizersMemoryIsShared() {
    var lengths = Collections.synchronizedList(new ArrayList<Integer>());
    var ends =
        new ThreadTasks(1, 1, 1)
            .run(
                exchange ->
                    trainer(wide())
                        .optimizer(new Recording(Optimizer.adam(0.01), lengths))
                        .ranks(exchange)
                        .fit(Toy.images(24, 1), null));
    for (var end : ends) {
      assertInstanceOf(Model.class, end);
    }
    int whole = Model.initialized(wide(), 1).weights().values().length;
    assertEquals(3, lengths.size());
    for (int length : lengths) {
      assertTrue(length <= whole / 3 + Shard.UNIT + 32, length + " of " + whole);
    }
  }

  /** Notes for how many weights a memory is made; no record, as settings are compared. */
  private static final class Recording implements Optimizer {
    private final Adam adam;
    private final List<Integer> lengths;

    Recording(Adam adam, List<Integer> lengths) {
      this.adam = adam;
      this.lengths = lengths;
    }

    @Override
    public double learningRate() {
      return adam.learningRate();
    }

    @Override
    public Optimizer learningRate(double rate) {
      return new Recording(adam.learningRate(rate), lengths);
    }

    @Override
    public State start(int weights) {
      lengths.add(weights);
      return adam.start(weights);
    }
  }
}
