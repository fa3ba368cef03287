package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.data.BoxPictures;
import stride.data.Split;
import stride.format.FileException;
import stride.image.PictureOptions;

/**
 * A data set of pictures with boxes in a folder: its format, and its parts. Both are told by what
 * lies there:
 *
 * <ul>
 *   <li>COCO: {@code annotations/instances_*.json} with the pictures in a folder of the part's
 *       name, a JSON file beside the pictures, {@code _annotations.coco.json} in a folder for each
 *       part
 *   <li>Pascal VOC: XML files in {@code Annotations} or beside the pictures, the parts by lists in
 *       {@code ImageSets/Main} or by folders
 *   <li>YOLO: {@code data.yaml}, or names of classes in {@code classes.txt} or {@code obj.names},
 *       with {@code images} and {@code labels}, or text files beside the pictures
 * </ul>
 *
 * <p>Boxes of no area, those that lie outside of their picture, and annotations whose picture is
 * not there are left out and listed; boxes outside of a picture whose size is not written, as
 * COCO's and VOC's files may leave it out, are listed by {@link #skippingBroken} alone, which reads
 * the pictures. Other boxes are measured by as they are written, and learned up to the picture's
 * edges, as torchvision's references and pycocotools do. Pixels count from the picture's corner in
 * all formats: VOC's numbers are taken as they are, as torchvision does and as labelling programs
 * write them, though the first pixel has the number 1 in the data sets of Pascal VOC itself. What
 * is wrong otherwise is refused with one sentence, or left out and listed if that is asked for.
 *
 * <p>Immutable; annotations are read anew each time, and not kept.
 */
public final class BoxLayout {
  /** Folders of archives that hold nothing but the data set, one in the other. */
  private static final int DEEPEST = 3;

  private final Path folder;
  private final BoxFormat format;
  private final BoxSource source;
  private final PictureOptions options;
  private final boolean skipBroken;

  private BoxLayout(
      Path folder, BoxFormat format, BoxSource source, PictureOptions options, boolean skipBroken) {
    this.folder = folder;
    this.format = format;
    this.source = source;
    this.options = options;
    this.skipBroken = skipBroken;
  }

  /**
   * Finds a data set of boxes.
   *
   * @param data a folder, or a JSON file of COCO or a YAML file of YOLO
   * @return its layout; empty if there are no boxes
   * @throws FileException if it cannot be read, or it may be of several formats or its parts are
   *     not clear; the message says what to do
   * @throws IOException if reading fails
   */
  public static Optional<BoxLayout> find(Path data) throws IOException {
    if (Files.isRegularFile(data)) {
      return ofFile(data);
    }
    var found = new EnumMap<BoxFormat, BoxSource>(BoxFormat.class);
    for (var format : BoxFormat.values()) {
      inFolder(data, format).ifPresent(source -> found.put(format, source));
    }
    if (found.size() > 1) {
      throw new FileException(
          "%s holds %s; say which to read with --format %s (BoxLayout.of)"
              .formatted(
                  data,
                  found.keySet().stream()
                      .map(BoxFormat::title)
                      .collect(Collectors.joining(" and ")),
                  found.keySet().stream()
                      .map(BoxFormat::key)
                      .collect(Collectors.joining(" or --format "))));
    }
    if (found.isEmpty()) {
      CocoSource.refuseResults(data);
    }
    return found.entrySet().stream().map(entry -> of(data, entry)).findFirst();
  }

  private static BoxLayout of(Path data, Map.Entry<BoxFormat, BoxSource> found) {
    return new BoxLayout(data, found.getKey(), found.getValue(), PictureOptions.STANDARD, false);
  }

  /**
   * Finds a data set of boxes in a known format.
   *
   * @param data a folder, or a JSON file of COCO or a YAML file of YOLO
   * @param format the format
   * @return its layout
   * @throws FileException if there are no boxes of this format, or it cannot be read
   * @throws IOException if reading fails
   */
  public static BoxLayout of(Path data, BoxFormat format) throws IOException {
    var found = Files.isRegularFile(data) ? ofFile(data, format) : inFolder(data, format);
    return found
        .map(source -> of(data, Map.entry(format, source)))
        .orElseThrow(
            () -> new FileException("%s does not hold %s".formatted(data, format.title())));
  }

  private static Optional<BoxLayout> ofFile(Path file) throws IOException {
    for (var format : BoxFormat.values()) {
      var source = ofFile(file, format);
      if (source.isPresent()) {
        return Optional.of(of(file, Map.entry(format, source.get())));
      }
    }
    return Optional.empty();
  }

  private static Optional<BoxSource> ofFile(Path file, BoxFormat format) throws IOException {
    return switch (format) {
      case COCO ->
          Places.hasSuffix(file, "json")
              ? Optional.of(CocoSource.ofFile(file))
              : Optional.<BoxSource>empty();
      case VOC -> Optional.empty();
      case YOLO ->
          Places.hasSuffix(file, "yaml") || Places.hasSuffix(file, "yml")
              ? Optional.of(YoloSource.ofYaml(file))
              : Optional.empty();
    };
  }

