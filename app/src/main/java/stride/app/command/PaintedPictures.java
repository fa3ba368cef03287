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
import stride.app.console.UsageException;
import stride.app.data.PictureFiles;
import stride.app.data.PicturesAhead;
import stride.app.option.CommonOptions;
import stride.app.option.PainterSource;
import stride.app.report.CopyFolder;
import stride.app.report.OutputFile;
import stride.app.training.AdamComparison;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.image.Pixels;
import stride.network.Model;
import stride.style.Painter;

/** Pictures that a model paints in one pass, each a file: {@code stride style --model}. */
final class PaintedPictures {
  /** The number of pictures from which on a bar shows the progress. */
  private static final int MANY = 2;

  private final CommonOptions common;
  private final PictureOptions options;
  private final @Nullable Integer adamSteps;

  /**
   * A picture that was painted, or why it was not.
   *
   * @param painted the file; null if it was not painted
   * @param losses null if none were asked for
   */
  private record Outcome(
      Path photo,
      @Nullable Path painted,
      int width,
      int height,
      double seconds,
      AdamComparison.@Nullable Losses losses,
      @Nullable IOException failure) {
    static Outcome failed(Path photo, IOException failure) {
      return new Outcome(photo, null, 0, 0, 0, null, failure);
    }
  }

  /** Where the painted pictures go. */
  private interface Place {
    OutputFile of(Path photo) throws IOException;
  }

  /**
   * @param adamSteps with how many steps of Adam each is compared; null for none
   */
  PaintedPictures(CommonOptions common, PictureOptions options, @Nullable Integer adamSteps) {
    this.common = common;
    this.options = options;
    this.adamSteps = adamSteps;
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
      var comparison = comparison(model, painter.model(), engine);
      Console.passedOver(passedOver).forEach(common.console()::note);
      if (files.size() < MANY) {
        outcomes.add(paint(pictures, painter, comparison, place));
      } else {
        try (var bar = new Bar(common.console(), "paint", files.size(), " pictures", 1)) {
          while (pictures.hasNext()) {
            outcomes.add(paint(pictures, painter, comparison, place));
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

  private @Nullable AdamComparison comparison(String name, Model model, Engine engine)
      throws IOException {
    if (adamSteps == null) {
      return null;
    }
    var folder = Path.of(name);
    if (!Files.isDirectory(folder)) {
      throw new UsageException(
          "--adam-steps takes a model by the folder of its run, which knows what it has learned"
              + " from, found "
              + name);
    }
    return AdamComparison.of(folder, model, adamSteps, engine, common.console());
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

  private static Outcome paint(
      PicturesAhead pictures, Painter painter, @Nullable AdamComparison comparison, Place place)
      throws IOException {
    var photo = pictures.file();
    Pixels painted;
    double seconds;
    AdamComparison.Losses losses;
    try {
      var picture = pictures.next();
      long start = System.nanoTime();
      painted = painter.paint(picture);
      seconds = (System.nanoTime() - start) * 1e-9;
      losses = comparison == null ? null : comparison.of(picture.rgb(), painted);
    } catch (IOException e) {
      return Outcome.failed(photo, e);
    } catch (IllegalArgumentException e) {
      return Outcome.failed(photo, new FormatException(photo + ": " + e.getMessage(), e));
    }
    var file = place.of(photo);
    file.write(painted);
    return new Outcome(
        photo, file.path(), painted.width(), painted.height(), seconds, losses, null);
  }

  private static String text(Outcome outcome) {
    return "%s: %dx%d in %s%s"
        .formatted(
            Console.inLine(String.valueOf(outcome.painted)),
            outcome.width,
            outcome.height,
            Figures.seconds(outcome.seconds),
            outcome.losses == null ? "" : text(outcome.losses));
  }

  private static String text(AdamComparison.Losses losses) {
    int steps = losses.adam().size() - 1;
    return "; loss %s, the photo's %s, %s"
        .formatted(
            Figures.loss(losses.painted()),
            Figures.loss(losses.adam().getFirst()),
            losses.reached().isEmpty()
                ? "that after %s of Adam %s"
                    .formatted(Figures.count(steps, "step"), Figures.loss(losses.adam().getLast()))
                : "which %s of Adam make as low"
                    .formatted(Figures.count(losses.reached().getAsInt(), "step")));
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
    if (outcome.losses != null) {
      json.put("loss", outcome.losses.painted());
      json.put("adam_losses", outcome.losses.adam());
      outcome.losses.reached().ifPresent(steps -> json.put("adam_steps_as_low", steps));
    }
    return json;
  }
}
