package stride.codecs.webp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import stride.format.FormatException;

/**
 * A picture that tools/golden/webp.py made.
 *
 * @param expected its size, channels and the CRC-32 of its pixels, as PIL has them, or "refused"
 */
record Golden(String name, byte[] file, String expected) {
  private static final Path FOLDER = Path.of("src/test/resources/stride/codecs/webp");

  static List<Golden> all() throws IOException {
    var files = ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve("pictures.bin")));
    List<Golden> all = new ArrayList<>();
    for (var line : Files.readAllLines(FOLDER.resolve("pictures.txt"))) {
      var parts = line.split(" ", 3);
      var file = new byte[Integer.parseInt(parts[1])];
      files.get(file);
      all.add(new Golden(parts[0], file, parts[2]));
    }
    return all;
  }

  static byte[] file(String name) throws IOException {
    return all().stream()
        .filter(golden -> golden.name.equals(name))
        .findFirst()
        .orElseThrow()
        .file();
  }

  /** The lines of a text about some of the pictures, split at spaces. */
  static List<List<String>> lines(String text) throws IOException {
    return Files.readAllLines(FOLDER.resolve(text)).stream()
        .map(line -> List.of(line.split(" ")))
        .toList();
  }

  static long sum(byte[] data) {
    var crc = new CRC32();
    crc.update(data);
    return crc.getValue();
  }

  /**
   * What becomes of a file: the CRC-32 of its colours, "-" if it is refused, "large" if it claims
   * more pixels than are tried.
   */
  static String outcome(byte[] file) {
    try {
      var opened = WebPPicture.open(file);
      if (opened.isEmpty()) {
        return "-";
      }
      var picture = opened.get();
      if ((long) picture.width() * picture.height() > 1 << 20) {
        return "large";
      }
      var pixels = picture.decode();
      int channels = pixels.channels();
      var colours = new byte[3 * pixels.width() * pixels.height()];
      for (int i = 0; i < colours.length; i++) {
        colours[i] = pixels.data()[i / 3 * channels + i % 3];
      }
      return Long.toHexString(sum(colours));
    } catch (FormatException e) {
      return "-";
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
