package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.option.CommonOptions;
import stride.app.option.PaintingOptions;
import stride.app.report.OutputFile;
import stride.app.training.StopSignal;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Pixels;
import stride.image.Resampling;
import stride.style.Mask;
import stride.style.Painting;
import stride.style.Style;
import stride.style.StyleSettings;
import stride.style.StyleTransfer;

/** A photo that is painted step by step, in a file: {@code stride style --style}. */
final class PaintedPhoto {
  /** Steps from one frame to the next. */
  private static final int EACH_FRAME = 10;

  private final CommonOptions common;
  private final PictureOptions reading;
  private final PaintingOptions options;

  PaintedPhoto(CommonOptions common, PictureOptions reading, PaintingOptions options) {
    this.common = common;
    this.reading = reading;
    this.options = options;
  }

  /**
   * Paints it.
   *
   * @return the exit status
   */
  int paint(Path photo, List<Path> paintings, Path out) throws IOException {
    var settings = options.settings(common.seed());
    var layers = options.layers();
    var size = options.size();
    var file = OutputFile.picture("--out", out);
    requireOther(out, photo, paintings);
    if (options.frames().isPresent()) {
      OutputFile.requireFolderName("--frames", options.frames().get());
    }
    var folder = options.frames().isEmpty() ? null : FrameFolder.of(options.frames().get());
    var original = read(photo);
    var canvas = size.resize(original);
    var mask = options.mask().isEmpty() ? null : mask(options.mask().get(), original, canvas);
    var styles = styles(paintings, canvas);
    settings = settings.scales(options.scales(canvas));
    long began = System.nanoTime();
    Painting painting;
    try (var stop = StopSignal.listen();
        var engine = common.engine()) {
      var model = options.model(common.console());
      try (var progress = new PaintingProgress(common.console(), settings)) {
        painting =
            new StyleTransfer(model, layers, settings, engine)
                .paint(
                    canvas,
                    styles,
                    (step, picture) -> {
                      progress.at(step);
                      if (options.isPreview(step.step())) {
                        progress.tried(
                            () -> file.write(shown(picture.get(), mask, canvas).toBufferedImage()));
                      }
                      if (folder != null && step.step() % EACH_FRAME == 0) {
                        progress.tried(() -> folder.add(shown(picture.get(), mask, canvas)));
                      }
                      return !stop.asked();
                    });
      }
      file.write(shown(painting.image(), mask, canvas).toBufferedImage());
    }
    double seconds = (System.nanoTime() - began) * 1e-9;
    var json = new LinkedHashMap<String, Object>();
    json.put("photo", photo.toString());
    json.put("styles", paintings.stream().map(Path::toString).toList());
    json.put("out", out.toString());
    json.put("network", options.network());
    json.putAll(json(painting, settings, seconds));
    common.result(json, out + ": " + text(painting, seconds));
    return status(painting, out);
  }

  /** What is painted must not take the place of what it is made of. */
  private void requireOther(Path out, Path photo, List<Path> paintings) throws IOException {
    OutputFile.requireOther("--out", out, "the photo", photo);
    for (var painting : paintings) {
      OutputFile.requireOther("--out", out, "the painting", painting);
    }
    if (options.mask().isPresent()) {
      OutputFile.requireOther("--out", out, "the mask", options.mask().get());
    }
  }

  private Pixels read(Path picture) throws IOException {
    return Pictures.decode(picture, reading).rgb();
  }

  private static Image shown(Image painted, @Nullable Mask mask, Pixels canvas) {
    return mask == null ? painted : mask.between(painted, canvas);
  }

  private Mask mask(Path file, Pixels original, Pixels canvas) throws IOException {
    var picture = Pictures.decode(file, reading).grey();
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

  private List<Style> styles(List<Path> paintings, Pixels canvas) throws IOException {
    var size = options.styleSize(canvas);
    var styles = new ArrayList<Style>();
    for (int i = 0; i < paintings.size(); i++) {
      var picture = size.resize(read(paintings.get(i)));
      try {
        styles.add(new Style(picture, options.styleWeight(i)));
      } catch (IllegalArgumentException e) {
        throw new FormatException("%s: %s".formatted(paintings.get(i), e.getMessage()), e);
      }
    }
    return styles;
  }

  private static LinkedHashMap<String, Object> json(
      Painting painting, StyleSettings settings, double seconds) {
    var json = new LinkedHashMap<String, Object>();
    var shape = painting.image().shape();
    json.put("width", shape.width());
    json.put("height", shape.height());
    json.put("scales", settings.scales());
    json.put("steps", painting.step());
    json.put("content_loss", painting.losses().content());
    json.put("style_loss", painting.losses().style());
    json.put("variation_loss", painting.losses().variation());
    json.put("stopped", painting.ending() == Painting.Ending.STOPPED);
    json.put("seconds", seconds);
    return json;
  }

  private static String text(Painting painting, double seconds) {
    var shape = painting.image().shape();
    return Figures.format(
        "%dx%d pixels, content %s, style %s, %s%s",
        shape.width(),
        shape.height(),
        Figures.loss(painting.losses().content()),
        Figures.loss(painting.losses().style()),
        Figures.seconds(seconds),
        painting.ending() == Painting.Ending.STOPPED
            ? Figures.format(", stopped after step %d", painting.step())
            : "");
  }

  /** The exit status; where a painting ended too early, it is said why. */
  private int status(Painting painting, Path out) {
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
}
