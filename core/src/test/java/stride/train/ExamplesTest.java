package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.Example;
import stride.data.Examples;
import stride.data.Target;
import stride.data.TargetType;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.Mixup;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Trainings of tasks that are no classification of images. */
final class ExamplesTest {
  private static final Shape SHAPE = Shape.image(12, 12, 1);

  @TempDir private Path folder;

  /** An image with one light spot. */
  private static Tensor spot(int x, int y) {
    var image = Tensor.zeros(SHAPE);
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        image.data()[(y + dy) * 12 + x + dx] = 1;
      }
    }
    return image;
  }

  private static int[] place(int i) {
    var random = new SplittableRandom(i);
    return new int[] {random.nextInt(1, 11), random.nextInt(1, 11)};
  }

  private static Examples places(int from, int count) {
    return Examples.of(
        count,
        i -> {
          int[] at = place(from + i);
          return Example.of(spot(at[0], at[1]), Target.values(at[0] / 12f, at[1] / 12f));
        });
  }

  private static final Network TWO_NUMBERS =
      Network.of(SHAPE, sequential(conv(8, 3), relu(), flatten(), dense(32), relu(), dense(2)));

  private static Callback collecting(List<EpochResult> into) {
    return new Callback() {
      @Override
      public void epoch(EpochResult result) {
        into.add(result);
      }
    };
  }

  @Test
  void regressionIsLearnedByItsUsualLossAndMeasuredByItsError() throws IOException {
    var results = new ArrayList<EpochResult>();
    var model =
        Trainer.of(TWO_NUMBERS)
            .optimizer(Optimizer.adam(0.003))
            .epochs(12)
            .batch(16)
            .callback(collecting(results))
            .fit(places(0, 256), places(1000, 64));
    var last = Objects.requireNonNull(results.getLast().test());
    assertEquals(List.of("mean_absolute_error"), List.copyOf(last.metrics().keySet()));
    assertTrue(last.metric("mean_absolute_error") < 0.05, last.toString());
    assertEquals(Task.VALUES, model.task());
    assertTrue(Double.isNaN(results.getLast().accuracy()), "there is no accuracy of values");
    var again = Evaluation.of(model, places(1000, 64), Engine.shared());
    assertEquals(last.metrics(), again.metrics());
    assertEquals(last.loss(), again.loss());
    var e = assertThrows(IllegalStateException.class, last::top1);
    assertEquals("accuracy was not measured; measured were: mean_absolute_error", e.getMessage());
    assertTrue(
        new EpochResult(2, 1, Map.of(), 0.1, new Evaluation(Map.of(), 1, 0, 0.1), 0, 1)
            .isBetterThan(
                new EpochResult(1, 1, Map.of(), 0.1, new Evaluation(Map.of(), 1, 0, 0.2), 0, 1)),
        "by the smaller loss");
  }

  @Test
  void aModelOfValuesIsSavedAndGivesTheSameNumbers() throws IOException {
    var model = Trainer.of(TWO_NUMBERS).epochs(1).fit(places(0, 32), null);
    model.save(folder.resolve("m.safetensors"));
    var loaded = Model.load(folder.resolve("m.safetensors"));
    assertEquals(Task.VALUES, loaded.task());
    assertArrayEquals(model.logits(spot(3, 4)).data(), loaded.logits(spot(3, 4)).data());
  }

  /** Each pixel is light, next to light or dark. */
  private static Examples maps(int from, int count) {
    return Examples.of(
        count,
        i -> {
          int[] at = place(from + i);
          var rows = new int[12][12];
          for (int y = 0; y < 12; y++) {
            for (int x = 0; x < 12; x++) {
              int far = Math.max(Math.abs(x - at[0]), Math.abs(y - at[1]));
              rows[y][x] = far < 2 ? 2 : far == 2 ? 1 : far > 8 ? -1 : 0;
            }
          }
          return Example.of(spot(at[0], at[1]), Target.classMap(rows));
        });
  }

  @Test
  void aFullyConvolutionalNetworkLearnsTheClassOfEachPixel() throws IOException {
    var network =
        Network.of(
            SHAPE,
            sequential(conv(8, 3).padding(1), relu(), conv(8, 3).padding(1), relu(), conv(3, 1)));
    var results = new ArrayList<EpochResult>();
    var model =
        Trainer.of(network)
            .optimizer(Optimizer.adam(0.01))
            .augmentation(
                stride.data.Augmentation.chain(new HorizontalFlip(0.5), new RandomShift(1)))
            .epochs(8)
            .batch(16)
            .callback(collecting(results))
            .fit(maps(0, 192), maps(1000, 32));
    var last = Objects.requireNonNull(results.getLast().test());
    assertEquals(List.of("accuracy", "mean_iou"), List.copyOf(last.metrics().keySet()));
    assertTrue(last.metric("accuracy") > 0.99, last.toString());
    assertTrue(last.metric("mean_iou") > 0.95, last.toString());
    assertEquals(Task.CLASS_MAP, model.task());
  }

  @Test
  void anAutoencoderGivesItsInputAgain() throws IOException {
    var data =
        Examples.of(
            128,
            i -> {
              int[] at = place(i);
              return Example.of(spot(at[0], at[1]), Target.image(spot(at[0], at[1])));
            });
    var results = new ArrayList<EpochResult>();
    var network =
        Network.of(SHAPE, sequential(conv(4, 3).padding(1), relu(), conv(1, 3).padding(1)));
    var model =
        Trainer.of(network)
            .optimizer(Optimizer.adam(0.01))
            .epochs(8)
            .batch(16)
            .callback(collecting(results))
            .fit(data, data.first(16));
    assertEquals(Task.IMAGE, model.task());
    assertTrue(results.getLast().loss() < 0.1 * results.getFirst().loss(), results.toString());
  }

  @Test
  void severalOutputsAreLearnedFromSeveralTargets() throws IOException {
    var data =
        Examples.of(
            96,
            i -> {
              int[] at = place(i);
              return Example.of(
                  spot(at[0], at[1]),
                  Target.several(
                      Map.of(
                          "side", Target.ofClass(at[0] < 6 ? 0 : 1),
                          "output", Target.values(at[1] / 12f))));
            });
    var network =
        Network.of(
            SHAPE, sequential(flatten(), dense(16), relu(), aside("side", dense(2)), dense(1)));
    var loss =
        Loss.sum(
            new SoftmaxCrossEntropy().on("side").times(0.5), new MeanSquaredError().on("output"));
    var results = new ArrayList<EpochResult>();
    Trainer.of(network)
        .loss(loss)
        .optimizer(Optimizer.adam(0.01))
        .epochs(10)
        .batch(16)
        .callback(collecting(results))
        .fit(data, data.first(32));
    assertTrue(results.getLast().loss() < 0.2 * results.getFirst().loss(), results.toString());
    assertTrue(
        Objects.requireNonNull(results.getLast().test()).loss()
            < 0.2 * Objects.requireNonNull(results.getFirst().test()).loss(),
        results.toString());
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Loss.sum(new MeanSquaredError(), new SoftmaxCrossEntropy()));
    assertEquals(
        "two losses of a sum read the output output: write one loss of both", e.getMessage());
  }

  /** The place is told by an image, and what of it is wanted by a second input. */
  @Test
  void aNetworkOfTwoInputsLearnsFromBoth() throws IOException {
    var network =
        Network.of(
            Map.of("picture", SHAPE, "which", Shape.of(2)),
            sequential(
                branches(
                    sequential(input("picture"), flatten(), dense(24), relu(), dense(2)),
                    sequential(input("which"), dense(2))),
                dense(32),
                relu(),
                dense(1)));
    var data =
        Examples.of(
            400,
            i -> {
              int[] at = place(i);
              int which = i % 2;
              return Example.of(
                  Map.of(
                      "which", Tensor.of(Shape.of(2), which, 1 - which),
                      "picture", spot(at[0], at[1])),
                  Target.values(at[which] / 12f));
            });
    var results = new ArrayList<EpochResult>();
    var model =
        Trainer.of(network)
            .optimizer(Optimizer.adam(0.01))
            .epochs(15)
            .batch(20)
            .callback(collecting(results))
            .fit(data.first(300), data.select(IntStream.range(300, 400).toArray()));
    double error = Objects.requireNonNull(results.getLast().test()).metric("mean_absolute_error");
    assertTrue(error < 0.08, results.toString());
    model.save(folder.resolve("two.safetensors"));
    var inputs = Map.of("which", Tensor.of(Shape.of(2), 0, 1), "picture", spot(3, 9));
    assertEquals(
        model.outputs(inputs).get("output"),
        Model.load(folder.resolve("two.safetensors")).outputs(inputs).get("output"));
  }

  @Test
  void samplesThatAreMadeAheadGiveTheSameBits() throws IOException {
    var trainer = Trainer.of(TWO_NUMBERS).epochs(2).batch(7);
    var one = trainer.fit(places(0, 50), null);
    var other = trainer.fit(places(0, 50).ahead(), null);
    assertArrayEquals(one.weights().values(), other.weights().values());
  }

  @Test
  void aSampleThatDoesNotFitIsNamed() {
    var uneven = Examples.of(8, i -> Example.of(spot(1, 1), Target.values(new float[1 + i / 5])));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Trainer.of(Network.of(SHAPE, sequential(flatten(), dense(1)))).fit(uneven, null));
    assertTrue(
        e.getMessage()
            .matches(
                "example [567]: the targets of this data set are values of 1, found values of 2"),
        e.getMessage());
    var other =
        Examples.of(8, i -> Example.of(Tensor.zeros(Shape.of(3 + i / 4)), Target.ofClass(0)));
    e = assertThrows(IllegalArgumentException.class, () -> other.get(5));
    assertEquals("example 5 has inputs of [4], example 0 has [3]", e.getMessage());
    var boxes = Examples.of(2, i -> Example.of(spot(1, 1), Target.boxes(List.of())));
    e =
        assertThrows(
            IllegalArgumentException.class, () -> Trainer.of(TWO_NUMBERS).fit(boxes, null));
    assertEquals(
        "boxes have no usual loss: train a model that has a method, or set one", e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Trainer.of(Network.of(SHAPE, conv(3, 1)))
                    .augmentation(new Mixup(0.2))
                    .fit(maps(0, 8), null));
    assertEquals(
        "Mixup[alpha=0.2] mixes classes and values, and the targets of this data set are a class"
            + " for each of 12x12 pixels",
        e.getMessage());
    var vectors = Examples.of(8, i -> Example.of(Tensor.zeros(Shape.of(144)), Target.ofClass(0)));
    e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Trainer.of(Network.of(Shape.of(144), dense(2)))
                    .augmentation(new HorizontalFlip(0.5))
                    .fit(vectors, null));
    assertEquals("only images can be augmented, the inputs have the shape 144", e.getMessage());
  }

  @Test
  void aHeldOutPartAndTheRestAreAllSamples() {
    var parts = places(0, 10).holdOut(0.3, 5);
    assertEquals(7, parts.train().size());
    assertEquals(3, parts.test().size());
    var all = new ArrayList<Tensor>();
    for (var part : List.of(parts.train(), parts.test())) {
      IntStream.range(0, part.size()).forEach(i -> all.add(part.get(i).input()));
    }
    for (int i = 0; i < 10; i++) {
      assertTrue(all.remove(places(0, 10).get(i).input()), "sample " + i);
    }
    assertEquals(new TargetType.Values(Shape.of(2)), parts.train().targets());
    assertEquals(
        Arrays.toString(places(0, 10).get(4).input().data()),
        Arrays.toString(places(0, 10).map(Example::input).get(4).data()));
  }

  /**
   * Two trainings that average their gradients, each on half of each batch, learn as one does on
   * whole batches.
   */
  @Test
  void exchangedGradientsAreThoseOfOneLargeBatch() throws Exception {
    var data = places(0, 32);
    var whole =
        Trainer.of(TWO_NUMBERS).epochs(1).batch(32).optimizer(Optimizer.sgd(0.1)).fit(data, null);
    var barrier = new java.util.concurrent.CyclicBarrier(2);
    var sent = new float[2][];
    var models = new Model[2];
    var threads = new ArrayList<Thread>();
    var failures = new java.util.concurrent.ConcurrentLinkedQueue<Throwable>();
    for (int rank = 0; rank < 2; rank++) {
      int own = rank;
      var half = data.select(IntStream.range(0, 16).map(i -> 2 * i + own).toArray());
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((_, e) -> failures.add(e))
              .start(
                  () -> {
                    try {
                      models[own] =
                          Trainer.of(TWO_NUMBERS)
                              .epochs(1)
                              .batch(16)
                              .optimizer(Optimizer.sgd(0.1))
                              .exchange(
                                  (gradients, samples, progress) -> {
                                    assertEquals(16, samples);
                                    sent[own] = gradients.clone();
                                    await(barrier);
                                    for (int i = 0; i < gradients.length; i++) {
                                      gradients[i] = (sent[0][i] + sent[1][i]) / 2;
                                    }
                                    await(barrier);
                                  })
                              .fit(half, null);
                    } catch (IOException e) {
                      failures.add(e);
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertTrue(failures.isEmpty(), failures.toString());
    assertArrayEquals(models[0].weights().values(), models[1].weights().values());
    assertArrayEquals(whole.weights().values(), models[0].weights().values(), 1e-6f);
  }

  private static void await(java.util.concurrent.CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | java.util.concurrent.BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void callbacksAreToldHowATrainingEnds() throws IOException {
    var told = new ArrayList<String>();
    var listener =
        new Callback() {
          @Override
          public void end(Progress progress, Ending ending) {
            told.add(ending + " after " + progress.history().size());
          }
        };
    var trainer = Trainer.of(TWO_NUMBERS).epochs(2).callback(listener);
    trainer.fit(places(0, 16), null);
    assertThrows(
        StoppedException.class, () -> trainer.stopWhen(() -> true).fit(places(0, 16), null));
    assertThrows(
        TrainingException.class,
        () -> trainer.optimizer(Optimizer.sgd(1e30)).fit(places(0, 16), null));
    assertEquals("DONE after 2", told.getFirst());
    assertEquals("STOPPED after 0", told.get(1));
    assertTrue(told.get(2).startsWith("FAILED after "), told.toString());
    var failing =
        new Callback() {
          @Override
          public void begin(Progress progress) throws IOException {
            throw new IOException("no disk");
          }
        };
    told.clear();
    var e =
        assertThrows(IOException.class, () -> trainer.callback(failing).fit(places(0, 16), null));
    assertEquals("no disk", e.getMessage());
    assertEquals(List.of("FAILED after 0"), told, "those that have begun");
  }

  @Test
  void aModelOfARunningTrainingIsACopy() throws IOException {
    var copies = new ArrayList<Model>();
    var live = new ArrayList<Model>();
    var trainer =
        Trainer.of(TWO_NUMBERS)
            .epochs(2)
            .callback(
                new Callback() {
                  private Progress progress;

                  @Override
                  public void begin(Progress progress) {
                    this.progress = progress;
                  }

                  @Override
                  public void epoch(EpochResult result) {
                    copies.add(progress.model());
                    live.add(progress.liveModel());
                  }
                });
    var model = trainer.fit(places(0, 64), null);
    var first = copies.getFirst().logits(spot(2, 2));
    assertEquals(first, copies.getFirst().logits(spot(2, 2)));
    assertNotEquals(first, model.logits(spot(2, 2)), "the second epoch has changed it");
    assertArrayEquals(model.weights().values(), live.getFirst().weights().values());
    assertFalse(model.weights().values() == copies.getLast().weights().values());
  }

  @Test
  void embeddingsOfOneClassComeTogether() throws IOException {
    var data =
        Examples.of(
            64,
            i -> {
              int[] at = place(i);
              return Example.of(spot(at[0], at[1]), Target.ofClass(at[0] / 6 + 2 * (at[1] / 6)));
            });
    var results = new ArrayList<EpochResult>();
    var model =
        Trainer.of(Network.of(SHAPE, sequential(flatten(), dense(32), relu(), dense(4))))
            .task(Task.VALUES)
            .loss(new TripletLoss(0.5))
            .optimizer(Optimizer.adam(0.01))
            .epochs(10)
            .batch(32)
            .callback(collecting(results))
            .fit(data, data.first(32));
    assertEquals(Task.VALUES, model.task());
    assertEquals(Map.of(), results.getLast().metrics(), "embeddings are not measured by default");
    assertTrue(results.getLast().loss() < 0.5 * results.getFirst().loss(), results.toString());
  }
}
