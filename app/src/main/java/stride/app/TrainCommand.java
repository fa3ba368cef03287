package stride.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.run.RunConfig;
import stride.app.run.RunFolder;
import stride.train.MetricsLog;
import stride.train.StoppedException;
import stride.train.Trainer;
import stride.zoo.Zoo;

/** {@code stride train}: makes a model of a network and a data set. */
@Command(
    name = "train",
    sortOptions = false,
    description = "Train a network on a data set, test it, and save the model.",
    footer = {
      "",
      "What is not given comes from the network's own recipe. Ctrl-C stops after the running step;"
          + " --resume goes on as if there had been no break."
    })
final class TrainCommand implements Callable<Integer> {
  /** As shells report a program that Ctrl-C ended. */
  private static final int STOPPED = 130;

  @Parameters(
      arity = "0..1",
      paramLabel = "NETWORK",
      description = "A name that \"stride networks\" lists.")
  private @Nullable String network;

  @Option(
      names = "--data",
      paramLabel = "DATASET",
      description = "mnist, which ships with Stride, or fashion-mnist.")
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The folder of the data set's files, where they do not ship with Stride.")
  private @Nullable Path folder;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Images to a step.")
  private @Nullable Integer batch;

  @Option(names = "--lr", paramLabel = "X", description = "The highest learning rate.")
  private @Nullable Double learningRate;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      converter = OptimizerKind.Converter.class,
      description = "${COMPLETION-CANDIDATES}.")
  private @Nullable OptimizerKind optimizer;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The folder for the model, its checkpoint and metrics. Default: runs/NETWORK-DATASET, or"
              + " that with a number behind it.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in this folder; it knows the network and all settings.")
  private @Nullable Path resume;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    checkNumbers();
    // Listening begins before there is a run folder and ends when all is said: whenever Ctrl-C
    // comes, what is on disk can be gone on with.
    try (var stop = StopSignal.listen();
        var run = resume == null ? begin() : goOn(resume)) {
      if (run.isFinished()) {
        common
            .console()
            .note("%s is finished; there is nothing to go on with".formatted(run.path()));
      } else if (!train(run, stop)) {
        return STOPPED;
      }
      report(run);
      return 0;
    }
  }

  private void checkNumbers() {
    CommonOptions.atLeastOne("--epochs", epochs);
    CommonOptions.atLeastOne("--batch", batch);
    if (learningRate != null && !(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new UsageException("--lr takes a number above 0, found " + learningRate);
    }
  }

  /** A new run, with what is not given from the network's recipe. */
  private RunFolder begin() throws IOException {
    if (network == null || data == null) {
      throw new UsageException(
          "say which network to train on which data, such as: train lenet5 --data mnist");
    }
    var architecture = Zoo.find(network);
    DataSets.find(data, folder);
    var recipe = architecture.recipe();
    var kind = optimizer == null ? OptimizerKind.of(recipe.optimizer()) : optimizer;
    var config =
        new RunConfig(
            network,
            data,
            folder == null ? null : folder.toAbsolutePath().normalize(),
            epochs == null ? recipe.epochs() : epochs,
            batch == null ? recipe.batch() : batch,
            kind.toString(),
            learningRate == null ? kind.from(recipe.optimizer()).learningRate() : learningRate,
            common.seed(),
            Main.Version.text(),
            Runtime.version().toString());
    return out == null
        ? RunFolder.createBeside(Path.of("runs", network + "-" + data), config)
        : RunFolder.create(out, config);
  }

  /** An earlier run; what is given besides has to be what it was begun with. */
  private RunFolder goOn(Path earlier) throws IOException {
    var run = RunFolder.open(earlier);
    try {
      var config = run.config();
      same(earlier, "NETWORK", network, config.network());
      same(earlier, "--data", data, config.data());
      same(
          earlier,
          "--data-dir",
          folder == null ? null : folder.toAbsolutePath().normalize(),
          config.dataFolder());
      same(earlier, "--epochs", epochs, config.epochs());
      same(earlier, "--batch", batch, config.batch());
      same(earlier, "--lr", learningRate, config.learningRate());
      same(
          earlier,
          "--optimizer",
          optimizer == null ? null : optimizer.toString(),
          config.optimizer());
      same(earlier, "--seed", common.givenSeed(), config.seed());
      same(
          earlier,
          "--out",
          out == null ? null : out.toAbsolutePath().normalize(),
          earlier.toAbsolutePath().normalize());
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  private static void same(
      Path run, String option, @Nullable Object given, @Nullable Object begunWith) {
    if (given != null && !given.equals(begunWith)) {
      throw new UsageException(
          "%s %s does not go with --resume %s: that run was begun with %s; leave %s out"
              .formatted(
                  option, given, run, begunWith == null ? "none" : begunWith.toString(), option));
    }
  }

  /** Trains to the end, or until it is asked to stop; tells which. */
  private boolean train(RunFolder run, StopSignal stop) throws IOException {
    var console = common.console();
    var config = run.config();
    try (var progress = new TrainingProgress(console);
        var engine = common.engine()) {
      console.note(
          Figures.format(
              "%s on %s: %s, batches of %,d, %s with rate %s, seed %d, %s; in %s",
              config.network(),
              config.data(),
              Figures.count(config.epochs(), "epoch"),
              config.batch(),
              config.optimizer(),
              config.learningRate(),
              config.seed(),
              Figures.count(engine.threads(), "thread"),
              run.path()));
      var images = DataSets.find(config.data(), config.dataFolder()).load();
      var architecture = Zoo.find(config.network());
      var recipe = architecture.recipe();
      var made = architecture.network(images.train().shape(), images.train().labels().size());
      console.note(
          Figures.format(
              "%,d training and %,d test images of %s; %,d parameters",
              images.train().size(),
              images.test().size(),
              images.train().shape(),
              made.parameters()));
      var model =
          Trainer.of(made)
              .optimizer(
                  OptimizerKind.named(config.optimizer())
                      .from(recipe.optimizer())
                      .learningRate(config.learningRate()))
              .loss(recipe.loss(made))
              .schedule(recipe.schedule())
              .augmentation(recipe.augmentation())
              .epochs(config.epochs())
              .batch(config.batch())
              .seed(config.seed())
              .engine(engine)
              .callback(new MetricsLog(run.metrics()))
              .callback(progress)
              .stopWhen(stop::asked)
              .checkpoint(run.checkpoint())
              .resume()
              .fit(images.train(), images.test());
      progress.close();
      model.save(run.model());
      return true;
    } catch (StoppedException e) {
      console.note(
          "%s; to go on: ./stride train --resume %s".formatted(e.getMessage(), quoted(run.path())));
      return false;
    } catch (IOException | RuntimeException | Error e) {
      try {
        run.discard();
      } catch (IOException failure) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  /** A path as a shell takes it. */
  private static String quoted(Path path) {
    return path.toString().matches("[\\w./:\\\\-]+") ? path.toString() : "'" + path + "'";
  }

  private void report(RunFolder run) throws IOException {
    var config = run.config();
    var result = run.result();
    var json = new LinkedHashMap<String, Object>();
    json.put("network", config.network());
    json.put("dataset", config.data());
    json.put("epochs", result.epochs());
    json.put("seed", config.seed());
    json.put("test_accuracy", result.testAccuracy());
    json.put("train_loss", result.trainLoss());
    json.put("seconds", result.seconds());
    json.put("images_per_second", result.imagesPerSecond());
    json.put("model", run.model().toString());
    common.result(
        json,
        "%s of %s test images right after %s in %s; saved %s"
            .formatted(
                Figures.percent(result.testAccuracy()),
                Figures.count(result.testImages()),
                Figures.count(result.epochs(), "epoch"),
                Figures.seconds(result.seconds()),
                run.model()));
  }
}
