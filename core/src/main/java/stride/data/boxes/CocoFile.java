package stride.data.boxes;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import stride.data.ClassMatch;
import stride.data.MarkedPicture;
import stride.format.FileException;
import stride.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * COCO's JSON: {@code images} with {@code id}, {@code file_name}, {@code width} and {@code height};
 * {@code categories} with {@code id} and {@code name}; {@code annotations} with {@code image_id},
 * {@code category_id}, {@code bbox} (left, top, width, height), and perhaps {@code id}, {@code
 * area} and {@code iscrowd}. It is read as a stream: outlines, which are nearly all of a large
 * file, take no memory. One of 500 MB with 871,000 annotations is read with a heap of 220 MB.
 */
final class CocoFile {
  private static final JsonFactory JSON =
      // Python writes NaN and Infinity; a sentence says which annotation has them.
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final List<String> PARTS = List.of("images", "categories", "annotations");

  private final Path file;
  private final List<Image> images = new ArrayList<>();
  private final List<Category> categories = new ArrayList<>();
  private final CocoAnnotations annotations = new CocoAnnotations();
  private final Set<String> parts = new TreeSet<>();

  record Image(long id, String name, int height, int width, int line) {}

  private record Category(long id, String name, int line) {}

  private CocoFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is no JSON, or JSON of another form
   * @throws FileException if it cannot be read
   */
  static CocoFile read(Path file) throws IOException {
    FileException.requireFile(file);
    var coco = new CocoFile(file);
    try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        var parser = JSON.createParser(ObjectReadContext.empty(), in)) {
      coco.root(parser);
      if (parser.nextToken() != null) {
        throw coco.wrong(parser, "has more than one object");
      }
    } catch (JacksonException e) {
      throw coco.notJson(e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    for (String part : PARTS) {
      if (!coco.parts.contains(part)) {
        throw new FormatException(
            "%s: has no %s, which COCO's JSON of boxes has".formatted(file, part));
      }
    }
    coco.order();
    return coco;
  }

  /** Whether a file has the parts of COCO's JSON; read as far as is needed to tell. */
  static boolean isCoco(Path file) {
    int lists = 0;
    try (var in = new BufferedInputStream(Files.newInputStream(file));
        var parser = JSON.createParser(ObjectReadContext.empty(), in)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        var value = parser.nextToken();
        if (value == JsonToken.START_ARRAY && PARTS.contains(name) && ++lists == 2) {
          return true;
        }
        parser.skipChildren();
      }
    } catch (IOException | JacksonException e) {
      // Reading it says what is wrong.
      return lists > 0;
    }
    return false;
  }

  /** A sentence that a file is a list. */
  static String isAList(Path file) {
    return "%s: is a list, as COCO's files of what a detector found are; expected the file of what is marked, an object with images, categories and annotations"
        .formatted(file);
  }

  /** Whether a file is a list of what a detector found, as pycocotools reads it. */
  static boolean isResults(Path file) {
    try (var in = new BufferedInputStream(Files.newInputStream(file));
        var parser = JSON.createParser(ObjectReadContext.empty(), in)) {
      if (parser.nextToken() != JsonToken.START_ARRAY
          || parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      var keys = new HashSet<String>();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        keys.add(name);
        parser.nextToken();
        parser.skipChildren();
      }
      return keys.containsAll(List.of("image_id", "score"));
    } catch (IOException | JacksonException e) {
      return false;
    }
  }

