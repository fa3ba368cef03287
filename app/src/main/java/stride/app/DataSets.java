package stride.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.FashionMnist;
import stride.data.Mnist;
import stride.data.Splits;
import stride.mnist.MnistFiles;

/** The data sets that the command line knows by name. */
public final class DataSets {
  private static final List<Known> KNOWN =
      List.of(
          new Known("mnist", Mnist::load, () -> Mnist.read(MnistFiles::open)),
          new Known("fashion-mnist", FashionMnist::load, null));

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
                            .formatted(
                                name,
                                String.join(", ", KNOWN.stream().map(Known::name).toList()))));
    if (folder != null) {
      return () -> known.inFolder.load(folder);
    }
    if (known.shipped == null) {
      throw new UsageException(
          "%s does not ship with Stride: say with --data-dir which folder holds its files"
              .formatted(name));
    }
    return known.shipped;
  }

  /** A data set that can be read. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads it.
     *
     * @throws IOException if a file is missing or damaged; the message names it
     */
    Splits load() throws IOException;
  }

  @FunctionalInterface
  private interface FolderSource {
    Splits load(Path folder) throws IOException;
  }

  private record Known(String name, FolderSource inFolder, @Nullable Source shipped) {}
}
