package stride.app.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import stride.app.console.Figures;
import stride.app.run.SavedRun;
import stride.format.FileException;

/**
 * The page of a run that learned to paint: how it got there, and what it made of the same photo on
 * the way.
 *
 * @param run what its folder holds
 * @param paintings what was painted, in order
 */
public record PainterReport(SavedRun run, List<Path> paintings) {
  /**
   * More of them would not be looked at: these are spread evenly, the first and the last among
   * them.
   */
  private static final int MOST_SHOWN = 24;

  private static final Pattern NAME = Pattern.compile("epoch-(\\d+)(?:-step-(\\d+))?\\.png");

  /** The page as HTML. */
  public String toHtml() throws IOException {
    String data = run.config().data();
    var page =
        new Page(
            "%s on %s"
                .formatted(
                    run.config().network(),
                    data.substring(1 + Math.max(data.lastIndexOf('/'), data.lastIndexOf('\\')))));
    if (!run.finished()) {
      page.paragraph(
          "%s What follows is how far it has come."
              .formatted(
                  run.failure()
                      .map("This training has ended early: %s."::formatted)
                      .orElse("This training is not finished.")));
    }
    var metrics = run.metrics();
    page.paragraph(
        "%s of %s in %s of training."
            .formatted(
                Figures.count(metrics.epochs().size()),
                Figures.count(run.config().epochs(), "epoch"),
                Figures.seconds(metrics.seconds())));
    RunReport.curves(page, metrics);
    pictures(page);
    RunReport.settings(page, run.config());
    return page.toString();
  }

  private void pictures(Page page) throws IOException {
    if (paintings.isEmpty()) {
      return;
    }
    page.heading("What it painted");
    var figures = new StringBuilder();
    int shown = Math.min(MOST_SHOWN, paintings.size());
    for (int i = 0; i < shown; i++) {
      int place = shown == 1 ? 0 : (int) ((long) i * (paintings.size() - 1) / (shown - 1));
      figures.append(figure(paintings.get(place)));
    }
    page.html("<div class=\"mistakes\">%s</div>".formatted(figures));
  }

  private static String figure(Path painting) throws IOException {
    byte[] png;
    try {
      png = Files.readAllBytes(painting);
    } catch (IOException e) {
      throw FileException.reading(painting, e);
    }
    String when = when(String.valueOf(painting.getFileName()));
    return "<figure><img src=\"data:image/png;base64,%s\" alt=\"%s\"><figcaption>%s</figcaption></figure>"
        .formatted(Base64.getEncoder().encodeToString(png), Html.escaped(when), Html.escaped(when));
  }

  /** "after epoch 3", "in epoch 3, after 500 steps". */
  private static String when(String name) {
    var matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return name;
    }
    int epoch = Integer.parseInt(matcher.group(1));
    return matcher.group(2) == null
        ? "after epoch %d".formatted(epoch)
        : "in epoch %d, after %s steps"
            .formatted(epoch, Figures.count(Integer.parseInt(matcher.group(2))));
  }
}
