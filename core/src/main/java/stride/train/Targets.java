package stride.train;

/**
 * What the outputs of a batch should be: a class for each sample, or a row of values (soft labels,
 * regression targets). Filled anew for each batch, so that no step allocates.
 */
public final class Targets {
  private final int width;
  private final int[] classes;
  private final float[] values;

  private Targets(int batch, int width) {
    this.width = width;
    classes = new int[width == 0 ? batch : 0];
    values = new float[width * batch];
  }

  /** Room for a class for each of up to {@code batch} samples. */
  public static Targets classes(int batch) {
    return new Targets(batch, 0);
  }

  /** Room for a row of {@code width} values for each of up to {@code batch} samples. */
  public static Targets values(int batch, int width) {
    return new Targets(batch, width);
  }

  /** Whether there is a row of values, not a class, for each sample. */
  public boolean soft() {
    return width > 0;
  }

  /** The class of a sample. */
  public int label(int sample) {
    return classes[sample];
  }

  /** Sets the class of a sample. */
  public void setLabel(int sample, int label) {
    classes[sample] = label;
  }

  /** A value of a sample's row. */
  public float value(int sample, int i) {
    return values[sample * width + i];
  }

  /** Sets a value of a sample's row. */
  public void setValue(int sample, int i, float value) {
    values[sample * width + i] = value;
  }
}
