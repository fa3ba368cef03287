package stride.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.Console;
import stride.app.console.UsageException;
import stride.image.Pixels;
import stride.network.Model;
import stride.style.Colours;
import stride.style.StyleLayers;
import stride.style.StyleSettings;
import stride.zoo.Styles;
import stride.zoo.Zoo;

/** The options of a photo that is painted step by step. A command has it as {@code @Mixin}. */
public final class PaintingOptions {
  private static final String IMAGENET = "imagenet";

  /** The pixels that the smallest of the usual scales has at least. */
  private static final long SMALLEST_SCALE = 20_000;

  /** More would be larger than any picture of a painting, and than most memories. */
  static final double MOST_STYLE_SCALE = 10;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = "squeezenet1_1",
      description =
          "The network that looks at the pictures: squeezenet1_1, vgg19, vgg16, or another with"
              + " --content-layers and --style-layers. Default: ${DEFAULT-VALUE}.")
  private String network;

  @Option(
      names = "--weights",
      paramLabel = "FILE|imagenet",
      defaultValue = IMAGENET,
      description =
          "Its weights: a file, or the published ones, which are downloaded once. Default:"
              + " ${DEFAULT-VALUE}.")
  private String weights;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      description =
          "How large it becomes: 0.4MP, 0.8MP, 2.2MP, 3.5MP, or WIDTHxHEIGHT, which it fills in its"
              + " own proportions. Default: the photo's size up to 0.8MP.")
  private @Nullable String size;

  @Option(
      names = "--strength",
      paramLabel = "X",
      defaultValue = "1",
      description = "How much style beside content. Default: ${DEFAULT-VALUE}.")
  private double strength;

  @Option(
      names = "--style-weights",
      split = ",",
      paramLabel = "X",
      description = "How much of each of several styles: 2,1. Default: of all the same.")
  private @Nullable List<Double> styleWeights;

  @Option(
      names = "--style-scale",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "How large the painting is beside the photo, whose strokes grow with it: 1 gives it as"
              + " many pixels. Default: ${DEFAULT-VALUE}.")
  private double styleScale;

  @Option(
      names = "--preserve-colours",
      paramLabel = "WAY",
      description =
          "Keep the photo's colours: luminance paints only light and dark, histogram gives the"
              + " painting the photo's colours first.")
  private @Nullable String preserved;

  @Option(
      names = "--mask",
      paramLabel = "PICTURE",
      description =
          "A picture as large as the photo that says where the painting is: where it is light; the"
              + " photo stays where it is dark.")
  private @Nullable Path mask;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "How often the picture is changed, at each scale. Default: 100.")
  private @Nullable Integer steps;

  @Option(
      names = "--optimizer",
      paramLabel = "lbfgs|adam",
      defaultValue = "lbfgs",
      description = "How it is changed. Default: ${DEFAULT-VALUE}.")
  private String optimizer;

  @Option(
      names = "--scales",
      paramLabel = "N",
      description =
          "Paint in small first: the number of sizes, each half as wide and high as the next."
              + " Default: as many as the smallest has 0.02 MP or more.")
  private @Nullable Integer scales;

  @Option(
      names = "--init",
      paramLabel = "photo|noise",
      defaultValue = "photo",
      description = "What the picture is at first. Default: ${DEFAULT-VALUE}.")
  private String start;

  @Option(
      names = "--pooling",
      paramLabel = "max|average",
      defaultValue = "max",
      description =
          "What the network's poolings take; with averages the paper found pictures slightly more"
              + " appealing. Default: ${DEFAULT-VALUE}.")
  private String pooling;

  @Option(
      names = "--content-layers",
      split = ",",
      paramLabel = "NAME",
      description = "Where to look for content, as \"stride summary\" names layers and blocks.")
  private @Nullable List<String> contentLayers;

  @Option(
      names = "--style-layers",
      split = ",",
      paramLabel = "NAME",
      description = "Where to look for style.")
  private @Nullable List<String> styleLayers;

  @Option(
      names = "--preview",
      paramLabel = "N",
      description = "Write the picture every N steps already.")
  private @Nullable Integer preview;

  @Option(
      names = "--frames",
      paramLabel = "DIR",
      description =
          "Also write each tenth step there, frame-0001.png and on: how the picture came to be.")
  private @Nullable Path frames;

  /**
   * Checks the numbers, before a file is read.
   *
   * @param paintings how many there are
   * @throws UsageException if one is out of its range
   */
  public void check(int paintings) {
    CommonOptions.atLeastOne("--steps", steps);
    CommonOptions.atLeastOne("--scales", scales);
    CommonOptions.atLeastOne("--preview", preview);
    aboveZero("--strength", strength);
    checkStyleScale(styleScale);
    if (styleWeights != null) {
      styleWeights.forEach(weight -> aboveZero("--style-weights", weight));
      if (styleWeights.size() != paintings) {
        throw new UsageException(
            "--style-weights takes a number for each --style, found %d for %d"
                .formatted(styleWeights.size(), paintings));
      }
    }
  }

  static void checkStyleScale(double scale) {
    if (!(scale > 0 && scale <= MOST_STYLE_SCALE)) {
      throw new UsageException(
          "--style-scale takes a number above 0, up to %.0f, found %s"
              .formatted(MOST_STYLE_SCALE, scale));
    }
  }

  private static void aboveZero(String option, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new UsageException("%s takes numbers above 0, found %s".formatted(option, value));
    }
  }

  /**
   * {@return how large the painting becomes}
   *
   * @throws UsageException if what is given is no size
   */
  public PictureSize size() {
    return size == null ? PictureSize.USUAL : SizeText.parse(size);
  }

  /**
   * {@return how large a picture of a style is made}
   *
   * @param canvas the photo as large as the painting
   */
  public PictureSize styleSize(Pixels canvas) {
    return PictureSize.ofStyle(styleScale, canvas.height(), canvas.width());
  }

  /** {@return how much the style with a number counts} */
  public double styleWeight(int style) {
    return styleWeights == null ? 1 : styleWeights.get(style);
  }

  /**
   * {@return how the pixels are changed, at one size}
   *
   * @param seed of the noise
   * @throws UsageException if a setting is none
   */
  public StyleSettings settings(long seed) {
    return StyleSettings.STANDARD
        .steps(steps == null ? StyleSettings.STANDARD.steps() : steps)
        .method(
            chosen(
                "--optimizer",
                optimizer,
                Map.of("lbfgs", StyleSettings.Method.LBFGS, "adam", StyleSettings.Method.ADAM)))
        .start(
            chosen(
                "--init",
                start,
                Map.of("photo", StyleSettings.Start.PHOTO, "noise", StyleSettings.Start.NOISE)))
        .averages(chosen("--pooling", pooling, Map.of("max", false, "average", true)))
        .colours(
            preserved == null
                ? Colours.OF_STYLE
                : chosen(
                    "--preserve-colours",
                    preserved,
                    Map.of("luminance", Colours.LUMINANCE, "histogram", Colours.HISTOGRAM)))
        .seed(seed);
  }

  private static <T> T chosen(String option, String name, Map<String, T> possible) {
    var value = possible.get(name);
    if (value == null) {
      throw new UsageException(
          "%s takes %s, found %s"
              .formatted(
                  option, String.join(" or ", possible.keySet().stream().sorted().toList()), name));
    }
    return value;
  }

  /**
   * {@return where the network looks, and how much each layer counts}
   *
   * @throws UsageException if that is not said, and not known
   */
  public StyleLayers layers() {
    return unweighted().strength(strength);
  }

  private StyleLayers unweighted() {
    if (contentLayers != null && styleLayers != null) {
      return Styles.named(contentLayers, styleLayers);
    }
    if (contentLayers != null || styleLayers != null) {
      throw new UsageException("--content-layers and --style-layers go together");
    }
    return Styles.of(Zoo.find(network).name())
        .orElseThrow(
            () ->
                new UsageException(
                    "say where %s is to look, with --content-layers and --style-layers: \"stride summary %s\" names its layers; those of squeezenet1_1, vgg16 and vgg19 are known"
                        .formatted(network, network)));
  }

  /**
   * {@return the number of sizes at which a photo is painted}
   *
   * @param canvas the photo as large as the painting
   */
  public int scales(Pixels canvas) {
    if (scales != null) {
      return scales;
    }
    int usual = 1;
    for (long pixels = (long) canvas.height() * canvas.width();
        pixels / 4 >= SMALLEST_SCALE && usual < StyleSettings.MOST_SCALES;
        pixels /= 4) {
      usual++;
    }
    return usual;
  }

  /**
   * {@return the network that looks at the pictures}
   *
   * @param console says what is downloaded
   */
  public Model model(Console console) throws IOException {
    var architecture = Zoo.find(network);
    return architecture.load(WeightsSource.of(architecture, weights).file(console));
  }

  /** {@return the name of the network} */
  public String network() {
    return network;
  }

  /** {@return the picture that says where to paint} */
  public Optional<Path> mask() {
    return Optional.ofNullable(mask);
  }

  /** {@return whether the picture is to be written after a step, by its number from 1} */
  public boolean isPreview(int step) {
    return preview != null && step % preview == 0;
  }

  /** {@return where pictures of how it came to be are kept} */
  public Optional<Path> frames() {
    return Optional.ofNullable(frames);
  }
}
