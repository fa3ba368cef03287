package stride.image.jpeg;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import stride.format.FormatException;

/** The JPEGs that tools/golden/jpeg.py makes, and what PIL makes of them. */
final class Jpegs {
  /** What stands where PIL reads no picture. */
  static final String REFUSED = "refused";

  private Jpegs() {}

  /** The files that are part of the project, by name. */
  static Map<String, byte[]> files() throws IOException {
    try (var in = resource("jpegs.gz")) {
      return files(in);
    }
  }

  /** A file that is part of the project. */
  static byte[] file(String name) {
    try {
      return Objects.requireNonNull(files().get(name), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For each of them width, height, channels and the check sum of the pixels, or a refusal. */
  static Map<String, String> expected() throws IOException {
    return expected("jpegs.txt");
  }

  /** The same for photos, by their place below {@code shared/data}. */
  static Map<String, String> expectedPhotos() throws IOException {
    return expected("photos.txt");
  }

  /** The files that the script has written into a folder. */
  static Map<String, byte[]> files(Path folder) throws IOException {
    try (var in = Files.newInputStream(folder.resolve("jpegs.gz"))) {
      return files(in);
    }
  }

  static Map<String, String> expected(Path folder) throws IOException {
    try (var in = Files.newInputStream(folder.resolve("jpegs.txt"))) {
      return expected(in);
    }
  }

  /** What Stride makes of a file, in the words of those above. */
  static String read(byte[] file) {
    try {
      // As files are told apart by Pictures, and by PIL.
      if (file.length < 3 || file[0] != -1 || file[1] != (byte) 0xD8 || file[2] != -1) {
        return REFUSED;
      }
      var pixels = JpegPicture.open(file).decode();
      var crc = new CRC32();
      crc.update(pixels.data());
      return "%d %d %d %d"
          .formatted(pixels.width(), pixels.height(), pixels.channels(), crc.getValue());
    } catch (FormatException e) {
      return REFUSED;
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(Jpegs.class.getResourceAsStream(name), name);
  }

  private static Map<String, String> expected(String name) throws IOException {
    try (var in = resource(name)) {
      return expected(in);
    }
  }

  private static Map<String, String> expected(InputStream in) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    Map<String, String> expected = new LinkedHashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int space = line.indexOf(' ');
      expected.put(line.substring(0, space), line.substring(space + 1));
    }
    return expected;
  }

  private static Map<String, byte[]> files(InputStream packed) throws IOException {
    var in = new DataInputStream(new GZIPInputStream(packed));
    Map<String, byte[]> files = new LinkedHashMap<>();
    while (true) {
      String name;
      try {
        name = in.readUTF();
      } catch (EOFException e) {
        return files;
      }
      var data = new byte[in.readInt()];
      in.readFully(data);
      files.put(name, data);
    }
  }
}
