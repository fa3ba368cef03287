package stride.app.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.data.BoxPictures;
import stride.data.TrueBox;
import stride.detection.CocoMeasure;
import stride.detection.CocoScores;
import stride.detection.Detection;
import stride.detection.Detector;
import stride.detection.PrecisionRecall;

/**
 * How well a detector finds what is marked in pictures.
 *
 * @param labels the names of the detector's classes
 * @param scores COCO's measure
 * @param curves precision against recall of each class
 * @param images how many pictures
 * @param seconds how long that took
 */
public record BoxScores(
    List<String> labels,
    CocoScores scores,
    List<PrecisionRecall> curves,
    int images,
    double seconds) {
  public BoxScores {
    labels = List.copyOf(labels);
    curves = List.copyOf(curves);
  }

  /** Hears what was found in each picture. */
  @FunctionalInterface
  interface Listener {
    void found(int index, List<Detection> found, List<TrueBox> truths);
  }

  /**
   * Measures with all pictures.
   *
   * @param pictures with the detector's classes
   * @param progress hears how many are done
   * @throws java.io.UncheckedIOException if a picture cannot be read; the message names it
   */
  public static BoxScores of(Detector detector, BoxPictures pictures, IntConsumer progress) {
    return of(detector, pictures, progress, (_, _, _) -> {});
  }

  static BoxScores of(
      Detector detector, BoxPictures pictures, IntConsumer progress, Listener listener) {
    long start = System.nanoTime();
    var limits = detector.method().measured();
    var all = detector.minScore(limits.minScore()).maxBoxes(limits.maxBoxes());
    int classes = detector.model().labels().size();
    var measure = new CocoMeasure(classes);
    var batch =
        new DetectionBatch<BoxedPicturesAhead.Read, RuntimeException>(
            all,
            (read, found) -> {
              measure.add(found, read.objects());
              listener.found(read.index(), found, read.objects());
              progress.accept(read.index() + 1);
            });
    try (var ahead = new BoxedPicturesAhead(pictures, all)) {
      for (int i = 0; i < pictures.size(); i++) {
        var read = ahead.next();
        batch.add(read, read.picture());
      }
    }
    batch.finish();
    var curves = new ArrayList<PrecisionRecall>();
    for (int label = 0; label < classes; label++) {
      curves.add(measure.curve(label));
    }
    return new BoxScores(
        detector.model().labels(),
        measure.scores(),
        curves,
        pictures.size(),
        (System.nanoTime() - start) * 1e-9);
  }

  /** What a machine reads: numbers without objects are null. */
  public Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("ap", number(scores.ap()));
    json.put("ap50", number(scores.ap50()));
    json.put("ap75", number(scores.ap75()));
    json.put("ap_small", number(scores.apSmall()));
    json.put("ap_medium", number(scores.apMedium()));
    json.put("ap_large", number(scores.apLarge()));
    json.put("ar1", number(scores.ar1()));
    json.put("ar10", number(scores.ar10()));
    json.put("ar100", number(scores.ar100()));
    json.put("ar_small", number(scores.arSmall()));
    json.put("ar_medium", number(scores.arMedium()));
    json.put("ar_large", number(scores.arLarge()));
    json.put("images", images);
    json.put("seconds", seconds);
    var classes = new ArrayList<Map<String, Object>>();
    for (var own : seen()) {
      var one = new LinkedHashMap<String, Object>();
      one.put("label", labels.get(own.label()));
      one.put("ap", own.ap());
      one.put("ap50", own.ap50());
      one.put("boxes", own.boxes());
      classes.add(one);
    }
    json.put("classes", classes);
    return json;
  }

  /** The classes of which there are objects. */
  List<CocoScores.OfClass> seen() {
    return scores.classes().stream().filter(own -> own.boxes() > 0).toList();
  }

  private static @Nullable Double number(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }

  /**
   * What people read: a table of the classes, the worst first, and the means below; a sentence
   * where there is nothing to find.
   */
  public String text() {
    if (seen().isEmpty()) {
      return "%s: no object is marked there that counts, so there is no average precision"
          .formatted(Figures.count(images, "picture"));
    }
    var table = Table.of("class", ">AP", ">AP50", ">boxes");
    seen().stream()
        .sorted(Comparator.comparingDouble(CocoScores.OfClass::ap))
        .forEach(
            own ->
                table.row(
                    labels.get(own.label()),
                    percent(own.ap()),
                    percent(own.ap50()),
                    Figures.count(own.boxes())));
    return "%s%n%n%s"
        .formatted(
            table,
            "AP %s, AP50 %s, AP75 %s; small %s, medium %s, large %s: %s in %s"
                .formatted(
                    percent(scores.ap()),
                    percent(scores.ap50()),
                    percent(scores.ap75()),
                    percent(scores.apSmall()),
                    percent(scores.apMedium()),
                    percent(scores.apLarge()),
                    Figures.count(images, "picture"),
                    Figures.seconds(seconds)));
  }

  static String percent(double part) {
    return Double.isNaN(part) ? "–" : Figures.format("%.1f %%", 100 * part);
  }
}
