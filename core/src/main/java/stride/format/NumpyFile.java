package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reader of NumPy's arrays: .npy, one array, and .npz, a zip file of them. See
 * numpy/lib/format.py; versions 1 to 3 differ in the header's length and text only. Objects, which
 * NumPy pickles, are not read.
 */
final class NumpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final String SUFFIX = ".npy";
  private static final int LONGEST_HEADER = 10_000;
  private static final int HIGHEST_RANK = 64;
  private static final int MAX_ARRAYS = 100_000;

  private static final Pattern TYPE = field("descr", "['\"]([<>|=]?)([a-zA-Z]\\d*)['\"]");
  private static final Pattern COLUMNS = field("fortran_order", "(True|False)");
  private static final Pattern SHAPE = field("shape", "\\(([0-9L,\\s]*)\\)");

  private static final Map<String, StoredType> TYPES =
      Map.ofEntries(
          Map.entry("f8", StoredType.F64),
          Map.entry("f4", StoredType.F32),
          Map.entry("f2", StoredType.F16),
          Map.entry("i8", StoredType.I64),
          Map.entry("i4", StoredType.I32),
          Map.entry("i2", StoredType.I16),
          Map.entry("i1", StoredType.I8),
          Map.entry("u8", StoredType.U64),
          Map.entry("u4", StoredType.U32),
          Map.entry("u2", StoredType.U16),
          Map.entry("u1", StoredType.U8),
          Map.entry("b1", StoredType.BOOL));

  private NumpyFile() {}

  private static Pattern field(String key, String value) {
    return Pattern.compile("['\"]" + key + "['\"]\\s*:\\s*" + value);
  }

  /** Returns whether a file with this beginning is an array. */
  static boolean isArray(byte[] start) {
    return start.length >= MAGIC.length
        && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** Returns whether a zip file holds arrays. */
  static boolean isIn(ZipDirectory zip) {
    return zip.entries().keySet().stream().anyMatch(name -> name.endsWith(SUFFIX));
  }

  /** Reads a file that is one array. */
  static TensorFile readArray(OpenFile opened, String name) throws IOException {
    var file = opened.file().toString();
    var header = header(file, opened);
    if (header.type() == null) {
      throw new FormatException(
          "%s: is an array of %s, which is not read: expected integers, floats or booleans"
              .formatted(file, quote(header.text())));
    }
    var extents = Map.of(name, header.extent(file, name, opened));
    return new TensorFile(opened, "npy", Map.of(), extents);
  }

  /**
   * Reads a zip file of arrays. Arrays of text and of other types that weights do not have are
   * named in the file's strings.
   */
  static TensorFile readZip(OpenFile opened, ZipDirectory zip) throws IOException {
    var extents = new LinkedHashMap<String, Extent>();
    var strings = new LinkedHashMap<String, String>();
    for (var entry : zip.entries().entrySet()) {
      if (!entry.getKey().endsWith(SUFFIX)) {
        continue;
      }
      String name = entry.getKey().substring(0, entry.getKey().length() - SUFFIX.length());
      var header = header("%s: array %s".formatted(zip.file(), quote(name)), entry.getValue());
      if (header.type() == null) {
        strings.put(name, "an array of %s, which is not read".formatted(quote(header.text())));
      } else {
        extents.put(name, header.extent(zip.file(), name, entry.getValue()));
      }
      if (extents.size() > MAX_ARRAYS) {
        throw new FormatException(
            "%s: holds more than %,d arrays, the most that are read"
                .formatted(zip.file(), MAX_ARRAYS));
      }
    }
    return new TensorFile(opened, "npz", strings, extents);
  }

  /**
   * The header before an array's numbers.
   *
   * @param type null if weights do not have this type
   * @param text the type as NumPy writes it
   * @param columns whether the first index, not the last, runs fastest
   * @param begin the place of the first number
   */
  private record Header(
      @Nullable StoredType type,
      String text,
      ByteOrder order,
      boolean columns,
      List<Long> shape,
      long begin) {

    Extent extent(String file, String name, Bytes bytes) throws FormatException {
      StoredTensor tensor;
      try {
        tensor = new StoredTensor(name, Objects.requireNonNull(type), shape);
      } catch (ArithmeticException e) {
        throw new FormatException(
            "%s: array %s has the shape %s, more than 2^63 - 1 bytes"
                .formatted(file, quote(name), shape));
      }
      if (tensor.bytes() != bytes.size() - begin) {
        throw new FormatException(
            "%s: array %s of type %s and shape %s takes %d bytes, %d are there"
                .formatted(file, quote(name), type, shape, tensor.bytes(), bytes.size() - begin));
      }
      return new Extent(tensor, bytes, begin, order, columns ? columns(tensor) : null);
    }

    private static @Nullable Strided columns(StoredTensor tensor) {
      var strides = new ArrayList<Long>();
      long stride = 1;
      for (long size : tensor.shape()) {
        strides.add(stride);
        stride *= size;
      }
      return Strided.of(tensor.shape(), strides);
    }
  }

  /** Reads a header; messages begin with {@code what}. */
  private static Header header(String what, Bytes bytes) throws IOException {
    var start = ByteBuffer.allocate((int) Math.min(bytes.size(), MAGIC.length + 6));
    start.order(ByteOrder.LITTLE_ENDIAN);
    bytes.read(0, start);
    int prefix = start.limit() < 8 || start.get(6) == 1 ? 10 : 12;
    if (start.limit() < prefix || !isArray(start.array())) {
      throw new FormatException(what + ": does not begin as a NumPy array does");
    }
    int version = start.get(6);
    if (version < 1 || version > 3) {
      throw new FormatException(
          "%s: is an array of version %d, expected 1 to 3".formatted(what, version));
    }
    long length = prefix == 10 ? start.getShort(8) & 0xFFFF : start.getInt(8) & 0xFFFFFFFFL;
    if (length > LONGEST_HEADER || length > bytes.size() - prefix) {
      throw new FormatException(
          "%s: claims a header of %d bytes; %,d are allowed, %d are there"
              .formatted(what, length, LONGEST_HEADER, bytes.size() - prefix));
    }
    var text = new String(bytes.part(prefix, length).all(), StandardCharsets.UTF_8);
    var shape = new ArrayList<Long>();
    for (String size : found(what, text, SHAPE).group(1).split(",", -1)) {
      String digits = size.strip().replaceAll("L$", "");
      if (digits.isEmpty()) {
        continue;
      }
      if (!digits.matches("\\d{1,18}") || shape.size() == HIGHEST_RANK) {
        throw new FormatException(
            "%s: has a shape that is not up to %d numbers: %s"
                .formatted(what, HIGHEST_RANK, quote(text)));
      }
      shape.add(Long.parseLong(digits));
    }
    var columns = found(what, text, COLUMNS).group(1).equals("True");
    long begin = prefix + length;
    var type = TYPE.matcher(text);
    if (!type.find()) {
      return new Header(null, text.strip(), ByteOrder.LITTLE_ENDIAN, columns, shape, begin);
    }
    var order = type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new Header(
        TYPES.get(type.group(2)), type.group(1) + type.group(2), order, columns, shape, begin);
  }

  private static Matcher found(String what, String header, Pattern field) throws FormatException {
    var matcher = field.matcher(header);
    if (!matcher.find()) {
      throw new FormatException(
          "%s: has no type, order and shape in its header %s".formatted(what, quote(header)));
    }
    return matcher;
  }
}
