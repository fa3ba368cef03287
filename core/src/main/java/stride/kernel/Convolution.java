package stride.kernel;

/**
 * The kernels of one convolution, each created on request. A dense layer is a convolution of 1 x 1
 * images.
 *
 * <p>Images are (H, W, C); weights (kernelHeight, kernelWidth, inChannels / groups, outChannels).
 */
public interface Convolution {
  /** {@return the geometry that these kernels were made for} */
  ConvGeometry geometry();

  /** {@return the forward pass: y = x * w} */
  ConvolutionPass forward();

  /** {@return the input's gradient: dx = the full convolution of dy with the flipped filter} */
  ConvolutionPass inputGradient();

  /** {@return the weights' gradient: dw += the convolution of x with dy} */
  WeightGradient weightGradient();
}
