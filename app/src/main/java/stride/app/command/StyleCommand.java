package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.option.CommonOptions;
import stride.app.option.PictureArguments;

/** {@code stride style}: photos in the style of a painting. */
@Command(
    name = "style",
    sortOptions = false,
    description = "Paint photos in the style of a painting.",
    footer = {
      "",
      "stride train style --style painting.jpg --data PHOTOS makes a model that paints in one pass."
    })
public final class StyleCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "PHOTO",
      description = "Photos, folders of them, or patterns such as \"photos/*.jpg\".")
  private List<String> photos;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL|FILE",
      description =
          "What paints: a model that \"stride train style\" made, its file or the folder of its run,"
              + " or weights of PyTorch's fast_neural_style (.pth).")
  private String model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE|DIR",
      description =
          "The painted picture (.png or .jpg); of several photos the folder for them. Painted"
              + " pictures are as large as the photos.")
  private Path out;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    return new PaintedPictures(common, arguments.options()).paint(photos, model, out);
  }
}
