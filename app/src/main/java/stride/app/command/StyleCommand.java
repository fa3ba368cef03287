package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.PictureArguments;
import stride.app.option.SizeOption;
import stride.app.option.WeightsSource;
import stride.app.report.OutputFile;
import stride.app.training.StopSignal;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.Pictures;
import stride.image.Pixels;
import stride.image.Resampling;
import stride.network.Model;
import stride.style.Colours;
import stride.style.Mask;
import stride.style.Painting;
import stride.style.Style;
import stride.style.StyleLayers;
import stride.style.StyleTransfer;
import stride.zoo.Styles;
import stride.zoo.Zoo;

/** {@code stride style}: a photo, painted. */
@Command(
    name = "style",
    sortOptions = false,
    description = "Paint a photo in the style of a painting.",
    footer = {
      "",
      "style photo.jpg --style starry_night.jpg --weights imagenet --out painted.png downloads the"
          + " network's weights once. Ctrl-C keeps what is painted.",
      "",
      "style photos --model runs/starry --out painted paints a folder of photos."
    })
public final class StyleCommand implements Callable<Integer> {
  private static final String IMAGENET = "imagenet";

  /** Steps from one frame to the next. */
  private static final int EACH_FRAME = 10;

  /** The pixels that the smallest of the usual scales has at least. */
  private static final long SMALLEST_SCALE = 20_000;

