package stride.app.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import stride.app.console.DownloadBar;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.console.Version;
import stride.app.data.BoxData;
import stride.app.data.TrainingData;
import stride.app.option.CommonOptions;
import stride.app.option.DataOptions;
import stride.app.option.LayoutConverter;
import stride.app.option.NormalizationOptions;
import stride.app.option.OnnxFiles;
import stride.app.option.OptimizerKind;
import stride.app.option.RankOptions;
import stride.app.option.ScheduleKind;
import stride.app.option.StyleOptions;
import stride.app.option.WeightsSource;
import stride.app.run.RunConfig;
import stride.app.run.RunFolder;
import stride.data.Augmentation;
import stride.data.Dataset;
import stride.data.Examples;
import stride.data.ImageDataset;
import stride.data.Photos;
import stride.data.Splits;
import stride.engine.Engine;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.onnx.engine.InputLayout;
import stride.tensor.Shape;
import stride.train.BestModel;
import stride.train.BinaryCrossEntropy;
import stride.train.Callback;
import stride.train.ClassWeights;
import stride.train.EarlyStopping;
import stride.train.FineTuning;
import stride.train.Loss;
import stride.train.Progress;
import stride.train.SoftmaxCrossEntropy;
import stride.train.StoppedException;
import stride.train.Trainer;
import stride.train.TrainingException;
import stride.train.UpdateOptions;
import stride.train.log.GradientLog;
import stride.train.log.MetricsLog;
import stride.train.log.TensorBoardLog;
import stride.zoo.Architecture;
import stride.zoo.Recipe;

/** A training as its configuration says, in its folder. */
public final class TrainingRun {
  /** Settings that a detector has no use for. */
  private static final List<String> OF_CLASSES =
      List.of("loss", "label_smoothing", "class_weights");

  private final CommonOptions common;
  private final RunConfig config;
  private final Architecture architecture;
  private final Recipe recipe;

  /** The place among processes that share the run's ranks; null if there are no others. */
  private final @Nullable RankOptions place;

  /**
   * @param place the place among processes that share the run's ranks, if there are others
   * @throws IOException if the network is that of an ONNX file which cannot be read
   */
  public TrainingRun(RunConfig config, CommonOptions common, RankOptions place) throws IOException {
    this(config, architecture(config), common, place);
  }

  /**
   * @throws IOException if the network is that of an ONNX file which cannot be read
   */
  public TrainingRun(RunConfig config, CommonOptions common) throws IOException {
    this(config, architecture(config), common);
  }

  private static Architecture architecture(RunConfig config) throws IOException {
    return OnnxFiles.architecture(
        config.network(),
        config.given("weights") ? config.text("weights") : null,
        DataOptions.input(config).orElse(null),
        layout(config));
  }

  /**
   * @param architecture of the run's network, which need not be of the zoo
   */
  public TrainingRun(RunConfig config, Architecture architecture, CommonOptions common) {
    this(config, architecture, common, null);
  }

  private TrainingRun(
      RunConfig config,
      Architecture architecture,
      CommonOptions common,
      @Nullable RankOptions place) {
    this.config = config;
    this.common = common;
    this.architecture = architecture;
    this.place = place;
    recipe = recipe(architecture, config.given("weights"));
  }

  private static Recipe recipe(Architecture architecture, boolean tuning) {
    var detector = architecture.detector();
    return !tuning || architecture.painter() != null
        ? architecture.recipe()
        : detector == null ? Recipe.FINE_TUNING : detector.tuning();
  }

