package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Network;

/** A last batch of fewer samples: when it is learned from, and when it is left out. */
final class LastBatchTest {
  private static final Engine ENGINE = Engine.withThreads(1);

  @TempDir Path folder;

  /** Batch norm of maps, and of single values if asked for. */
  private static Network network(boolean ofSingleValues) {
    return Network.of(
        Toy.SHAPE,
        sequential(
            conv(4, 3),
            batchNorm(),
            relu(),
            globalAvgPool(),
            ofSingleValues ? batchNorm() : identity(),
            flatten(),
            dense(8),
            ofSingleValues ? batchNorm() : identity(),
            dense(4)));
  }

  /** The samples of each step of two epochs. */
  private static List<Integer> steps(Trainer trainer, int images) throws IOException {
    var steps = new ArrayList<Integer>();
    var results = new ArrayList<EpochResult>();
    int[] before = {0};
    trainer
        .epochs(2)
        .engine(ENGINE)
        .callback(
            new Callback() {
              @Override
              public void step(Progress progress) {
                steps.add(progress.samples() - before[0]);
                before[0] = progress.step() == progress.stepsPerEpoch() ? 0 : progress.samples();
                assertTrue(progress.samples() <= progress.samplesPerEpoch());
              }

              @Override
              public void epoch(EpochResult result) {
                results.add(result);
              }
            })
        .fit(Toy.images(images, 1), null);
    int all = steps.stream().mapToInt(Integer::intValue).sum();
    assertEquals(all, results.stream().mapToInt(EpochResult::samples).sum());
    return steps;
  }

  @ParameterizedTest
  @CsvSource({
    // batch, batches to a step, images, samples of each step of an epoch
    "4, 1, 9, '4 4'",
    "4, 1, 8, '4 4'",
    "4, 1, 10, '4 4 2'",
    "8, 1, 9, '8'",
    "3, 2, 7, '6'",
    "3, 2, 10, '6 3'",
    "2, 3, 7, '6'",
    "4, 3, 9, '8'",
    "64, 1, 9, '9'",
  })
  void aSingleSampleIsLeftOutWhereBatchNormHasOneValuePerChannel(
      int batch, int accumulated, int images, String expected) throws IOException {
    var epoch = new ArrayList<Integer>();
    for (String samples : expected.split(" ", -1)) {
      epoch.add(Integer.valueOf(samples));
    }
    epoch.addAll(List.copyOf(epoch));
    var trainer = Trainer.of(network(true)).batch(batch).accumulate(accumulated);
    assertEquals(epoch, steps(trainer, images));
  }

  @Test
  void elsewhereASingleSampleIsABatchLikeAnother() throws IOException {
    assertEquals(
        List.of(4, 4, 1, 4, 4, 1), steps(Trainer.of(network(false)).batch(4), 9), "of maps");
    assertEquals(
        List.of(4, 4, 1, 4, 4, 1),
        steps(Trainer.of(network(true)).batch(4).fineTuning(FineTuning.NONE.freezeNorms()), 9),
        "frozen");
    assertEquals(
        List.of(4, 4, 1, 4, 4),
        steps(
            Trainer.from(Model.initialized(network(true), 1))
                .batch(4)
                .fineTuning(FineTuning.HEAD_ONLY.unfreezeAfter(1)),
            9),
        "frozen in the first epoch");
  }

  @Test
  void theLastBatchIsDroppedOnRequest() throws IOException {
    for (boolean single : List.of(true, false)) {
      var trainer = Trainer.of(network(single)).dropLast();
      assertEquals(List.of(4, 4, 4, 4), steps(trainer.batch(4), 11));
      assertEquals(List.of(4, 4, 4, 4), steps(trainer.batch(4), 8));
      assertEquals(List.of(6, 3, 6, 3), steps(trainer.batch(3).accumulate(2), 11));
      assertEquals(List.of(5, 5), steps(trainer.batch(64), 5), "the only batch is whole");
      assertEquals(List.of(5, 4, 4), steps(trainer.batches(5, 4), 9));
    }
  }

  @Test
  void batchesOfOneSampleCannotBeNormalized() {
    for (int images : List.of(1, 3)) {
      var trainer = Trainer.of(network(true)).batch(1).engine(ENGINE);
      var thrown =
          assertThrows(
              IllegalArgumentException.class, () -> trainer.fit(Toy.images(images, 1), null));
      assertTrue(thrown.getMessage().contains("use a larger batch"), thrown.getMessage());
    }
  }

  /** The same samples are left out by a training that was stopped, whatever the threads. */
  @Test
  void aStoppedTrainingLeavesOutTheSameSamples() throws IOException {
    ImageDataset images = Toy.images(9, 1);
    var trainer = Trainer.of(network(true)).batch(4).epochs(3).engine(ENGINE);
    float[] expected = trainer.fit(images, null).weights().values();
    for (int stopAfter = 1; stopAfter < 6; stopAfter++) {
      int[] step = {0};
      int last = stopAfter;
      var going = trainer.checkpoint(folder.resolve("checkpoint" + stopAfter));
      assertThrows(
          StoppedException.class, () -> going.stopWhen(() -> ++step[0] == last).fit(images, null));
      try (var engine = Engine.withThreads(3)) {
        var resumed = going.engine(engine).resume().fit(images, null);
        assertArrayEquals(expected, resumed.weights().values(), "stopped after " + stopAfter);
      }
    }
  }
}
