package stride.data.idx;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import stride.data.ByteImages;
import stride.data.DataFiles;
import stride.data.Folders;
import stride.data.ImageDataset;
import stride.data.Splits;
import stride.format.FileException;
import stride.format.FormatException;
import stride.image.Preprocessing;

/**
 * Data sets of four IDX files, as MNIST is published: images and labels to train and to test with.
 */
public final class IdxSplits {
  private static final int SIDE = 28;
  private static final List<String> STEMS =
      List.of("train-images", "train-labels", "t10k-images", "t10k-labels");

  private IdxSplits() {}

  /**
   * Reads the four files of a folder, plain or gzipped.
   *
   * @param folder the folder that holds the files
   * @param labels the names of the classes
   * @param preprocessing the images' shape, and how another picture is made to look like them
   * @return the training and the test images
   * @throws IOException if a file is missing, damaged, or does not fit the others; the message
   *     names it
   */
  public static Splits load(Path folder, List<String> labels, Preprocessing preprocessing)
      throws IOException {
    Folders.require(folder);
    return splits(STEMS.stream().map(stem -> fileIn(folder, stem)).toList(), labels, preprocessing);
  }

  /**
   * Reads the four gzipped files by the names they are published under.
   *
   * @param files opens the files; called from several threads
   * @param labels the names of the classes
   * @param preprocessing the images' shape, and how another picture is made to look like them
   * @return the training and the test images
   * @throws IOException if a file is missing, damaged, or does not fit the others; the message
   *     names it
   */
  public static Splits read(DataFiles files, List<String> labels, Preprocessing preprocessing)
      throws IOException {
    return splits(
        STEMS.stream()
            .map(stem -> stem + kind(stem, '-') + ".gz")
            .<Callable<IdxFile>>map(
                name ->
                    () -> {
                      try (var in = files.open(name)) {
                        return IdxFile.read(in, name);
                      }
                    })
            .toList(),
        labels,
        preprocessing);
  }

  private static Callable<IdxFile> fileIn(Path folder, String stem) {
    return () -> {
      for (char joint : new char[] {'-', '.'}) {
        for (String suffix : List.of("", ".gz")) {
          Path file = folder.resolve(stem + kind(stem, joint) + suffix);
          if (Files.exists(file)) {
            return IdxFile.read(file);
          }
        }
      }
      throw new FileException(
          "cannot read %s: there is no such file, neither plain nor with .gz; its folder has to hold the four IDX files"
              .formatted(folder.resolve(stem + kind(stem, '-'))));
    };
  }

  private static String kind(String stem, char joint) {
    return joint + (stem.endsWith("images") ? "idx3-ubyte" : "idx1-ubyte");
  }

  /** Reads the files in parallel: unpacking the training images takes longest by far. */
  private static Splits splits(
      List<Callable<IdxFile>> readers, List<String> labels, Preprocessing preprocessing)
      throws IOException {
    List<Future<IdxFile>> files;
    try (var threads =
        Executors.newFixedThreadPool(
            Math.min(readers.size(), Runtime.getRuntime().availableProcessors()))) {
      files = threads.invokeAll(readers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the data set was read");
    }
    return new Splits(
        images(result(files.get(0)), result(files.get(1)), labels, preprocessing),
        images(result(files.get(2)), result(files.get(3)), labels, preprocessing));
  }

  private static IdxFile result(Future<IdxFile> file) throws IOException {
    try {
      return file.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the data set was read");
    }
  }

  private static ImageDataset images(
      IdxFile images, IdxFile classes, List<String> labels, Preprocessing preprocessing)
      throws FormatException {
    var sizes = images.sizes();
    if (sizes.size() != 3 || sizes.get(1) != SIDE || sizes.get(2) != SIDE || sizes.get(0) == 0) {
      throw new FormatException(
          "%s: has the sizes %s, expected a number of images x %d x %d"
              .formatted(images.name(), joined(sizes), SIDE, SIDE));
    }
    if (classes.sizes().size() != 1) {
      throw new FormatException(
          "%s: has the sizes %s, expected a number of labels"
              .formatted(classes.name(), joined(classes.sizes())));
    }
    if (!sizes.get(0).equals(classes.sizes().get(0))) {
      throw new FormatException(
          "%s: holds %,d labels, expected %,d, as many as %s has images"
              .formatted(classes.name(), classes.sizes().get(0), sizes.get(0), images.name()));
    }
    try {
      return new ByteImages(images.data(), classes.data(), labels, preprocessing);
    } catch (IllegalArgumentException e) {
      throw new FormatException(classes.name() + ": " + e.getMessage(), e);
    }
  }

  private static String joined(List<Integer> sizes) {
    return String.join("x", sizes.stream().map(String::valueOf).toList());
  }
}
