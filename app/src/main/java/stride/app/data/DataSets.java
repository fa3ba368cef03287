package stride.app.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.data.Cifar10;
import stride.data.FashionMnist;
import stride.data.ImageDataset;
import stride.data.Mnist;
import stride.data.Splits;
import stride.mnist.MnistFiles;
import stride.zoo.DownloadProgress;
import stride.zoo.PublishedData;

/** The data sets that the command line knows by name. */
public final class DataSets {
  private static final List<Known> KNOWN =
      List.of(
          new Known(
              "mnist", Mnist.LABELS, Mnist::load, null, () -> Mnist.read(MnistFiles::open), null),
          new Known(
              "fashion-mnist",
              FashionMnist.LABELS,
              FashionMnist::load,
              null,
              null,
              DataSets::fashionMnist),
          new Known(
              "cifar10",
              Cifar10.LABELS,
              Cifar10::load,
              Cifar10::test,
              null,
              PublishedData.CIFAR10::get));

  /** Where Debian's package dataset-fashion-mnist puts its files. */
  private static final Path DEBIAN_FASHION_MNIST = Path.of("/usr/share/datasets/fashion-mnist");

  private DataSets() {}

  /**
   * Finds a data set that {@link #isKnown}, without reading it.
   *
   * @param folder holds its files; null to take those that ship with Stride or are installed, or
   *     else to download them when they are read
   */
  static Source find(String name, @Nullable Path folder) {
    return new Source(
        KNOWN.stream().filter(known -> known.name.equals(name)).findFirst().orElseThrow(), folder);
  }

  /** Their names. */
  static List<String> names() {
    return KNOWN.stream().map(Known::name).toList();
  }

  private static Path fashionMnist(DownloadProgress progress) throws IOException {
    return Files.isDirectory(DEBIAN_FASHION_MNIST)
        ? DEBIAN_FASHION_MNIST
        : PublishedData.FASHION_MNIST.get(progress);
  }

  /** Whether there is a data set of a name. */
  static boolean isKnown(String name) {
    return KNOWN.stream().anyMatch(known -> known.name.equals(name));
  }

  /** A data set that can be read. */
  public static final class Source {
    private final Known known;
    private final @Nullable Path folder;

    private Source(Known known, @Nullable Path folder) {
      this.known = known;
      this.folder = folder;
    }

    /** The names of its classes. */
    public List<String> labels() {
      return known.labels;
    }

    /** Reads it, and says nothing of a download. */
    public Splits load() throws IOException {
      return load(DownloadProgress.none());
    }

    /**
     * Reads it.
     *
     * @param progress hears of a download, where there is no folder of its files
     * @throws IOException if a file is missing or damaged, or cannot be had; the message names it
     */
    public Splits load(DownloadProgress progress) throws IOException {
      var files = files(progress);
      return files == null
          ? Objects.requireNonNull(known.shipped).load()
          : known.inFolder.load(files);
    }

    /**
     * Reads the images kept back, and no others where they lie apart.
     *
     * @throws IOException if a file is missing or damaged, or cannot be had; the message names it
     */
    public ImageDataset test(DownloadProgress progress) throws IOException {
      var files = files(progress);
      return files == null || known.testInFolder == null
          ? load(progress).test()
          : known.testInFolder.load(files);
    }

    /** The folder of its files; null if they ship with Stride. */
    private @Nullable Path files(DownloadProgress progress) throws IOException {
      if (folder != null) {
        return folder;
      }
      return known.published == null ? null : known.published.get(progress);
    }
  }

  @FunctionalInterface
  private interface FromFolder<T> {
    T load(Path folder) throws IOException;
  }

  @FunctionalInterface
  private interface Shipped {
    Splits load() throws IOException;
  }

  @FunctionalInterface
  private interface Published {
    Path get(DownloadProgress progress) throws IOException;
  }

  /**
   * A data set.
   *
   * @param testInFolder reads the images kept back by themselves; null if they come with the others
   * @param shipped reads what ships with Stride; null if it does not
   * @param published finds or downloads its files; null if they ship with Stride
   */
  private record Known(
      String name,
      List<String> labels,
      FromFolder<Splits> inFolder,
      @Nullable FromFolder<ImageDataset> testInFolder,
      @Nullable Shipped shipped,
      @Nullable Published published) {}
}
