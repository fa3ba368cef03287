package stride.kernel;

/**
 * The geometry of a 2-D convolution of one image: (inHeight, inWidth, inChannels) to (outHeight,
 * outWidth, outChannels).
 *
 * <p>Output pixel (y, x) reads input rows {@code y * strideHeight - padTop + i * dilationHeight}
 * for {@code i} below kernelHeight, and columns alike; values outside of the image are zero.
 * Weights are (kernelHeight, kernelWidth, inChannels / groups, outChannels), output channels
 * innermost; group {@code g} maps its {@code inChannels / groups} input channels to its {@code
 * outChannels / groups} output channels.
 *
 * @param inHeight rows of the input
 * @param inWidth columns of the input
 * @param inChannels channels of the input, a multiple of {@code groups}
 * @param outHeight rows of the output
 * @param outWidth columns of the output
 * @param outChannels channels of the output, a multiple of {@code groups}
 * @param kernelHeight rows of the filters
 * @param kernelWidth columns of the filters
 * @param strideHeight rows from a window to the one below
 * @param strideWidth columns from a window to the next
 * @param padTop rows of zeros above the input
 * @param padLeft columns of zeros on the left of the input
 * @param dilationHeight rows from a tap to the one below
 * @param dilationWidth columns from a tap to the next
 * @param groups the number of groups of channels, 1 for an ordinary convolution
 */
public record ConvGeometry(
    int inHeight,
    int inWidth,
    int inChannels,
    int outHeight,
    int outWidth,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /**
   * {@return a matrix product as a convolution: {@code pixels} rows of {@code in} values, each to
   * {@code out} values}
   */
  public static ConvGeometry pointwise(int pixels, int in, int out) {
    return new ConvGeometry(1, pixels, in, 1, pixels, out, 1, 1, 1, 1, 0, 0, 1, 1, 1);
  }

  /** {@return the input channels of one group} */
  public int groupInChannels() {
    return inChannels / groups;
  }

  /** {@return the output channels of one group} */
  public int groupOutChannels() {
    return outChannels / groups;
  }

  /** {@return the pixels of an input image} */
  public int inPixels() {
    return inHeight * inWidth;
  }

  /** {@return the pixels of an output image} */
  public int outPixels() {
    return outHeight * outWidth;
  }

  /** {@return the inputs to one output value: kernelHeight x kernelWidth x inChannels / groups} */
  public int patchLength() {
    return kernelHeight * kernelWidth * groupInChannels();
  }

  /** {@return the number of weights} */
  public int weights() {
    return patchLength() * outChannels;
  }

  /** {@return the multiply-adds of one image's forward pass} */
  public long multiplyAdds() {
    return (long) outPixels() * weights();
  }

  /** {@return whether every output pixel reads only the input pixel at the same place} */
  public boolean isPointwise() {
    return kernelHeight == 1
        && kernelWidth == 1
        && strideHeight == 1
        && strideWidth == 1
        && padTop == 0
        && padLeft == 0
        && outHeight == inHeight
        && outWidth == inWidth;
  }

  /** {@return whether every channel is convolved separately, with one filter per channel} */
  public boolean isDepthwise() {
    return groups > 1 && groups == inChannels && groups == outChannels;
  }
}
