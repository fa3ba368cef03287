package stride.data.boxes;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import stride.data.ClassMatch;
import stride.data.MarkedPicture;
import stride.data.TrueBox;
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
  private final Annotations annotations = new Annotations();
  private final Set<String> parts = new TreeSet<>();

  private record Image(long id, String name, int height, int width) {}

  private record Category(long id, String name) {}

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
    if (parser.nextToken() != JsonToken.START_OBJECT) {
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
    long id = Annotations.NONE;
    String written = null;
    int height = 0;
    int width = 0;
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
    if (id == Annotations.NONE || written == null) {
      throw wrong(parser, "has an image without id or file_name");
    }
    images.add(new Image(id, written, height, width));
  }

  private void category(JsonParser parser) throws FormatException {
    long id = Annotations.NONE;
    String written = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      switch (name) {
        case "id" -> id = id(parser, "a category's id");
        case "name" -> written = text(parser, "a category's name");
        default -> parser.skipChildren();
      }
    }
    if (id == Annotations.NONE || written == null || written.isBlank()) {
      throw wrong(parser, "has a category without id or name");
    }
    categories.add(new Category(id, ClassMatch.composed(written.strip())));
  }

  private void annotation(JsonParser parser) throws FormatException {
    long id = Annotations.NONE;
    long image = Annotations.NONE;
    long category = Annotations.NONE;
    double area = -1;
    boolean crowd = false;
    boolean boxed = false;
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
        default -> parser.skipChildren();
      }
    }
    String called = id == Annotations.NONE ? "an annotation" : "the annotation %d".formatted(id);
    if (image == Annotations.NONE || category == Annotations.NONE || !boxed) {
      throw new FormatException(
          "%s: line %d has %s without %s"
              .formatted(
                  file,
                  line,
                  called,
                  image == Annotations.NONE
                      ? "image_id"
                      : category == Annotations.NONE ? "category_id" : "a bbox of four numbers"));
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

  private static boolean flag(JsonParser parser) {
    boolean set =
        parser.currentToken() == JsonToken.VALUE_TRUE
            || (parser.currentToken().isNumeric() && parser.getDoubleValue() != 0);
    parser.skipChildren();
    return set;
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

  /** The names of the categories by their ids. */
  List<String> labels() throws FormatException {
    var labels = new LinkedHashSet<String>();
    for (var category : sorted()) {
      if (!labels.add(category.name)) {
        throw new FormatException(
            "%s: has two categories of the name %s"
                .formatted(file, FormatException.quote(category.name)));
      }
    }
    return List.copyOf(labels);
  }

  private List<Category> sorted() {
    return categories.stream().sorted(Comparator.comparingLong(Category::id)).toList();
  }

  /**
   * The pictures with their objects, in the order of their ids: so pycocotools breaks ties of equal
   * scores.
   */
  List<MarkedPicture> pictures(PictureFinder finder, Findings findings) throws FormatException {
    var numbers = new HashMap<Long, Integer>();
    for (var category : sorted()) {
      if (numbers.putIfAbsent(category.id, numbers.size()) != null) {
        throw new FormatException(
            "%s: has two categories of the id %d".formatted(file, category.id));
      }
    }
    images.sort(Comparator.comparingLong(Image::id));
    var places = new HashMap<Long, Integer>();
    for (int i = 0; i < images.size(); i++) {
      if (places.putIfAbsent(images.get(i).id, i) != null) {
        throw new FormatException(
            "%s: has two images of the id %d".formatted(file, images.get(i).id));
      }
    }
    return new Joining(numbers, places, findings).pictures(finder);
  }

  /** Puts annotations and images together. */
  private final class Joining {
    private final Map<Long, Integer> numbers;
    private final Map<Long, Integer> places;
    private final Findings findings;
    private final List<List<TrueBox>> objects = new ArrayList<>();
    private final boolean[] broken = new boolean[images.size()];

    Joining(Map<Long, Integer> numbers, Map<Long, Integer> places, Findings findings) {
      this.numbers = numbers;
      this.places = places;
      this.findings = findings;
      images.forEach(_ -> objects.add(new ArrayList<>(0)));
    }

    List<MarkedPicture> pictures(PictureFinder finder) throws FormatException {
      for (int i = 0; i < annotations.count; i++) {
        var place = places.get(annotations.images[i]);
        if (place == null) {
          findings.broken(
              "%s is of the image %d, which is not among its images"
                  .formatted(where(i), annotations.images[i]));
          continue;
        }
        try {
          add(i, place);
        } catch (Findings.Fault e) {
          findings.broken(e.sentence());
          broken[place] = true;
        }
      }
      var pictures = new ArrayList<MarkedPicture>();
      var known = new HashMap<Path, String>();
      for (int i = 0; i < images.size(); i++) {
        var image = images.get(i);
        var found = finder.find(image.name);
        if (found.isEmpty()) {
          findings.passOver(
              "%s: the picture %s is not in %s"
                  .formatted(file, FormatException.quote(image.name), finder.place()));
        } else if (known.putIfAbsent(found.get().normalize(), image.name) != null) {
          findings.broken(
              "%s: two images are the picture %s, the second with the id %d"
                  .formatted(file, found.get(), image.id));
        } else if (!broken[i]) {
          pictures.add(
              new MarkedPicture(found.get(), image.height, image.width, false, objects.get(i)));
        }
      }
      return pictures;
    }

    private void add(int i, int place) throws Findings.Fault {
      var number = numbers.get(annotations.categories[i]);
      if (number == null) {
        throw new Findings.Fault(
            "%s has the category %d, which is not among its categories"
                .formatted(where(i), annotations.categories[i]));
      }
      double left = annotations.boxes[4 * i];
      double top = annotations.boxes[4 * i + 1];
      var object =
          new Findings.Marked(
              number,
              left,
              top,
              left + annotations.boxes[4 * i + 2],
              top + annotations.boxes[4 * i + 3],
              annotations.areas[i],
              annotations.crowds[i],
              // pycocotools passes over "ignore", too.
              false);
      var image = images.get(place);
      findings
          .checked(where(i), object, image.width, image.height)
          .ifPresent(objects.get(place)::add);
    }

    private String where(int i) {
      return annotations.ids[i] == Annotations.NONE
          ? "%s: line %d: an annotation".formatted(file, annotations.lines[i])
          : "%s: the annotation %d".formatted(file, annotations.ids[i]);
    }
  }

  /** All annotations, in arrays: there may be millions. */
  private static final class Annotations {
    static final long NONE = Long.MIN_VALUE;

    int count;
    long[] ids = new long[16];
    long[] images = new long[16];
    long[] categories = new long[16];
    double[] boxes = new double[64];
    double[] areas = new double[16];
    boolean[] crowds = new boolean[16];
    int[] lines = new int[16];

    /** Makes room for one more. */
    void grow() {
      if (count < ids.length) {
        return;
      }
      int more = Math.addExact(count, count >> 1);
      ids = Arrays.copyOf(ids, more);
      images = Arrays.copyOf(images, more);
      categories = Arrays.copyOf(categories, more);
      boxes = Arrays.copyOf(boxes, Math.multiplyExact(4, more));
      areas = Arrays.copyOf(areas, more);
      crowds = Arrays.copyOf(crowds, more);
      lines = Arrays.copyOf(lines, more);
    }

    void set(long id, long image, long category, double area, boolean crowd, int line) {
      ids[count] = id;
      images[count] = image;
      categories[count] = category;
      areas[count] = area;
      crowds[count] = crowd;
      lines[count] = line;
      count++;
    }
  }
}
