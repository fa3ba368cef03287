package stride.layer;

import java.util.List;
import stride.graph.Initializer;

/** Makes layers. Import these methods statically, and a network reads like its paper. */
public final class Layers {
  /** PyTorch's default for convolutions and dense layers: uniform in +-1 / sqrt(fan-in). */
  public static final Initializer DEFAULT_INITIALIZER =
      new Initializer.KaimingUniform(Math.sqrt(1.0 / 3), Initializer.Fan.IN);

  private Layers() {}

  /** A convolution with square filters; stride 1, no padding, with biases. */
  public static Conv conv(int filters, int kernel) {
    return conv(filters, kernel, kernel);
  }

  /** A convolution with rectangular filters; stride 1, no padding, with biases. */
  public static Conv conv(int filters, int kernelHeight, int kernelWidth) {
    return new Conv(
        filters,
        new Size(kernelHeight, kernelWidth),
        Size.square(1),
        Size.square(0),
        Size.square(1),
        1,
        true,
        DEFAULT_INITIALIZER,
        null);
  }

  /**
   * A convolution over a sequence, which is an image (1, length, channels): of its two sides only
   * the second is padded, with {@code .padding(0, p)}.
   */
  public static Conv conv1d(int filters, int kernel) {
    return conv(filters, 1, kernel);
  }

  /** Maxima of square windows; the stride is the window's size. */
  public static MaxPool maxPool(int kernel) {
    return new MaxPool(Size.square(kernel), Size.square(kernel), Size.square(0), false);
  }

  /** Averages of square windows; the stride is the window's size, padding counts. */
  public static AvgPool avgPool(int kernel) {
    return new AvgPool(Size.square(kernel), Size.square(kernel), Size.square(0), false, true);
  }

  /** The average of each channel over the whole image. */
  public static GlobalAvgPool globalAvgPool() {
    return new GlobalAvgPool();
  }

  /** Averages of windows that divide an image of any size into so many rows and columns. */
  public static AdaptiveAvgPool adaptiveAvgPool(int size) {
    return new AdaptiveAvgPool(Size.square(size));
  }

  /** Every stride-th pixel, with channels of zeros around the image's own. */
  public static Subsample subsample(int stride, int channels) {
    return new Subsample(stride, channels);
  }

  /** An image as a vector. */
  public static Flatten flatten() {
    return new Flatten();
  }

  /** A fully connected layer with biases. */
  public static Dense dense(int units) {
    return new Dense(units, true, DEFAULT_INITIALIZER, null);
  }

  public static Tanh tanh() {
    return new Tanh();
  }

  public static Sigmoid sigmoid() {
    return new Sigmoid();
  }

  public static Relu relu() {
    return new Relu(Float.POSITIVE_INFINITY);
  }

  public static Relu relu6() {
    return new Relu(6);
  }

  public static HardSigmoid hardSigmoid() {
    return new HardSigmoid();
  }

  public static HardSwish hardSwish() {
    return new HardSwish();
  }

  public static Silu silu() {
    return new Silu();
  }

  public static Softmax softmax() {
    return new Softmax();
  }

  /** Drops values with the given probability in training. */
  public static Dropout dropout(double probability) {
    return new Dropout((float) probability);
  }

  /** Drops whole samples with the given probability in training: for a residual's body. */
  public static StochasticDepth stochasticDepth(double probability) {
    return new StochasticDepth((float) probability);
  }

  /** Batch normalisation with PyTorch's eps 1e-5 and momentum 0.1. */
  public static BatchNorm batchNorm() {
    return batchNorm(1e-5);
  }

  /** Batch normalisation with momentum 0.1. */
  public static BatchNorm batchNorm(double eps) {
    return new BatchNorm((float) eps, 0.1f);
  }

  /**
   * Local response normalisation over {@code size} channels with PyTorch's defaults: alpha 1e-4,
   * beta 0.75, k 1.
   */
  public static LocalResponseNorm localResponseNorm(int size) {
    return new LocalResponseNorm(size, 1e-4f, 0.75f, 1);
  }

  /** Layers one after another. */
  public static Sequential sequential(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  /** body(x) + x. */
  public static Residual residual(Layer body) {
    return residual(body, identity());
  }

  /** body(x) + shortcut(x). */
  public static Residual residual(Layer body, Layer shortcut) {
    return new Residual(body, shortcut);
  }

  /** Layers side by side, their outputs' channels joined. */
  public static Branches branches(Layer... branches) {
    return new Branches(List.of(branches));
  }

  /** One of so many equal parts of the channels, counted from 0. */
  public static ChannelSplit channelSplit(int part, int parts) {
    return new ChannelSplit(part, parts);
  }

  /** The channels of so many groups, in turns. */
  public static ChannelShuffle channelShuffle(int groups) {
    return new ChannelShuffle(groups);
  }

  /** x times gate(x), which has one value a channel. */
  public static Gated gated(Layer gate) {
    return new Gated(gate);
  }

  /** No layer: what comes in goes out. */
  public static Identity identity() {
    return new Identity();
  }

  /** A layer under a name: its place in the state dict. */
  public static Named named(String name, Layer layer) {
    return new Named(name, layer);
  }

  /** One of a network's several inputs, by its name. */
  public static Input input(String name) {
    return new Input(name);
  }

  /** A layer that has the same weights wherever it stands in a network under this name. */
  public static Shared shared(String name, Layer layer) {
    return new Shared(name, layer);
  }

  /** A layer whose output is also an output of the network, under a name. */
  public static Tap tap(String name, Layer layer) {
    return new Tap(name, layer);
  }

  /** A layer beside the network's way, an output under a name; what comes in goes on. */
  public static Aside aside(String name, Layer layer) {
    return new Aside(name, layer);
  }
}
