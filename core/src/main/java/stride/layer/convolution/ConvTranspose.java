package stride.layer.convolution;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.kernel.ConvGeometry;
import stride.layer.PlainLayer;
import stride.layer.Size;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * A transposed 2-D convolution (Zeiler et al. 2010, "Deconvolutional Networks"; Dumoulin and Visin
 * 2016): the input gradient of a {@link Conv} as a forward pass, which makes images larger. z[y s +
 * i d - p, x s + j d - p, o] sums, over input pixels (y, x), taps (i, j) and channels c, f[c, o, i,
 * j] x[y, x, c]; then the bias is added. The output is (n - 1) s - 2p + d (f - 1) + 1 high and
 * wide, and the output padding more. PyTorch's ConvTranspose2d, with its weights (in, out / groups,
 * height, width).
 *
 * <p>Backward: the input's gradient is the convolution of the output's gradient with the filter.
 *
 * @param filters output channels
 * @param kernel the filter's height and width
 * @param stride steps between the places where a filter is added
 * @param padding rows and columns that are cut off on each side
 * @param outputPadding rows below and columns on the right that are not cut off, less than the
 *     stride or the dilation
 * @param dilation steps between the filter's taps
 * @param groups input and output channels fall into this many groups, which do not see each other
 * @param bias whether every output channel has a bias
 * @param initializer the filters' first values
 * @param biasInitializer the biases' first values; null for PyTorch's: uniform in +-1 /
 *     sqrt(fan-in), with the fan-in out / groups x height x width
 */
