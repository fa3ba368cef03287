package stride.layer;

/** A height and a width: of a kernel, a stride, a padding, a dilation. */
public record Size(int height, int width) {
  /** The same both ways. */
  public static Size square(int size) {
    return new Size(size, size);
  }

  /** "3x3". */
  @Override
  public String toString() {
    return height + "x" + width;
  }

  /** This size, if both sides are at least {@code least}. */
  public Size atLeast(int least, String what) {
    if (height < least || width < least) {
      throw new IllegalArgumentException(
          "%s is at least %d, found %s".formatted(what, least, this));
    }
    return this;
  }
}
