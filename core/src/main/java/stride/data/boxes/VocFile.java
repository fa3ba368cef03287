package stride.data.boxes;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import stride.data.ClassMatch;
import stride.format.FileException;
import stride.format.FormatException;
import stride.format.TextFile;

/**
 * An annotation of Pascal VOC: what is in one picture. Documents with a document type or entities
 * are refused, and nothing outside of the file is read. Edges are taken as they are written: see
 * {@link BoxLayout}.
 *
 * @param file the annotation
 * @param picture the name of the picture's file; empty if it is not given
 * @param height the picture's; 0 if it is not given
 * @param width the picture's; 0 if it is not given
 */
record VocFile(Path file, String picture, int height, int width, List<Thing> objects) {
  private static final Pattern ENCODING =
      Pattern.compile("^\\s*<\\?xml[^>]*\\bencoding\\s*=\\s*[\"']([^\"']+)[\"']");

  /** Far more than any picture needs. */
  private static final long MAX_BYTES = 64 << 20;

  /**
   * An object.
   *
   * @param line where it ends
   */
  record Thing(
      int line,
      String name,
      boolean difficult,
      double left,
      double top,
      double right,
      double bottom) {}

  /**
   * Reads a file.
   *
   * @throws FormatException if it is no such annotation
   * @throws FileException if it cannot be read
   */
  static VocFile read(Path file) throws IOException {
    FileException.requireFile(file);
    try {
      var reader = reader(file);
      try {
        return new Reading(file, reader).annotation();
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
      throw new FormatException(
          "%s: is not valid XML%s: %s"
              .formatted(file, line < 1 ? "" : " (line %d)".formatted(line), said(e)),
          e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Whether a file begins like such an annotation. */
  static boolean isAnnotation(Path file) {
    try {
      var reader = reader(file);
      try {
        while (reader.hasNext()) {
          if (reader.next() == XMLStreamConstants.START_ELEMENT) {
            return reader.getLocalName().equals("annotation");
          }
        }
      } finally {
        reader.close();
      }
    } catch (IOException | XMLStreamException e) {
      // Others in the folder may be some.
    }
    return false;
  }

  /** Reads characters: the JDK's parser prints what is wrong with bytes to the console. */
  private static XMLStreamReader reader(Path file) throws IOException, XMLStreamException {
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new FormatException(
          "%s: has %,d bytes, at most %,d of an annotation are read"
              .formatted(file, size, MAX_BYTES));
    }
    byte[] bytes = Files.readAllBytes(file);
    return factory().createXMLStreamReader(new StringReader(text(file, bytes)));
  }

  private static String text(Path file, byte[] bytes) throws FormatException {
    var declared =
        ENCODING.matcher(
            new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.ISO_8859_1));
    if (!declared.find() || declared.group(1).toUpperCase(Locale.ROOT).startsWith("UTF")) {
      return TextFile.decode(bytes, file);
    }
    try {
      return Charset.forName(declared.group(1))
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new FormatException(
          "%s: is not text in %s, which it says it is; save the file as UTF-8"
              .formatted(file, FormatException.quote(declared.group(1))),
          e);
    }
  }

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    return factory;
  }

  /** The JDK puts the place in front, in a line of its own. */
  private static String said(XMLStreamException e) {
    String all = String.valueOf(e.getMessage());
    String mark = "Message: ";
    String said = all.substring(all.contains(mark) ? all.indexOf(mark) + mark.length() : 0);
    String line = said.lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }

  /** The reading of one document. */
  private static final class Reading {
    private static final int DEEPEST = 100;

    private final Path file;
    private final XMLStreamReader reader;
    private final Deque<String> path = new ArrayDeque<>();
    private final StringBuilder text = new StringBuilder();
    private final List<Thing> objects = new ArrayList<>();
    private String picture = "";
    private int height;
    private int width;
    private @Nullable String name;
    private boolean difficult;
    private final double[] edges = new double[4];
    private int edgesSeen;

    Reading(Path file, XMLStreamReader reader) {
      this.file = file;
      this.reader = reader;
    }

    VocFile annotation() throws XMLStreamException, FormatException {
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.DTD -> throw wrong("has a document type, which is refused");
          case XMLStreamConstants.ENTITY_REFERENCE ->
              throw wrong(
                  "has the entity %s, which is refused"
                      .formatted(FormatException.quote("&" + reader.getLocalName() + ";")));
          case XMLStreamConstants.START_ELEMENT -> begin(reader.getLocalName());
          case XMLStreamConstants.END_ELEMENT -> end();
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
              text.append(reader.getText());
          default -> {}
        }
      }
      return new VocFile(file, picture, height, width, objects);
    }

    private void begin(String element) throws FormatException {
      if (path.isEmpty() && !element.equals("annotation")) {
        throw wrong(
            "has the element %s, expected annotation".formatted(FormatException.quote(element)));
      }
      if (path.size() == DEEPEST) {
        throw wrong("has elements nested more than %d times".formatted(DEEPEST));
      }
      path.addLast(element);
      text.setLength(0);
      if (String.join("/", path).equals("annotation/object")) {
        name = null;
        difficult = false;
        edgesSeen = 0;
      }
    }

    private void end() throws FormatException {
      String value = text.toString().strip();
      switch (String.join("/", path)) {
        case "annotation/filename" -> picture = value;
        case "annotation/size/width" -> width = side(value);
        case "annotation/size/height" -> height = side(value);
        case "annotation/object/name" -> name = ClassMatch.composed(value);
        case "annotation/object/difficult" -> difficult = flag(value);
        case "annotation/object/bndbox/xmin" -> edge(0, value);
        case "annotation/object/bndbox/ymin" -> edge(1, value);
        case "annotation/object/bndbox/xmax" -> edge(2, value);
        case "annotation/object/bndbox/ymax" -> edge(3, value);
        case "annotation/object" -> object();
        default -> {}
      }
      text.setLength(0);
      path.removeLast();
    }

    private void object() throws FormatException {
      String named = name;
      if (named == null || named.isBlank()) {
        throw wrong("ends an object without a name");
      }
      if (edgesSeen != 0b1111) {
        throw wrong("ends an object without a bndbox of xmin, ymin, xmax and ymax");
      }
      objects.add(new Thing(line(), named, difficult, edges[0], edges[1], edges[2], edges[3]));
    }

    private void edge(int which, String value) throws FormatException {
      edges[which] = number(value);
      if ((edgesSeen & 1 << which) != 0) {
        throw wrong("has an edge of a box a second time");
      }
      edgesSeen |= 1 << which;
    }

    private int side(String value) throws FormatException {
      double side = value.isEmpty() ? 0 : number(value);
      if (!(side >= 0 && side <= Integer.MAX_VALUE)) {
        throw wrong("has a picture's side of %s pixels".formatted(FormatException.quote(value)));
      }
      return (int) side;
    }

    private double number(String value) throws FormatException {
      try {
        return Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw wrong("has %s, expected a number".formatted(FormatException.quote(value)));
      }
    }

    private boolean flag(String value) throws FormatException {
      try {
        return Flag.of(value);
      } catch (NumberFormatException e) {
        throw wrong(
            "has an object that is difficult: %s, expected 0 or 1"
                .formatted(FormatException.quote(value)));
      }
    }

    private int line() {
      return reader.getLocation().getLineNumber();
    }

    private FormatException wrong(String found) {
      return new FormatException("%s: line %d %s".formatted(file, line(), found));
    }
  }
}
