package stride.data;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.Picture;
import stride.image.Placement;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * Pictures fitted to a network's input, with the boxes of what they show as targets, in pixels of
 * the input. Crowds and what is ignored are left out. Thread-safe.
 */
public final class BoxImages implements Examples {
  private final BoxPictures pictures;
  private final Preprocessing preprocessing;

  BoxImages(BoxPictures pictures, Preprocessing preprocessing) {
    this.pictures = pictures;
    this.preprocessing = preprocessing;
  }

  /** {@return the pictures} */
  public BoxPictures pictures() {
    return pictures;
  }

  /** {@return how every picture is prepared} */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  @Override
  public int size() {
    return pictures.size();
  }

  @Override
  public List<Shape> shapes() {
    return List.of(preprocessing.shape());
  }

  @Override
  public TargetType targets() {
    return new TargetType.Boxes(pictures.mostBoxes());
  }

  @Override
  public boolean readsFiles() {
    return true;
  }

  @Override
  public Example get(int index) {
    var read = pictures.get(index);
    return Example.of(preprocessing.normalize(image(read)), Target.boxes(learned(read)));
  }

  /**
   * Reads a sample for training: an image that is not normalised, which an augmentation changes.
   *
   * @param index the sample, from 0
   * @param sample receives the image and the row of its boxes
   * @throws UncheckedIOException if the picture cannot be read; the message names it
   */
  public void read(int index, Sample sample) {
    var read = pictures.get(index);
    float[] image = image(read).data();
    System.arraycopy(image, 0, sample.image(), 0, image.length);
    targets().write(Target.boxes(learned(read)), sample.target(), 0);
  }

  private Image image(BoxedPicture read) {
    try {
      return preprocessing.prepare(read.picture());
    } catch (FormatException e) {
      throw new UncheckedIOException("%s: %s".formatted(read.file(), e.getMessage()), e);
    }
  }

  private List<Box> learned(BoxedPicture read) {
    try {
      return placed(read.learned(), placement(read.picture()));
    } catch (FormatException e) {
      throw new UncheckedIOException("%s: %s".formatted(read.file(), e.getMessage()), e);
    }
  }

  /**
   * {@return where a picture lies in the network's input}
   *
   * @param picture the picture
   * @throws FormatException if the picture cannot be fitted
   * @throws IllegalStateException if the preprocessing does not say
   */
  public Placement placement(Picture picture) throws FormatException {
    return preprocessing
        .fit()
        .placement(picture.height(), picture.width(), preprocessing.shape())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "%s does not say where a picture lies in the network's input, so boxes cannot be moved along"
                        .formatted(preprocessing.fit())));
  }

  /** Moves boxes of a picture to the network's input, cut off at its edges. */
  private List<Box> placed(List<Box> boxes, Placement placement) {
    var shape = preprocessing.shape();
    var placed = new ArrayList<Box>();
    for (var box : boxes) {
      float left = cut(placement.x(box.left()), shape.width());
      float top = cut(placement.y(box.top()), shape.height());
      float right = cut(placement.x(box.right()), shape.width());
      float bottom = cut(placement.y(box.bottom()), shape.height());
      if (left < right && top < bottom) {
        placed.add(new Box(box.label(), left, top, right, bottom));
      }
    }
    return placed;
  }

  private static float cut(double place, int side) {
    return (float) Math.clamp(place, 0, side);
  }

  @Override
  public BoxImages select(int... indices) {
    return new BoxImages(pictures.select(indices), preprocessing);
  }

  @Override
  public HeldOut<Examples> holdOut(double fraction, long seed) {
    var parts = pictures.holdOut(fraction, seed);
    return new HeldOut<>(
        new BoxImages(parts.train(), preprocessing), new BoxImages(parts.test(), preprocessing));
  }

  /** Returns one line with the pictures and the inputs' shape. */
  @Override
  public String toString() {
    return "BoxImages %s of %s".formatted(preprocessing.shape(), pictures);
  }
}