  private FormatException notJson(JacksonException e) {
    var place = e.getLocation();
    String said = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return new FormatException(
        "%s: is not valid JSON%s: %s"
            .formatted(
                file,
                place == null || place.getLineNr() < 1
                    ? ""
                    : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr()),
                said.length() <= 200 ? said : said.substring(0, 200) + "..."),
        e);
  }

  private FormatException wrong(JsonParser parser, String found) {
    return new FormatException(
        "%s: line %d %s".formatted(file, parser.currentTokenLocation().getLineNr(), found));
  }

  private void root(JsonParser parser) throws FormatException {
    var first = parser.nextToken();
    if (first == JsonToken.START_ARRAY) {
      throw new FormatException(isAList(file));
    }
    if (first != JsonToken.START_OBJECT) {
      throw new FormatException(
          "%s: expected an object with images, categories and annotations".formatted(file));
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "images" -> list(parser, name, this::image);
        case "categories" -> list(parser, name, this::category);
        case "annotations" -> list(parser, name, this::annotation);
        default -> parser.skipChildren();
      }
    }
  }

  @FunctionalInterface
  private interface Entry {
    void read(JsonParser parser) throws FormatException;
  }

  private void list(JsonParser parser, String name, Entry entry) throws FormatException {
    if (!parts.add(name)) {
      throw wrong(parser, "has %s a second time".formatted(name));
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(parser, "has %s that are no list".formatted(name));
    }
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        throw wrong(parser, "has one of %s that is no object".formatted(name));
      }
      entry.read(parser);
    }
  }

  private void image(JsonParser parser) throws FormatException {
    long id = CocoAnnotations.NONE;
    String written = null;
    int height = 0;
    int width = 0;
    int line = parser.currentTokenLocation().getLineNr();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "id" -> id = id(parser, "an image's id");
        case "file_name" -> written = text(parser, "an image's file_name");
        case "height" -> height = side(parser);
        case "width" -> width = side(parser);
        default -> parser.skipChildren();
      }
    }
    if (id == CocoAnnotations.NONE || written == null) {
      throw wrong(parser, "has an image without id or file_name");
    }
    images.add(new Image(id, written, height, width, line));
  }

  private void category(JsonParser parser) throws FormatException {
    long id = CocoAnnotations.NONE;
    String written = null;
    int line = parser.currentTokenLocation().getLineNr();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "id" -> id = id(parser, "a category's id");
        case "name" -> written = text(parser, "a category's name");
        default -> parser.skipChildren();
      }
    }
    if (id == CocoAnnotations.NONE || written == null || written.isBlank()) {
      throw wrong(parser, "has a category without id or name");
    }
    categories.add(new Category(id, ClassMatch.composed(written.strip()), line));
  }

  private void annotation(JsonParser parser) throws FormatException {
    long id = CocoAnnotations.NONE;
    long image = CocoAnnotations.NONE;
    long category = CocoAnnotations.NONE;
    double area = -1;
    boolean crowd = false;
    boolean boxed = false;
    boolean outlined = false;
    int line = parser.currentTokenLocation().getLineNr();
    int next = annotations.count;
    annotations.grow();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "id" -> id = id(parser, "an annotation's id");
        case "image_id" -> image = id(parser, "an annotation's image_id");
        case "category_id" -> category = id(parser, "an annotation's category_id");
        case "bbox" -> boxed = box(parser, 4 * next);
        case "area" -> {
          area = parser.currentToken().isNumeric() ? parser.getDoubleValue() : -1;
          parser.skipChildren();
        }
        case "iscrowd" -> crowd = flag(parser);
        case "segmentation" -> {
          outlined = true;
          parser.skipChildren();
        }
        default -> parser.skipChildren();
      }
    }
    String called =
        id == CocoAnnotations.NONE ? "an annotation" : "the annotation %d".formatted(id);
    if (image == CocoAnnotations.NONE || category == CocoAnnotations.NONE || !boxed) {
      throw new FormatException(
          "%s: line %d has %s without %s"
              .formatted(
                  file,
                  line,
                  called,
                  image == CocoAnnotations.NONE
                      ? "image_id"
                      : category == CocoAnnotations.NONE
                          ? "category_id"
                          : "a bbox of four numbers"
                              + (outlined ? "; its segmentation is not read" : "")));
    }
    annotations.set(id, image, category, area, crowd, line);
  }

  /** Reads left, top, width and height. */
  private boolean box(JsonParser parser, int at) throws FormatException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return false;
    }
    int count = 0;
    boolean numbers = true;
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (!token.isNumeric()) {
        parser.skipChildren();
        numbers = false;
      } else if (count < 4) {
        annotations.boxes[at + count] = parser.getDoubleValue();
      }
      count++;
    }
    return numbers && count == 4;
  }

  private boolean flag(JsonParser parser) throws FormatException {
    String written = parser.currentToken().isStructStart() ? "a list" : parser.getString();
    try {
      return Flag.of(written);
    } catch (NumberFormatException e) {
      throw wrong(
          parser,
          "has an annotation whose iscrowd is %s, expected 0 or 1"
              .formatted(FormatException.quote(written)));
    }
  }

  private int side(JsonParser parser) throws FormatException {
    var token = parser.currentToken();
    double side = token.isNumeric() ? parser.getDoubleValue() : 0;
    if (token.isStructStart() || !(side >= 0 && side <= Integer.MAX_VALUE)) {
      throw wrong(parser, "has an image whose height or width is no number");
    }
    return (int) side;
  }

  private String text(JsonParser parser, String what) throws FormatException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(parser, "has %s that is no text".formatted(what));
    }
    return parser.getString();
  }

  private long id(JsonParser parser, String what) throws FormatException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return parser.getLongValue();
    }
    if (parser.currentToken() == JsonToken.VALUE_STRING
        && parser.getString().matches("-?\\d{1,18}")) {
      return Long.parseLong(parser.getString());
    }
    throw wrong(parser, "has %s that is no whole number".formatted(what));
  }

  /**
   * Puts the categories in the order of their ids. Of several of one name, those that no annotation
   * uses are left out; of none that is used the last stays, for Roboflow's programs write the name
   * of the whole data set first.
   */
  private void order() throws FormatException {
    categories.sort(Comparator.comparingLong(Category::id));
    var used = new HashSet<Long>();
    for (int i = 0; i < annotations.count; i++) {
      used.add(annotations.categories[i]);
    }
    var lines = new HashMap<Long, Integer>();
    var byName = new HashMap<String, Category>();
    for (var category : categories) {
      var before = lines.putIfAbsent(category.id, category.line);
      if (before != null) {
        throw second("category", category.id, before, category.line);
      }
      var other = byName.get(category.name);
      if (other == null || !used.contains(other.id)) {
        byName.put(category.name, category);
      } else if (used.contains(category.id)) {
        throw new FormatException(
            "%s: line %d: the categories %d and %d are both called %s: rename one of them"
                .formatted(
                    file,
                    category.line,
                    other.id,
                    category.id,
                    FormatException.quote(category.name)));
      }
    }
    categories.removeIf(category -> !category.equals(byName.get(category.name)));
  }

  private FormatException second(String what, long id, int line, int other) {
    return new FormatException(
        "%s: line %d has the %s %d a second time, after line %d: number one of them anew, and its annotations"
            .formatted(file, Math.max(line, other), what, id, Math.min(line, other)));
  }

  /** The names of the categories by their ids. */
  List<String> labels() {
    return categories.stream().map(Category::name).toList();
  }

  /**
   * The pictures with their objects, in the order of their ids: so pycocotools breaks ties of equal
   * scores.
   */
  List<MarkedPicture> pictures(PictureFinder finder, Findings findings) throws FormatException {
    var numbers = new HashMap<Long, Integer>();
    categories.forEach(category -> numbers.put(category.id, numbers.size()));
    images.sort(Comparator.comparingLong(Image::id));
    var places = new HashMap<Long, Integer>();
    for (int i = 0; i < images.size(); i++) {
      var image = images.get(i);
      var before = places.putIfAbsent(image.id, i);
      if (before != null) {
        throw second("image", image.id, images.get(before).line, image.line);
      }
    }
    return new CocoPictures(file, images, annotations, numbers, places, findings).pictures(finder);
  }
}
