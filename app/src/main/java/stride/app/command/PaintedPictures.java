package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.app.console.Bar;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.data.PictureFiles;
import stride.app.data.PicturesAhead;
import stride.app.option.CommonOptions;
import stride.app.option.PainterSource;
import stride.app.report.CopyFolder;
import stride.app.report.OutputFile;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.image.Pixels;
import stride.style.Painter;

/** Pictures that a model paints in one pass, each a file: {@code stride style --model}. */
final class PaintedPictures {
  /** The number of pictures from which on a bar shows the progress. */
  private static final int MANY = 2;

  private final CommonOptions common;
  private final PictureOptions options;

  /**
   * A picture that was painted, or why it was not.
   *
   * @param painted the file; null if it was not painted
   */
  private record Outcome(
      Path photo,
      @Nullable Path painted,
      int width,
      int height,
      double seconds,
      @Nullable IOException failure) {
    static Outcome failed(Path photo, IOException failure) {
      return new Outcome(photo, null, 0, 0, 0, failure);
    }
  }

  /** Where the painted pictures go. */
  private interface Place {
    OutputFile of(Path photo) throws IOException;
  }

  PaintedPictures(CommonOptions common, PictureOptions options) {
    this.common = common;
    this.options = options;
  }

  /**
   * Paints them.
   *
   * @param photos pictures, folders and patterns
   * @param model as the command line names it
   * @param out a file for one picture, else a folder
   * @return the exit status
   */
  int paint(List<String> photos, String model, Path out) throws IOException {
    var passedOver = new ArrayList<String>();
    var files = PictureFiles.of(photos, passedOver::add);
    var place = place(photos, files, out);
    var outcomes = new ArrayList<Outcome>();
    try (var pictures = new PicturesAhead(files, options);
        var engine = common.engine()) {
      var painter = Painter.of(PainterSource.read(model), engine);
      Console.passedOver(passedOver).forEach(common.console()::note);
      if (files.size() < MANY) {
        outcomes.add(paint(pictures, painter, place));
      } else {
        try (var bar = new Bar(common.console(), "paint", files.size(), " pictures", 1)) {
          while (pictures.hasNext()) {
            outcomes.add(paint(pictures, painter, place));
            bar.at(outcomes.size());
          }
        }
      }
    }
    boolean failed = false;
    for (var outcome : outcomes) {
      if (outcome.failure != null) {
        if (outcomes.size() == 1) {
          throw outcome.failure;
        }
        common.console().note("stride: " + Failures.sentence(outcome.failure));
        failed = true;
      }
    }
    common.result(
        Map.of("images", outcomes.stream().map(PaintedPictures::json).toList()),
        outcomes.stream()
            .filter(outcome -> outcome.failure == null)
            .map(PaintedPictures::text)
            .collect(Collectors.joining("\n")));
    return failed ? Failures.FAILED : 0;
  }

  /**
   * One picture that is named itself goes to a file; what a folder or a pattern holds to a folder.
   */
  private static Place place(List<String> photos, List<Path> files, Path out) throws IOException {
    if (isNamed(photos, files) && !Files.isDirectory(out)) {
      var file = OutputFile.picture("--out", out);
      OutputFile.requireOther("--out", out, "the photo", files.getFirst());
      return _ -> file;
    }
    OutputFile.requireFolderName("--out", out);
    var folder = CopyFolder.of(out);
    folder.requireElsewhere(files, "painted");
    return folder::copyOf;
  }

  private static boolean isNamed(List<String> photos, List<Path> files) {
    try {
      return photos.size() == 1
          && files.size() == 1
          && files.getFirst().equals(Path.of(photos.getFirst()));
    } catch (InvalidPathException e) {
      // A pattern, on Windows.
      return false;
    }
  }

  private static Outcome paint(PicturesAhead pictures, Painter painter, Place place)
      throws IOException {
    var photo = pictures.file();
    Pixels painted;
    long start = System.nanoTime();
    try {
      painted = painter.paint(pictures.next());
    } catch (IOException e) {
      return Outcome.failed(photo, e);
    } catch (IllegalArgumentException e) {
      return Outcome.failed(photo, new FormatException(photo + ": " + e.getMessage(), e));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    var file = place.of(photo);
    file.write(painted);
    return new Outcome(photo, file.path(), painted.width(), painted.height(), seconds, null);
  }

  private static String text(Outcome outcome) {
    return "%s: %dx%d in %s"
        .formatted(
            Console.inLine(String.valueOf(outcome.painted)),
            outcome.width,
            outcome.height,
            Figures.seconds(outcome.seconds));
  }

  private static Map<String, Object> json(Outcome outcome) {
    var json = new LinkedHashMap<String, Object>();
    json.put("image", outcome.photo.toString());
    if (outcome.failure != null) {
      json.put("error", Failures.sentence(outcome.failure));
      return json;
    }
    json.put("painted", String.valueOf(outcome.painted));
    json.put("width", outcome.width);
    json.put("height", outcome.height);
    json.put("seconds", outcome.seconds);
    return json;
  }
}
