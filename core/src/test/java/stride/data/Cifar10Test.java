package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.TestData;
import stride.format.FileException;
import stride.format.FormatException;

final class Cifar10Test {
  @TempDir Path folder;

  /** Images of one class each, whose every value tells the record, the channel and the place. */
  private void batch(String name, int first, int images) throws IOException {
    var bytes = new byte[images * 3073];
    for (int n = 0; n < images; n++) {
      bytes[n * 3073] = (byte) (first + n);
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < 1024; p++) {
          bytes[n * 3073 + 1 + c * 1024 + p] = value(first + n, c, p);
        }
      }
    }
    Files.write(folder.resolve(name), bytes);
  }

  private static byte value(int image, int channel, int place) {
    return (byte) (image * 71 + channel * 29 + place * 3);
  }

  @Test
  void planesBecomePixelsAndFilesStandInOrder() throws IOException {
    batch("data_batch_2.bin", 3, 2);
    batch("data_batch_1.bin", 0, 3);
    batch("train_more.bin", 5, 1);
    batch("test_batch.bin", 8, 2);
    Files.writeString(folder.resolve("batches.meta.txt"), "airplane");
    var splits = Cifar10.load(folder);
    assertEquals(6, splits.train().size());
    assertEquals(2, splits.test().size());
    for (int n = 0; n < 6; n++) {
      assertEquals(n, splits.train().label(n));
      var image = splits.train().get(n).image();
      for (int p = 0; p < 1024; p++) {
        for (int c = 0; c < 3; c++) {
          assertEquals((value(n, c, p) & 0xFF) / 255f, image.at(p / 32, p % 32, c));
        }
      }
    }
    assertEquals("ship", splits.test().labels().get(splits.test().label(0)));
  }

  @Test
  void whatIsMissingOrDamagedIsNamed() throws IOException {
    var missing = assertThrows(FileException.class, () -> Cifar10.test(folder));
    assertTrue(
        missing.getMessage().startsWith("cannot read " + folder.resolve("test*.bin")),
        missing.getMessage());
    var file = Files.write(folder.resolve("test.bin"), new byte[3072]);
    var e = assertThrows(FormatException.class, () -> Cifar10.test(folder));
    assertTrue(
        e.getMessage().startsWith(file + ": has 3,072 bytes, expected a multiple of 3,073"),
        e.getMessage());
    batch("test.bin", 9, 2);
    e = assertThrows(FormatException.class, () -> Cifar10.test(folder));
    assertEquals(file + ": image 1 has the class 10, CIFAR-10's are 0 to 9", e.getMessage());
    assertThrows(FileException.class, () -> Cifar10.train(file));
  }

  private void picture(String name, int rgb) throws IOException {
    var picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(3, 1, rgb);
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(picture, "png", file.toFile()));
  }

  @Test
  void foldersOfPicturesHaveTheBinaryFormsClassesAndValues() throws IOException {
    picture("train/ship/b.png", 0x0380FF);
    picture("train/airplane/a.png", 0x010203);
    picture("test/dog/c.png", 0x102030);
    var splits = Cifar10.load(folder);
    assertEquals(Cifar10.LABELS, splits.train().labels());
    assertEquals(2, splits.train().size());
    assertEquals(8, splits.train().label(1));
    assertEquals(5, splits.test().label(0));
    var image = splits.train().get(1).image();
    assertEquals(0x03 / 255f, image.at(1, 3, 0));
    assertEquals(0x80 / 255f, image.at(1, 3, 1));
    assertEquals(1f, image.at(1, 3, 2));
    picture("test/doge/d.png", 0);
    assertThrows(IllegalArgumentException.class, () -> Cifar10.test(folder));
  }

  @Test
  void aBrokenPictureIsNamed() throws IOException {
    picture("test/dog/c.png", 0);
    Files.write(folder.resolve("test/dog/d.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
    var e = assertThrows(FormatException.class, () -> Cifar10.test(folder));
    assertTrue(e.getMessage().contains("d.png"), e.getMessage());
  }

  @Test
  void thePublishedFormIsRead() throws IOException {
    var splits = Cifar10.load(TestData.require("cifar10"));
    assertEquals(1_000, splits.test().size());
    assertEquals(4_000, splits.train().size());
  }
}
