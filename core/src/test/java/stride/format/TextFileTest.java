package stride.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFileTest {
  private static final String MARK = "\uFEFF";

  @TempDir Path temp;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(temp.resolve("labels.txt"), bytes);
  }

  private static byte[] bytes(Object... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      if (part instanceof String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      } else {
        out.write((Integer) part);
      }
    }
    return out.toByteArray();
  }

  private void refuses(byte[] bytes, String message) throws IOException {
    var file = file(bytes);
    var e = assertThrows(FormatException.class, () -> TextFile.read(file));
    assertEquals(file + ": " + message, e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
  void aByteOrderMarkSaysWhichTextItIsAndIsNoPartOfIt(String charset) throws IOException {
    for (var text : List.of("", "a", "ä\u0301 🐝\r\nbee", "Ω\n")) {
      assertEquals(text, TextFile.read(file((MARK + text).getBytes(Charset.forName(charset)))));
    }
    byte[] twice = (MARK + MARK + "a").getBytes(Charset.forName(charset));
    assertEquals("a", TextFile.read(file(twice)), "two programs in a row have set one");
  }

  @Test
  void textWithoutAMarkIsUtf8() throws IOException {
    assertEquals("", TextFile.read(file(bytes())));
    assertEquals("é\n🐝", TextFile.read(file(bytes("é\n🐝"))));
    assertEquals("ÿþ", TextFile.read(file(bytes("ÿþ"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void linesEndAsOnAnySystem(String end) throws IOException {
    assertEquals(
        List.of("ant", "", "bee"), TextFile.lines(file(bytes("ant" + end + end + "bee" + end))));
    assertEquals(List.of("ant", "bee"), TextFile.lines(file(bytes("ant" + end + "bee"))));
    refuses(
        bytes("ant" + end + "bee" + end + "caf", 0xE9, end + "dog"),
        "line 3 is not UTF-8, found the byte 0xE9 after \"caf\"; save the file as UTF-8");
  }

  /** Bytes that stand for a letter elsewhere, or for none at all. */
  @ParameterizedTest
  @CsvSource({
    "windows-1252, Käfer, 0xE4",
    "ISO-8859-1, Käfer, 0xE4",
    "IBM437, Käfer, 0x84",
    "Shift_JIS, K虫, 0x92",
    "GB18030, K蜜蜂, 0xC3",
    "windows-1251, Kпчела, 0xEF"
  })
  void otherTextIsNotGuessedAt(String charset, String word, String first) throws IOException {
    refuses(
        (word + "\n").getBytes(Charset.forName(charset)),
        "line 1 is not UTF-8, found the byte %s after \"K\"; save the file as UTF-8"
            .formatted(first));
  }

  @Test
  void textThatIsCutOffIsRefused() throws IOException {
    refuses(
        bytes("ant\n", 0xF0, 0x9F, 0x90),
        "line 2 is not UTF-8, found the byte 0xF0; save the file as UTF-8");
    refuses(
        bytes(0xFF, 0xFE, "b", 0, "e"),
        "line 1 is not UTF-16LE, found the byte 0x65 after \"b\"; save the file as UTF-8");
    refuses(bytes(0xC0, 0x80), "line 1 is not UTF-8, found the byte 0xC0; save the file as UTF-8");
    refuses(
        bytes("a".repeat(100), 0xFF),
        "line 1 is not UTF-8, found the byte 0xFF after \"%s\"; save the file as UTF-8"
            .formatted("a".repeat(20)));
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    String expected =
        "line %d has a zero byte, which text has not; if the file is UTF-16 without a byte order"
            + " mark, save it as UTF-8";
    refuses("ant\nbee\n".getBytes(StandardCharsets.UTF_16LE), expected.formatted(1));
    refuses("ant\nbee\n".getBytes(StandardCharsets.UTF_16BE), expected.formatted(1));
    refuses(bytes("ant\nbee", 0), expected.formatted(2));
  }

  @Test
  void whatIsNoFileIsRefused() {
    var missing = temp.resolve("missing.txt");
    var e = assertThrows(FileException.class, () -> TextFile.lines(missing));
    assertEquals("cannot read " + missing + ": there is no such file", e.getMessage());
    assertThrows(FileException.class, () -> TextFile.read(temp));
  }

  /** A float does not hold the number of its bytes. */
  @Test
  void longTextIsReadToItsEnd() throws IOException {
    String text = "a".repeat((1 << 24) + 1) + "z";
    assertEquals(text, TextFile.read(file(bytes(text))));
  }
}
