package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.image.Preprocessing;
import stride.kernel.Updates;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.log.MetricsLog;
import stride.train.optimizer.Sgd;

/** NaN and infinities end a training, and the last good checkpoint and model are kept. */
final class DivergenceTest {
  private static final Engine ENGINE = Engine.withThreads(1);
  private static final int STEPS = 4;
  private static final int WEIGHT = 12;

  @TempDir Path folder;

  /** Where a number can become none without a trace in the step's loss. */
  private enum Place {
    WEIGHTS("weight holds "),
    STATISTICS("running_mean holds "),
    OPTIMIZER("the optimizer's state is no longer finite");

    final String said;

    Place(String said) {
      this.said = said;
    }
  }

  /** SGD whose memory can be spoilt. */
  private record Spoilt(Sgd sgd, float[][] memory) implements Optimizer {
    @Override
    public double learningRate() {
      return sgd.learningRate();
    }

    @Override
    public Optimizer learningRate(double rate) {
      return new Spoilt(sgd.learningRate(rate), memory);
    }

    @Override
    public State start(int weights) {
      memory[0] = new float[weights];
      var state = sgd.start(weights);
      return new State() {
        @Override
        public List<float[]> memory() {
          return List.of(memory[0]);
        }

        @Override
        public void update(
            Updates kernels,
            float[] w,
            float[] g,
            int from,
            int count,
            float rate,
            boolean decays,
            long step) {
          state.update(kernels, w, g, from, count, rate, decays, step);
        }
      };
    }

    @Override
    public String toString() {
      return "spoilt";
    }
  }

  private Path checkpoint() {
    return folder.resolve("checkpoint.safetensors");
  }

  private Path best() {
    return folder.resolve("best.safetensors");
  }

  private Path metrics() {
    return folder.resolve("metrics.jsonl");
  }

  /** 22 images in batches of 6, so 4 steps an epoch, with all that a run of the app writes. */
  private Trainer trainer(Network network, Optimizer optimizer) {
    return Trainer.of(network)
        .optimizer(optimizer)
        .epochs(3)
        .batch(6)
        .engine(ENGINE)
        .callback(new MetricsLog(metrics()))
        .callback(new BestModel(best()))
        .checkpoint(checkpoint());
  }

  private static Model fit(Trainer trainer) throws IOException {
    return trainer.fit(Toy.images(22, 1), Toy.images(8, 2));
  }

  private static Callback spoiling(int step, Place place, float value, float[][] memory) {
    return new Callback() {
      private int done;
      private Progress progress;

      @Override
      public void begin(Progress progress) {
        this.progress = progress;
      }

      @Override
      public void step(Progress progress) {
        if (++done == step) {
          switch (place) {
            case WEIGHTS -> this.progress.weights().values()[WEIGHT] = value;
            case STATISTICS -> this.progress.weights().statistics()[WEIGHT] = value;
            case OPTIMIZER -> memory[0][WEIGHT] = value;
          }
          progress.weights().changed();
        }
      }
    };
  }

