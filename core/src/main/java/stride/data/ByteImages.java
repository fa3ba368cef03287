package stride.data;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/** A data set held in memory, one byte a value: 47 MB for MNIST's 60,000 training images. */
public final class ByteImages implements ImageDataset {
  /** The JVM cannot allocate arrays of the last few lengths below 2^31. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  /** The value of each byte: a division takes longer than looking it up. */
  private static final float[] VALUES = new float[256];

  static {
    for (int i = 0; i < VALUES.length; i++) {
      VALUES[i] = i / 255f;
    }
  }

  private final byte[] pixels;
  private final byte[] classes;
  private final List<String> labels;
  private final Preprocessing preprocessing;

  /**
   * Creates a data set from the bytes of its images.
   *
   * @param pixels the images one after the other, each (H, W, C) with 0 for black and 255 for
   *     white; kept, not copied
   * @param classes the class of each image, one unsigned byte each; kept, not copied
   * @param labels the names of the classes, at most 256
   * @param preprocessing the images' shape, and how another picture is made to look like them
   * @throws IllegalArgumentException if the counts of images and classes differ, or a class has no
   *     name
   */
  public ByteImages(
      byte[] pixels, byte[] classes, List<String> labels, Preprocessing preprocessing) {
    var shape = preprocessing.shape();
    if (pixels.length != (long) classes.length * shape.elements()) {
      throw new IllegalArgumentException(
          "%,d labels need %,d bytes of %s images, found %,d"
              .formatted(
                  classes.length, (long) classes.length * shape.elements(), shape, pixels.length));
    }
    for (int i = 0; i < classes.length; i++) {
      int label = Byte.toUnsignedInt(classes[i]);
      if (label >= labels.size()) {
        throw new IllegalArgumentException(
            "label %d of image %,d is out of range: the classes are numbered 0 to %d"
                .formatted(label, i, labels.size() - 1));
      }
    }
    this.pixels = pixels;
    this.classes = classes;
    this.labels = List.copyOf(labels);
    this.preprocessing = preprocessing;
  }

  /**
   * Returns a copy of another data set, which is read once. Meant for small data sets whose
   * pictures take longer to decode than to train on.
   *
   * @param from a data set of at most 256 classes; values are rounded to the nearest 255th, which
   *     changes nothing where pictures are not resized
   * @return the copy
   * @throws IllegalArgumentException if all images together have 2^31 values or more
   * @throws java.io.UncheckedIOException if a picture cannot be read; the message names it
   */
  static ByteImages copyOf(ImageDataset from) {
    int length = from.shape().elements();
    long values = (long) length * from.size();
    if (values > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%,d images of %s have %,d values, at most %,d are kept in memory"
              .formatted(from.size(), from.shape(), values, MAX_BYTES));
    }
    var pixels = new byte[(int) values];
    var classes = new byte[from.size()];
    IntStream.range(0, from.size())
        .parallel()
        .forEach(
            index -> {
              var image = new float[length];
              from.read(index, image, 0);
              for (int i = 0; i < length; i++) {
                pixels[index * length + i] = (byte) Math.round(image[i] * 255f);
              }
              classes[index] = (byte) from.label(index);
            });
    return new ByteImages(pixels, classes, from.labels(), from.preprocessing());
  }

  @Override
  public Shape shape() {
    return preprocessing.shape();
  }

  @Override
  public int size() {
    return classes.length;
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  @Override
  public int label(int index) {
    return Byte.toUnsignedInt(classes[index]);
  }

  @Override
  public void read(int index, float[] into, int offset) {
    int length = shape().elements();
    int from = Objects.checkIndex(index, classes.length) * length;
    Objects.checkFromIndexSize(offset, length, into.length);
    for (int i = 0; i < length; i++) {
      into[offset + i] = VALUES[pixels[from + i] & 0xFF];
    }
  }

  /** Returns one line with the number of images, their shape and the number of classes. */
  @Override
  public String toString() {
    return "ByteImages of %d images, %s, %d classes".formatted(size(), shape(), labels.size());
  }
}
