package stride.mnist;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The four IDX files of MNIST, gzipped: 60,000 training and 10,000 test digits of 28x28 pixels. */
public final class MnistFiles {
  /** The file of the 60,000 training images. */
  public static final String TRAIN_IMAGES = "train-images-idx3-ubyte.gz";

  /** The file of the training images' labels, 0 to 9. */
  public static final String TRAIN_LABELS = "train-labels-idx1-ubyte.gz";

  /** The file of the 10,000 test images. */
  public static final String TEST_IMAGES = "t10k-images-idx3-ubyte.gz";

  /** The file of the test images' labels, 0 to 9. */
  public static final String TEST_LABELS = "t10k-labels-idx1-ubyte.gz";

  /** The names of all four files. */
  public static final List<String> NAMES =
      List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS);

  private MnistFiles() {}

  /**
   * Opens one of the files for reading. The stream's bytes are gzipped; the caller closes it.
   *
   * @param name one of {@link #NAMES}
   * @return a stream of the gzipped file
   * @throws FileNotFoundException if there is no file of that name
   * @throws IOException if the artifact cannot be read
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
