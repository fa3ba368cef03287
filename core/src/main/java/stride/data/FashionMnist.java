package stride.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import stride.data.idx.IdxSplits;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;

/**
 * Fashion-MNIST: pictures of clothes in MNIST's numbers, size and format (Xiao, Rasul and Vollgraf
 * 2017, arXiv:1708.07747).
 */
public final class FashionMnist {
  /** The names of the ten classes. */
  public static final List<String> LABELS =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  /**
   * Makes a picture look like these images, normalised by the training images' mean and standard
   * deviation.
   */
  public static final Preprocessing PREPROCESSING =
      new Preprocessing(
          new Fit.Stretch(Resampling.BILINEAR),
          Shape.image(28, 28, 1),
          Normalization.grey(0.2860, 0.3530));

  private FashionMnist() {}

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
}
