package stride.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.Mutants;
import stride.format.FormatException;
import stride.tensor.Shape;

/** Over ten thousand damaged pictures of every kind. */
final class HostilePicturesTest {
  /** So many pixels of a small picture, and what decoders need beside them. */
  private static final long MAX_BYTES = 64 << 20;

  @TempDir Path folder;

  static List<String> pictures() {
    return Goldens.lines("pictures.txt").stream().map(line -> line[0]).toList();
  }

  @Test
  void aJpegOfMarkersWithoutEndIsRefused() throws IOException {
    var bytes = new byte[1_000_002];
    bytes[0] = (byte) 0xFF;
    bytes[1] = (byte) 0xD8;
    for (int i = 2; i < bytes.length; i += 2) {
      bytes[i] = (byte) 0xFF;
    }
    var file = Files.write(folder.resolve("markers.jpg"), bytes);
    assertThrows(FormatException.class, () -> Preprocessing.imageNet(32).prepare(file));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void damagedPicturesBringOutNothingButAFormatException(String name) throws IOException {
    byte[] original = Files.readAllBytes(PictureGoldenTest.picture(name));
    var file = Files.write(folder.resolve(name), original);
    var preprocessing = Preprocessing.imageNet(32).resize(40);
    try (var reused = new RandomAccessFile(file.toFile(), "rw")) {
      int refused =
          Mutants.checkAny(
              original,
              150,
              name.hashCode(),
              MAX_BYTES,
              FormatException.class,
              mutant -> {
                // Not truncated first: file systems flush at once what replaces a truncated file.
                reused.seek(0);
                reused.write(mutant);
                reused.setLength(mutant.length);
                var prepared =
                    preprocessing.prepare(file, PictureOptions.STANDARD.mostPixels(1_000_000));
                assertEquals(Shape.image(32, 32, 3), prepared.shape());
              });
      assertTrue(refused > 0, "no mutant of %s was refused".formatted(name));
    }
  }
}
