package stride.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The operation on a sum z of channel c before it is stored: y = min(max(scale[c] z + shift[c] +
 * residual, floor), ceiling), followed by an activation. Biases, folded batch norm, residual sums
 * and activations are fused into a convolution's store this way, without a separate pass.
 *
 * @param scale one factor per channel, or null for 1
 * @param scaleOffset the place of the first value in {@code scale}
 * @param shift one summand per channel, or null for 0
 * @param shiftOffset the place of the first value in {@code shift}
 * @param residual as large as the output, or null for 0; may be the output itself
 * @param residualOffset the place of the first value in {@code residual}
 * @param floor the smallest output; negative infinity for none
 * @param ceiling the largest output; infinity for none. NaN stays NaN
 * @param activation the function of what the others make, element by element, or null for none
 */
public record Epilogue(
    float @Nullable [] scale,
    int scaleOffset,
    float @Nullable [] shift,
    int shiftOffset,
    float @Nullable [] residual,
    int residualOffset,
    float floor,
    float ceiling,
    @Nullable Activation activation) {
  /** Stores sums as they are. */
  public static final Epilogue NONE =
      new Epilogue(
          null, 0, null, 0, null, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, null);

  /**
   * {@return an epilogue that adds one value per channel}
   *
   * @param bias the values, or null for none
   * @param offset the place of channel 0's value
   */
  public static Epilogue bias(float @Nullable [] bias, int offset) {
    return NONE.withShift(bias, offset);
  }

  /**
   * {@return a copy with these factors}
   *
   * @param scale one factor per channel, or null for 1
   * @param offset the place of channel 0's factor
   */
  public Epilogue withScale(float @Nullable [] scale, int offset) {
    return new Epilogue(
        scale, offset, shift, shiftOffset, residual, residualOffset, floor, ceiling, activation);
  }

  /**
   * {@return a copy with these summands}
   *
   * @param shift one summand per channel, or null for 0
   * @param offset the place of channel 0's summand
   */
  public Epilogue withShift(float @Nullable [] shift, int offset) {
    return new Epilogue(
        scale, scaleOffset, shift, offset, residual, residualOffset, floor, ceiling, activation);
  }

  /**
   * {@return a copy that adds these values}
   *
   * @param residual values as large as the output, or null for none
   * @param offset the place of sample 0's values
   */
  public Epilogue withResidual(float @Nullable [] residual, int offset) {
    return new Epilogue(
        scale, scaleOffset, shift, shiftOffset, residual, offset, floor, ceiling, activation);
  }

  /**
   * {@return a copy that bounds outputs}
   *
   * @param floor the smallest output; negative infinity for none
   * @param ceiling the largest output; infinity for none
   */
  public Epilogue withBounds(float floor, float ceiling) {
    return new Epilogue(
        scale,
        scaleOffset,
        shift,
        shiftOffset,
        residual,
        residualOffset,
        floor,
        ceiling,
        activation);
  }

  /**
   * {@return a copy that ends with an activation}
   *
   * @param activation the last function, or null for none
   */
  public Epilogue withActivation(@Nullable Activation activation) {
    return new Epilogue(
        scale,
        scaleOffset,
        shift,
        shiftOffset,
        residual,
        residualOffset,
        floor,
        ceiling,
        activation);
  }

  /**
   * An element-wise function y = f(z).
   *
   * @param function computes y from z
   * @param gradient computes dz from z and dy
   */
  public record Activation(Elementwise.Function function, Elementwise.Gradient gradient) {}

  /** {@return whether outputs are bounded on either side} */
  public boolean isBounded() {
    return floor > Float.NEGATIVE_INFINITY || ceiling < Float.POSITIVE_INFINITY;
  }

  /**
   * Applies the epilogue to {@code n} sums of neighbouring channels, one by one.
   *
   * @param z the sums
   * @param zo the place of the first sum
   * @param channel the channel of the first sum
   * @param n the number of sums
   * @param y the outputs' array; the first output goes to {@code at}
   * @param yo the place of sample 0's output, as {@link #residualOffset} is that of its residual
   * @param at the place of the first output
   */
  public void apply(float[] z, int zo, int channel, int n, float[] y, int yo, int at) {
    if (residual == null) {
      affine(z, zo, channel, n, y, at);
    } else {
      sum(z, zo, channel, n, y, at, residual, residualOffset + at - yo);
    }
    if (isBounded()) {
      for (int i = 0; i < n; i++) {
        y[at + i] = Math.min(Math.max(y[at + i], floor), ceiling);
      }
    }
    if (activation != null) {
      activation.function().apply(y, at, y, at, n);
    }
  }

  /** Loops without conditions, of which the JVM makes vectors. */
  private void affine(float[] z, int zo, int channel, int n, float[] y, int at) {
    int by = scaleOffset + channel;
    int add = shiftOffset + channel;
    if (scale != null && shift != null) {
      for (int i = 0; i < n; i++) {
        y[at + i] = z[zo + i] * scale[by + i] + shift[add + i];
      }
    } else if (scale != null) {
      for (int i = 0; i < n; i++) {
        y[at + i] = z[zo + i] * scale[by + i];
      }
    } else if (shift != null) {
      for (int i = 0; i < n; i++) {
        y[at + i] = z[zo + i] + shift[add + i];
      }
    } else {
      System.arraycopy(z, zo, y, at, n);
    }
  }

  /** With the residual, which may lie where the outputs go. */
  private void sum(
      float[] z, int zo, int channel, int n, float[] y, int at, float[] residual, int from) {
    for (int i = 0; i < n; i++) {
      float value = z[zo + i];
      if (scale != null) {
        value *= scale[scaleOffset + channel + i];
      }
      if (shift != null) {
        value += shift[shiftOffset + channel + i];
      }
      y[at + i] = value + residual[from + i];
    }
  }
}
