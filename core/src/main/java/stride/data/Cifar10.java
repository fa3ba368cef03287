package stride.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import stride.format.FileException;
import stride.format.FormatException;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;

/**
 * CIFAR-10: 50,000 + 10,000 colour photos of 32x32 pixels in ten classes (Krizhevsky 2009,
 * "Learning Multiple Layers of Features from Tiny Images"). Either in the binary form: records of
 * 3,073 bytes, the class and then 1,024 bytes each of red, green and blue, row by row. Or as
 * pictures: {@code train/} and {@code test/} with a sub-folder for each class, read into memory.
 */
public final class Cifar10 {
  /** The names of the ten classes. */
  public static final List<String> LABELS =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /**
   * Makes a picture look like these images, normalised by ImageNet's mean and standard deviation as
   * the CIFAR ResNets with published weights are.
   */
  public static final Preprocessing PREPROCESSING =
      new Preprocessing(
          new Fit.Stretch(Resampling.BILINEAR), Shape.image(32, 32, 3), Normalization.IMAGENET);

  private static final String SUFFIX = ".bin";
  private static final int PLANE = 32 * 32;
  private static final int RECORD = 1 + 3 * PLANE;

  private Cifar10() {}

  /**
   * Reads both splits from a folder.
   *
   * @param folder the folder that holds the files
   * @return the training and the test images
   * @throws IOException if one is missing or damaged; the message names it
   */
  public static Splits load(Path folder) throws IOException {
    return new Splits(train(folder), test(folder));
  }

  /**
   * Reads the training images: {@code data_batch*.bin} and {@code train*.bin} in the order of their
   * names, or the pictures in {@code train/}.
   *
   * @param folder the folder that holds the files
   * @return the images
   * @throws IOException if there are none or one is damaged; the message names it
   */
  public static ImageDataset train(Path folder) throws IOException {
    return read(folder, "data_batch", "train");
  }

  /**
   * Reads the test images: {@code test*.bin} or the pictures in {@code test/}.
   *
   * @param folder the folder that holds the files
   * @return the images
   * @throws IOException if there are none or one is damaged; the message names it
   */
  public static ImageDataset test(Path folder) throws IOException {
    return read(folder, "test");
  }

  private static ImageDataset read(Path folder, String... beginnings) throws IOException {
    var files =
        Folders.list(folder).stream()
            .filter(file -> Stream.of(beginnings).anyMatch(Folders.name(file)::startsWith))
            .filter(file -> Folders.name(file).endsWith(SUFFIX))
            .toList();
    if (files.isEmpty()) {
      var pictures = folder.resolve(beginnings[beginnings.length - 1]);
      if (Files.isDirectory(pictures)) {
        return pictures(pictures);
      }
      throw new FileException(
          "cannot read %s: there is no such file; the folder has to hold CIFAR-10's binary version, or train/ and test/ with pictures"
              .formatted(folder.resolve(beginnings[0] + "*" + SUFFIX)));
    }
    long bytes = 0;
    for (var file : files) {
      bytes += size(file);
    }
    int images = (int) (bytes / RECORD);
    if (bytes > ByteImages.MAX_BYTES) {
      throw new FormatException(
          "%s: its %,d files hold %,d bytes, at most %,d are read"
              .formatted(folder, files.size(), bytes, ByteImages.MAX_BYTES));
    }
    var pixels = new byte[images * 3 * PLANE];
    var classes = new byte[images];
    int image = 0;
    for (var file : files) {
      image = read(file, pixels, classes, image);
    }
    if (image != images) {
      throw new FileException(
          "%s: %,d images were read, %,d expected; do its files change?"
              .formatted(folder, image, images));
    }
    return new ByteImages(pixels, classes, LABELS, PREPROCESSING);
  }

  private static ImageDataset pictures(Path folder) throws IOException {
    try {
      return ByteImages.copyOf(ImageFolder.of(folder, PREPROCESSING).withClasses(LABELS));
    } catch (UncheckedIOException e) {
      throw new FormatException(String.valueOf(e.getMessage()), e);
    }
  }

  private static long size(Path file) throws IOException {
    FileException.requireFile(file);
    try {
      long size = Files.size(file);
      if (size == 0 || size % RECORD != 0) {
        throw new FormatException(
            "%s: has %,d bytes, expected a multiple of %,d, one class and a 32x32 image each; it is truncated or not a CIFAR-10 file"
                .formatted(file, size, RECORD));
      }
      return size;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Appends a file's images to those that are there, and returns how many there are then. */
  private static int read(Path file, byte[] pixels, byte[] classes, int first) throws IOException {
    int image = first;
    var record = new byte[RECORD];
    try (var in = new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int length = in.readNBytes(record, 0, RECORD);
          length == RECORD && image < classes.length;
          length = in.readNBytes(record, 0, RECORD)) {
        if (record[0] < 0 || record[0] >= LABELS.size()) {
          throw new FormatException(
              "%s: image %,d has the class %d, CIFAR-10's are 0 to 9"
                  .formatted(file, image - first, record[0] & 0xFF));
        }
        classes[image] = record[0];
        int at = image * 3 * PLANE;
        for (int p = 0; p < PLANE; p++) {
          for (int c = 0; c < 3; c++) {
            pixels[at++] = record[1 + c * PLANE + p];
          }
        }
        image++;
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    return image;
  }
}
