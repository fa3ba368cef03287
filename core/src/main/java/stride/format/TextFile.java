package stride.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Text files of users, such as tables and lists of names: UTF-8, or UTF-16 or UTF-32 with a byte
 * order mark, as some editors and PowerShell write it. Any other text is refused: a guess at its
 * letters would make two names one.
 */
public final class TextFile {
  /** A table of ImageNet's 1.3 million pictures takes about a third of it. */
  private static final long MAX_BYTES = 1L << 28;

  private static final String MARK = "\uFEFF";

  /** The number of characters before an unreadable one that a message quotes. */
  private static final int QUOTED = 20;

  /**
   * The character sets that a byte order mark can announce; that of UTF-32 begins as that of UTF-16
   * does.
   */
  private static final List<Charset> MARKED =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.UTF_32LE,
          StandardCharsets.UTF_32BE,
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE);

  private TextFile() {}

  /**
   * Reads a file, without its byte order marks. Line ends are not changed.
   *
   * @param file the file
   * @return its text
   * @throws FormatException if it is no such text; the message names the line and what to do
   * @throws FileException if it cannot be read
   */
  public static String read(Path file) throws IOException {
    FileException.requireFile(file);
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new FormatException(
            "%s: has %,d bytes, at most %,d of text are read".formatted(file, size, MAX_BYTES));
      }
      return decode(Files.readAllBytes(file), file);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Returns the lines of a file, which may end with LF, CR LF or CR.
   *
   * @param file the file
   * @return its lines without line ends
   * @throws FormatException if it is no text that {@link #read} takes
   * @throws FileException if it cannot be read
   */
  public static List<String> lines(Path file) throws IOException {
    return read(file).lines().toList();
  }

  /**
   * Decodes a file's content, as {@link #read} does.
   *
   * @param bytes the file's content
   * @param file the file's name, for messages
   * @return the text
   * @throws FormatException if it is no such text; the message names the line and what to do
   */
  public static String decode(byte[] bytes, Path file) throws FormatException {
    var charset =
        MARKED.stream()
            .filter(marked -> begins(bytes, MARK.getBytes(marked)))
            .findFirst()
            .orElse(StandardCharsets.UTF_8);
    var in = ByteBuffer.wrap(bytes);
    var decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    // As double: a float does not hold every length.
    double longest = in.remaining() * (double) decoder.maxCharsPerByte();
    var out = CharBuffer.allocate((int) Math.ceil(longest));
    var result = decoder.decode(in, out, true);
    var text = withoutMarks(out.flip().toString());
    if (result.isError()) {
      throw new FormatException(
          "%s: line %d is not %s, found the byte 0x%02X%s; save the file as UTF-8"
              .formatted(
                  file,
                  lineAt(text, text.length()),
                  charset,
                  bytes[in.position()] & 0xFF,
                  after(text)));
    }
    int zero = text.indexOf('\0');
    if (zero >= 0) {
      throw new FormatException(
          "%s: line %d has a zero byte, which text has not; if the file is UTF-16 without a byte order mark, save it as UTF-8"
              .formatted(file, lineAt(text, zero)));
    }
    return text;
  }

  /** Removes all byte order marks: two programs in a row may each have set one. */
  private static String withoutMarks(String text) {
    int begin = 0;
    while (text.startsWith(MARK, begin)) {
      begin++;
    }
    return text.substring(begin);
  }

  /** Returns the text before a place in its line, for a message. */
  private static String after(String text) {
    int begin = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    String before = text.substring(Math.max(begin, text.length() - QUOTED));
    return before.isEmpty() ? "" : " after " + FormatException.quote(before);
  }

  /** Returns the number of the line, from 1, that holds the character at {@code place}. */
  private static int lineAt(String text, int place) {
    int line = 1;
    for (int i = 0; i < place; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1))) {
        line++;
      }
    }
    return line;
  }

  private static boolean begins(byte[] bytes, byte[] beginning) {
    return bytes.length >= beginning.length
        && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
  }
}