  private static Optional<? extends BoxSource> inFolder(Path folder, BoxFormat format)
      throws IOException {
    var inner = folder;
    for (int depth = 0; depth < DEEPEST; depth++) {
      var found =
          switch (format) {
            case COCO -> CocoSource.find(inner);
            case VOC -> VocSource.find(inner);
            case YOLO -> YoloSource.find(inner);
          };
      if (found.isPresent()) {
        return found;
      }
      var folders = Places.folders(inner);
      if (folders.size() != 1) {
        return Optional.empty();
      }
      inner = folders.getFirst();
    }
    return Optional.empty();
  }

  /** {@return the folder or file that was given} */
  public Path folder() {
    return folder;
  }

  /** {@return the format} */
  public BoxFormat format() {
    return format;
  }

  /** {@return how the data were understood, where that is not plain, each a sentence} */
  public List<String> notes() {
    return source.notes();
  }

  /** {@return the parts that the data are divided into; none if they are not divided} */
  public Set<Split> parts() {
    return Set.copyOf(source.parts());
  }

  /**
   * {@return this layout, read with options}
   *
   * @param pictures how pictures are decoded
   */
  public BoxLayout with(PictureOptions pictures) {
    return new BoxLayout(folder, format, source, pictures, skipBroken);
  }

  /**
   * Returns this layout, of which pictures that cannot be read or whose annotation is broken are
   * left out, and listed among {@link BoxPictures#skipped}. All pictures are read once to find out.
   *
   * @return a view of this layout
   */
  public BoxLayout skippingBroken() {
    return new BoxLayout(folder, format, source, options, true);
  }

  /**
   * Reads a part of the data.
   *
   * @param part one of {@link #parts}
   * @return its pictures
   * @throws FileException if there is no such part, or a file cannot be read
   * @throws IOException if a file is broken; the message names it and the line
   */
  public BoxPictures read(Split part) throws IOException {
    if (!source.parts().contains(part)) {
      throw new FileException("%s has no %s part".formatted(folder, part));
    }
    return read(part, " to " + (part == Split.TRAIN ? "learn from" : "measure with"));
  }

  /**
   * Reads all of the data, of all parts.
   *
   * @return the pictures
   * @throws FileException if a file cannot be read
   * @throws IOException if a file is broken; the message names it and the line
   */
  public BoxPictures all() throws IOException {
    return read(null, "");
  }

  private BoxPictures read(@Nullable Split part, String purpose) throws IOException {
    var findings = new Findings(skipBroken);
    var contents = source.read(Optional.ofNullable(part), findings);
    if (contents.pictures().isEmpty()) {
      var skipped = findings.skipped();
      throw new FileException(
          "%s holds no pictures%s%s"
              .formatted(folder, purpose, skipped.isEmpty() ? "" : "; " + skipped.getFirst()));
    }
    var pictures =
        new BoxPictures(
            folder, contents.labels(), contents.pictures(), findings.skipped(), options);
    return skipBroken ? pictures.readable() : pictures;
  }

  /**
   * Reads what to learn from: the training part, or all if there are no parts.
   *
   * @return the pictures
   * @throws FileException if there are only parts to measure with, or a file cannot be read
   * @throws IOException if a file is broken; the message names it and the line
   */
  public BoxPictures learnFrom() throws IOException {
    if (source.parts().isEmpty()) {
      return all();
    }
    if (!source.parts().contains(Split.TRAIN)) {
      throw new FileException(
          "%s holds a %s part to measure with, and none to learn from"
              .formatted(folder, source.parts().iterator().next()));
    }
    return read(Split.TRAIN);
  }

  /** {@return the part to choose epochs or settings by: validation, else test} */
  public Optional<Split> chooseBy() {
    return first(Split.VALIDATION, Split.TEST);
  }

  /**
   * Reads what to measure with: the test part, else validation, or all if there are no parts.
   *
   * @return the pictures
   * @throws FileException if there is only a part to learn from, or a file cannot be read
   * @throws IOException if a file is broken; the message names it and the line
   */
  public BoxPictures measureWith() throws IOException {
    if (source.parts().isEmpty()) {
      return all();
    }
    var part = first(Split.TEST, Split.VALIDATION);
    if (part.isEmpty()) {
      throw new FileException(
          "%s holds no part to measure with, only one to learn from".formatted(folder));
    }
    return read(part.get());
  }

  private Optional<Split> first(Split... wanted) {
    for (var part : List.of(wanted)) {
      if (source.parts().contains(part)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  /** Returns one line with the folder, the format and the parts. */
  @Override
  public String toString() {
    var parts = new ArrayList<>(source.parts());
    return "BoxLayout %s of %s, parts %s".formatted(folder, format.key(), parts);
  }
}
