package stride.app.report;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.app.console.Figures;
import stride.app.run.MetricText;
import stride.app.run.Metrics;
import stride.app.run.RunConfig;
import stride.app.run.SavedRun;
import stride.data.ImageFolder;
import stride.data.Splits;
import stride.engine.Engine;
import stride.image.Image;
import stride.network.Model;
import stride.train.ConfusionMatrix;

/**
 * The page of a run: how well it does, how it got there, what it takes for what, and where it
 * looks.
 *
 * @param run what its folder holds
 * @param tested what came of the test images; null if the run has no model yet
 */
public record RunReport(SavedRun run, @Nullable Tested tested) {
  /** More classes make no readable matrix. */
  private static final int LARGEST_MATRIX = 20;

  private static final int MAX_ROWS = 20;
  private static final int MAX_MISTAKES = 12;
  private static final int MAX_NAMES = 12;
  private static final int WIDTH = 440;
  private static final int HEIGHT = 300;

  /**
   * A model, its data, and its answers to the test images.
   *
   * @param engine to draw where the model looks
   */
  public record Tested(Model model, Splits data, Predictions predictions, Engine engine) {}

  private RunConfig config() {
    return run.config();
  }

  /** The page as HTML. */
  public String toHtml() throws IOException {
    var page = new Page("%s on %s".formatted(config().network(), dataName()));
    headline(page);
    curves(page, run.metrics());
    if (tested != null) {
      page.html("<div class=\"beside\">");
      if (tested.predictions() instanceof ClassPredictions predictions) {
        page.html("<section>");
        confusions(page, predictions.confusion());
        page.html("</section>");
      }
      page.html("<section>");
      classes(page, tested.predictions().scores());
      page.html("</section></div>");
      mistakes(page, tested);
      filters(page, tested);
    }
    settings(page, config());
    return page.toString();
  }

  private String dataName() {
    return config()
        .data()
        .substring(
            1 + Math.max(config().data().lastIndexOf('/'), config().data().lastIndexOf('\\')));
  }

  private void headline(Page page) {
    if (!run.finished()) {
      page.paragraph(
          "%s What follows is how far it has come%s."
              .formatted(
                  run.failure()
                      .map("This training has ended early: %s."::formatted)
                      .orElse("This training is not finished."),
                  tested == null ? "" : "; the model is that of the best epoch"));
    }
    if (tested != null) {
      var predictions = tested.predictions();
      boolean severalLabels = predictions instanceof LabelPredictions;
      page.html(
          "<p class=\"large\"><strong>%s right:</strong> %s of %s, which it has not learned from%s.</p>"
              .formatted(
                  Figures.percent(predictions.right() / (double) Math.max(1, predictions.images())),
                  Figures.count(predictions.right()),
                  Figures.count(predictions.images(), "test image"),
                  severalLabels ? ", each with all its labels and no others" : ""));
      page.paragraph(
          "The network %s %s: %s. It learned from %s%s."
              .formatted(
                  config().network(),
                  (severalLabels
                          ? "says which of %d labels a picture has"
                          : "tells %d classes apart")
                      .formatted(predictions.labels().size()),
                  names(predictions.labels()),
                  Figures.count(tested.data().train().size(), "image"),
                  beginning()));
      if (predictions instanceof ClassPredictions ofClasses) {
        frequentMistake(page, ofClasses.confusion());
      }
    }
    var metrics = run.metrics();
    int done = metrics.epochs().size();
    page.paragraph(
        "%s of %s in %s of training%s%s."
            .formatted(
                Figures.count(done),
                Figures.count(config().epochs(), "epoch"),
                Figures.seconds(metrics.seconds()),
                done == 0 ? "" : ", %s each".formatted(Figures.seconds(metrics.seconds() / done)),
                metrics.best().map(RunReport::best).orElse("")));
  }

  private static String best(Metrics.Epoch best) {
    return Double.isNaN(best.test().accuracy())
        ? "; the best was epoch %d with a test loss of %s"
            .formatted(best.number(), Figures.loss(best.test().loss()))
        : "; the best was epoch %d with %s of the test images right"
            .formatted(best.number(), Figures.percent(best.test().accuracy()));
  }

