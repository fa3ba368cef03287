package stride.kernel;

/**
 * The kernels of one convolution. A dense layer is a convolution of 1 x 1 images.
 *
 * <p>Images are (H, W, C); weights (kernelHeight, kernelWidth, inChannels / groups, outChannels).
 *
 * @param forward y = x * w
 * @param inputGradient dx = the full convolution of dy with the flipped filter
 * @param weightGradient dw += the convolution of x with dy
 */
public record Convolution(
    ConvGeometry geometry,
    ConvolutionPass forward,
    ConvolutionPass inputGradient,
    WeightGradient weightGradient) {}
