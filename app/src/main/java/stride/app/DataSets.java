package stride.app;

import java.io.IOException;
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

/** The data sets that the command line knows by name. */
public final class DataSets {
  private static final List<Known> KNOWN =
      List.of(
          new Known("mnist", Mnist.LABELS, Mnist::load, null, () -> Mnist.read(MnistFiles::open)),
          new Known("fashion-mnist", FashionMnist.LABELS, FashionMnist::load, null, null),
          new Known("cifar10", Cifar10.LABELS, Cifar10::load, Cifar10::test, null));

  private DataSets() {}

  /**
   * Finds a data set without reading it.
   *
   * @param folder holds its files; null for those that ship with Stride
   * @throws IllegalArgumentException if there is no data set of that name; the message lists those
   *     there are
   * @throws UsageException if it does not ship with Stride and no folder is given
   */
  public static Source find(String name, @Nullable Path folder) {
    var known =
        KNOWN.stream()
            .filter(candidate -> candidate.name.equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no data set is named %s; there are %s"
                            .formatted(name, String.join(", ", names()))));
    if (folder == null && known.shipped == null) {
      throw new UsageException(
          "%s does not ship with Stride: say with --data-dir which folder holds its files"
              .formatted(name));
    }
    return new Source(known, folder);
  }

  /** Their names. */
  static List<String> names() {
    return KNOWN.stream().map(Known::name).toList();
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
    List<String> labels() {
      return known.labels;
    }

    /**
     * Reads it.
     *
     * @throws IOException if a file is missing or damaged; the message names it
     */
    public Splits load() throws IOException {
      if (folder != null) {
        return known.inFolder.load(folder);
      }
      return Objects.requireNonNull(known.shipped).load();
    }

    /**
     * Reads the images kept back, and no others where they lie apart.
     *
     * @throws IOException if a file is missing or damaged; the message names it
     */
    ImageDataset test() throws IOException {
      return folder == null || known.testInFolder == null
          ? load().test()
          : known.testInFolder.load(folder);
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

  /**
   * A data set.
   *
   * @param testInFolder reads the images kept back by themselves; null if they come with the others
   * @param shipped reads what ships with Stride; null if it does not
   */
  private record Known(
      String name,
      List<String> labels,
      FromFolder<Splits> inFolder,
      @Nullable FromFolder<ImageDataset> testInFolder,
      @Nullable Shipped shipped) {}
}