  private static void frequentMistake(Page page, ConfusionMatrix confusion) {
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
  }

  private static String names(List<String> labels) {
    if (labels.size() > MAX_NAMES) {
      return String.join(", ", labels.subList(0, MAX_NAMES)) + " and so on";
    }
    return labels.size() < 2
        ? String.join("", labels)
        : String.join(", ", labels.subList(0, labels.size() - 1)) + " and " + labels.getLast();
  }

  /** What it had before its first step. */
  private String beginning() {
    if (!config().given("weights")) {
      return "";
    }
    return config().given("freeze") && !config().given("unfreeze_after")
        ? " and began with learned weights, of which only the last layer changed"
        : " and began with learned weights";
  }

  static void curves(Page page, Metrics metrics) {
    if (metrics.epochs().isEmpty()) {
      return;
    }
    page.heading("How it learned");
    var charts = new StringBuilder();
    double[] epochs = metrics.each(Metrics.Epoch::number);
    var loss =
        Chart.of("Loss", "epoch", "loss")
            .line("training", epochs, metrics.each(epoch -> epoch.training().loss()));
    if (metrics.best().isPresent()) {
      loss = loss.line("test", epochs, metrics.each(epoch -> epoch.test().loss()));
    }
    charts.append(loss.toElement(WIDTH, HEIGHT));
    if (metrics.trainingNames().contains("accuracy")) {
      var right =
          Chart.of("Images right", "epoch", "percent")
              .line("training", epochs, metrics.each(epoch -> 100 * epoch.training().accuracy()));
      if (metrics.testNames().contains("accuracy")) {
        right = right.line("test", epochs, metrics.each(epoch -> 100 * epoch.test().accuracy()));
      }
      charts.append(right.toElement(WIDTH, HEIGHT));
    }
    if (metrics.testNames().contains("ap")) {
      charts.append(
          Chart.of("Average precision", "epoch", "percent")
              .line("AP50", epochs, metrics.each(epoch -> 100 * epoch.test().metric("ap50")))
              .line("AP", epochs, metrics.each(epoch -> 100 * epoch.test().metric("ap")))
              .toElement(WIDTH, HEIGHT));
    }
    page.html("<div class=\"row\">%s</div>".formatted(charts));
    page.html(
        """
        <p class="faint">Training: the images it learns from, while it learns from them. Test: \
        images that are only looked at, after each epoch.</p>\
        """);
    page.html(
        "<details><summary>Epoch by epoch</summary>%s</details>".formatted(epochByEpoch(metrics)));
  }

