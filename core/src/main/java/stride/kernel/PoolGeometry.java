package stride.kernel;

/**
 * The geometry of a 2-D pooling of one image: (inHeight, inWidth, channels) to (outHeight,
 * outWidth, channels).
 *
 * <p>Window (y, x) covers input rows from {@code y * strideHeight - padTop}, kernelHeight of them,
 * and columns alike; each holds at least one pixel of the image. Maxima look only at the pixels
 * inside of the image. Averages divide by the number of pixels inside of the image, or, if {@code
 * countsPadding}, by the number inside of the image and its padding (padBottom and padRight bound
 * the windows that ceil mode lets hang over).
 *
 * @param inHeight rows of the input
 * @param inWidth columns of the input
 * @param channels channels of the input and of the output
 * @param outHeight rows of the output
 * @param outWidth columns of the output
 * @param kernelHeight rows of a window
 * @param kernelWidth columns of a window
 * @param strideHeight rows from a window to the one below
 * @param strideWidth columns from a window to the next
 * @param padTop rows of padding above the input
 * @param padLeft columns of padding on the left of the input
 * @param padBottom rows of padding below the input
 * @param padRight columns of padding on the right of the input
 * @param countsPadding whether averages count pixels of the padding
 * @param inPitch floats from an input pixel to the next one for maxima without their places and for
 *     averages; in the other kernels pixels have no gap between them
 * @param outPitch floats from an output pixel to the next one, for the same kernels
 */
public record PoolGeometry(
    int inHeight,
    int inWidth,
    int channels,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    boolean countsPadding,
    int inPitch,
    int outPitch) {

  /** A geometry without gaps between pixels. */
  public PoolGeometry(
      int inHeight,
      int inWidth,
      int channels,
      int outHeight,
      int outWidth,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int padTop,
      int padLeft,
      int padBottom,
      int padRight,
      boolean countsPadding) {
    this(
        inHeight,
        inWidth,
        channels,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        padBottom,
        padRight,
        countsPadding,
        channels,
        channels);
  }

  /**
   * {@return the same geometry with gaps between pixels}
   *
   * @param inPitch floats from an input pixel to the next one
   * @param outPitch floats from an output pixel to the next one
   */
  public PoolGeometry withPitches(int inPitch, int outPitch) {
    return new PoolGeometry(
        inHeight,
        inWidth,
        channels,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        padBottom,
        padRight,
        countsPadding,
        inPitch,
        outPitch);
  }

  /** {@return the pixels of an input image} */
  public int inPixels() {
    return inHeight * inWidth;
  }

  /** {@return the pixels of an output image} */
  public int outPixels() {
    return outHeight * outWidth;
  }

  /** {@return the first row of windows that reaches a row of the input, or a later one} */
  public int firstRowAt(int inRow) {
    int above = inRow + padTop - kernelHeight;
    return above < 0 ? 0 : above / strideHeight + 1;
  }

  /** {@return the row of windows after the last one that reaches a row of the input} */
  public int endRowAt(int inRow) {
    return Math.min((inRow + padTop) / strideHeight, outHeight - 1) + 1;
  }

  /**
   * {@return the number by which the average over window (y, x) divides}
   *
   * @param y the window's row
   * @param x the window's column
   */
  public int divisor(int y, int x) {
    int top = y * strideHeight - padTop;
    int left = x * strideWidth - padLeft;
    if (countsPadding) {
      return (Math.min(top + kernelHeight, inHeight + padBottom) - top)
          * (Math.min(left + kernelWidth, inWidth + padRight) - left);
    }
    return (Math.min(top + kernelHeight, inHeight) - Math.max(top, 0))
        * (Math.min(left + kernelWidth, inWidth) - Math.max(left, 0));
  }
}
