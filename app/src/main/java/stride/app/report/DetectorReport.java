package stride.app.report;

import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import stride.app.console.Figures;
import stride.app.run.SavedRun;
import stride.data.TrueBox;
import stride.detection.CocoScores;
import stride.detection.Detection;
import stride.detection.PrecisionRecall;

/**
 * The page of a run that learned to find objects: how well it does, how it got there, precision
 * against recall, and pictures of what it sees wrong.
 *
 * @param run what its folder holds
 * @param found what its model found in the test pictures
 * @param learned from how many pictures it learned
 */
public record DetectorReport(SavedRun run, BoxFindings found, int learned) {
  private static final int WIDTH = 660;
  private static final int HEIGHT = 400;

  /** More lines in one chart are not told apart. */
  private static final int MAX_LINES = 6;

  private static final int MAX_PAIRS = 12;
  private static final int MAX_PICTURES = 12;

  /** The side of what is shown around a box, as a multiple of the box's longer side. */
  private static final double AROUND = 2.5;

  private static final int SMALLEST_PART = 96;
  private static final int SHOWN = 400;

  /** The page as HTML. */
  public String toHtml() throws IOException {
    String data = run.config().data();
    var page =
        new Page(
            "%s on %s"
                .formatted(
                    run.config().network(),
                    data.substring(1 + Math.max(data.lastIndexOf('/'), data.lastIndexOf('\\')))));
    headline(page);
    RunReport.curves(page, run.metrics());
    precision(page);
    page.html("<div class=\"beside\"><section>");
    classes(page);
    page.html("</section><section>");
    pairs(page);
    page.html("</section></div>");
    pictures(page);
    RunReport.settings(page, run.config());
    return page.toString();
  }

  private void headline(Page page) {
    if (!run.finished()) {
      page.paragraph(
          "%s What follows is how far it has come; the model is that of the best epoch."
              .formatted(
                  run.failure()
                      .map("This training has ended early: %s."::formatted)
                      .orElse("This training is not finished.")));
    }
    var scores = found.scores().scores();
    page.html(
        "<p class=\"large\"><strong>AP50 %s</strong>, AP %s, on %s that it has not learned from.</p>"
            .formatted(
                BoxScores.percent(scores.ap50()),
                BoxScores.percent(scores.ap()),
                Figures.count(found.scores().images(), "test picture")));
    int objects = found.right() + found.missed().size();
    int boxes = found.right() + found.falseAlarms().size() + found.confused().size();
    page.paragraph(
        "It learned from %s. Of %s it finds %s, and of its %s with a score above %s %s: %s and %s."
            .formatted(
                Figures.count(learned, "picture"),
                Figures.count(objects, "object"),
                Figures.count(found.right()),
                Figures.count(boxes, "box", "boxes"),
                Figures.format("%s", (float) found.minScore()),
                Figures.count(boxes - found.right(), "is wrong", "are wrong"),
                Figures.count(found.falseAlarms().size(), "false alarm"),
                Figures.count(
                    found.confused().size(),
                    "object taken for another",
                    "objects taken for others")));
    page.html(
        """
        <p class="faint">AP50: the average precision, of boxes that overlap an object by half or more (IoU), \
        the mean over the classes. AP: the mean over overlaps from 0.50 to 0.95, COCO's measure.</p>\
        """);
    var metrics = run.metrics();
    int done = metrics.epochs().size();
    page.paragraph(
        "%s of %s in %s of training%s."
            .formatted(
                Figures.count(done),
                Figures.count(run.config().epochs(), "epoch"),
                Figures.seconds(metrics.seconds()),
                metrics
                    .best()
                    .map(best -> "; the best was epoch %d".formatted(best.number()))
                    .orElse("")));
  }

  private void precision(Page page) {
    var lines =
        found.scores().seen().stream()
            .filter(own -> found.scores().curves().get(own.label()).recall().length > 0)
            .sorted(Comparator.comparingInt(own -> -own.boxes()))
            .limit(MAX_LINES)
            .toList();
    if (lines.isEmpty()) {
      return;
    }
    page.heading("Precision against recall");
    page.html(
        "<p class=\"faint\">Precision: of its boxes, those that are right. Recall: of the objects, those that it finds. From left to right boxes are less and less sure.%s</p>"
            .formatted(
                lines.size() < found.scores().seen().size()
                    ? " Shown are the %d classes with most objects.".formatted(MAX_LINES)
                    : ""));
    var chart = Chart.of("At an overlap of a half", "recall, percent", "precision, percent");
    for (var own : lines) {
      var line = envelope(found.scores().curves().get(own.label()));
      chart = chart.line(name(own.label()), line[0], line[1]);
    }
    page.html(chart.toElement(WIDTH, HEIGHT));
  }

  /** Recalls, and for each the largest precision at that recall or more, in percent. */
  private static double[][] envelope(PrecisionRecall curve) {
    int size = curve.recall().length;
    var recalls = new double[size + 2];
    var precisions = new double[size + 2];
    double largest = 0;
    for (int i = size - 1; i >= 0; i--) {
      largest = Math.max(largest, curve.precision()[i]);
      recalls[i + 1] = 100 * curve.recall()[i];
      precisions[i + 1] = 100 * largest;
    }
    precisions[0] = precisions[1];
    // Where there are no more boxes, precision falls to 0.
    recalls[size + 1] = recalls[size];
    return new double[][] {recalls, precisions};
  }