  /** All that was measured. */
  private static HtmlTable epochByEpoch(Metrics metrics) {
    var titles = new ArrayList<String>(List.of("epoch>", "training loss>"));
    metrics.trainingNames().forEach(name -> titles.add(MetricText.title(name) + ">"));
    titles.add("test loss>");
    metrics.testNames().forEach(name -> titles.add(MetricText.title(name) + ">"));
    titles.addAll(List.of("rate>", "time>"));
    var table = new HtmlTable(titles.toArray(String[]::new));
    for (var epoch : metrics.epochs()) {
      var row = new ArrayList<String>();
      row.add(Integer.toString(epoch.number()));
      add(epoch.training(), metrics.trainingNames(), row);
      add(epoch.test(), metrics.testNames(), row);
      double rate = epoch.learningRate();
      row.add(Double.isNaN(rate) ? "–" : Figures.format("%.2g", rate));
      row.add(Figures.seconds(epoch.seconds()));
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private static void add(Metrics.Measured measured, List<String> names, List<String> row) {
    row.add(MetricText.text("loss", measured.loss(), "–"));
    names.forEach(name -> row.add(MetricText.text(name, measured.metric(name), "–")));
  }

  private static void confusions(Page page, ConfusionMatrix confusion) {
    page.heading("What it takes for what");
    var labels = confusion.labels();
    if (labels.size() > LARGEST_MATRIX) {
      var table = new HtmlTable("is", "taken for", "images>");
      confusion.mistaken().stream()
          .limit(MAX_ROWS)
          .forEach(
              pair ->
                  table.row(
                      labels.get(pair.truth()),
                      labels.get(pair.predicted()),
                      Figures.count(pair.count())));
      page.html(table.toString());
      return;
    }
    page.html(
        "<p class=\"faint\">A row for what images are, a column for what they are taken for.</p>");
    var matrix = new StringBuilder("<table class=\"matrix\"><tr><th></th>");
    labels.forEach(label -> matrix.append("<th>%s</th>".formatted(Html.escaped(label))));
    matrix.append("</tr>");
    for (int t = 0; t < labels.size(); t++) {
      matrix.append("<tr><th>%s</th>".formatted(Html.escaped(labels.get(t))));
      for (int count : confusion.counts()[t]) {
        // The root shows the rare mistakes too.
        double part = Math.sqrt(count / (double) Math.max(1, confusion.support(t)));
        matrix.append(
            Figures.format(
                "<td style=\"background: rgba(var(--cell), %.2f)\">%s</td>",
                0.6 * part, count == 0 ? "" : Figures.count(count)));
      }
      matrix.append("</tr>");
    }
    page.html("<div class=\"scroll\">%s</table></div>".formatted(matrix));
  }

  private static void classes(Page page, List<Predictions.Score> scores) {
    page.heading(
        scores.size() > MAX_ROWS ? "The %d hardest classes".formatted(MAX_ROWS) : "Class by class");
    page.html(
        """
        <p class="faint">Precision: of the images taken for the class, those that are of it. \
        Recall: of the images of the class, those that were found. F1: the mean of both.</p>\
        """);
    var table = new HtmlTable("class", "precision>", "recall>", "F1>", "images>");
    for (var score : scores.stream().limit(MAX_ROWS).toList()) {
      table.row(
          score.label(),
          part(score.precision()),
          part(score.recall()),
          part(score.f1()),
          Figures.count(score.images()));
    }
    page.html(table.toString());
  }

  static String part(double value) {
    return Double.isNaN(value) ? "–" : Figures.percent(value);
  }

  private static void mistakes(Page page, Tested tested) throws IOException {
    var mistakes = tested.predictions().mistakes();
    page.heading("The surest mistakes");
    if (mistakes.isEmpty()) {
      page.paragraph("There are none.");
      return;
    }
    page.html(
        """
        <p class="faint">What glows beside each spoke for the answer (Grad-CAM).</p>
        <div class="mistakes">\
        """);
    var images = tested.data().test();
    for (var mistake : mistakes.subList(0, Math.min(MAX_MISTAKES, mistakes.size()))) {
      var image = images.get(mistake.image()).image();
      String label = tested.predictions().labels().get(mistake.label());
      page.html(
          "<figure><div class=\"pair\">%s%s</div><figcaption>%s%s</figcaption></figure>"
              .formatted(
                  Page.img(Drawings.image(image), "test image %d".formatted(mistake.image() + 1)),
                  heat(tested, image, mistake.label(), label),
                  mistake.caption(),
                  images instanceof ImageFolder folder
                      ? "<br>"
                          + Html.escaped(String.valueOf(folder.file(mistake.image()).getFileName()))
                      : ""));
    }
    page.html("</div>");
  }

  /** A network without maps has nothing to show. */
  private static String heat(Tested tested, Image image, int label, String name)
      throws IOException {
    try {
      var cam = tested.model().gradCam(image, label, tested.engine());
      return Page.img(Drawings.image(cam.over(image)), "where it sees " + name);
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

  static void settings(Page page, RunConfig config) {
    page.heading("The exact settings");
    var table = new HtmlTable();
    config.settings().forEach((name, value) -> table.titled(name, setting(value)));
    page.html(table.toString());
  }

  /** A setting as its option takes it. */
  static String setting(Object value) {
    return switch (value) {
      case Double number -> new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
      case List<?> list ->
          list.stream()
              .map(entry -> setting(Objects.requireNonNull(entry)))
              .collect(Collectors.joining(", "));
      default -> value.toString();
    };
  }
}
