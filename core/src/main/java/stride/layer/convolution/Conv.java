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
 * A 2-D convolution, as networks call it (the filter is not flipped): z[y, x, o] = bias[o] + the
 * sum over filter rows i, columns j and channels c of f[i, j, c, o] x[y s + i d - p, x s + j d - p,
 * c], over an image (H, W, C) padded with zeros. The output is floor((n + 2p - d (f - 1) - 1) / s)
 * + 1 high and wide.
 *
 * <p>Backward: the filter's gradient is the convolution of the input with the output's gradient,
 * the input's gradient the full convolution of the output's gradient with the flipped filter
 * (lecture, "Backward Computation of Convolutional Layer"). A 1-D convolution is the case of a 1 x
 * k kernel on an image of height 1.
 *
 * @param filters output channels
 * @param kernel the filter's height and width
 * @param stride steps between outputs
 * @param padding zeros on each side; null for "same": ceil(n / stride) outputs, an odd zero behind
 * @param dilation steps between the filter's taps
 * @param groups input and output channels fall into this many groups, which do not see each other
 * @param bias whether every filter has a bias
 * @param initializer the filters' first values
 * @param biasInitializer the biases' first values; null for PyTorch's: uniform in +-1 /
 *     sqrt(fan-in)
 */
public record Conv(
    int filters,
    Size kernel,
    Size stride,
    @Nullable Size padding,
    Size dilation,
    int groups,
    boolean bias,
    Initializer initializer,
    @Nullable Initializer biasInitializer)
    implements PlainLayer {

  public Conv {
    if (filters < 1) {
      throw new IllegalArgumentException("a convolution has at least 1 filter, found " + filters);
    }
    if (groups < 1 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "%d filters do not fall into %d groups".formatted(filters, groups));
    }
    kernel.atLeast(1, "a kernel's size");
    stride.atLeast(1, "a stride");
    dilation.atLeast(1, "a dilation");
    if (padding != null) {
      padding.atLeast(0, "a padding");
    }
  }

  /** The same convolution with another number of filters. */
  public Conv filters(int filters) {
    return new Conv(
        filters, kernel, stride, padding, dilation, groups, bias, initializer, biasInitializer);
  }

  /** The same convolution with another stride. */
  public Conv stride(int stride) {
    return new Conv(
        filters,
        kernel,
        Size.square(stride),
        padding,
        dilation,
        groups,
        bias,
        initializer,
        biasInitializer);
  }

  /** The same convolution with another stride, height and width apart. */
  public Conv stride(int height, int width) {
    return new Conv(
        filters,
        kernel,
        new Size(height, width),
        padding,
        dilation,
        groups,
        bias,
        initializer,
        biasInitializer);
  }

  /** The same convolution with zeros on each side. */
  public Conv padding(int padding) {
    return padding(padding, padding);
  }

  /** The same convolution with zeros above and below, and left and right. */
  public Conv padding(int vertical, int horizontal) {
    return new Conv(
        filters,
        kernel,
        stride,
        new Size(vertical, horizontal),
        dilation,
        groups,
        bias,
        initializer,
        biasInitializer);
  }

  /** The same convolution, padded so that it has ceil(n / stride) outputs. */
  public Conv same() {
    return new Conv(
        filters, kernel, stride, null, dilation, groups, bias, initializer, biasInitializer);
  }

  /** The same convolution with steps between the filter's taps. */
  public Conv dilation(int dilation) {
    return new Conv(
        filters,
        kernel,
        stride,
        padding,
        Size.square(dilation),
        groups,
        bias,
        initializer,
        biasInitializer);
  }

  /** The same convolution with channels in groups. */
  public Conv groups(int groups) {
    return new Conv(
        filters, kernel, stride, padding, dilation, groups, bias, initializer, biasInitializer);
  }

  /** The same convolution without biases. */
  public Conv noBias() {
    return new Conv(
        filters, kernel, stride, padding, dilation, groups, false, initializer, biasInitializer);
  }

  /** The same convolution with other first values. */
  public Conv initializer(Initializer initializer) {
    return new Conv(
        filters, kernel, stride, padding, dilation, groups, bias, initializer, biasInitializer);
  }

  /** The same convolution with other first values of its biases. */
  public Conv biasInitializer(Initializer biasInitializer) {
    return new Conv(
        filters, kernel, stride, padding, dilation, groups, bias, initializer, biasInitializer);
  }

  @Override
  public String kind() {
    return "conv";
  }

  @Override
  public String details() {
    var text = new StringBuilder(kernel.toString());
    text.append(" / ")
        .append(stride.equals(Size.square(stride.height())) ? stride.height() : stride);
    text.append(padding == null ? ", same" : ", pad " + padding);
    if (!dilation.equals(Size.square(1))) {
      text.append(", dilation ").append(dilation);
    }
    return groups == 1 ? text.toString() : text.append(", groups ").append(groups).toString();
  }

  @Override
  public TensorType infer(TensorType input) {
    var g = geometry(input);
    return input.withShape(Shape.image(g.outHeight(), g.outWidth(), filters));
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    int in = geometry(input).groupInChannels();
    int fanIn = in * kernel.height() * kernel.width();
    var parameters = new ArrayList<Parameter>();
    parameters.add(
        new Parameter(
            "weight",
            Shape.of(filters, in, kernel.height(), kernel.width()),
            new WeightLayout.Filters(),
            initializer));
    if (bias) {
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

  private ConvGeometry geometry(TensorType input) {
    var in = Window.image(input);
    if (in.channels() % groups != 0) {
      throw new ShapeException(
          "expects input channels in %d groups, the input has %d (shape %s)"
              .formatted(groups, in.channels(), in));
    }
    long vertical = total(in.height(), kernel.height(), stride.height(), dilation.height(), true);
    long horizontal = total(in.width(), kernel.width(), stride.width(), dilation.width(), false);
    Window.checkPadded(in, vertical, horizontal);
    int height =
        Window.outputs(in.height(), kernel.height(), stride.height(), vertical, dilation.height());
    int width =
        Window.outputs(in.width(), kernel.width(), stride.width(), horizontal, dilation.width());
    Window.fit(
        in,
        height,
        width,
        kernel,
        padding == null ? new Size((int) vertical, (int) horizontal) : padding,
        dilation);
    // A stride without a second output and a dilation without a second tap mean nothing, and may be
    // of any size.
    return new ConvGeometry(
        in.height(),
        in.width(),
        in.channels(),
        height,
        width,
        filters,
        kernel.height(),
        kernel.width(),
        height == 1 ? 1 : stride.height(),
        width == 1 ? 1 : stride.width(),
        (int) (vertical / 2),
        (int) (horizontal / 2),
        kernel.height() == 1 ? 1 : dilation.height(),
        kernel.width() == 1 ? 1 : dilation.width(),
        groups);
  }

  /** The padding on both sides together. */
  private long total(int n, int kernel, int stride, int dilation, boolean vertical) {
    return padding == null
        ? Window.samePadding(n, kernel, stride, dilation)
        : 2L * (vertical ? padding.height() : padding.width());
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(
        Trait.FORGETS_OUTPUT,
        Trait.ADDS_TO_GRADIENT,
        Trait.CAN_FUSE_CONSUMERS,
        Trait.STORES_PITCH,
        Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    return ConvolutionStep.of(binding, geometry(binding.inputType(0)), bias);
  }
}