  /**
   * Puts into settings what they lack, from the recipe of their network.
   *
   * @param settings of a network and data, and what else is given
   * @throws UsageException if they do not go together
   * @throws IOException if the data are a table that cannot be read
   */
  public static RunConfig complete(
      Architecture architecture, Map<String, Object> settings, long seed) throws IOException {
    boolean tuning = settings.containsKey("weights");
    var recipe = recipe(architecture, tuning);
    settings.putIfAbsent("batch", recipe.batch());
    if (!settings.containsKey("epochs")) {
      settings.put(
          "epochs",
          architecture.painter() == null
              ? recipe.epochs()
              : PainterTraining.usualEpochs(settings, recipe));
    }
    var kind =
        settings.get("optimizer") instanceof OptimizerKind given
            ? given
            : OptimizerKind.of(recipe.optimizer());
    settings.put("optimizer", kind.toString());
    OptimizerKind.describe(kind.from(recipe.optimizer()), settings);
    if (!settings.containsKey("schedule")) {
      int epochs = settings.get("epochs") instanceof Integer given ? given : recipe.epochs();
      ScheduleKind.describe(recipe.schedule(), epochs, settings);
    }
    scaleRate(settings);
    ScheduleKind.complete(settings);
    if (!settings.containsKey("augment")) {
      settings.put("augmentation", recipe.augmentation().toString());
    }
    if (architecture.painter() != null) {
      PainterTraining.complete(architecture.name(), settings);
    } else if (tuning && architecture.detector() == null) {
      settings.putIfAbsent("head_lr_factor", Recipe.HEAD_RATE);
    }
    if (settings.containsKey("head") && !tuning) {
      throw new UsageException("--head goes with --weights, whose head it is about");
    }
    if (settings.containsKey("unfreeze_after") && !settings.containsKey("freeze")) {
      throw new UsageException("--unfreeze-after goes with --freeze backbone");
    }
    checkEpochs(settings);
    settings.put("seed", seed);
    settings.put("stride", Version.text());
    settings.put("java", Runtime.version().toString());
    var config = new RunConfig(settings);
    ScheduleKind.of(config);
    OptimizerKind.of(config, recipe.optimizer());
    if (architecture.painter() != null) {
      return config;
    }
    StyleOptions.refuse(config);
    if (architecture.detector() != null) {
      for (var option : OF_CLASSES) {
        if (config.given(option)) {
          throw new UsageException(
              "--%s goes with networks that classify pictures, %s finds boxes"
                  .formatted(option.replace('_', '-'), architecture.name()));
        }
      }
      boxes(config);
      return config;
    }
    boolean several = new TrainingData(config).hasSeveralLabels();
    settings.putIfAbsent("loss", several ? "bce" : "cross-entropy");
    return new RunConfig(settings);
  }

  /**
   * The linear scaling rule of Goyal et al. (2017, "Accurate, Large Minibatch SGD"): k times as
   * many samples to a step, k times the rate, after a warm-up. One cycle has a warm-up of its own.
   */
  private static void scaleRate(Map<String, Object> settings) {
    if (!settings.containsKey("scale_rate")) {
      return;
    }
    int ranks = settings.get("ranks") instanceof Integer given ? given : 1;
    if (ranks == 1) {
      throw new UsageException("--scale-rate goes with --ranks N, by which it multiplies the rate");
    }
    settings.compute(
        "lr", (_, rate) -> ranks * (rate instanceof Number number ? number.doubleValue() : 1));
    int epochs = settings.get("epochs") instanceof Integer given ? given : 1;
    if (!ScheduleKind.ONE_CYCLE.toString().equals(String.valueOf(settings.get("schedule")))) {
      settings.putIfAbsent("warmup_epochs", Math.min(5, epochs / 4.0));
    }
  }

  /** The data of a detector's run. */
  private static BoxData boxes(RunConfig config) throws IOException {
    return new TrainingData(config)
        .boxes()
        .orElseThrow(
            () ->
                new UsageException(
                    "%s finds boxes, %s has none: --data takes a folder of pictures with boxes, as COCO (JSON), Pascal VOC (XML) or YOLO (text files) have them"
                        .formatted(config.network(), config.data())));
  }

