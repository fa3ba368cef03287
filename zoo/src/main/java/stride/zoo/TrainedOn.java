package stride.zoo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import stride.data.Cifar10;
import stride.data.Mnist;
import stride.image.Contained;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.Shape;

/**
 * A data set that published weights were trained on: its classes, and the preprocessing of its
 * pictures.
 */
public enum TrainedOn {
  /**
   * The 1,000 classes of ImageNet's challenge (Russakovsky et al. 2015), under torchvision's names.
   */
  IMAGENET {
    @Override
    public List<String> labels() {
      return lines("imagenet.txt");
    }

    /** {@return WordNet's synsets: n01440764, n01443537, ...} */
    @Override
    public List<String> folders() {
      return lines("imagenet_synsets.txt");
    }

    @Override
    public Preprocessing preprocessing(Shape input) {
      return Preprocessing.imageNet(224).ofSize(input);
    }

    @Override
    boolean fits(Shape input, int classes) {
      return input.channels() == 3 && classes == 1000;
    }
  },

  /**
   * COCO (Lin et al. 2014): objects in everyday pictures, under torchvision's 91 names, of which
   * the first is the background and ten are of no class.
   */
  COCO {
    @Override
    public List<String> labels() {
      return lines("coco_torchvision.txt");
    }

    /** Each detector has its own; this is that of those that take pictures of any size. */
    @Override
    public Preprocessing preprocessing(Shape input) {
      return new Preprocessing(new Contained(Resampling.BILINEAR), input, Normalization.IMAGENET);
    }

    @Override
    boolean fits(Shape input, int classes) {
      return input.channels() == 3 && classes == 91;
    }
  },

  /** CIFAR-10 (Krizhevsky 2009): small colour images of 10 classes. */
  CIFAR10 {
    @Override
    public List<String> labels() {
      return Cifar10.LABELS;
    }

    /** The published weights were trained with ImageNet's mean and standard deviation. */
    @Override
    public Preprocessing preprocessing(Shape input) {
      return Cifar10.PREPROCESSING.ofSize(input);
    }

    @Override
    boolean fits(Shape input, int classes) {
      return input.equals(Shape.image(32, 32, 3)) && classes == 10;
    }
  },

  /** MNIST (LeCun et al. 1998): handwritten digits. */
  MNIST {
    @Override
    public List<String> labels() {
      return Mnist.LABELS;
    }

    @Override
    public Preprocessing preprocessing(Shape input) {
      var own = Mnist.PREPROCESSING;
      return input.height() == input.width()
          ? own.ofSize(input)
          : Preprocessing.none(input).normalization(own.normalization());
    }

    @Override
    boolean fits(Shape input, int classes) {
      return input.equals(Mnist.PREPROCESSING.shape()) && classes == 10;
    }
  };

  /**
   * {@return the data set that a network was published for, by its images and classes; empty if it
   * is none of these}
   *
   * @param network the network
   */
  public static Optional<TrainedOn> of(Architecture network) {
    return Stream.of(values())
        .filter(set -> set.fits(network.input(), network.classes()))
        .findFirst();
  }

  /**
   * {@return the data set with these classes; empty if it is none of these}
   *
   * @param labels the classes' names, in order
   */
  public static Optional<TrainedOn> of(List<String> labels) {
    return Stream.of(values()).filter(set -> set.labels().equals(labels)).findFirst();
  }

  /** {@return the classes' names, in order} */
  public abstract List<String> labels();

  /**
   * {@return the names of the folders of the classes' pictures in the published set; the labels by
   * default}
   */
  public List<String> folders() {
    return labels();
  }

  /**
   * {@return the preprocessing of pictures of any size for a network, unless its weights have their
   * own}
   *
   * @param input the network's input, (H, W, C)
   */
  public abstract Preprocessing preprocessing(Shape input);

  /** {@return the name that users write, such as "imagenet"} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  abstract boolean fits(Shape input, int classes);

  /** Returns the lines of a resource. */
  static List<String> lines(String resource) {
    try (var in = TrainedOn.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this artifact lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
