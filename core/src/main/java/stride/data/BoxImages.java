package stride.data;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import stride.data.augment.View;
import stride.format.FormatException;
import stride.image.Placement;
import stride.image.Preprocessing;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Pictures fitted to a network's input, with the boxes of what they show as targets, in pixels of
 * the input. Whole pictures are fitted as the preprocessing says; a fit that resizes with a filter
 * interpolates between the middles of pixels, as detectors do, and so do parts of pictures that an
 * augmentation chooses. A box is cut off at the edges of its picture and of the part that is shown,
 * and dropped if its middle is not shown; crowds and what is ignored are not learned. Detections in
 * whole pictures are measured by all objects, whose boxes are as they are marked. Thread-safe.
 */
public final class BoxImages implements Examples {
  private final BoxPictures pictures;
  private final Preprocessing preprocessing;
  private final int most;
  private final int mostMeasured;

  BoxImages(BoxPictures pictures, Preprocessing preprocessing) {
    this.pictures = pictures;
    this.preprocessing = preprocessing;
    most = pictures.mostBoxes();
    mostMeasured = pictures.mostObjects();
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
    return new TargetType.Boxes(most, mostMeasured);
  }

  /**
   * {@return the type of the targets of samples that an augmentation varies} If it puts several
   * pictures into one image, there may be more boxes. Nothing is measured by samples that vary.
   *
   * @param augmentation varies the samples
   */
  public TargetType targets(Augmentation augmentation) {
    return augmentation.equals(Augmentation.none())
        ? targets()
        : new TargetType.Boxes(Math.multiplyExact(most, augmentation.mostPictures()));
  }

  @Override
  public boolean readsFiles() {
    return true;
  }

  @Override
  public Example get(int index) {
    var sample = new Sample(preprocessing.shape(), targets(), preprocessing.normalization());
    var boxes = read(index, 0, Augmentation.none(), sample);
    float[] values = sample.image();
    preprocessing.normalization().apply(values, 0, values.length);
    return Example.of(new Tensor(preprocessing.shape(), values), boxes);
  }

  /**
   * Reads a sample for training: the part of its picture, or of several pictures, that an
   * augmentation chooses, as an image that is not normalised. The augmentation is then applied to
   * it as to any other.
   *
   * @param index the sample, from 0
   * @param key the key that the augmentation will be given
   * @param augmentation chooses what is shown
   * @param sample receives the image
   * @return the boxes of what the image shows, in its pixels; of a whole picture also what
   *     detections are measured by
   * @throws UncheckedIOException if a picture cannot be read; the message names it
   */
  public Target.Boxes read(int index, long key, Augmentation augmentation, Sample sample) {
    var shape = preprocessing.shape();
    var image = new PictureTiles(shape, sample);
    var tiling = augmentation.tiling(key, index, size());
    if (tiling == null) {
      return whole(index, key, augmentation, image);
    }
    int x = Math.clamp(Math.round(tiling.x() * shape.width()), 0, shape.width());
    int y = Math.clamp(Math.round(tiling.y() * shape.height()), 0, shape.height());
    var boxes = new ArrayList<Box>();
    image.clear();
    for (int i = 0; i < tiling.tiles().size(); i++) {
      var tile = tiling.tiles().get(i);
      var read = pictures.get(tile.sample());
      var place =
          new PictureTiles.Place(
              i % 2 == 0 ? 0 : x,
              i < 2 ? 0 : y,
              i % 2 == 0 ? x : shape.width(),
              i < 2 ? y : shape.height());
      if (place.isEmpty()) {
        continue;
      }
      var scale = placement(read, View.all(read.picture().height(), read.picture().width()));
      double cover =
          Math.max(
              place.width() / (scale.along() * read.picture().width()),
              place.height() / (scale.down() * read.picture().height()));
      double along = scale.along() * cover;
      double down = scale.down() * cover;
      var placed =
          new Placement(
              place.left() - tile.along() * (read.picture().width() * along - place.width()),
              place.top() - tile.down() * (read.picture().height() * down - place.height()),
              along,
              down);
      image.draw(read.picture(), placed, place);
      boxes.addAll(place.placed(read.learned(), placed));
    }
    return new Target.Boxes(boxes, List.of());
  }

  private Target.Boxes whole(int index, long key, Augmentation augmentation, PictureTiles image) {
    var read = pictures.get(index);
    var boxes = read.learned();
    var all = View.all(read.picture().height(), read.picture().width());
    var view = augmentation.view(key, all, boxes);
    var fitted = placement(read, view);
    var placed =
        new Placement(
            fitted.left() - view.left() * fitted.along(),
            fitted.top() - view.top() * fitted.down(),
            fitted.along(),
            fitted.down());
    // A part of a picture need not fill the image: what is beside it is not seen there.
    var seen =
        image
            .whole()
            .within(fitted.left(), fitted.top(), fitted.x(view.width()), fitted.y(view.height()));
    if (view.equals(all) && preprocessing.fit().resampling().isEmpty()) {
      prepare(read, image);
    } else {
      image.clear();
      image.draw(read.picture(), placed, seen);
    }
    return new Target.Boxes(
        seen.placed(boxes, placed),
        read.objects().stream().map(object -> placed(object, placed)).toList());
  }

  private static TrueBox placed(TrueBox object, Placement placement) {
    var box = object.box();
    return new TrueBox(
        new Box(
            box.label(),
            (float) placement.x(box.left()),
            (float) placement.y(box.top()),
            (float) placement.x(box.right()),
            (float) placement.y(box.bottom())),
        object.area() * placement.along() * placement.down(),
        object.crowd(),
        object.ignored());
  }

  private void prepare(BoxedPicture read, PictureTiles image) {
    try {
      image.set(preprocessing.prepare(read.picture()).data());
    } catch (FormatException e) {
      throw unfit(read, e);
    }
  }

  /** Where a part of a picture lies in the input. */
  private Placement placement(BoxedPicture read, View view) {
    int height = Math.max(1, (int) Math.round(view.height()));
    int width = Math.max(1, (int) Math.round(view.width()));
    try {
      var placement =
          preprocessing
              .fit()
              .placement(height, width, preprocessing.shape())
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "%s does not say where a picture lies in the network's input, so boxes cannot be moved along"
                              .formatted(preprocessing.fit())));
      return new Placement(
          placement.left(),
          placement.top(),
          placement.along() * width / view.width(),
          placement.down() * height / view.height());
    } catch (FormatException e) {
      throw unfit(read, e);
    }
  }

  private static UncheckedIOException unfit(BoxedPicture read, FormatException e) {
    return new UncheckedIOException("%s: %s".formatted(read.file(), e.getMessage()), e);
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
