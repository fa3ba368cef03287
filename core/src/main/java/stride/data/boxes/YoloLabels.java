package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import stride.data.TrueBox;
import stride.format.FormatException;
import stride.format.TextFile;

/**
 * A label file of YOLO: a line for each object with the number of its class, then the middle's x
 * and y, the width and the height of its box, all in parts of the picture's width and height. A
 * line may also have the class and an outline of three or more points; its box is the smallest
 * around it. Where the data have keypoints (kpt_shape), they follow the box, which is all that is
 * read.
 */
final class YoloLabels {
  /** What is larger is no part of a picture, but pixels. */
  private static final double LARGEST = 2;

  /** The first five fields of an object. */
  private static final Pattern OBJECT = Pattern.compile("\\d+(?:\\s+[-+.\\deE]+){4}(?:\\s.*)?");

  private YoloLabels() {}

  /** Whether a file begins with an object. */
  static boolean isLabels(Path file) {
    try {
      return TextFile.lines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .findFirst()
          .filter(line -> OBJECT.matcher(line).matches())
          .isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Reads a file.
   *
   * @return the objects, in parts of the picture's width and height
   * @throws FormatException if it is no text
   * @throws Findings.Fault if a line is no object
   */
  static List<TrueBox> read(Path file, YoloNames names, Findings findings)
      throws IOException, Findings.Fault {
    var objects = new ArrayList<TrueBox>();
    int number = 0;
    for (var line : TextFile.lines(file)) {
      number++;
      if (!line.isBlank()) {
        String where = "%s: line %d".formatted(file, number);
        findings
            .checked(where, object(where, line.strip().split("\\s+"), names), 1, 1)
            .ifPresent(objects::add);
      }
    }
    return objects;
  }

  private static Findings.Marked object(String where, String[] fields, YoloNames names)
      throws Findings.Fault {
    int keypoints = names.keypoints();
    boolean outline = keypoints == 0 && fields.length >= 7 && fields.length % 2 == 1;
    if (fields.length != 5 + keypoints && !outline) {
      throw new Findings.Fault(
          "%s has %d %s, expected %d: a class, x, y, width and height%s"
              .formatted(
                  where,
                  fields.length,
                  fields.length == 1 ? "field" : "fields",
                  5 + keypoints,
                  keypoints > 0
                      ? ", and %d of keypoints, as kpt_shape in %s says"
                          .formatted(keypoints, names.file())
                      : fields.length == 6
                          ? "; a sixth is the score of what a detector found"
                          : ""));
    }
    var numbers = new double[fields.length - keypoints];
    for (int i = 0; i < numbers.length; i++) {
      try {
        numbers[i] = Double.parseDouble(fields[i]);
      } catch (NumberFormatException e) {
        throw new Findings.Fault(
            "%s has %s, expected a number".formatted(where, FormatException.quote(fields[i])));
      }
      if (i > 0 && Math.abs(numbers[i]) > LARGEST && Double.isFinite(numbers[i])) {
        throw new Findings.Fault(
            "%s has %s, expected a part of the picture's width or height, from 0 to 1"
                .formatted(where, FormatException.quote(fields[i])));
      }
    }
    int label = (int) numbers[0];
    int count = names.names().size();
    if (label != numbers[0] || label < 0 || label >= count) {
      throw new Findings.Fault(
          "%s has the class %s, there are %d, from 0 to %d"
              .formatted(where, FormatException.quote(fields[0]), count, count - 1));
    }
    return outline ? around(label, numbers) : box(label, numbers);
  }

  private static Findings.Marked box(int label, double[] numbers) {
    double halfWidth = numbers[3] / 2;
    double halfHeight = numbers[4] / 2;
    return new Findings.Marked(
        label,
        numbers[1] - halfWidth,
        numbers[2] - halfHeight,
        numbers[1] + halfWidth,
        numbers[2] + halfHeight,
        -1,
        false,
        false);
  }

  private static Findings.Marked around(int label, double[] numbers) {
    double left = numbers[1];
    double top = numbers[2];
    double right = left;
    double bottom = top;
    for (int i = 3; i < numbers.length; i += 2) {
      left = Math.min(left, numbers[i]);
      top = Math.min(top, numbers[i + 1]);
      right = Math.max(right, numbers[i]);
      bottom = Math.max(bottom, numbers[i + 1]);
    }
    return new Findings.Marked(label, left, top, right, bottom, -1, false, false);
  }
}
