package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.lecture.EdgePicture;
import stride.app.option.CommonOptions;
import stride.app.option.PictureArguments;
import stride.app.report.OutputFile;
import stride.image.Pictures;

/** {@code stride lecture edges}: the lecture's two edge filters on a real photo. */
@Command(
    name = "edges",
    description =
        "Find the edges of a photo with the lecture's two filters, and write them as a picture.")
final class EdgesCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private PictureArguments arguments;

  @Parameters(paramLabel = "PHOTO", description = "A picture: JPEG, PNG, BMP, GIF or WebP.")
  private Path photo;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "edges.png",
      description = "Where to write the edges, as .png or .jpg. Default: edges.png.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    OutputFile.requireOther("--out", out, "the photo", photo);
    var picture = OutputFile.picture("--out", out);
    var grey = Pictures.decode(photo, arguments.options()).grey();
    try (var engine = common.engine()) {
      picture.write(EdgePicture.of(grey, engine));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("photo", photo.toString());
    json.put("out", out.toString());
    json.put("width", grey.width());
    json.put("height", grey.height());
    common.result(json, "%s: %dx%d pixels".formatted(out, grey.width(), grey.height()));
    return 0;
  }
}
