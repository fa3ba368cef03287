package stride.mnist;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The four IDX files of MNIST, gzipped: 60,000 training and 10,000 test digits of 28x28 pixels. */
public final class MnistFiles {
  public static final String TRAIN_IMAGES = "train-images-idx3-ubyte.gz";
  public static final String TRAIN_LABELS = "train-labels-idx1-ubyte.gz";
  public static final String TEST_IMAGES = "t10k-images-idx3-ubyte.gz";
  public static final String TEST_LABELS = "t10k-labels-idx1-ubyte.gz";

  /** The names of all four files. */
  public static final List<String> NAMES =
      List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS);

  private MnistFiles() {}

  /**
   * Opens one of the files for reading; what it gives is still gzipped. The caller closes it.
   *
   * @param name one of {@link #NAMES}
   * @throws FileNotFoundException when this artifact holds no file of that name
   */
  public static InputStream open(String name) throws IOException {
    var in = MnistFiles.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException(
          "MNIST has no file \"" + name + "\"; it has " + String.join(", ", NAMES));
    }
    return in;
  }
}