  /** Checks that what is to happen in some epochs does happen. */
  private static void checkEpochs(Map<String, Object> settings) {
    var config = new RunConfig(settings);
    if (config.given("unfreeze_after") && config.whole("unfreeze_after") >= config.epochs()) {
      throw new UsageException(
          "--unfreeze-after %d: there are %s, so the backbone would never learn"
              .formatted(config.whole("unfreeze_after"), Figures.count(config.epochs(), "epoch")));
    }
    if (config.batches().size() > config.epochs()) {
      throw new UsageException(
          "--batch has %d sizes for %s: each needs an epoch of its own"
              .formatted(config.batches().size(), Figures.count(config.epochs(), "epoch")));
    }
  }

  /**
   * Trains to the end, or until it is asked to stop.
   *
   * @param more are told how it goes besides
   * @throws StoppedException if it was asked to stop
   */
  public void train(RunFolder run, BooleanSupplier stop, Callback... more) throws IOException {
    try (var progress = new TrainingProgress(common.console());
        var engine = common.engine();
        var tasks = tasks()) {
      var prepared = tasks.tell(() -> prepare(engine));
      say(engine, run.path().toString());
      var network = prepared.network();
      common
          .console()
          .note(
              Figures.format(
                  "%,d training and %,d test images of %s; %,d parameters",
                  prepared.train().size(),
                  prepared.test().size(),
                  network.input(),
                  network.parameters()));
      var trainer =
          tasks
              .of(prepared.trainer())
              .engine(engine)
              .callback(new MetricsLog(run.metrics()))
              .callback(new TensorBoardLog(run.events()))
              .callback(new BestModel(run.best()))
              .warnings(common.console()::note)
              .stopWhen(stop)
              .checkpoint(run.checkpoint())
              .resume();
      if (prepared.train() instanceof Photos && prepared.test() instanceof Photos test) {
        var photo = new PainterTraining(config, architecture).shown(test);
        trainer = trainer.callback(new PaintingSamples(run, photo, engine));
      }
      if (config.given("early_stopping")) {
        trainer = trainer.callback(new EarlyStopping(config.whole("early_stopping")));
      }
      if (config.flag("log_gradients")) {
        trainer = trainer.callback(new GradientLog(run.gradients(), network));
      }
      for (var callback : more) {
        trainer = trainer.callback(callback);
      }
      // Called once the checkpoint has turned out to be of these settings.
      trainer = trainer.callback(new KeepChanges(run));
      var model = fit(trainer.callback(progress), prepared);
      model.save(run.model());
      run.finish();
    } catch (StoppedException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      try {
        run.discard();
        if (e instanceof TrainingException) {
          run.fail(Failures.sentence(e));
        }
      } catch (IOException failure) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  /**
   * Computes this process's ranks of a training whose folder another process writes.
   *
   * @throws StoppedException if one of the processes was asked to stop
   */
  public void join(BooleanSupplier stop) throws IOException {
    try (var progress = new TrainingProgress(common.console());
        var engine = common.engine();
        var tasks = tasks()) {
      var prepared = tasks.tell(() -> prepare(engine));
      say(engine, "the folder of rank 0");
      var _ =
          fit(
              tasks.of(prepared.trainer()).engine(engine).stopWhen(stop).callback(progress),
              prepared);
    }
  }

  /** The processes that share the run's ranks, once all have come. */
  private Tasks tasks() throws IOException {
    return place == null ? Tasks.ALONE : Tasks.joining(place, config, common.console());
  }

  private record KeepChanges(RunFolder run) implements Callback {
    @Override
    public void begin(Progress progress) throws IOException {
      run.keepChanges();
      run.clearFailure();
    }
  }

  private Model fit(Trainer trainer, Prepared prepared) throws IOException {
    try {
      return prepared.train() instanceof Examples train
          ? trainer.fit(train, (Examples) prepared.test())
          : trainer.fit((ImageDataset) prepared.train(), (ImageDataset) prepared.test());
    } catch (UncheckedIOException e) {
      throw TrainingData.unreadable(config, e);
    }
  }

  private void say(Engine engine, String folder) {
    common
        .console()
        .note(
            Figures.format(
                "%s on %s: %s, batches of %s%s, %s with rate %s, seed %d, %s; in %s",
                config.network(),
                config.data(),
                Figures.count(config.epochs(), "epoch"),
                String.join(", ", config.batches().stream().map(Figures::count).toList()),
                ranks() == 1 ? "" : " in each of %d ranks".formatted(ranks()),
                config.optimizer(),
                config.learningRate(),
                config.seed(),
                Figures.count(engine.threads(), "thread"),
                folder));
    if (config.flag("scale_rate")) {
      common
          .console()
          .note(
              "the rate is %s times %d for as many ranks%s"
                  .formatted(
                      config.learningRate() / ranks(),
                      ranks(),
                      config.given("warmup_epochs")
                          ? ", after a warm-up of %s epochs"
                              .formatted(config.number("warmup_epochs"))
                          : ""));
    }
  }

  private int ranks() {
    return config.given("ranks") ? config.whole("ranks") : 1;
  }

  /**
   * What is trained on what.
   *
   * @param train {@link ImageDataset} or, of boxes, {@link Examples}
   * @param test of the same kind
   */
  public record Prepared(Trainer trainer, Network network, Dataset<?> train, Dataset<?> test) {}

  /**
   * Reads the data, and the weights to begin with; nothing of a folder of runs.
   *
   * @param engine for what has to be computed for that
   */
  public Prepared prepare(Engine engine) throws IOException {
    if (architecture.painter() != null) {
      return preparePainter(engine);
    }
    if (architecture.detector() != null) {
      return prepareDetector();
    }
    var data = new TrainingData(config);
    var labels = data.labels();
    if (config.given("weights")) {
      var start = start(labels, data.hasSeveralLabels());
      var images = load(data, start.preprocessing());
      checkSize(images.train().shape(), start.network().input());
      return new Prepared(
          trainer(Trainer.from(start), start.network())
              .loss(loss(start.network(), images.train()))
              .augmentation(augmentation(images.train().shape())),
          start.network(),
          images.train(),
          images.test());
    }
    var images = load(data, pictures(data.arePictures()));
    var network = network(images.train().shape(), labels, data.hasSeveralLabels());
    return new Prepared(
        trainer(Trainer.of(network), network)
            .loss(loss(network, images.train()))
            .augmentation(augmentation(images.train().shape())),
        network,
        images.train(),
        images.test());
  }

  private Prepared preparePainter(Engine engine) throws IOException {
    var training = new PainterTraining(config, architecture);
    var model = training.start(common.console());
    var data = training.photos(model, common.console());
    try {
      readFirst(data.train());
      readFirst(data.test());
    } catch (UncheckedIOException e) {
      throw TrainingData.unreadable(config, e);
    }
    return new Prepared(
        trainer(Trainer.from(model), model.network())
            .loss(training.loss(model, engine, common.console()))
            .metrics()
            .augmentation(recipe.augmentation()),
        model.network(),
        data.train(),
        data.test());
  }

  private Prepared prepareDetector() throws IOException {
    var data = boxes(config);
    var pictures = data.load();
    data.remarks(pictures).forEach(common.console()::note);
    var labels = pictures.train().labels();
    var model = architecture.detecting(detector(labels), labels);
    var train = pictures.train().images(model.preprocessing());
    var test = pictures.test().images(model.preprocessing());
    try {
      readFirst(train);
      readFirst(test);
    } catch (UncheckedIOException e) {
      throw TrainingData.unreadable(config, e);
    }
    return new Prepared(
        trainer(Trainer.from(model), model.network())
            .augmentation(
                config.given("augment")
                    ? DataOptions.preset(config.text("augment")).ofBoxes()
                    : recipe.augmentation()),
        model.network(),
        train,
        test);
  }

  /** The network that a detector's training begins with: fresh, or with the weights of a file. */
  private Model detector(List<String> labels) throws IOException {
    var network = architecture.networkFor(input(), labels);
    if (!config.given("weights")) {
      return Model.initialized(network, config.seed());
    }
    var file = WeightsSource.of(architecture, config.text("weights")).file(common.console());
    return config.given("head")
        ? Model.withNewHead(network, file, config.text("head"), config.seed())
        : architecture.withNewHead(input(), file, labels, config.seed());
  }

  /** Checks that a data set's images are of the size that weights are read for. */
  private void checkSize(Shape images, Shape input) {
    if (images.channels() != input.channels()) {
      throw new UsageException(
          "the weights of %s are for images of %s, %s has %s"
              .formatted(
                  config.network(),
                  Figures.count(input.channels(), "channel"),
                  config.data(),
                  Figures.count(images.channels(), "channel")));
    }
    if (!images.equals(input)) {
      throw new UsageException(
          "%s takes images of %s, %s has %s: give --input %2$s to resize them, or --input %4$s for a network of their size"
              .formatted(config.network(), input, config.data(), images));
    }
  }

  private Splits load(TrainingData data, Preprocessing pictures) throws IOException {
    try (var progress = new DownloadBar(common.console())) {
      var images = data.load(pictures, progress);
      data.remarks(images).forEach(common.console()::note);
      // Pictures that no decoder reads end the command before it says that a training begins.
      readFirst(images.train());
      readFirst(images.test());
      return images;
    } catch (UncheckedIOException e) {
      throw TrainingData.unreadable(config, e);
    }
  }

  private static void readFirst(Dataset<?> images) {
    if (images.size() > 0) {
      images.get(0);
    }
  }

  private Augmentation augmentation(Shape images) {
    return config.given("augment")
        ? DataOptions.preset(config.text("augment")).of(images)
        : recipe.augmentation();
  }

  private Trainer trainer(Trainer from, Network network) {
    var trainer = config.flag("drop_last") ? from.dropLast() : from;
    return trainer
        .optimizer(OptimizerKind.of(config, recipe.optimizer()))
        .schedule(ScheduleKind.of(config))
        .epochs(config.epochs())
        .batches(config.batches().toArray(Integer[]::new))
        .accumulate(config.given("accumulate") ? config.whole("accumulate") : 1)
        .ranks(ranks())
        .seed(config.seed())
        .fineTuning(fineTuning(network))
        .updateOptions(updateOptions());
  }

  private FineTuning fineTuning(Network network) {
    return new FineTuning(
        config.given("freeze"),
        config.given("unfreeze_after") ? config.whole("unfreeze_after") : 0,
        config.given("head_lr_factor") ? config.number("head_lr_factor") : 1,
        config.flag("freeze_bn"),
        head(network),
        List.of());
  }

  /** Where the network's head begins, if that is said; a name may be one of the file's alone. */
  private @Nullable String head(Network network) {
    if (!config.given("head")) {
      return null;
    }
    String head = config.text("head");
    return network.graph().nodes().stream()
            .anyMatch(node -> (node.name() + ".").startsWith(head + "."))
        ? head
        : null;
  }

  private UpdateOptions updateOptions() {
    return new UpdateOptions(
        config.given("clip_grad_norm") ? config.number("clip_grad_norm") : Double.POSITIVE_INFINITY,
        config.given("ema") ? config.number("ema") : 0,
        !config.flag("no_bias_decay"));
  }

  /** What the network learns to say of pictures that have one label each, or several. */
  private Task task(boolean several) {
    String loss = config.given("loss") ? config.text("loss") : several ? "bce" : "cross-entropy";
    boolean binary = loss.equals("bce");
    if (several && !binary) {
      throw new UsageException(
          "pictures with several labels are learned with --loss bce, found " + loss);
    }
    return several ? Task.SEVERAL_LABELS : binary ? Task.BINARY : Task.SINGLE_LABEL;
  }

  private Network network(Shape input, List<String> labels, boolean several) {
    var network = architecture.network(input, outputs(labels, several));
    return task(several) == Task.SINGLE_LABEL ? network : network.withSignedOutput();
  }

  private int outputs(List<String> labels, boolean several) {
    if (task(several) != Task.BINARY) {
      return labels.size();
    }
    if (labels.size() != 2) {
      throw new UsageException(
          "--loss bce tells two classes apart, %s has %d".formatted(config.data(), labels.size()));
    }
    return 1;
  }

  private Loss loss(Network network, ImageDataset train) {
    double smoothing = config.given("label_smoothing") ? config.number("label_smoothing") : 0;
    boolean balanced = config.given("class_weights");
    if (balanced && train.isMultiLabel()) {
      throw new UsageException(
          "--class-weights does not go with pictures that have several labels");
    }
    return Recipe.withHeads(
        network,
        task(train.isMultiLabel()) == Task.SINGLE_LABEL
            ? new SoftmaxCrossEntropy(
                smoothing, balanced ? ClassWeights.balanced(train) : List.of())
            : new BinaryCrossEntropy(
                smoothing, balanced ? ClassWeights.balancedPositive(train) : List.of()));
  }

  /** How the images of an ONNX file lie; null if that is not given. */
  private static @Nullable InputLayout layout(RunConfig config) {
    return config.given("layout") ? new LayoutConverter().convert(config.text("layout")) : null;
  }

  /** What pictures of a folder are fitted to. */
  private Shape input() {
    return DataOptions.input(config).orElse(architecture.input());
  }

  /** How pictures of a folder become images of a network that begins with fresh weights. */
  private Preprocessing pictures(boolean folder) {
    return folder ? architecture.preprocessing(input()) : Preprocessing.none(input());
  }

  /** The model that fine-tuning begins with: the weights that are named, a fresh head. */
  private Model start(List<String> labels, boolean several) throws IOException {
    var file = WeightsSource.of(architecture, config.text("weights")).file(common.console());
    if (OnnxFiles.is(file)) {
      return startOnnx(file, labels, several);
    }
    var network = network(input(), labels, several).withoutTaps();
    var model =
        config.given("head")
            ? Model.withNewHead(network, file, config.text("head"), config.seed())
            : Model.withNewHead(network, file, config.seed());
    return architecture.described(model, file);
  }

  /** The network of an ONNX file with its weights and a fresh head. */
  private Model startOnnx(Path file, List<String> labels, boolean several) throws IOException {
    var input = input();
    var model = OnnxFiles.fitted(file, input, layout(config));
    boolean described = !model.preprocessing().equals(Preprocessing.none(model.network().input()));
    model = model.withHead(outputs(labels, several), config.seed());
    var network = model.network().withoutTaps();
    if (config.given("head") && head(network) == null) {
      throw new UsageException(
          "--head %s: %s has no such layer, its last are %s"
              .formatted(config.text("head"), file, lastLayers(model)));
    }
    if (task(several) != Task.SINGLE_LABEL) {
      network = network.withSignedOutput();
    }
    var start =
        new Model(
            network,
            model.weights().part(network.graph()),
            task(several),
            List.of(),
            model.preprocessing());
    if (NormalizationOptions.areGiven(config)) {
      var plain = described ? start.preprocessing() : pictures(true);
      var own = described ? plain.normalization() : Normalization.none(input.channels());
      return start.withPreprocessing(plain.normalization(NormalizationOptions.of(config, own)));
    }
    return described ? start : start.withPreprocessing(pictures(true));
  }

  /** The names of the last layers that have weights. */
  private static String lastLayers(Model model) {
    var nodes = model.network().graph().nodes();
    var names =
        model.weights().table().weights().stream()
            .map(entry -> nodes.get(entry.node()).name())
            .distinct()
            .toList();
    return String.join(", ", names.subList(Math.max(0, names.size() - 3), names.size()));
  }
}
