package stride.data;

import org.jspecify.annotations.Nullable;
import stride.data.augment.TargetWarp;
import stride.data.augment.Warp;
import stride.image.Normalization;
import stride.tensor.Shape;

/**
 * An image and its target on their way into a batch, which augmentations change step by step: the
 * values, and room for the image's next ones, so that no step makes an array. Used by one thread at
 * a time.
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
   * Room for images of a shape.
   *
   * @param shape (H, W, C)
   * @param classes of the target
   * @param normalization what follows the augmentation
   */
  public Sample(Shape shape, int classes, Normalization normalization) {
    this(shape, classes == 0 ? null : new TargetType.SeveralClasses(classes), normalization);
  }

  /**
   * Room for images of a shape with targets of a type.
   *
   * @param shape (H, W, C); of another rank where nothing augments
   * @param targets null for none
   * @param normalization what follows the augmentation
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

  /** The image's shape, (H, W, C). */
  public Shape shape() {
    return shape;
  }

  /** The image, values in [0, 1]; to be changed in place. */
  public float[] image() {
    return image;
  }

  /**
   * The sample's target, to be changed in place: a row of its {@link TargetType}. Of images with a
   * class it has 1 or 0 for each class, and is there where an augmentation {@linkplain
   * Augmentation#changesTargets changes targets}.
   */
  public float[] target() {
    return target;
  }

  /** Whether the target lies over the image, so that {@link #moveTarget} moves it. */
  public boolean targetMoves() {
    return targetMoves;
  }

  /**
   * Moves a target that lies over the image, such as boxes or a class for each pixel, to where an
   * augmentation has moved the image's pixels.
   */
  public void moveTarget(Warp warp) {
    if (targetMoves) {
      targetWarp.apply(warp, target);
    }
  }

  /** Room of the image's length; what lies in it means nothing. */
  public float[] spare() {
    return spare;
  }

  /** Makes what has been written to {@link #spare} the image. */
  public void swap() {
    float[] before = image;
    image = spare;
    spare = before;
  }

  /** The value of a channel that normalisation makes 0. */
  public float neutral(int channel) {
    return neutral[channel];
  }

  /** Whether the image already is a random part of its picture, so that no other is cut out. */
  public boolean isCropped() {
    return cropped;
  }

  /** Says whether the image already is a random part of its picture. */
  public void setCropped(boolean cropped) {
    this.cropped = cropped;
  }
}
