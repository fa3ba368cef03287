package stride.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** The lines that tools/golden/images.py writes, and the made-up images that it begins with. */
final class Goldens {
  private Goldens() {}

  /** The fields of every line that is no comment. */
  static List<String[]> lines(String file) {
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                Goldens.class.getResourceAsStream(file), StandardCharsets.UTF_8))) {
      return in.lines().filter(line -> !line.startsWith("#")).map(line -> line.split(" ")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes that have nothing smooth about them. */
  static Pixels noise(int height, int width, int channels) {
    var data = new byte[height * width * channels];
    int state = 1;
    for (int i = 0; i < data.length; i++) {
      state = state * 1664525 + 1013904223;
      data[i] = (byte) (state >>> 24);
    }
    return new Pixels(height, width, channels, data);
  }

  static long sum(Pixels image) {
    var crc = new CRC32();
    crc.update(image.data());
    return crc.getValue();
  }
}
