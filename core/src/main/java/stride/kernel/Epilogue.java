package stride.kernel;

import org.jspecify.annotations.Nullable;

/**
 * What is done to a sum z of channel c on its way to memory: y = min(max(scale[c] z + shift[c] +
 * residual, floor), ceiling). Biases, folded batch norm, residual sums and ReLU are fused into a
 * convolution's store this way, without a pass of their own.
 *
 * @param scale one factor a channel, or null for 1
 * @param shift one summand a channel, or null for 0
 * @param residual as large as the output, or null for 0; may be the output itself
 * @param floor the smallest output; negative infinity for none
 * @param ceiling the largest output; infinity for none. NaN stays NaN
 */
public record Epilogue(
    float @Nullable [] scale,
    int scaleOffset,
    float @Nullable [] shift,
    int shiftOffset,
    float @Nullable [] residual,
    int residualOffset,
    float floor,
    float ceiling) {
  /** Stores sums as they are. */
  public static final Epilogue NONE =
      new Epilogue(null, 0, null, 0, null, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  /** Adds one value a channel. */
  public static Epilogue bias(float @Nullable [] bias, int offset) {
    return NONE.withShift(bias, offset);
  }

  /** The same with other factors. */
  public Epilogue withScale(float @Nullable [] scale, int offset) {
    return new Epilogue(
        scale, offset, shift, shiftOffset, residual, residualOffset, floor, ceiling);
  }

  /** The same with other summands. */
  public Epilogue withShift(float @Nullable [] shift, int offset) {
    return new Epilogue(
        scale, scaleOffset, shift, offset, residual, residualOffset, floor, ceiling);
  }

  /** The same with something to add, of sample 0 at {@code offset}. */
  public Epilogue withResidual(float @Nullable [] residual, int offset) {
    return new Epilogue(scale, scaleOffset, shift, shiftOffset, residual, offset, floor, ceiling);
  }

  /** The same with bounds. */
  public Epilogue withBounds(float floor, float ceiling) {
    return new Epilogue(
        scale, scaleOffset, shift, shiftOffset, residual, residualOffset, floor, ceiling);
  }

  /** {@return whether outputs are cut off anywhere} */
  public boolean isBounded() {
    return floor > Float.NEGATIVE_INFINITY || ceiling < Float.POSITIVE_INFINITY;
  }

  /**
   * Does it to {@code n} sums of neighbouring channels, one by one.
   *
   * @param y the outputs' array, {@code at} the first one's place
   * @param yo where the output of sample 0 begins, which {@link #residualOffset} is to the residual
   */
  public void apply(float[] z, int zo, int channel, int n, float[] y, int yo, int at) {
    for (int i = 0; i < n; i++) {
      float value = z[zo + i];
      if (scale != null) {
        value *= scale[scaleOffset + channel + i];
      }
      if (shift != null) {
        value += shift[shiftOffset + channel + i];
      }
      if (residual != null) {
        value += residual[residualOffset + at - yo + i];
      }
      y[at + i] = Math.min(Math.max(value, floor), ceiling);
    }
  }
}