public record ConvTranspose(
    int filters,
    Size kernel,
    Size stride,
    Size padding,
    Size outputPadding,
    Size dilation,
    int groups,
    boolean bias,
    Initializer initializer,
    @Nullable Initializer biasInitializer)
    implements PlainLayer {

  public ConvTranspose {
    if (filters < 1) {
      throw new IllegalArgumentException(
          "a transposed convolution has at least 1 filter, found " + filters);
    }
    if (groups < 1 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "%d filters do not fall into %d groups".formatted(filters, groups));
    }
    kernel.atLeast(1, "a kernel's size");
    stride.atLeast(1, "a stride");
    padding.atLeast(0, "a padding");
    outputPadding.atLeast(0, "an output padding");
    dilation.atLeast(1, "a dilation");
    if (outputPadding.height() >= Math.max(stride.height(), dilation.height())
        || outputPadding.width() >= Math.max(stride.width(), dilation.width())) {
      throw new IllegalArgumentException(
          "an output padding is less than the stride or the dilation, found %s with stride %s and dilation %s"
              .formatted(outputPadding, stride, dilation));
    }
  }

  /** The same transposed convolution with another stride. */
  public ConvTranspose stride(int stride) {
    return stride(stride, stride);
  }

  /** The same transposed convolution with another stride, height and width apart. */
  public ConvTranspose stride(int height, int width) {
    return with(new Size(height, width), padding, outputPadding, dilation, groups, bias);
  }

  /** The same transposed convolution with rows and columns cut off on each side. */
  public ConvTranspose padding(int padding) {
    return padding(padding, padding);
  }

  /** The same transposed convolution with rows and columns cut off on each side. */
  public ConvTranspose padding(int vertical, int horizontal) {
    return with(stride, new Size(vertical, horizontal), outputPadding, dilation, groups, bias);
  }

  /** The same transposed convolution with that many more rows and columns; set the stride first. */
  public ConvTranspose outputPadding(int more) {
    return outputPadding(more, more);
  }

  /** The same transposed convolution with more rows and columns; set the stride first. */
  public ConvTranspose outputPadding(int rows, int columns) {
    return with(stride, padding, new Size(rows, columns), dilation, groups, bias);
  }

  /** The same transposed convolution with steps between the filter's taps. */
  public ConvTranspose dilation(int dilation) {
    return with(stride, padding, outputPadding, Size.square(dilation), groups, bias);
  }

  /** The same transposed convolution with channels in groups. */
  public ConvTranspose groups(int groups) {
    return with(stride, padding, outputPadding, dilation, groups, bias);
  }

  /** The same transposed convolution without biases. */
  public ConvTranspose noBias() {
    return with(stride, padding, outputPadding, dilation, groups, false);
  }

  /** The same transposed convolution with other first values. */
  public ConvTranspose initializer(Initializer initializer) {
    return new ConvTranspose(
        filters,
        kernel,
        stride,
        padding,
        outputPadding,
        dilation,
        groups,
        bias,
        initializer,
        biasInitializer);
  }

  private ConvTranspose with(
      Size stride, Size padding, Size outputPadding, Size dilation, int groups, boolean bias) {
    return new ConvTranspose(
        filters,
        kernel,
        stride,
        padding,
        outputPadding,
        dilation,
        groups,
        bias,
        initializer,
        biasInitializer);
  }

  @Override
  public String kind() {
    return "convtranspose";
  }

  @Override
  public String details() {
    var text = new StringBuilder(kernel.toString());
    text.append(" / ")
        .append(stride.equals(Size.square(stride.height())) ? stride.height() : stride)
        .append(", pad ")
        .append(padding);
    if (!outputPadding.equals(Size.square(0))) {
      text.append(", output pad ").append(outputPadding);
    }
    if (!dilation.equals(Size.square(1))) {
      text.append(", dilation ").append(dilation);
    }
    return groups == 1 ? text.toString() : text.append(", groups ").append(groups).toString();
  }

  @Override
  public TensorType infer(TensorType input) {
    var g = geometry(input);
    return input.withShape(Shape.image(g.inHeight(), g.inWidth(), filters));
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    int out = filters / groups;
    var parameters = new ArrayList<Parameter>();
    parameters.add(
        new Parameter(
            "weight",
            Shape.of(input.shape().channels(), out, kernel.height(), kernel.width()),
            new WeightLayout.Filters(),
            initializer));
    if (bias) {
      double fanIn = (double) out * kernel.height() * kernel.width();
      parameters.add(
          new Parameter(
              "bias",
              Shape.of(filters),
              new WeightLayout.Plain(),
              biasInitializer == null
                  ? new Initializer.Uniform(1 / Math.sqrt(fanIn))
                  : biasInitializer));
    }
    return parameters;
  }

  @Override
  public long multiplyAdds(TensorType input) {
    return geometry(input).multiplyAdds();
  }

  /** That of the convolution from this layer's output to its input. */
  private ConvGeometry geometry(TensorType input) {
    var in = Window.image(input);
    if (in.channels() % groups != 0) {
      throw new ShapeException(
          "expects input channels in %d groups, the input has %d (shape %s)"
              .formatted(groups, in.channels(), in));
    }
    long height =
        outputs(
            in.height(),
            kernel.height(),
            stride.height(),
            padding.height(),
            outputPadding.height(),
            dilation.height());
    long width =
        outputs(
            in.width(),
            kernel.width(),
            stride.width(),
            padding.width(),
            outputPadding.width(),
            dilation.width());
    if (height < 1 || width < 1) {
      throw new ShapeException(
          "the input of %s becomes %dx%d, padding %s cuts all of it off"
              .formatted(in, height, width, padding));
    }
    if (height > Integer.MAX_VALUE
        || width > Integer.MAX_VALUE
        || height * width > Integer.MAX_VALUE / filters) {
      throw new ShapeException(
          "the input of %s becomes %dx%dx%d, which is more than %d values"
              .formatted(in, height, width, filters, Integer.MAX_VALUE));
    }
    var out = Shape.image((int) height, (int) width, filters);
    Window.checkPadded(out, 2L * padding.height(), 2L * padding.width());
    // A stride without a second pixel and a dilation without a second tap mean nothing, and may be
    // of any size.
    return new ConvGeometry(
        out.height(),
        out.width(),
        filters,
        in.height(),
        in.width(),
        in.channels(),
        kernel.height(),
        kernel.width(),
        in.height() == 1 ? 1 : stride.height(),
        in.width() == 1 ? 1 : stride.width(),
        padding.height(),
        padding.width(),
        kernel.height() == 1 ? 1 : dilation.height(),
        kernel.width() == 1 ? 1 : dilation.width(),
        groups);
  }

  private static long outputs(
      int n, int kernel, int stride, int padding, int outputPadding, int dilation) {
    return (n - 1L) * stride - 2L * padding + dilation * (kernel - 1L) + 1 + outputPadding;
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT, Trait.ADDS_TO_GRADIENT, Trait.CAN_FUSE_CONSUMERS);
  }

  @Override
  public Step compile(Binding binding) {
    return ConvolutionStep.transposed(binding, geometry(binding.inputType(0)), bias);
  }
}