  private void classes(Page page) {
    page.heading("Class by class");
    var table = new HtmlTable("class", "AP50>", "AP>", "objects>");
    found.scores().seen().stream()
        .sorted(Comparator.comparingDouble(CocoScores.OfClass::ap50))
        .forEach(
            own ->
                table.row(
                    name(own.label()),
                    BoxScores.percent(own.ap50()),
                    BoxScores.percent(own.ap()),
                    Figures.count(own.boxes())));
    page.html(table.toString());
  }

  private void pairs(Page page) {
    var counts =
        found.confused().stream()
            .collect(
                Collectors.groupingBy(
                    one -> List.of(one.truth().box().label(), one.found().label()),
                    Collectors.counting()));
    if (counts.isEmpty()) {
      return;
    }
    page.heading("What it takes for what");
    var table = new HtmlTable("is", "taken for", "objects>");
    counts.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<List<Integer>, Long> entry) -> -entry.getValue())
                .thenComparing(entry -> entry.getKey().toString()))
        .limit(MAX_PAIRS)
        .forEach(
            entry ->
                table.row(
                    name(entry.getKey().getFirst()),
                    name(entry.getKey().getLast()),
                    Figures.count(entry.getValue())));
    page.html(table.toString());
  }

  private void pictures(Page page) throws IOException {
    var alarms = new ArrayList<Shown>();
    for (var one : found.falseAlarms().stream().limit(MAX_PICTURES).toList()) {
      alarms.add(
          new Shown(
              one.picture(),
              marked(one.found()),
              "<b>%s</b>, %s sure".formatted(escaped(one.found().label()), sure(one.found()))));
    }
    show(page, "The surest false alarms", "Boxes where no such object is marked.", alarms);
    var missed = new ArrayList<Shown>();
    for (var one : found.missed().stream().limit(MAX_PICTURES).toList()) {
      missed.add(
          new Shown(
              one.picture(),
              marked(one.truth()),
              "<b>%s</b>".formatted(escaped(one.truth().box().label()))));
    }
    show(
        page,
        "The largest objects that were missed",
        "No box of their class overlaps them by half or more.",
        missed);
    var confused = new ArrayList<Shown>();
    for (var one : found.confused().stream().limit(MAX_PICTURES).toList()) {
      confused.add(
          new Shown(
              one.picture(),
              marked(one.found()),
              "<b>%s</b>, %s sure; is %s"
                  .formatted(
                      escaped(one.found().label()),
                      sure(one.found()),
                      escaped(one.truth().box().label()))));
    }
    show(page, "The surest confusions", "Objects that were taken for others.", confused);
  }

  /** A box in one of the test pictures, and what is said of it in HTML. */
  private record Shown(int picture, BoxDrawing.Marked box, String html) {}

  private void show(Page page, String title, String about, List<Shown> shown) throws IOException {
    page.heading(title);
    if (shown.isEmpty()) {
      page.paragraph("There are none.");
      return;
    }
    page.html("<p class=\"faint\">%s</p><div class=\"mistakes\">".formatted(Html.escaped(about)));
    for (var one : shown) {
      var read = found.pictures().get(one.picture);
      var file = read.file().getFileName();
      page.html(
          "<figure>%s<figcaption>%s<br>%s</figcaption></figure>"
              .formatted(
                  Page.img(part(read.picture().toBufferedImage(), one.box), "a part of " + file),
                  one.html,
                  Html.escaped(String.valueOf(file))));
    }
    page.html("</div>");
  }

  /** The surroundings of a box, with the box drawn. */
  private static BufferedImage part(BufferedImage picture, BoxDrawing.Marked box) {
    double side =
        Math.max(
            SMALLEST_PART, AROUND * Math.max(box.right() - box.left(), box.bottom() - box.top()));
    int width = (int) Math.min(picture.getWidth(), Math.ceil(side));
    int height = (int) Math.min(picture.getHeight(), Math.ceil(side));
    int left = start((box.left() + box.right()) / 2, width, picture.getWidth());
    int top = start((box.top() + box.bottom()) / 2, height, picture.getHeight());
    double factor = SHOWN / (double) Math.max(width, height);
    var part =
        new BufferedImage(
            Math.max(1, (int) Math.round(width * factor)),
            Math.max(1, (int) Math.round(height * factor)),
            BufferedImage.TYPE_INT_RGB);
    var graphics = part.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(
        picture.getSubimage(left, top, width, height),
        0,
        0,
        part.getWidth(),
        part.getHeight(),
        null);
    graphics.dispose();
    var moved =
        new BoxDrawing.Marked(
            (box.left() - left) * factor,
            (box.top() - top) * factor,
            (box.right() - left) * factor,
            (box.bottom() - top) * factor,
            box.text(),
            box.label());
    return BoxDrawing.draw(part, List.of(moved));
  }

  private static int start(double middle, int length, int whole) {
    return Math.clamp(Math.round(middle - length / 2.0), 0, whole - length);
  }

  private BoxDrawing.Marked marked(Detection one) {
    return BoxPainter.marked(one, "%s %s".formatted(name(one.label()), BoxPainter.score(one)));
  }

  private BoxDrawing.Marked marked(TrueBox object) {
    var one = object.box();
    return new BoxDrawing.Marked(
        one.left(), one.top(), one.right(), one.bottom(), name(one.label()), one.label());
  }

  private static String sure(Detection one) {
    return Figures.percent(one.score());
  }

  private String escaped(int label) {
    return Html.escaped(name(label));
  }

  private String name(int label) {
    return found.scores().labels().get(label);
  }
}
