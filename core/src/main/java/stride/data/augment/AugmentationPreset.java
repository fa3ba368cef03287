package stride.data.augment;

import stride.data.Augmentation;
import stride.tensor.Shape;

/** Combinations of augmentations by strength, each chosen for the kind of images. */
public enum AugmentationPreset {
  /** No augmentation. */
  NONE,
  /** Colour images: half of them mirrored. Grey ones: moved by a pixel. */
  LIGHT,
  /**
   * Photos: a random part of the picture, mirrored or not. Small colour images: moved by up to an
   * eighth, mirrored or not. Grey ones: moved by up to 2 pixels.
   */
  STANDARD,
  /**
   * The standard with RandAugment, random erasing and mixup or CutMix. Grey images: moved, turned
   * by up to 10 degrees, partly erased.
   */
  STRONG;

  /** Images with a longer side are taken for photos, of which a part shows the same object. */
  private static final int SMALL = 64;

  /**
   * Returns the augmentation for images of a shape. Grey images are not mirrored: they may be
   * digits.
   *
   * @param shape (H, W, C)
   * @return the augmentation
   */
  public Augmentation of(Shape shape) {
    if (!shape.isImage()) {
      return Augmentation.none();
    }
    if (shape.channels() == 1) {
      return switch (this) {
        case NONE -> Augmentation.none();
        case LIGHT -> new RandomShift(1);
        case STANDARD -> new RandomShift(2);
        case STRONG ->
            Augmentation.chain(new RandomShift(2), new RandomRotation(10), new RandomErasing(0.25));
      };
    }
    int side = Math.max(shape.height(), shape.width());
    Augmentation moved = side <= SMALL ? new RandomShift(side / 8) : new RandomResizedCrop(0.08);
    return switch (this) {
      case NONE -> Augmentation.none();
      case LIGHT -> new HorizontalFlip(0.5);
      case STANDARD -> Augmentation.chain(moved, new HorizontalFlip(0.5));
      case STRONG ->
          Augmentation.chain(
              moved,
              new HorizontalFlip(0.5),
              new RandAugment(2, 9),
              new RandomErasing(0.25),
              new Mixup(0.2),
              new CutMix(1));
    };
  }

  /**
   * Returns the augmentation for pictures with boxes. Light: half of them are mirrored. Standard:
   * also a part that keeps enough of a box, and colours that vary a little. Strong: SSD's, with
   * pictures that are made smaller and stronger colours, and half of the time four in one.
   *
   * @return the augmentation
   */
  public Augmentation ofBoxes() {
    return switch (this) {
      case NONE -> Augmentation.none();
      case LIGHT -> new HorizontalFlip(0.5);
      case STANDARD ->
          Augmentation.chain(
              new RandomIouCrop(), new HorizontalFlip(0.5), new ColourJitter(0.1, 0.2, 0.2, 0.02));
      case STRONG ->
          Augmentation.chain(
              new Mosaic(0.5),
              new RandomZoomOut(0.5, 4),
              new RandomIouCrop(),
              new HorizontalFlip(0.5),
              new ColourJitter(0.125, 0.5, 0.5, 0.05));
    };
  }
}
