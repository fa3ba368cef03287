package stride.style;

/**
 * How a photo is painted: how its pixels are changed, and at which sizes.
 *
 * @param method the way
 * @param steps at each size, 1 or more
 * @param scales the number of sizes, each half as high and wide as the next: coarse structure is
 *     painted in small, where the network sees more of the picture at once
 * @param start where the picture begins
 * @param colours what becomes of the photo's colours
 * @param averages whether poolings take averages instead of maxima, as the paper proposes
 * @param seed of the noise
 */
public record StyleSettings(
    Method method,
    int steps,
    int scales,
    Start start,
    Colours colours,
    boolean averages,
    long seed) {
  /** The most sizes at which a picture is painted. */
  public static final int MOST_SCALES = 8;

  /** The paper's way, from the photo: 100 steps of L-BFGS at one size. */
  public static final StyleSettings STANDARD =
      new StyleSettings(Method.LBFGS, 100, 1, Start.PHOTO, Colours.OF_STYLE, false, 1);

  /** How the pixels are changed. */
  public enum Method {
    /** Limited-memory BFGS, as in the paper: a step that makes the loss larger is not made. */
    LBFGS,

    /** Adam with a learning rate of 0.02; values stay from 0 to 1. */
    ADAM
  }

  /** Where the picture begins. */
  public enum Start {
    /** As the photo. */
    PHOTO,

    /** As noise. */
    NOISE
  }

  /**
   * Settings that may be.
   *
   * @throws IllegalArgumentException if there is no step, or no scale or more than 8
   */
  public StyleSettings {
    if (steps < 1) {
      throw new IllegalArgumentException("a picture is painted in 1 step or more, found " + steps);
    }
    if (scales < 1 || scales > MOST_SCALES) {
      throw new IllegalArgumentException(
          "a picture is painted at 1 to %d scales, found %d".formatted(MOST_SCALES, scales));
    }
  }

  /** {@return these settings with another method} */
  public StyleSettings method(Method method) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }

  /** {@return these settings with another number of steps at each size} */
  public StyleSettings steps(int steps) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }

  /** {@return these settings with another number of sizes} */
  public StyleSettings scales(int scales) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }

  /** {@return these settings with another beginning} */
  public StyleSettings start(Start start) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }

  /** {@return these settings with other colours} */
  public StyleSettings colours(Colours colours) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }

  /** {@return these settings with averages in the place of maxima, or without} */
  public StyleSettings averages(boolean averages) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }

  /** {@return these settings with another seed} */
  public StyleSettings seed(long seed) {
    return new StyleSettings(method, steps, scales, start, colours, averages, seed);
  }
}
