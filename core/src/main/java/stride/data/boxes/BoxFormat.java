package stride.data.boxes;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import stride.format.FormatException;

/** A way to write down which objects are where in pictures. */
public enum BoxFormat {
  /** One JSON file for many pictures, as of the data set COCO. */
  COCO("COCO's JSON"),

  /** An XML file for each picture, as of the data sets Pascal VOC. */
  VOC("Pascal VOC's XML files"),

  /** A text file for each picture, as the YOLO networks are trained with. */
  YOLO("YOLO's text files");

  private final String title;

  BoxFormat(String title) {
    this.title = title;
  }

  /** {@return what its files are called in a sentence} */
  String title() {
    return title;
  }

  /** {@return the name on the command line: "coco", "voc" or "yolo"} */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the format of a name}
   *
   * @param key a name, in any case
   * @throws IllegalArgumentException if there is none; the message lists all
   */
  public static BoxFormat ofKey(String key) {
    return Arrays.stream(values())
        .filter(format -> format.key().equals(key.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown format %s; there are %s"
                        .formatted(
                            FormatException.quote(key),
                            Arrays.stream(values())
                                .map(BoxFormat::key)
                                .collect(Collectors.joining(", ")))));
  }
}
