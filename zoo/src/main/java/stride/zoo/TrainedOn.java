package stride.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import stride.data.Mnist;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;

/** What published weights have learned from: its classes, and how pictures become its images. */
public enum TrainedOn {
  /**
   * The 1,000 classes of ImageNet's challenge (Russakovsky et al. 2015), under torchvision's names.
   */
  IMAGENET {
    @Override
    public List<String> labels() {
      return lines("imagenet.txt");
    }
  },

  /** CIFAR-10 (Krizhevsky 2009): small colour images of 10 classes. */
  CIFAR10 {
    @Override
    public List<String> labels() {
      return List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
    }
  },

  /** MNIST (LeCun et al. 1998): handwritten digits. */
  MNIST {
    @Override
    public List<String> labels() {
      return Mnist.LABELS;
    }

    @Override
    Preprocessing preprocessing(Shape input, int resize, Resampling resampling) {
      return Mnist.PREPROCESSING;
    }
  };

  /** Of the values in [0, 1] of ImageNet's red, green and blue, which others use too. */
  private static final Normalization NORMALIZATION =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** One name a class. */
  public abstract List<String> labels();

  /**
   * How pictures become a network's input.
   *
   * @param resize what the shorter side is scaled to before the middle is cut out
   */
  Preprocessing preprocessing(Shape input, int resize, Resampling resampling) {
    return new Preprocessing(Preprocessing.Fit.RESIZE, input, NORMALIZATION);
  }

  private static List<String> lines(String resource) {
    try (InputStream in = TrainedOn.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this artifact lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
