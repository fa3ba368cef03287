package stride.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.Mutants;
import stride.format.FormatException;
import stride.image.bmp.BmpPicture;
import stride.image.gif.GifPicture;
import stride.image.png.PngPicture;

/**
 * Every kind of PNG, BMP and GIF, sound and damaged, against PIL: tools/golden/decoders.py makes
 * the files and writes down what PIL sees.
 */
final class DecodersTest {
  private static final int MAX_PIXELS = 100_000;
  private static final long MAX_BYTES = 16 << 20;

  /**
   * A picture and what PIL makes of it.
   *
   * @param pil height, width and the check sums of RGB and grey; "-" if it is refused
   */
  private record Golden(String name, byte[] file, String pil) {
    boolean isSound() {
      return !pil.equals("-");
    }
  }

  private static List<Golden> goldens(String format) throws IOException {
    var goldens = new ArrayList<Golden>();
    var file = DecodersTest.class.getResourceAsStream("decoders/" + format + ".gz");
    try (var in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(file)))) {
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] fields = line.split(" ", 3);
        var bytes = new byte[Integer.parseInt(fields[1])];
        in.readFully(bytes);
        goldens.add(new Golden(fields[0], bytes, fields[2]));
      }
    }
    return goldens;
  }

  private static String line(DataInputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  private static String seen(byte[] file) throws IOException {
    try {
      var picture = Pictures.decode(file, PictureOptions.STANDARD.mostPixels(MAX_PIXELS));
      return "%d %d %d %d"
          .formatted(
              picture.height(),
              picture.width(),
              Goldens.sum(picture.rgb()),
              Goldens.sum(picture.grey()));
    } catch (FormatException e) {
      assertTrue(e.getMessage().startsWith("the picture"), e.getMessage());
      return "-";
    }
  }

  @ParameterizedTest
  @CsvSource({"png, 900", "bmp, 450", "gif, 300"})
  void everyPictureIsReadOrRefusedAsByPil(String format, int sound) throws IOException {
    var wrong = new ArrayList<String>();
    int read = 0;
    for (var golden : goldens(format)) {
      String found = seen(golden.file);
      if (!found.equals(golden.pil)) {
        wrong.add("%s: %s, but PIL %s".formatted(golden.name, found, golden.pil));
      }
      read += golden.isSound() ? 1 : 0;
    }
    assertEquals(List.of(), wrong);
    assertTrue(read > sound, "only %d pictures were sound".formatted(read));
  }

  private static EncodedPicture open(String format, byte[] file) throws FormatException {
    return switch (format) {
      case "png" -> PngPicture.open(file);
      case "bmp" -> BmpPicture.open(file);
      default -> GifPicture.open(file);
    };
  }

  /** Decoders are asked themselves: no one else catches what they throw. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif"})
  void damagedPicturesBringOutNothingButAFormatException(String format) throws IOException {
    var goldens = goldens(format);
    int refused = 0;
    for (int i = 0; i < goldens.size(); i += 3) {
      var golden = goldens.get(i);
      int seed = i;
      refused +=
          Mutants.checkAny(
              golden.file,
              20,
              seed,
              MAX_BYTES,
              FormatException.class,
              mutant -> {
                byte[] file =
                    format.equals("png") && seed % 2 == 0 ? withCheckSums(mutant) : mutant;
                var picture = open(format, file);
                assertTrue(picture.width() > 0 && picture.height() > 0);
                if ((long) picture.width() * picture.height() <= MAX_PIXELS) {
                  var pixels = picture.decode();
                  assertEquals(picture.width(), pixels.width());
                  assertEquals(picture.height(), pixels.height());
                }
              });
    }
    assertTrue(refused > goldens.size(), "only %d mutants were refused".formatted(refused));
  }

  /** Gives a PNG's chunks their check sums, so that what stands in them is looked at. */
  private static byte[] withCheckSums(byte[] png) {
    var data = ByteBuffer.wrap(png.clone());
    for (long at = 8; at <= png.length - 12; ) {
      long end = at + 8 + Integer.toUnsignedLong(data.getInt((int) at));
      if (end > png.length - 4) {
        break;
      }
      var crc = new CRC32();
      crc.update(data.array(), (int) at + 4, (int) (end - at) - 4);
      data.putInt((int) end, (int) crc.getValue());
      at = end + 4;
    }
    return data.array();
  }
}
