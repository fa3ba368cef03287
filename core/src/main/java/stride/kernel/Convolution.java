package stride.kernel;

/**
 * The kernels of one convolution, each made when it is asked for. A dense layer is a convolution of
 * 1 x 1 images.
 *
 * <p>Images are (H, W, C); weights (kernelHeight, kernelWidth, inChannels / groups, outChannels).
 */
public interface Convolution {
  ConvGeometry geometry();

  /** y = x * w. */
  ConvolutionPass forward();

  /** dx = the full convolution of dy with the flipped filter. */
  ConvolutionPass inputGradient();

  /** dw += the convolution of x with dy. */
  WeightGradient weightGradient();
}
