package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.data.PicturesAhead;
import stride.app.report.BoxPainter;
import stride.app.report.DetectionBatch;
import stride.detection.Detection;
import stride.detection.Detector;
import stride.image.Picture;

/**
 * What is where in a picture, or why that cannot be said.
 *
 * @param image the picture's file
 * @param found the objects, the surest first
 * @param drawn the file with the boxes drawn; null if they are not
 * @param failure why the picture cannot be read; null if it can
 */
public record FoundObjects(
    Path image, List<Detection> found, @Nullable Path drawn, @Nullable IOException failure) {
  /** The most pixels of pictures kept for drawing; one picture is kept even if it has more. */
  private static final long MOST_PIXELS = 16 << 20;

  /**
   * A picture that waits for the others of its batch.
   *
   * @param seen what is drawn on; null if nothing is
   */
  private record Waiting(int place, @Nullable Picture seen) {}

  /**
   * Finds the objects of pictures. Each is computed by itself or with others of the same size, so
   * that its boxes do not depend on what other pictures there are.
   *
   * @param drawing null not to draw them
   * @param progress hears how many pictures are done
   * @throws IOException if a drawing cannot be written
   */
  public static List<FoundObjects> in(
      PicturesAhead pictures, Detector detector, @Nullable BoxPainter drawing, IntConsumer progress)
      throws IOException {
    var found = new ArrayList<FoundObjects>();
    var batch =
        new DetectionBatch<Waiting, IOException>(
            detector,
            (waiting, all) -> {
              // Of a box outside of the picture nothing is left.
              var boxes = all.stream().filter(one -> one.area() > 0).toList();
              var file = found.get(waiting.place).image;
              var drawn =
                  drawing == null || waiting.seen == null
                      ? null
                      : drawing.draw(file, waiting.seen, boxes, detector);
              found.set(waiting.place, new FoundObjects(file, boxes, drawn, null));
            });
    long pixels = 0;
    while (pictures.hasNext()) {
      var file = pictures.file();
      Picture picture;
      try {
        picture = pictures.next();
      } catch (IOException e) {
        found.add(new FoundObjects(file, List.of(), null, e));
        progress.accept(found.size());
        continue;
      }
      pixels += (long) picture.height() * picture.width();
      if (drawing != null && pixels > MOST_PIXELS) {
        batch.finish();
        pixels = (long) picture.height() * picture.width();
      }
      batch.add(
          new Waiting(found.size(), drawing == null ? null : picture), detector.prepare(picture));
      found.add(new FoundObjects(file, List.of(), null, null));
      progress.accept(found.size());
    }
    batch.finish();
    return found;
  }

  /** A line for each object, of all pictures that could be read. */
  public static String text(List<FoundObjects> pictures, Detector detector) {
    var rows = new ArrayList<String[]>();
    for (var picture : pictures) {
      String name = Console.inLine(picture.image.toString());
      if (picture.failure != null) {
        continue;
      }
      if (picture.found.isEmpty()) {
        rows.add(
            new String[] {
              name,
              Figures.format("nothing with a score above %s", (float) detector.limits().minScore()),
              "",
              ""
            });
      }
      for (var one : picture.found) {
        rows.add(
            new String[] {
              name,
              detector.name(one),
              Figures.format("%.1f %%", 100 * one.score()),
              Figures.format(
                  "%d,%d to %d,%d",
                  Math.round(one.left()),
                  Math.round(one.top()),
                  Math.round(one.right()),
                  Math.round(one.bottom()))
            });
      }
    }
    int[] widths = new int[4];
    for (var row : rows) {
      for (int i = 0; i < row.length; i++) {
        // What is said of a picture without objects is no name.
        boolean counts = i == 0 || !row[3].isEmpty();
        widths[i] = Math.max(widths[i], counts ? row[i].length() : 0);
      }
    }
    return String.join(
        "\n",
        rows.stream()
            .map(
                row ->
                    Figures.format(
                            "%-"
                                + widths[0]
                                + "s  %-"
                                + Math.max(1, widths[1])
                                + "s  %"
                                + Math.max(1, widths[2])
                                + "s  %s",
                            row[0],
                            row[1],
                            row[2],
                            row[3])
                        .stripTrailing())
            .toList());
  }

  /** The picture's part of the result. */
  public Map<String, Object> json(Detector detector) {
    var json = new LinkedHashMap<String, Object>();
    json.put("image", image.toString());
    if (failure != null) {
      json.put("error", Failures.sentence(failure));
      return json;
    }
    var boxes = new ArrayList<Map<String, Object>>();
    for (var one : found) {
      var box = new LinkedHashMap<String, Object>();
      box.put("label", detector.name(one));
      box.put("index", one.label());
      box.put("score", one.score());
      box.put("x1", one.left());
      box.put("y1", one.top());
      box.put("x2", one.right());
      box.put("y2", one.bottom());
      boxes.add(box);
    }
    json.put("boxes", boxes);
    if (drawn != null) {
      json.put("drawn", drawn.toString());
    }
    return json;
  }
}