  /** The options that go with {@code --model}. */
  private static final Set<String> OF_MODELS =
      Set.of("--model", "--out", "--no-exif", "--max-pixels", "--json", "--threads", "--verbose");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "PHOTO",
      description =
          "The photo; with --model also several, folders of them, or patterns such as"
              + " \"photos/*.jpg\".")
  private List<String> photos;

  @Option(
      names = "--style",
      paramLabel = "PAINTING",
      description = "The painting to learn from; several times for several.")
  private List<Path> paintings = List.of();

  @Option(
      names = "--model",
      paramLabel = "MODEL|FILE",
      description =
          "Paint in one pass, with a model that \"stride train style\" made (its file or the folder"
              + " of its run), or with weights of PyTorch's fast_neural_style (.pth). What is"
              + " painted is as large as the photo.")
  private @Nullable String painter;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE|DIR",
      description = "The painted photo, a PNG or a JPEG; of several photos their folder.")
  private Path out;

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
          "How large the painting is beside the photo, whose strokes grow with it. Default: as many"
              + " pixels.")
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

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    if (painter != null) {
      checkModel();
      return new PaintedPictures(common, arguments.options()).paint(photos, painter, out);
    }
    check();
    var photo = Path.of(photos.getFirst());
    var settings = settings();
    var layers = layers().strength(strength);
    var wanted = size == null ? SizeOption.USUAL : SizeOption.of(size);
    var file = OutputFile.picture("--out", out);
    checkOut(photo);
    var folder = frames == null ? null : FrameFolder.of(frames);
    var original = read(photo);
    var canvas = sized(original, wanted);
    var where = mask == null ? null : mask(mask, original, canvas);
    var styles = styles(canvas);
    settings = settings.scales(scales == null ? usualScales(canvas) : scales);
    long began = System.nanoTime();
    Painting painting;
    try (var stop = StopSignal.listen();
        var engine = common.engine()) {
      var model = model();
      try (var progress = new PaintingProgress(common.console(), settings)) {
        painting =
            new StyleTransfer(model, layers, settings, engine)
                .paint(
                    canvas,
                    styles,
                    (step, picture) -> {
                      progress.at(step);
                      if (preview != null && step.step() % preview == 0) {
                        progress.tried(
                            () ->
                                file.write(shown(picture.get(), where, canvas).toBufferedImage()));
                      }
                      if (folder != null && step.step() % EACH_FRAME == 0) {
                        progress.tried(() -> folder.add(shown(picture.get(), where, canvas)));
                      }
                      return !stop.asked();
                    });
      }
      file.write(shown(painting.image(), where, canvas).toBufferedImage());
      result(photo, painting, settings, (System.nanoTime() - began) * 1e-9);
    }
    String broken =
        switch (painting.ending()) {
          case DONE, STOPPED -> null;
          case NOT_FINITE ->
              "the loss was no number any more after step %d, %s is the picture of that step: take"
                  + " a smaller --strength";
          case OUT_OF_MEMORY ->
              "there was not enough memory to go on after step %d, %s is the picture of that step:"
                  + " take a smaller --size, or give more with STRIDE_JAVA_OPTS=-Xmx4g";
        };
    if (broken == null) {
      return 0;
    }
    common.console().note("stride: " + Figures.format(broken, painting.step(), out));
    return Failures.FAILED;
  }

  /** What is wrong with options by themselves is said before a file is read. */
  private void check() {
    if (paintings.isEmpty()) {
      throw new UsageException(
          "say by what to paint: --style PAINTING, or --model MODEL that paints in one pass");
    }
    if (photos.size() > 1) {
      throw new UsageException(
          "--style paints one photo, found %d: --model paints several".formatted(photos.size()));
    }
    CommonOptions.atLeastOne("--steps", steps);
    CommonOptions.atLeastOne("--scales", scales);
    CommonOptions.atLeastOne("--preview", preview);
    aboveZero("--strength", strength);
    aboveZero("--style-scale", styleScale);
    if (styleWeights != null) {
      styleWeights.forEach(weight -> aboveZero("--style-weights", weight));
      if (styleWeights.size() != paintings.size()) {
        throw new UsageException(
            "--style-weights takes a number for each --style, found %d for %d"
                .formatted(styleWeights.size(), paintings.size()));
      }
    }
    if (frames != null) {
      OutputFile.requireFolderName("--frames", frames);
    }
  }

  /** A model paints as it has learned to: nothing else can be said. */
  private void checkModel() {
    for (var option : spec.commandLine().getParseResult().matchedOptions()) {
      if (!OF_MODELS.contains(option.longestName())) {
        throw new UsageException(
            "%s does not go with --model, which paints as it has learned to"
                .formatted(option.longestName()));
      }
    }
  }

  /** What is painted must not take the place of what it is made of. */
  private void checkOut(Path photo) throws IOException {
    OutputFile.requireOther("--out", out, "the photo", photo);
    for (var painting : paintings) {
      OutputFile.requireOther("--out", out, "the painting", painting);
    }
    if (mask != null) {
      OutputFile.requireOther("--out", out, "the mask", mask);
    }
  }

  private static void aboveZero(String option, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new UsageException("%s takes numbers above 0, found %s".formatted(option, value));
    }
  }

  private StyleTransfer.Settings settings() {
    return StyleTransfer.Settings.STANDARD
        .steps(steps == null ? StyleTransfer.Settings.STANDARD.steps() : steps)
        .method(
            chosen(
                "--optimizer",
                optimizer,
                Map.of("lbfgs", StyleTransfer.Method.LBFGS, "adam", StyleTransfer.Method.ADAM)))
        .start(
            chosen(
                "--init",
                start,
                Map.of("photo", StyleTransfer.Start.PHOTO, "noise", StyleTransfer.Start.NOISE)))
        .averages(chosen("--pooling", pooling, Map.of("max", false, "average", true)))
        .colours(
            preserved == null
                ? Colours.OF_STYLE
                : chosen(
                    "--preserve-colours",
                    preserved,
                    Map.of("luminance", Colours.LUMINANCE, "histogram", Colours.HISTOGRAM)))
        .seed(common.seed());
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

  private StyleLayers layers() {
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

  private Model model() throws IOException {
    var architecture = Zoo.find(network);
    return architecture.load(WeightsSource.of(architecture, weights).file(common.console()));
  }

  private Pixels read(Path picture) throws IOException {
    return Pictures.decode(picture, arguments.options()).rgb();
  }

  private static Image shown(Image painted, @Nullable Mask where, Pixels canvas) {
    return where == null ? painted : where.between(painted, canvas);
  }

  private Mask mask(Path file, Pixels original, Pixels canvas) throws IOException {
    var picture = Pictures.decode(file, arguments.options()).grey();
    if (picture.height() != original.height() || picture.width() != original.width()) {
      throw new FormatException(
          "%s: a mask is as large as the photo, found %dx%d pixels for %dx%d"
              .formatted(
                  file, picture.width(), picture.height(), original.width(), original.height()));
    }
    try {
      return new Mask(picture.resize(canvas.height(), canvas.width(), Resampling.BILINEAR));
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Pixels sized(Pixels picture, SizeOption size) {
    int[] sides = size.of(picture.width(), picture.height());
    return picture.resize(sides[1], sides[0], Resampling.BICUBIC);
  }

  /** The paintings, each with as many pixels as the photo, or as many as asked for. */
  private List<Style> styles(Pixels canvas) throws IOException {
    var styles = new ArrayList<Style>();
    double pixels = (double) canvas.height() * canvas.width() * styleScale * styleScale;
    for (int i = 0; i < paintings.size(); i++) {
      var picture = sized(read(paintings.get(i)), new SizeOption(pixels, 0, 0, false));
      try {
        styles.add(new Style(picture, styleWeights == null ? 1 : styleWeights.get(i)));
      } catch (IllegalArgumentException e) {
        throw new FormatException("%s: %s".formatted(paintings.get(i), e.getMessage()), e);
      }
    }
    return styles;
  }

  private static int usualScales(Pixels canvas) {
    int scales = 1;
    for (long pixels = (long) canvas.height() * canvas.width();
        pixels / 4 >= SMALLEST_SCALE && scales < StyleTransfer.MOST_SCALES;
        pixels /= 4) {
      scales++;
    }
    return scales;
  }

  private void result(
      Path photo, Painting painting, StyleTransfer.Settings settings, double seconds) {
    var shape = painting.image().shape();
    var losses = painting.losses();
    var json = new LinkedHashMap<String, Object>();
    json.put("photo", photo.toString());
    json.put("styles", paintings.stream().map(Path::toString).toList());
    json.put("out", out.toString());
    json.put("width", shape.width());
    json.put("height", shape.height());
    json.put("network", network);
    json.put("scales", settings.scales());
    json.put("steps", painting.step());
    json.put("content_loss", losses.content());
    json.put("style_loss", losses.style());
    json.put("variation_loss", losses.variation());
    json.put("stopped", painting.ending() == Painting.Ending.STOPPED);
    json.put("seconds", seconds);
    common.result(
        json,
        Figures.format(
            "%s: %dx%d pixels, content %s, style %s, %s%s",
            out,
            shape.width(),
            shape.height(),
            Figures.loss(losses.content()),
            Figures.loss(losses.style()),
            Figures.seconds(seconds),
            painting.ending() == Painting.Ending.STOPPED
                ? Figures.format(", stopped after step %d", painting.step())
                : ""));
  }
}
