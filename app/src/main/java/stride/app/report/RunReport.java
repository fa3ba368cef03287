package stride.app.report;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.app.Figures;
import stride.app.run.Metrics;
import stride.app.run.RunConfig;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;

/**
 * The page of a run: how well it does, how it got there, what it takes for what, and where it
 * looks.
 *
 * @param tested what came of the test images; null if the run has no model yet
 */
public record RunReport(RunConfig config, Metrics metrics, @Nullable Tested tested) {
  /** More classes make no readable matrix. */
  private static final int LARGEST_MATRIX = 20;

  private static final int MOST_ROWS = 20;
  private static final int MOST_MISTAKES = 12;
  private static final int WIDTH = 520;
  private static final int HEIGHT = 340;

  /** A model, the images it was tested on, and its answers. */
  public record Tested(Model model, ImageDataset images, Answers answers, Engine engine) {}

  /** The page as HTML. */
  public String toHtml() throws IOException {
    var page = new Page("%s on %s".formatted(config.network(), dataName()));
    headline(page);
    curves(page);
    if (tested != null) {
      var confusion = tested.answers().confusion();
      confusions(page, confusion);
      classes(page, confusion);
      mistakes(page, tested);
      filters(page, tested);
    }
    settings(page);
    return page.toString();
  }

  private String dataName() {
    return config
        .data()
        .substring(1 + Math.max(config.data().lastIndexOf('/'), config.data().lastIndexOf('\\')));
  }

  private void headline(Page page) {
    if (tested != null) {
      var confusion = tested.answers().confusion();
      page.html(
          "<p style=\"font-size: 1.3rem\"><strong>%s</strong> of %s test images right: %s.</p>"
              .formatted(
                  Figures.percent(confusion.right() / (double) Math.max(1, confusion.images())),
                  Figures.count(confusion.images()),
                  Figures.count(confusion.right())));
      confusion.mistaken().stream()
          .findFirst()
          .ifPresent(
              pair ->
                  page.paragraph(
                      "Most frequent mistake: %s taken for %s, %s."
                          .formatted(
                              confusion.labels().get(pair.truth()),
                              confusion.labels().get(pair.predicted()),
                              Figures.count(pair.count(), "time"))));
    } else {
      page.paragraph("This run is not finished: there is no model to test yet.");
    }
    int done = metrics.epochs().size();
    page.paragraph(
        "%s of %s trained in %s%s."
            .formatted(
                Figures.count(done),
                Figures.count(config.epochs(), "epoch"),
                Figures.seconds(metrics.seconds()),
                metrics
                    .best()
                    .map(
                        best ->
                            "; the best was epoch %d with %s of the test images right"
                                .formatted(best.number(), Figures.percent(best.testAccuracy())))
                    .orElse("")));
  }

  private void curves(Page page) {
    if (metrics.epochs().isEmpty()) {
      return;
    }
    page.heading("How it learned");
    double[] epochs = metrics.each(Metrics.Epoch::number);
    var loss =
        Chart.of("Loss", "epoch", "loss")
            .line("training", epochs, metrics.each(Metrics.Epoch::loss));
    var error =
        Chart.of("Images right", "epoch", "percent")
            .line("training", epochs, metrics.each(epoch -> 100 * epoch.accuracy()));
    double[] testLoss = metrics.each(Metrics.Epoch::testLoss);
    double[] test = metrics.each(epoch -> 100 * epoch.testAccuracy());
    if (!Double.isNaN(testLoss[0])) {
      loss = loss.line("test", epochs, testLoss);
    }
    if (!Double.isNaN(test[0])) {
      error = error.line("test", epochs, test);
    }
    page.html(
        "<div class=\"row\">%s%s</div>"
            .formatted(loss.toSvg(WIDTH, HEIGHT), error.toSvg(WIDTH, HEIGHT)));
  }

