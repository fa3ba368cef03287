package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stride.image.Image;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Small data sets with boxes, the same one in each format. */
final class BoxFolders {
  static final List<String> LABELS = List.of("cat", "dog", "traffic light");

  /** The picture "c" shows nothing. */
  static final List<Shown> SHOWN =
      List.of(
          new Shown(
              "a", 40, 20, List.of(new int[] {0, 4, 2, 20, 12}, new int[] {1, 20, 5, 40, 20})),
          new Shown("b", 32, 64, List.of(new int[] {2, 1, 1, 31, 33})),
          new Shown("c", 16, 16, List.of()));

  private BoxFolders() {}

  /**
   * A picture.
   *
   * @param boxes of each the class, left, top, right and bottom
   */
  record Shown(String name, int width, int height, List<int[]> boxes) {}

  static void picture(Path file, int width, int height) throws IOException {
    Files.createDirectories(file.getParent());
    var values = Tensor.zeros(Shape.image(height, width, 3));
    for (int i = 0; i < values.data().length; i++) {
      values.data()[i] = i * 7 % 256 / 255f;
    }
    Files.write(file, new Image(values).toPng());
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Writes COCO's JSON beside the pictures in {@code images}. */
  static Path coco(Path folder) throws IOException {
    for (var shown : SHOWN) {
      picture(folder.resolve("images/" + shown.name + ".png"), shown.width, shown.height);
    }
    write(folder.resolve("annotations/instances.json"), json(".png"));
    return folder;
  }

  static String json(String suffix) {
    var images = new ArrayList<String>();
    var annotations = new ArrayList<String>();
    for (int i = 0; i < SHOWN.size(); i++) {
      var shown = SHOWN.get(i);
      images.add(
          "{\"id\": %d, \"width\": %d, \"height\": %d,\n\"file_name\": \"%s%s\"}"
              .formatted(100 + i, shown.width, shown.height, shown.name, suffix));
      for (int[] box : shown.boxes) {
        annotations.add(
            "{\"segmentation\": [[1, 2, 3, 4]], \"id\": %d, \"image_id\": %d, \"category_id\": %d, \"iscrowd\": 0,\n\"bbox\": [%d, %d, %d, %d]}"
                .formatted(
                    annotations.size() + 1,
                    100 + i,
                    7 * box[0] + 1,
                    box[1],
                    box[2],
                    box[3] - box[1],
                    box[4] - box[2]));
      }
    }
    var categories = new ArrayList<String>();
    for (int i = 0; i < LABELS.size(); i++) {
      categories.addFirst("{\"id\": %d, \"name\": \"%s\"}".formatted(7 * i + 1, LABELS.get(i)));
    }
    return "{\"info\": {},\n\"images\": %s,\n\"annotations\": %s,\n\"categories\": %s}\n"
        .formatted(images, annotations, categories);
  }

  /** Writes VOC's folders. */
  static Path voc(Path folder) throws IOException {
    for (var shown : SHOWN) {
      picture(folder.resolve("JPEGImages/" + shown.name + ".png"), shown.width, shown.height);
      if (!shown.boxes.isEmpty()) {
        write(folder.resolve("Annotations/" + shown.name + ".xml"), xml(shown));
      }
    }
    return folder;
  }

  static String xml(Shown shown) {
    var objects = new StringBuilder();
    for (int[] box : shown.boxes) {
      objects.append(
          """
            <object>
              <name>%s</name>
              <difficult>0</difficult>
              <bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax><ymax>%d</ymax></bndbox>
              <part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>
            </object>
          """
              .formatted(LABELS.get(box[0]), box[1], box[2], box[3], box[4]));
    }
    return """
    <annotation>
      <filename>%s.png</filename>
      <size><width>%d</width><height>%d</height><depth>3</depth></size>
    %s</annotation>
    """
        .formatted(shown.name, shown.width, shown.height, objects);
  }

  /** Writes YOLO's folders. */
  static Path yolo(Path folder) throws IOException {
    for (var shown : SHOWN) {
      picture(folder.resolve("images/" + shown.name + ".png"), shown.width, shown.height);
      if (!shown.boxes.isEmpty()) {
        write(folder.resolve("labels/" + shown.name + ".txt"), text(shown));
      }
    }
    write(
        folder.resolve("data.yaml"),
        "# the classes\nnames:\n  0: cat\n  1: 'dog'  # a remark\n  2: \"traffic light\"\n");
    return folder;
  }

  static String text(Shown shown) {
    var lines = new StringBuilder();
    for (int[] box : shown.boxes) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%d %.9f %.9f %.9f %.9f%n",
              box[0],
              (box[1] + box[3]) / 2.0 / shown.width,
              (box[2] + box[4]) / 2.0 / shown.height,
              (double) (box[3] - box[1]) / shown.width,
              (double) (box[4] - box[2]) / shown.height));
    }
    return lines.toString();
  }

  static Path write(BoxFormat format, Path folder) throws IOException {
    return switch (format) {
      case COCO -> coco(folder);
      case VOC -> voc(folder);
      case YOLO -> yolo(folder);
    };
  }
}
