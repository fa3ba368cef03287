package stride.app.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import stride.app.console.Console;
import stride.app.console.UsageException;
import stride.app.data.PictureFiles;
import stride.app.option.DataOptions;
import stride.app.option.PictureArguments;
import stride.app.option.PictureSize;
import stride.app.option.WeightsSource;
import stride.app.run.RunConfig;
import stride.data.Photos;
import stride.engine.Engine;
import stride.format.FileException;
import stride.image.Fit;
import stride.image.Image;
import stride.image.Pictures;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.network.Model;
import stride.style.PerceptualLoss;
import stride.tensor.Shape;
import stride.zoo.Architecture;
import stride.zoo.Recipe;
import stride.zoo.Styles;
import stride.zoo.Zoo;

/** What a training needs that learns to paint: photos without labels, a painting, and a judge. */
final class PainterTraining {
  /** The part of the pictures that is not learned from. */
  private static final double TEST_PART = 0.05;

  /** A photo that is painted to be looked at is made at most so large. */
  private static final int SHOWN_SIDE = 512;

  /** The network halves pictures twice. */
  private static final int MULTIPLE = 4;

  private static final int SMALLEST_SIDE = 64;

  /** Steps that are enough to paint well; more of them make the style clearer. */
  private static final int USUAL_STEPS = 2_000;

  /** Settings that are about classes, boxes or heads, and nothing here. */
  private static final List<String> OTHERS =
      List.of(
          "loss",
          "label_smoothing",
          "class_weights",
          "augment",
          "format",
          "skip_broken",
          "cache_pictures",
          "head",
          "freeze",
          "freeze_bn",
          "unfreeze_after",
          "head_lr_factor",
          "data_dir");

  private final RunConfig config;
  private final Architecture architecture;

  /**
   * @param architecture a network that paints
   */
  PainterTraining(RunConfig config, Architecture architecture) {
    this.config = config;
    this.architecture = architecture;
  }

  /**
   * {@return the epochs of a training that is not told how many: those of the recipe, or as many as
   * give the network enough steps where there are fewer pictures than the recipe is for}
   *
   * @param settings of data and batches
   * @throws IOException if the pictures cannot be listed
   */
  static int usualEpochs(Map<String, Object> settings, Recipe recipe) throws IOException {
    var config = new RunConfig(settings);
    int pictures = PictureFiles.of(List.of(config.data()), _ -> {}).size();
    int batch = config.batches().getFirst();
    return Math.max(recipe.epochs(), Math.ceilDiv(USUAL_STEPS * batch, pictures));
  }

  /**
   * Puts into settings what they lack, and checks that they go together.
   *
   * @throws UsageException if they do not
   */
  static void complete(String network, Map<String, Object> settings) {
    for (var name : OTHERS) {
      if (settings.containsKey(name)) {
        throw new UsageException(
            "--%s does not go with %s, which learns to paint photos without labels"
                .formatted(name.replace('_', '-'), network));
      }
    }
    if (!settings.containsKey("style")) {
      throw new UsageException(
          "%s learns the style of a painting: say which with --style painting.jpg"
              .formatted(network));
    }
    settings.putIfAbsent("style_scale", 1.5);
    settings.putIfAbsent("loss_network", "squeezenet1_1");
    settings.putIfAbsent("loss_weights", "imagenet");
    settings.putIfAbsent("content_weight", 1.0);
    settings.putIfAbsent("style_weight", 3.0);
    settings.putIfAbsent("tv_weight", 1.0);
    if (Styles.judging(String.valueOf(settings.get("loss_network"))).isEmpty()) {
      throw new UsageException(
          "--loss-network takes squeezenet1_1, vgg16 or vgg19, found "
              + settings.get("loss_network"));
    }
    judgesWeights(new RunConfig(settings));
    var input = DataOptions.input(new RunConfig(settings));
    if (input.isPresent()) {
      checkInput(input.get());
    }
  }

