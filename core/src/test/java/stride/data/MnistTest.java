package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.data.idx.IdxFileTest.gzip;
import static stride.data.idx.IdxFileTest.idx;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.TestData;
import stride.format.FileException;
import stride.format.FormatException;
import stride.tensor.Shape;

final class MnistTest {
  @TempDir Path folder;

  @BeforeEach
  void fourSmallFiles() throws IOException {
    write("train-images-idx3-ubyte", idx(image(3), 3, 28, 28));
    write("train-labels-idx1-ubyte", idx(new byte[] {0, 9, 4}, 3));
    write("t10k-images-idx3-ubyte.gz", gzip(idx(image(1), 1, 28, 28)));
    write("t10k-labels.idx1-ubyte", idx(new byte[] {7}, 1));
  }

  private static byte[] image(int count) {
    var pixels = new byte[count * 28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 256);
    }
    return pixels;
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private String refused(Class<? extends IOException> type) {
    var message = assertThrows(type, () -> Mnist.load(folder)).getMessage();
    assertEquals(1, message.lines().count());
    return message;
  }

  @Test
  void loadsAFolderPlainOrGzippedUnderBothSpellings() throws IOException {
    var mnist = Mnist.load(folder);
    assertEquals(Shape.image(28, 28, 1), mnist.train().shape());
    assertEquals(3, mnist.train().size());
    assertEquals(9, mnist.train().label(1));
    assertEquals("9", mnist.train().labels().get(9));
    assertEquals(7, mnist.test().label(0));
    var second = mnist.train().get(1);
    assertEquals(9, second.label());
    // The 2nd image's 3rd pixel is number 28 * 28 + 2 of the file.
    assertEquals((786 % 256) / 255f, second.image().at(0, 2, 0));
    assertEquals((812 % 256) / 255f, second.image().at(1, 0, 0));
    assertEquals("Ankle boot", FashionMnist.load(folder).test().labels().get(9));
  }

  @Test
  void aMissingFolderOrFileIsNamed() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    var e = assertThrows(FileException.class, () -> Mnist.load(nowhere));
    assertEquals("cannot read " + nowhere + ": there is no such folder", e.getMessage());

    Files.delete(folder.resolve("t10k-labels.idx1-ubyte"));
    String said = refused(FileException.class);
    assertTrue(said.contains("t10k-labels-idx1-ubyte: there is no such file"), said);
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Path file = write("train-images-idx3-ubyte", idx(new byte[28 * 28 - 1], 3, 28, 28));
    String said = refused(FormatException.class);
    assertTrue(said.startsWith(file + ": is truncated"), said);
  }

  @Test
  void aLabelOutOfRangeIsNamed() throws IOException {
    Path file = write("train-labels-idx1-ubyte", idx(new byte[] {0, 10, 4}, 3));
    assertEquals(
        file + ": label 10 of image 1 is out of range: the classes are numbered 0 to 9",
        refused(FormatException.class));
  }

  @Test
  void aLabelTooFewIsReported() throws IOException {
    Path file = write("train-labels-idx1-ubyte", idx(new byte[] {0, 1}, 2));
    assertEquals(
        "%s: holds 2 labels, expected 3, as many as %s has images"
            .formatted(file, folder.resolve("train-images-idx3-ubyte")),
        refused(FormatException.class));
  }

  @Test
  void labelsInPlaceOfImagesAreReported() throws IOException {
    write("train-images-idx3-ubyte", idx(new byte[3], 3));
    String said = refused(FormatException.class);
    assertTrue(said.endsWith("has the sizes 3, expected a number of images x 28 x 28"), said);

    write("train-images-idx3-ubyte", idx(image(3), 3, 28, 28));
    write("train-labels-idx1-ubyte", idx(image(1), 1, 28, 28));
    said = refused(FormatException.class);
    assertTrue(said.endsWith("has the sizes 1x28x28, expected a number of labels"), said);
  }

  @Test
  void whatGivesNoFilesIsReported() {
    var e =
        assertThrows(
            FileNotFoundException.class,
            () ->
                Mnist.read(
                    name -> {
                      throw new FileNotFoundException("no " + name);
                    }));
    assertEquals("no train-images-idx3-ubyte.gz", e.getMessage());
  }

  @Test
  void theSetThatShipsIsComplete() throws IOException {
    Path files = TestData.mnist();
    long best = Long.MAX_VALUE;
    Splits mnist = null;
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      mnist = Mnist.read(name -> Files.newInputStream(files.resolve(name)));
      best = Math.min(best, System.nanoTime() - start);
    }
    assertTrue(best < 1_500_000_000L, "unpacking MNIST took " + best / 1_000_000 + " ms");
    assertEquals(60_000, mnist.train().size());
    assertEquals(10_000, mnist.test().size());
    // As published: how often each digit occurs in the training set.
    var counts = new int[10];
    double sum = 0;
    double squares = 0;
    var image = new float[28 * 28];
    for (int i = 0; i < 60_000; i++) {
      counts[mnist.train().label(i)]++;
      mnist.train().read(i, image, 0);
      for (float value : image) {
        sum += value;
        squares += value * value;
      }
    }
    assertEquals(
        "[5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]", Arrays.toString(counts));
    double mean = sum / (60_000 * 28 * 28);
    double deviation = Math.sqrt(squares / (60_000 * 28 * 28) - mean * mean);
    assertEquals(Mnist.PREPROCESSING.normalization().mean().get(0), mean, 1e-4);
    assertEquals(Mnist.PREPROCESSING.normalization().standardDeviation().get(0), deviation, 1e-4);
  }
}
