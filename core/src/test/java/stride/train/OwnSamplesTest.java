package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.data.Example;
import stride.data.Examples;
import stride.data.Target;
import stride.engine.Engine;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Ranks with samples of their own, and checkpoints within epochs. */
final class OwnSamplesTest {
  private static final Network NETWORK =
      Network.of(Shape.of(4), sequential(dense(8), tanh(), dense(2)));

  @TempDir Path folder;

  private static Examples examples(int count) {
    var all = new ArrayList<Example>();
    for (int i = 0; i < count; i++) {
      all.add(
          Example.of(
              new Tensor(Shape.of(4), new float[] {i % 5, i % 3, i * 0.1f, 1}),
              Target.ofClass(i % 2)));
    }
    return Examples.of(all);
  }

  private static Trainer trainer() {
    return Trainer.of(NETWORK)
        .epochs(3)
        .batch(4)
        .seed(5)
        .optimizer(Optimizer.sgd(0.01).momentum(0.9));
  }

  /**
   * What a rank reads lies between its bounds, all of it is read, and epochs differ in the order.
   */
  @ParameterizedTest
  @CsvSource({"30, 1, 4", "30, 4, 2", "31, 4, 2", "7, 4, 5", "64, 2, 8"})
  void ranksReadTheirOwnSamples(int samples, int ranks, int batch) throws IOException {
    var all = Ranks.alone(ranks);
    assertEquals(samples, all.ownBegin(samples, batch, ranks));
    var order = new ArrayList<List<Integer>>();
    var read = new ArrayList<Integer>();
    var data = examples(samples);
    var watched =
        Examples.of(
            samples,
            i -> {
              synchronized (read) {
                read.add(i);
              }
              return data.get(i);
            },
            data.targets());
    try (var engine = Engine.withThreads(1)) {
      var _ =
          trainer()
              .engine(engine)
              .ranks(ranks)
              .batch(batch)
              .ownSamples()
              .callback(
                  new Callback() {
                    @Override
                    public void begin(Progress progress) {
                      read.clear();
                    }

                    @Override
                    public void epoch(EpochResult result) {
                      order.add(List.copyOf(read));
                      read.clear();
                    }
                  })
              .fit(watched);
    }
    assertEquals(3, order.size());
    for (var epoch : order) {
      assertEquals(IntStream.range(0, samples).boxed().toList(), epoch.stream().sorted().toList());
      // A single process computes one rank after another: each reads a stretch of every step.
      int at = 0;
      int most = Math.clamp(samples / ranks, 1, batch) * ranks;
      while (at < samples) {
        int step = Math.min(most, samples - at);
        for (int rank = 0; rank < ranks; rank++) {
          int from = all.ownBegin(samples, batch, rank);
          int to = all.ownBegin(samples, batch, rank + 1);
          for (int i = all.begin(step, rank); i < all.begin(step, rank + 1); i++) {
            int sample = epoch.get(at + i);
            assertTrue(
                sample >= from && sample < to,
                "rank %d read %d, not from %d to %d".formatted(rank, sample, from, to - 1));
          }
        }
        at += step;
      }
    }
    assertTrue(samples < 10 || !order.get(0).equals(order.get(1)));
  }

  @Test
  void severalBatchSizesAreRefused() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> trainer().batches(2, 4).ranks(2).ownSamples().fit(examples(20)));
    assertEquals(
        "ranks with samples of their own have one batch size, found [2, 4]", e.getMessage());
  }

  /** Every checkpoint within the epochs leads to the same bits. */
  @Test
  void checkpointsWithinEpochsAreResumed() throws IOException {
    var data = examples(30);
    var file = folder.resolve("checkpoint");
    var copies = new ArrayList<Path>();
    var expected =
        trainer()
            .ranks(2)
            .checkpoint(file)
            .checkpointEvery(3)
            .callback(
                new Callback() {
                  @Override
                  public void saved(Path checkpoint) throws IOException {
                    var copy = folder.resolve("copy" + copies.size());
                    copies.add(Files.copy(checkpoint, copy));
                  }
                })
            .fit(data);
    // 4 steps to an epoch: after steps 3, 6 and 9, after the three epochs, once for step 12.
    assertEquals(6, copies.size());
    for (var copy : copies) {
      Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
      var resumed = trainer().ranks(2).checkpoint(file).resume().fit(data);
      assertArrayEquals(expected.weights().values(), resumed.weights().values());
    }
  }
}
