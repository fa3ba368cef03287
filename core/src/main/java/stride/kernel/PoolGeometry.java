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
    boolean countsPadding) {

  /** {@return the pixels of an input image} */
  public int inPixels() {
    return inHeight * inWidth;
  }

  /** {@return the pixels of an output image} */
  public int outPixels() {
    return outHeight * outWidth;
  }

  /** {@return the number by which the average over window (y, x) divides} */
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