  static Stream<Arguments> spoils() {
    return Stream.of(Place.values())
        .flatMap(
            place ->
                Stream.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)
                    .flatMap(
                        value ->
                            Stream.of(STEPS + 1, STEPS + 2, 2 * STEPS, 3 * STEPS)
                                .map(step -> Arguments.of(place, value, step))));
  }

  @ParameterizedTest
  @MethodSource("spoils")
  void endsTheTrainingAndKeepsTheLastGoodEpoch(Place place, float value, int step)
      throws IOException {
    var memory = new float[1][];
    var optimizer = new Spoilt(Optimizer.sgd(0.05), memory);
    int good = (step - 1) / STEPS;
    fit(trainer(Toy.modern(), optimizer).epochs(good));
    // The learned weights of an epoch do not depend on those to come, but for the schedule's rate.
    var schedule = Schedule.constant();
    var healthy = trainer(Toy.modern(), optimizer).schedule(schedule).epochs(good);
    fit(healthy);
    var lines = Files.readAllLines(metrics()).size();
    assertEquals(good, lines);
    byte[] model = Files.readAllBytes(best());
    Files.delete(checkpoint());

    var spoilt =
        trainer(Toy.modern(), optimizer)
            .schedule(schedule)
            .callback(spoiling(step, place, value, memory));
    var thrown = assertThrows(TrainingException.class, () -> fit(spoilt));
    String said = thrown.getMessage();
    assertTrue(said.contains(place.said) || said.startsWith("the loss became"), said);
    assertTrue(said.contains("epoch " + (good + 1)), said);
    assertTrue(said.contains("a learning rate below 0.05 may help (--lr"), said);
    assertEquals(good, Files.readAllLines(metrics()).size(), "epochs in the log");
    assertFalse(Files.readString(metrics()).contains("NaN"));
    assertArrayEquals(model, Files.readAllBytes(best()), "the best model is of before");
    assertEquals(Optional.empty(), Model.load(best()).weights().flaw());

    // The checkpoint on disk can be resumed, and ends as if nothing had happened.
    var going = trainer(Toy.modern(), optimizer).schedule(schedule);
    var expected = fit(going.checkpoint(folder.resolve("other.safetensors")));
    var resumed = fit(going.resume());
    assertArrayEquals(expected.weights().values(), resumed.weights().values());
  }

  /** Ctrl-C right after the weights became NaN must not overwrite a good checkpoint. */
  @ParameterizedTest
  @ValueSource(ints = {STEPS + 1, STEPS + 3})
  void aStopSavesNothingThatIsSpoilt(int step) throws IOException {
    var memory = new float[1][];
    var optimizer = new Spoilt(Optimizer.sgd(0.05), memory);
    int[] done = {0};
    var stopping =
        trainer(Toy.modern(), optimizer)
            .callback(spoiling(step, Place.STATISTICS, Float.NaN, memory))
            .stopWhen(() -> ++done[0] == step);
    var thrown = assertThrows(TrainingException.class, () -> fit(stopping));
    assertTrue(
        thrown.getMessage().startsWith("after step %d of epoch 2 ".formatted(step - STEPS)),
        thrown.getMessage());
    var resumed = fit(trainer(Toy.modern(), optimizer).resume());
    assertEquals(Optional.empty(), resumed.weights().flaw());
  }

  /** Weights that are numbers, but too large for the test: the training saw nothing of it. */
  @Test
  void aTestWithoutALossEndsTheTrainingToo() throws IOException {
    var growing =
        trainer(Toy.modern(), Optimizer.sgd(0.05))
            .callback(
                new Callback() {
                  @Override
                  public void step(Progress progress) {
                    if (progress.epoch() == 1 && progress.step() == STEPS) {
                      Arrays.fill(progress.weights().values(), 3e38f);
                      progress.weights().changed();
                    }
                  }
                });
    var thrown = assertThrows(TrainingException.class, () -> fit(growing));
    assertTrue(
        thrown.getMessage().matches("the loss of the test images is \\S+ after epoch 2: a .*"),
        thrown.getMessage());
    assertEquals(1, Files.readAllLines(metrics()).size());
    var resumed = fit(trainer(Toy.modern(), Optimizer.sgd(0.05)).resume());
    assertEquals(Optional.empty(), resumed.weights().flaw());
  }

  static List<Network> networks() {
    return List.of(Toy.lenet(), Toy.modern());
  }

  /** One step an epoch: nobody sees the loss of the last weights but the checks. */
  @ParameterizedTest
  @MethodSource("networks")
  void noRateHoweverLargeGivesAModelOfNoNumbers(Network network) throws IOException {
    for (double rate : List.of(1e3, 1e10, 1e20, 1e30, 1e38, 1e39, 1e300, Double.MAX_VALUE)) {
      for (int epochs : List.of(1, 3)) {
        var trainer =
            Trainer.of(network)
                .optimizer(Optimizer.sgd(rate).momentum(0.9))
                .epochs(epochs)
                .batch(22)
                .engine(ENGINE);
        String what = "rate %s, %d epochs".formatted(rate, epochs);
        try {
          var model = fit(trainer);
          assertEquals(Optional.empty(), model.weights().flaw(), what);
          var evaluation = Evaluation.of(model, Toy.images(8, 2), ENGINE);
          assertTrue(Double.isFinite(evaluation.loss()), what);
        } catch (TrainingException e) {
          assertTrue(e.getMessage().contains("a learning rate below " + rate), e.getMessage());
        }
      }
    }
  }

  @Test
  void weightsToBeginWithAreNumbers() {
    var model = Model.initialized(Toy.lenet(), 1);
    model.weights().values()[WEIGHT] = Float.NaN;
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> Trainer.from(model).fit(Toy.images(22, 1), null));
    assertEquals("the initial weights: 0.weight holds NaN", thrown.getMessage());
  }

  @Test
  void aCheckpointThatHoldsNoNumbersIsRefused() throws IOException {
    var trainer = trainer(Toy.lenet(), Optimizer.sgd(0.05)).resume();
    fit(trainer);
    byte[] bytes = Files.readAllBytes(checkpoint());
    int header =
        8 + java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(0);
    // The weights come first.
    System.arraycopy(new byte[] {0, 0, (byte) 0xC0, 0x7F}, 0, bytes, header + 4 * WEIGHT, 4);
    Files.write(checkpoint(), bytes);
    var thrown = assertThrows(FormatException.class, () -> fit(trainer));
    assertEquals(checkpoint() + ": cannot be resumed: 0.weight holds NaN", thrown.getMessage());
  }

  /** Images of which one holds NaN. */
  private record Flawed(ImageDataset of, int image) implements ImageDataset {
    @Override
    public void read(int index, float[] into, int offset) {
      of.read(index, into, offset);
      if (index == image) {
        into[offset + 5] = Float.NaN;
      }
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
  void anImageOfNoNumbersIsNamedAndNotTheRate() {
    var trainer = trainer(Toy.lenet(), Optimizer.sgd(0.05));
    var images = new Flawed(Toy.images(22, 1), 13);
    var thrown = assertThrows(IllegalArgumentException.class, () -> trainer.fit(images, null));
    assertEquals(
        "image 13 of the training set holds NaN (its value 5), expected numbers from 0 to 1",
        thrown.getMessage());
  }

  @Test
  void anEvaluationWithoutALossIsAnError() {
    var model = Model.initialized(Toy.lenet(), 1);
    Arrays.fill(model.weights().values(), 3e38f);
    model.weights().changed();
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> Evaluation.of(model, Toy.images(8, 2), ENGINE));
    assertTrue(
        thrown.getMessage().startsWith("the model predicts nothing: its loss is "),
        thrown.getMessage());
  }
}
