package stride.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import stride.data.digits.Digit;
import stride.data.idx.IdxSplits;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * MNIST: 60,000 + 10,000 handwritten digits, grey images of 28x28 pixels, white on black (LeCun,
 * Cortes and Burges; LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition").
 */
public final class Mnist {
  /** The names of the classes: "0" to "9". */
  public static final List<String> LABELS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  /**
   * Makes a picture look like these images, normalised by the training images' mean and standard
   * deviation.
   */
  public static final Preprocessing PREPROCESSING =
      new Preprocessing(new Digit(), Shape.image(28, 28, 1), Normalization.grey(0.1307, 0.3081));

  private Mnist() {}

  /**
   * Reads the four IDX files of a folder, plain or gzipped.
   *
   * @param folder the folder that holds the files
   * @return the training and the test images
   * @throws IOException if one is missing, damaged, or does not fit the others; the message names
   *     it
   */
  public static Splits load(Path folder) throws IOException {
    return IdxSplits.load(folder, LABELS, PREPROCESSING);
  }

  /**
   * Reads the four gzipped IDX files, for instance those that ship with Stride: {@code
   * Mnist.read(MnistFiles::open)}.
   *
   * @param files opens them by the names they are published under, {@code
   *     train-images-idx3-ubyte.gz} and so on; called from several threads
   * @return the training and the test images
   * @throws IOException if one is missing, damaged, or does not fit the others; the message names
   *     it
   */
  public static Splits read(DataFiles files) throws IOException {
    return IdxSplits.read(files, LABELS, PREPROCESSING);
  }
}
