package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;

/** Checkpoints of a training that several tasks share: who writes them, and when. */
final class RankCheckpointsTest {
  private static final ImageDataset TRAIN = Toy.images(24, 1);

  @TempDir Path folder;

  private static Trainer trainer(Exchange exchange) {
    return Trainer.of(Toy.lenet())
        .optimizer(Optimizer.sgd(0.05).momentum(0.9))
        .epochs(2)
        .batch(3)
        .seed(7)
        .engine(Engine.shared())
        .ranks(exchange);
  }

  /** Each task's program is the same, so each names a file: on its own disk, or on a shared one. */
  @Test
  void onlyTheTaskOfRankZeroWritesAndAnnouncesCheckpoints() throws IOException {
    var saved = Collections.synchronizedList(new ArrayList<Path>());
    var models =
        new ThreadTasks(1, 1)
            .run(
                exchange ->
                    trainer(exchange)
                        .checkpoint(file(exchange))
                        .checkpointEvery(3)
                        .callback(
                            new Callback() {
                              @Override
                              public void saved(Path checkpoint) {
                                saved.add(checkpoint);
                              }
                            })
                        .fit(TRAIN));
    var model = assertInstanceOf(Model.class, models.getFirst());
    // 4 steps to an epoch: after steps 3 and 6, and after both epochs.
    assertEquals(Collections.nCopies(4, folder.resolve("rank0")), saved);
    try (var files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("rank0")), files.toList());
    }
    var resumed =
        trainer(Exchange.alone(2)).checkpoint(folder.resolve("rank0")).resume().fit(TRAIN);
    assertArrayEquals(model.weights().values(), resumed.weights().values());
  }

  private Path file(Exchange exchange) {
    return folder.resolve("rank" + exchange.ranks().first());
  }

  /** Tasks that saved after different steps would wait for each other in different places. */
  @Test
  void rankZerosNumberOfStepsBetweenCheckpointsCountsInAllTasks() throws IOException {
    var ends =
        new ThreadTasks(1, 1)
            .run(
                exchange -> {
                  var trainer = trainer(exchange).checkpoint(file(exchange));
                  return trainer.checkpointEvery(exchange.ranks().leads() ? 3 : 1).fit(TRAIN);
                });
    var expected = trainer(Exchange.alone(2)).fit(TRAIN);
    for (var end : ends) {
      assertArrayEquals(
          expected.weights().values(), assertInstanceOf(Model.class, end).weights().values());
    }
  }

  @Test
  void stepsBetweenCheckpointsWithoutACheckpointAreRefused() {
    var ends =
        new ThreadTasks(1, 1).run(exchange -> trainer(exchange).checkpointEvery(3).fit(TRAIN));
    String sentence =
        "a checkpoint is to be saved every 3 steps, but there is no file for it: set"
            + " checkpoint(file) too";
    assertEquals(
        sentence, assertInstanceOf(IllegalArgumentException.class, ends.getFirst()).getMessage());
    assertEquals(
        "rank 0 has failed: " + sentence,
        assertInstanceOf(ExchangeException.class, ends.getLast()).getMessage());
  }

  /** Only the message of the task that has written a checkpoint names it. */
  @Test
  void aStoppedTaskNamesTheCheckpointThatItHasWritten() {
    var ends =
        new ThreadTasks(1, 1)
            .run(
                exchange ->
                    trainer(exchange).checkpoint(file(exchange)).stopWhen(() -> true).fit(TRAIN));
    String stopped = "stopped after step 1 of epoch 1";
    assertEquals(
        stopped + ", saved in " + folder.resolve("rank0"),
        assertInstanceOf(StoppedException.class, ends.getFirst()).getMessage());
    assertEquals(stopped, assertInstanceOf(StoppedException.class, ends.getLast()).getMessage());
    assertTrue(Files.exists(folder.resolve("rank0")));
  }
}
