package stride.data;

import org.jspecify.annotations.Nullable;
import stride.data.augment.TargetWarp;
import stride.data.augment.Warp;
import stride.image.Normalization;
import stride.tensor.Shape;

/**
 * An image and its target on their way into a batch, which augmentations change step by step. It
 * holds the image's values and a spare array of the same length, so that no step allocates. Used by
 * one thread at a time.
 */
public final class Sample {
  private final Shape shape;
  private final float[] neutral;
  private float[] image;
  private float[] spare;
  private final float[] target;
  private final TargetWarp targetWarp;
  private final boolean targetMoves;
  private boolean cropped;

  /**
   * Creates a sample for images with classes as targets.
   *
   * @param shape (H, W, C)
   * @param classes the number of classes of the target
   * @param normalization the normalisation that follows the augmentation
   */
  public Sample(Shape shape, int classes, Normalization normalization) {
    this(shape, classes == 0 ? null : new TargetType.SeveralClasses(classes), normalization);
  }

  /**
   * Creates a sample for images with targets of a type.
   *
   * @param shape (H, W, C); may be of another rank if there is no augmentation
   * @param targets the type of the targets, or null for none
   * @param normalization the normalisation that follows the augmentation
   */
  public Sample(Shape shape, @Nullable TargetType targets, Normalization normalization) {
    this.shape = shape;
    target = new float[targets == null ? 0 : targets.floats()];
    var type = targets == null ? new TargetType.OneClass() : targets;
    targetWarp = new TargetWarp(shape, type);
    targetMoves = TargetWarp.moves(type);
    image = new float[shape.elements()];
    spare = new float[shape.elements()];
    neutral = new float[normalization.channels()];
    for (int c = 0; c < neutral.length; c++) {
      neutral[c] = normalization.mean().get(c).floatValue();
    }
  }

  /** {@return the image's shape, (H, W, C)} */
  public Shape shape() {
    return shape;
  }

  /** {@return the image's values in [0, 1], which may be changed in place} */
  public float[] image() {
    return image;
  }

  /**
   * Returns the sample's target, a row of its {@link TargetType}, which may be changed in place.
   * For images with a class the row has 1 or 0 for each class; it is filled only if the
   * augmentation {@linkplain Augmentation#changesTargets changes targets}.
   *
   * @return the row
   */
  public float[] target() {
    return target;
  }

  /** {@return whether the target lies over the image, so that {@link #moveTarget} moves it} */
  public boolean targetMoves() {
    return targetMoves;
  }

  /**
   * Moves a target that lies over the image, such as boxes or a class for each pixel, to where an
   * augmentation has moved the image's pixels.
   *
   * @param warp how the pixels were moved
   */
  public void moveTarget(Warp warp) {
    if (targetMoves) {
      targetWarp.apply(warp, target);
    }
  }

  /** {@return an array of the image's length with arbitrary values} */
  public float[] spare() {
    return spare;
  }

  /** Swaps the image and {@link #spare}, so that the values written there become the image. */
  public void swap() {
    float[] before = image;
    image = spare;
    spare = before;
  }

  /**
   * {@return the value of a channel that normalisation turns into 0}
   *
   * @param channel the channel, from 0
   */
  public float neutral(int channel) {
    return neutral[channel];
  }

  /**
   * {@return whether the image already is a random part of its picture, so that no other part is
   * cut out}
   */
  public boolean isCropped() {
    return cropped;
  }

  /**
   * Sets whether the image already is a random part of its picture.
   *
   * @param cropped whether it is
   */
  public void setCropped(boolean cropped) {
    this.cropped = cropped;
  }
}
