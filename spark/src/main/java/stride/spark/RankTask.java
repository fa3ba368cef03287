package stride.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.Utils;
import org.jspecify.annotations.Nullable;
import stride.distributed.Secret;
import stride.distributed.TcpExchange;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.network.Model;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.ExchangeException;
import stride.train.Progress;
import stride.train.TrainingException;

/**
 * One task of a training: computes a stretch of the ranks, together with the other tasks of its
 * barrier stage. What another try would mend is thrown, so that Spark starts the stage again; what
 * it would not, such as a broken picture, is a {@link TaskResult.Failure}.
 *
 * @param stage what is trained, and how
 * @param model the network with its first weights
 * @param table the pictures
 * @param checkpoints the folder of this training's checkpoints; null for none
 * @param files opens paths
 */
record RankTask(
    StrideClassifier stage,
    Broadcast<ModelBytes> model,
    Broadcast<PictureTable> table,
    @Nullable String checkpoints,
    SerializableConfiguration files)
    implements Serializable {
  private static final int PART = 1 << 23;
  private static final int SECRET_BYTES = 32;

  /** Something that no other try would mend. */
  private static final class PermanentFailure extends Exception {
    private static final long serialVersionUID = 1;

    PermanentFailure(String sentence) {
      super(sentence);
    }
  }

  /**
   * Computes this task's ranks.
   *
   * @param rows the pictures of these ranks, if rows hold them; else nothing
   */
  Iterator<TaskResult> run(Iterator<PictureRows.Picture> rows) throws IOException {
    var context = BarrierTaskContext.get();
    var folder = Files.createTempDirectory(disk(), "stride-training");
    try (var engine = Engine.withThreads(SparkEnv.get().conf().getInt("spark.task.cpus", 1))) {
      return new Run(context, folder, engine).results(rows).iterator();
    } catch (PermanentFailure e) {
      return List.<TaskResult>of(new TaskResult.Failure(String.valueOf(e.getMessage()))).iterator();
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /** Where Spark keeps this executor's temporary files. */
  private static Path disk() {
    return Path.of(Utils.getLocalDir(SparkEnv.get().conf()));
  }

  /** One try. */
  private final class Run {
    private final BarrierTaskContext context;
    private final Path folder;
    private final Engine engine;
    private final TrainingRecipe recipe = new TrainingRecipe(stage);
    private final PictureTable pictures = table.value();
    private final int task;
    private final int tasks;
    private final int first;
    private final int own;

    /** Whether training has begun: before that, what is read is a checkpoint. */
    private boolean begun;

    Run(BarrierTaskContext context, Path folder, Engine engine) {
      this.context = context;
      this.folder = folder;
      this.engine = engine;
      task = context.partitionId();
      tasks = recipe.tasks();
      first = RankStretch.begin(recipe.ranks(), tasks, task);
      own = RankStretch.begin(recipe.ranks(), tasks, task + 1) - first;
    }

    List<TaskResult> results(Iterator<PictureRows.Picture> rows)
        throws IOException, PermanentFailure {
      requireSameMachines();
      try (var sources = sources(rows)) {
        agree(sources.missing());
        try (var exchange = join()) {
          return train(exchange, sources.files());
        } catch (ExchangeException e) {
          if (TcpExchange.isThrownByAnother(e)) {
            agree(null);
          }
          throw e;
        } catch (FormatException e) {
          agree(begun ? e.getMessage() : unfit(e));
          throw e;
        } catch (IllegalArgumentException | TrainingException e) {
          agree(String.valueOf(e.getMessage()));
          throw e;
        } catch (UncheckedIOException e) {
          agree(isBroken(e) ? e.getMessage() + " (handleInvalid skip goes on)" : null);
          throw e;
        }
      }
    }

    private String unfit(FormatException checkpoint) {
      return "the newest checkpoint in %s cannot be resumed from (%s): delete it, which goes on from the one before, or choose another folder with setCheckpointDir"
          .formatted(checkpoints, checkpoint.getMessage());
    }

    /** Whether a picture is broken, and not the way to it. */
    private static boolean isBroken(UncheckedIOException failure) {
      return failure.getCause() instanceof FormatException
          || failure.getCause() instanceof FileNotFoundException;
    }

    /**
     * Tells all tasks what none of them can mend.
     *
     * @param sentence null if this task knows of nothing
     * @throws PermanentFailure in all tasks, if one knows of something
     */
    private void agree(@Nullable String sentence) throws PermanentFailure {
      for (String other : context.allGather(sentence == null ? "" : sentence)) {
        if (!other.isEmpty()) {
          throw new PermanentFailure(other);
        }
      }
    }

    /** Bits depend on the version of Java and the width of vectors. */
    private void requireSameMachines() throws PermanentFailure {
      var said = new ArrayList<Machine>();
      for (String line : context.allGather(Machine.here().line())) {
        said.add(Machine.of(line));
      }
      var difference = Machine.difference(said);
      if (difference != null) {
        throw new PermanentFailure(difference);
      }
    }

    private Sources sources(Iterator<PictureRows.Picture> rows) throws IOException {
      if (pictures.areFiles()) {
        return new Sources(new PathFiles(pictures, files.value()), null, null);
      }
      var spilled = new SpilledFiles(pictures, folder, rows);
      return new Sources(spilled, missing(spilled), spilled);
    }

    private @Nullable String missing(SpilledFiles spilled) {
      var ranks = RankStretch.ranks(recipe.ranks(), tasks, task);
      int step = recipe.batch() * recipe.accumulated();
      int from = ranks.ownBegin(pictures.training(), step, first);
      int to = ranks.ownBegin(pictures.training(), step, first + own);
      boolean complete =
          IntStream.range(from, to).allMatch(spilled::has)
              && (task > 0
                  || IntStream.range(pictures.training(), pictures.size()).allMatch(spilled::has));
      return complete
          ? null
          : "the rows have changed since they were counted: cache or save what they come from";
    }

    /** Meets the other tasks at the machine of the first, with a secret that it has just drawn. */
    private TcpExchange join() throws IOException {
      String own = "";
      if (task == 0) {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        own = freePort() + " " + HexFormat.of().formatHex(secret);
      }
      String[] said = context.allGather(own)[0].split(" ");
      String address = context.getTaskInfos()[0].address();
      String host = address.substring(0, address.lastIndexOf(':'));
      return TcpExchange.join(
          recipe.rendezvous(task, host, Integer.parseInt(said[0])), Secret.of(said[1]));
    }

    private static int freePort() throws IOException {
      try (var socket = new ServerSocket(0)) {
        return socket.getLocalPort();
      }
    }

    private List<TaskResult> train(TcpExchange exchange, TrainingPictures.Files source)
        throws IOException {
      var start = model.value().model("the first model");
      var trainer =
          recipe.trainer(start).ranks(exchange).engine(engine).stopWhen(context::isInterrupted);
      if (!pictures.areFiles()) {
        trainer = trainer.ownSamples();
      }
      var epochs = new ArrayList<EpochResult>();
      trainer =
          trainer.callback(
              new Callback() {
                @Override
                public void begin(Progress progress) {
                  begun = true;
                }

                @Override
                public void end(Progress progress, Ending ending) {
                  epochs.addAll(progress.history());
                }
              });
      if (task == 0 && checkpoints != null) {
        var kept = new CheckpointFolder(checkpoints, files.value());
        kept.clear();
        var local = folder.resolve("checkpoint.safetensors");
        var _ = kept.fetch(local);
        trainer = trainer.callback(kept).checkpoint(local).resume();
      }
      int training = pictures.training();
      int measured = pictures.size() - training;
      var trained =
          trainer.fit(
              new TrainingPictures(pictures, 0, training, source, start.preprocessing()),
              measured == 0
                  ? null
                  : new TrainingPictures(
                      pictures, training, measured, source, start.preprocessing()));
      return task == 0 ? results(trained, epochs) : List.of();
    }

    private List<TaskResult> results(Model trained, List<EpochResult> epochs) throws IOException {
      var file = folder.resolve("model.safetensors");
      trained.save(file);
      var results = new ArrayList<TaskResult>();
      try (var stream = Files.newInputStream(file)) {
        byte[] part = stream.readNBytes(PART);
        for (int number = 0; part.length > 0; number++) {
          results.add(new TaskResult.ModelPart(number, part));
          part = stream.readNBytes(PART);
        }
      }
      results.add(new TaskResult.Curves(epochs.stream().map(RankTask::epoch).toList()));
      return results;
    }
  }

  private static TaskResult.Epoch epoch(EpochResult result) {
    var test = result.test();
    return new TaskResult.Epoch(
        result.epoch(),
        result.loss(),
        result.accuracy(),
        result.learningRate(),
        result.seconds(),
        result.samples(),
        test == null ? null : test.loss(),
        test == null ? null : test.metric("accuracy"));
  }

  /**
   * Where a task's pictures come from.
   *
   * @param missing why some are not there; null if all are
   * @param closed what is closed at the end; null for nothing
   */
  private record Sources(
      TrainingPictures.Files files, @Nullable String missing, @Nullable SpilledFiles closed)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (closed != null) {
        closed.close();
      }
    }
  }
}