  private static void checkInput(Shape input) {
    if (input.channels() != 3
        || input.height() % MULTIPLE != 0
        || input.width() % MULTIPLE != 0
        || Math.min(input.height(), input.width()) < SMALLEST_SIDE) {
      throw new UsageException(
          "--input of a network that paints is a multiple of %d, at least %d, with 3 channels: 256x256x3, found %s"
              .formatted(MULTIPLE, SMALLEST_SIDE, input));
    }
  }

  private static WeightsSource judgesWeights(RunConfig config) {
    try {
      return WeightsSource.of(Zoo.find(config.text("loss_network")), config.text("loss_weights"));
    } catch (UsageException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()).replace("--weights", "--loss-weights"));
    }
  }

  /** The network to begin with: fresh, or with the weights of a file, as wide as that one. */
  Model start(Console console) throws IOException {
    var input = DataOptions.input(config).orElse(architecture.input());
    if (!config.given("weights")) {
      return architecture.painting(
          Model.initialized(architecture.network(input, input.channels()), config.seed()));
    }
    var file = WeightsSource.of(architecture, config.text("weights")).file(console);
    return architecture.painting(
        Model.of(architecture.ofWeights(file).network(input, input.channels()), file));
  }

  /**
   * The photos.
   *
   * @param train to learn from
   * @param test to measure with
   */
  record Data(Photos train, Photos test) {}

  Data photos(Model model, Console console) throws IOException {
    var passedOver = new ArrayList<String>();
    var files = PictureFiles.of(List.of(config.data()), passedOver::add);
    Console.passedOver(passedOver).forEach(console::note);
    if (files.size() < 2) {
      throw new FileException(
          "%s holds 1 picture, a training wants 2 and more: one is measured with"
              .formatted(config.data()));
    }
    var input = model.network().input();
    var preprocessing =
        new Preprocessing(
            new Fit.Center(Math.min(input.height(), input.width()), Resampling.BILINEAR),
            input,
            model.preprocessing().normalization());
    var photos = new Photos(files, preprocessing, PictureArguments.of(config));
    double part = config.given("val_fraction") ? config.number("val_fraction") : TEST_PART;
    var held = photos.holdOut(Math.max(part, 1.0 / files.size()), config.seed());
    return new Data((Photos) held.train(), (Photos) held.test());
  }

  /** By what the network learns. */
  PerceptualLoss loss(Model model, Engine engine, Console console) throws IOException {
    var painting = painting(model.network().input());
    try {
      return new PerceptualLoss(
          judge(console),
          model.preprocessing().normalization(),
          Styles.judging(config.text("loss_network"))
              .orElseThrow()
              .weighted(
                  config.number("content_weight"),
                  config.number("style_weight"),
                  config.number("tv_weight")),
          painting.toImage(),
          engine);
    } catch (IllegalArgumentException e) {
      throw new FileException("--style %s: %s".formatted(config.text("style"), e.getMessage()), e);
    }
  }

  /** The network that looks at what is painted. */
  Model judge(Console console) throws IOException {
    return Zoo.find(config.text("loss_network")).load(judgesWeights(config).file(console));
  }

  /** The painting, as large as it is shown to the judge. */
  Pixels painting(Shape input) throws IOException {
    return PictureSize.ofStyle(config.number("style_scale"), input.height(), input.width())
        .resize(Pictures.decode(Path.of(config.text("style")), PictureArguments.of(config)).rgb());
  }

  /** Returns the photo that the network paints as a test during the training. */
  Image shown(Photos test) throws IOException {
    var file =
        config.given("test_photo") ? Path.of(config.text("test_photo")) : test.files().getFirst();
    var photo = Pictures.decode(file, PictureArguments.of(config)).rgb();
    boolean large = Math.max(photo.height(), photo.width()) > SHOWN_SIDE;
    return (large ? new PictureSize.Frame(SHOWN_SIDE, SHOWN_SIDE).resize(photo) : photo).toImage();
  }
}