  private static void confusions(Page page, Confusion confusion) {
    page.heading("What it takes for what");
    var labels = confusion.labels();
    var table = new StringBuilder();
    if (labels.size() > LARGEST_MATRIX) {
      table.append("<table><tr><th>is</th><th>taken for</th><th class=\"n\">images</th></tr>");
      confusion.mistaken().stream()
          .limit(MOST_ROWS)
          .forEach(
              pair ->
                  table.append(
                      "<tr><td>%s</td><td>%s</td><td class=\"n\">%s</td></tr>"
                          .formatted(
                              Html.escaped(labels.get(pair.truth())),
                              Html.escaped(labels.get(pair.predicted())),
                              Figures.count(pair.count()))));
    } else {
      page.html(
          "<p class=\"faint\">A row for what images are, a column for what they are taken"
              + " for.</p>");
      table.append("<table class=\"matrix\"><tr><th></th>");
      labels.forEach(label -> table.append("<th>%s</th>".formatted(Html.escaped(label))));
      table.append("</tr>");
      for (int t = 0; t < labels.size(); t++) {
        table.append("<tr><th>%s</th>".formatted(Html.escaped(labels.get(t))));
        for (int count : confusion.counts()[t]) {
          double part = count / (double) Math.max(1, confusion.support(t));
          table.append(
              Figures.format(
                  "<td style=\"background: rgba(var(--cell), %.2f)\">%s</td>",
                  0.6 * Math.sqrt(part), count == 0 ? "" : Figures.count(count)));
        }
        table.append("</tr>");
      }
    }
    page.html("<div class=\"scroll\">%s</table></div>".formatted(table));
  }

  private static void classes(Page page, Confusion confusion) {
    var worst = confusion.worst();
    page.heading(
        worst.size() > MOST_ROWS
            ? "The %d hardest classes".formatted(MOST_ROWS)
            : "Class by class");
    var table =
        new StringBuilder(
            "<div class=\"scroll\"><table><tr><th>class</th><th class=\"n\">precision</th><th"
                + " class=\"n\">recall</th><th class=\"n\">F1</th><th"
                + " class=\"n\">images</th></tr>");
    for (int label : worst.stream().limit(MOST_ROWS).toList()) {
      table.append(
          "<tr><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>"
              .formatted(
                  Html.escaped(confusion.labels().get(label)),
                  part(confusion.precision(label)),
                  part(confusion.recall(label)),
                  part(confusion.f1(label)),
                  Figures.count(confusion.support(label))));
    }
    page.html(table + "</table></div>");
  }

  private static String part(double value) {
    return Double.isNaN(value) ? "–" : Figures.percent(value);
  }

  private static void mistakes(Page page, Tested tested) throws IOException {
    List<Integer> mistakes = tested.answers().mistakes();
    page.heading("The surest mistakes");
    if (mistakes.isEmpty()) {
      page.paragraph("There are none.");
      return;
    }
    page.html(
        "<p class=\"faint\">Beside each: what spoke for the answer (Grad-CAM).</p><div"
            + " class=\"mistakes\">");
    var answers = tested.answers();
    for (int i : mistakes.subList(0, Math.min(MOST_MISTAKES, mistakes.size()))) {
      var image = tested.images().get(i).image();
      String truth = answers.labels().get(answers.truth()[i]);
      String said = answers.labels().get(answers.predicted()[i]);
      page.html(
          "<figure><div class=\"pair\">%s%s</div><figcaption>is %s, taken for %s (%s)</figcaption></figure>"
              .formatted(
                  Page.img(Drawings.image(image), truth),
                  heat(tested, image, answers.predicted()[i], said),
                  Html.escaped(truth),
                  Html.escaped(said),
                  Figures.percent(answers.probability()[i])));
    }
    page.html("</div>");
  }

  /** A network without maps has nothing to show. */
  private static String heat(Tested tested, stride.tensor.Tensor image, int label, String name)
      throws IOException {
    try {
      var cam = tested.model().gradCam(image, label, tested.engine());
      return Page.img(Drawings.overlay(image, cam), "where it sees " + name);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static void filters(Page page, Tested tested) throws IOException {
    var filters = Drawings.filters(tested.model());
    if (filters.isPresent()) {
      page.heading("The filters of the first convolution");
      page.html(Page.img(filters.get(), "filters"));
    }
  }

  private void settings(Page page) {
    page.heading("The exact settings");
    var table = new StringBuilder("<div class=\"scroll\"><table>");
    for (Map.Entry<String, Object> setting : config.settings().entrySet()) {
      table.append(
          "<tr><th>%s</th><td>%s</td></tr>"
              .formatted(
                  Html.escaped(setting.getKey()), Html.escaped(setting.getValue().toString())));
    }
    page.html(table + "</table></div>");
  }
}
