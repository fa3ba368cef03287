package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.PaintingOptions;
import stride.app.option.PictureArguments;

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
  /** The options that go with {@code --model}. */
  private static final Set<String> OF_MODELS =
      Set.of(
          "--model",
          "--out",
          "--adam-steps",
          "--no-exif",
          "--max-pixels",
          "--json",
          "--threads",
          "--verbose");

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
      names = "--adam-steps",
      paramLabel = "N",
      description =
          "With the folder of a run as --model: also change each photo itself by N steps of Adam,"
              + " and say after how many of them the loss of the model's training is as low.")
  private @Nullable Integer adamSteps;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE|DIR",
      description = "The painted photo, a PNG or a JPEG; of several photos their folder.")
  private Path out;

  @Mixin private PaintingOptions painting;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    if (painter != null) {
      checkModel();
      CommonOptions.atLeastOne("--adam-steps", adamSteps);
      return new PaintedPictures(common, arguments.options(), adamSteps)
          .paint(photos, painter, out);
    }
    if (adamSteps != null) {
      throw new UsageException("--adam-steps goes with --model, whose loss it compares");
    }
    // What is wrong with options by themselves is said before a file is read.
    if (paintings.isEmpty()) {
      throw new UsageException(
          "say by what to paint: --style PAINTING, or --model MODEL that paints in one pass");
    }
    if (photos.size() > 1) {
      throw new UsageException(
          "--style paints one photo, found %d: --model paints several".formatted(photos.size()));
    }
    painting.check(paintings.size());
    return new PaintedPhoto(common, arguments.options(), painting)
        .paint(Path.of(photos.getFirst()), paintings, out);
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
}
