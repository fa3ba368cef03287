package stride.format;

import static stride.format.FormatException.quote;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The table of contents of a safetensors file, read and checked against the rules of the format: no
 * name twice, types and shapes that fit the byte ranges, ranges that cover the data without holes
 * or overlaps.
 *
 * @param metadata the strings under {@value #METADATA}
 * @param entries the tensors by name, in the file's order
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> entries) {
  /** The name of the file's own strings, which no tensor may have. */
  static final String METADATA = "__metadata__";

  /** The reference implementation's limit on the header, in bytes. */
  static final int MAX_BYTES = 100_000_000;

  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_STRINGS = 100_000;
  private static final int HIGHEST_RANK = 64;
  private static final int DEEPEST_NESTING = 16;

  SafetensorsHeader {
    metadata = Collections.unmodifiableMap(metadata);
    entries = Collections.unmodifiableMap(entries);
  }

  /** A tensor, and where its bytes begin, counted from the first tensor's. */
  record Entry(StoredTensor tensor, long begin) {
    String name() {
      return tensor.name();
    }

    long end() {
      return begin + tensor.bytes();
    }
  }

  /**
   * Reads and checks a header.
   *
   * @param file the file's name for messages
   * @param header the header's bytes
   * @param dataBytes how many bytes follow the header
   */
  static SafetensorsHeader read(String file, byte[] header, long dataBytes) throws FormatException {
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(file + ": the header is not UTF-8 text", e);
    }
    if (!json.startsWith("{")) {
      throw new FormatException(
          "%s: the header begins with %s, expected \"{\""
              .formatted(file, json.isEmpty() ? "nothing" : quote(json.substring(0, 1))));
    }
    var reading = new Reading(file, dataBytes);
    try (var parser = factory().createParser(ObjectReadContext.empty(), json)) {
      reading.root(parser);
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the header is no valid JSON: %s".formatted(file, firstLine(e)), e);
    }
    reading.checkRanges();
    return new SafetensorsHeader(reading.metadata, reading.entries);
  }

  private static JsonFactory factory() {
    return JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST_NESTING)
                .maxStringLength(MAX_BYTES)
                .maxNumberLength(24)
                .build())
        .build();
  }

  private static String firstLine(JacksonException e) {
    String said = e.getOriginalMessage();
    String line = said == null ? "" : said.lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }

  /** The reading of one header. */
  private static final class Reading {
    final Map<String, String> metadata = new LinkedHashMap<>();
    final Map<String, Entry> entries = new LinkedHashMap<>();
    private final String file;
    private final long dataBytes;

    Reading(String file, long dataBytes) {
      this.file = file;
      this.dataBytes = dataBytes;
    }

    void root(JsonParser parser) throws FormatException {
      parser.nextToken();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals(METADATA)) {
          metadata(parser);
        } else {
          entries.put(name, entry(parser, name));
          if (entries.size() > MAX_TENSORS) {
            throw new FormatException(
                "%s: holds more than %,d tensors, the most that are read"
                    .formatted(file, MAX_TENSORS));
          }
        }
      }
      if (parser.nextToken() != null) {
        throw new FormatException(
            file + ": the header continues after its closing brace, expected only spaces");
      }
    }

    private void metadata(JsonParser parser) throws FormatException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new FormatException(
            "%s: %s is %s, expected an object of strings"
                .formatted(file, METADATA, kind(parser.currentToken())));
      }
      for (String key = parser.nextName(); key != null; key = parser.nextName()) {
        var token = parser.nextToken();
        if (token != JsonToken.VALUE_STRING) {
          throw new FormatException(
              "%s: %s's %s is %s, expected a string"
                  .formatted(file, METADATA, quote(key), kind(token)));
        }
        metadata.put(key, parser.getString());
        if (metadata.size() > MAX_STRINGS) {
          throw new FormatException(
              "%s: %s holds more than %,d strings, the most that are read"
                  .formatted(file, METADATA, MAX_STRINGS));
        }
      }
    }

    private Entry entry(JsonParser parser, String name) throws FormatException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(
            name,
            "is described by "
                + kind(parser.currentToken())
                + ", expected an object with dtype, shape and data_offsets");
      }
      StoredType type = null;
      long[] shape = null;
      long[] offsets = null;
      for (String field = parser.nextName(); field != null; field = parser.nextName()) {
        parser.nextToken();
        switch (field) {
          case "dtype" -> type = type(parser, name);
          case "shape" -> shape = numbers(parser, name, field, HIGHEST_RANK);
          case "data_offsets" -> offsets = numbers(parser, name, field, 2);
          default -> parser.skipChildren();
        }
      }
      if (type == null || shape == null || offsets == null) {
        String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
        throw wrong(name, "has no " + missing);
      }
      return checked(name, type, shape, offsets);
    }

    private StoredType type(JsonParser parser, String name) throws FormatException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw wrong(name, "has a dtype that is " + kind(parser.currentToken()) + ", expected text");
      }
      String said = parser.getString();
      for (var type : StoredType.values()) {
        if (type.name().equals(said)) {
          return type;
        }
      }
      throw wrong(
          name,
          "has the dtype %s, expected one of %s"
              .formatted(
                  quote(said),
                  Arrays.stream(StoredType.values())
                      .map(Enum::name)
                      .collect(Collectors.joining(", "))));
    }

    private long[] numbers(JsonParser parser, String name, String field, int most)
        throws FormatException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw wrong(
            name,
            "has a %s that is %s, expected a list of numbers"
                .formatted(field, kind(parser.currentToken())));
      }
      var numbers = new long[4];
      int count = 0;
      for (var token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token != JsonToken.VALUE_NUMBER_INT
            || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            || parser.getLongValue() < 0) {
          String found =
              token != null && token.isScalarValue() ? quote(parser.getString()) : kind(token);
          throw wrong(
              name,
              "has %s in its %s, expected whole numbers from 0 to 2^63 - 1"
                  .formatted(found, field));
        }
        if (count == most) {
          throw wrong(name, "has more than %d numbers in its %s".formatted(most, field));
        }
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = parser.getLongValue();
      }
      return Arrays.copyOf(numbers, count);
    }

    private Entry checked(String name, StoredType type, long[] shape, long[] offsets)
        throws FormatException {
      if (offsets.length != 2 || offsets[0] > offsets[1]) {
        throw wrong(
            name,
            "has the data_offsets %s, expected a begin and an end not before it"
                .formatted(Arrays.toString(offsets)));
      }
      StoredTensor tensor;
      try {
        tensor = new StoredTensor(name, type, Arrays.stream(shape).boxed().toList());
      } catch (ArithmeticException e) {
        throw wrong(name, "has the shape " + Arrays.toString(shape) + ", more than 2^63 - 1 bytes");
      }
      long begin = offsets[0];
      long end = offsets[1];
      if (end - begin != tensor.bytes()) {
        throw wrong(
            name,
            "of type %s and shape %s takes %d bytes, its data_offsets %s span %d"
                .formatted(
                    type,
                    Arrays.toString(shape),
                    tensor.bytes(),
                    Arrays.toString(offsets),
                    end - begin));
      }
      if (end > dataBytes) {
        throw wrong(
            name,
            "ends at byte %d of the data, the file holds only %d: it is truncated, download it again"
                .formatted(end, dataBytes));
      }
      return new Entry(tensor, begin);
    }

    void checkRanges() throws FormatException {
      List<Entry> sorted = new ArrayList<>(entries.values());
      sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      long at = 0;
      String before = "";
      for (var entry : sorted) {
        if (entry.begin() < at) {
          throw wrong(
              entry.name(),
              "begins at byte %d of the data, inside of %s, which ends at %d"
                  .formatted(entry.begin(), quote(before), at));
        }
        if (entry.begin() > at) {
          throw wrong(
              entry.name(),
              "begins at byte %d of the data, expected %d: a hole of %d bytes belongs to no tensor"
                  .formatted(entry.begin(), at, entry.begin() - at));
        }
        at = entry.end();
        before = entry.name();
      }
      if (at != dataBytes) {
        throw new FormatException(
            "%s: %d bytes follow the last tensor's, expected none".formatted(file, dataBytes - at));
      }
    }

    private FormatException wrong(String name, String problem) {
      return new FormatException("%s: tensor %s %s".formatted(file, quote(name), problem));
    }

    private static String kind(@Nullable JsonToken token) {
      return switch (token) {
        case null -> "nothing";
        case START_OBJECT -> "an object";
        case START_ARRAY -> "a list";
        case VALUE_STRING -> "text";
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
        case VALUE_TRUE, VALUE_FALSE -> "true or false";
        case VALUE_NULL -> "null";
        default -> "something else";
      };
    }
  }
}
