package stride.layer;

import java.util.List;
import stride.graph.Initializer;
import stride.layer.activation.Elu;
import stride.layer.activation.Exp;
import stride.layer.activation.Gelu;
import stride.layer.activation.HardSigmoid;
import stride.layer.activation.HardSwish;
import stride.layer.activation.LeakyRelu;
import stride.layer.activation.Mish;
import stride.layer.activation.Prelu;
import stride.layer.activation.Relu;
import stride.layer.activation.Sigmoid;
import stride.layer.activation.Silu;
import stride.layer.activation.Softmax;
import stride.layer.activation.Softplus;
import stride.layer.activation.Tanh;
import stride.layer.convolution.Conv;
import stride.layer.convolution.ConvTranspose;
import stride.layer.convolution.Dense;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FixedAffine;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.normalization.ScaledL2Norm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.GlobalAvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.pooling.Subsample;
import stride.layer.regularization.Dropout;
import stride.layer.regularization.StochasticDepth;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.spatial.SpaceToDepth;
import stride.layer.spatial.Upsample;
import stride.tensor.Shape;

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

  /** A transposed convolution with square filters; stride 1, no padding, with biases. */
  public static ConvTranspose convTranspose(int filters, int kernel) {
    return convTranspose(filters, kernel, kernel);
  }

  /** A transposed convolution with rectangular filters; stride 1, no padding, with biases. */
  public static ConvTranspose convTranspose(int filters, int kernelHeight, int kernelWidth) {
    return new ConvTranspose(
        filters,
        new Size(kernelHeight, kernelWidth),
        Size.square(1),
        Size.square(0),
        Size.square(0),
        Size.square(1),
        1,
        true,
        DEFAULT_INITIALIZER,
        null);
  }

  /** Maxima of square windows; the stride is the window's size. */
  public static MaxPool maxPool(int kernel) {
    return maxPool(kernel, kernel);
  }

  /** Maxima of rectangular windows; the stride is the window's size. */
  public static MaxPool maxPool(int kernelHeight, int kernelWidth) {
    var kernel = new Size(kernelHeight, kernelWidth);
    return new MaxPool(kernel, kernel, Size.square(0), false);
  }

  /** Averages of square windows; the stride is the window's size, padding counts. */
  public static AvgPool avgPool(int kernel) {
    return avgPool(kernel, kernel);
  }

  /** Averages of rectangular windows; the stride is the window's size, padding counts. */
  public static AvgPool avgPool(int kernelHeight, int kernelWidth) {
    var kernel = new Size(kernelHeight, kernelWidth);
    return new AvgPool(kernel, kernel, Size.square(0), false, true);
  }

  /** The average of each channel over the whole image. */
  public static GlobalAvgPool globalAvgPool() {
    return new GlobalAvgPool();
  }

  /**
   * Averages of windows that divide an image of any size into the given number of rows and columns.
   */
  public static AdaptiveAvgPool adaptiveAvgPool(int size) {
    return new AdaptiveAvgPool(Size.square(size));
  }

  /**
   * Every stride-th pixel, with channels of zeros before and after the image's own until there are
   * as many as given: a residual network's shortcut without weights.
   */
  public static Subsample subsample(int stride, int channels) {
    return new Subsample(stride, channels);
  }

  /**
   * The pixels of each block of {@code block} x {@code block} become the channels of one, from row
   * to row.
   */
  public static SpaceToDepth spaceToDepth(int block) {
    return new SpaceToDepth(block, SpaceToDepth.Order.ROWS);
  }

  /** The layers' pixels one behind another, as one row of pixels; they have equal channels. */
  public static PixelRow pixelRow(Layer... parts) {
    return new PixelRow(List.of(parts));
  }

  /** An image made larger by a factor, by repeating its pixels; {@code .bilinear()} blends them. */
  public static Upsample upsample(double factor) {
    return new Upsample(null, factor, Upsample.Mode.NEAREST, false);
  }

  /** An image of a given size, by repeating its pixels; {@code .bilinear()} blends them. */
  public static Upsample upsampleTo(int height, int width) {
    return new Upsample(new Size(height, width), 1, Upsample.Mode.NEAREST, false);
  }

  /** An image with zeros on each side. */
  public static Pad zeroPad(int padding) {
    return zeroPad(padding, padding, padding, padding);
  }

  /** An image with zeros on its sides, in PyTorch's order. */
  public static Pad zeroPad(int left, int right, int top, int bottom) {
    return new Pad(left, right, top, bottom, Pad.Edge.ZERO);
  }

  /** An image mirrored at each side. */
  public static Pad reflectionPad(int padding) {
    return reflectionPad(padding, padding, padding, padding);
  }

  /** An image mirrored at its sides, in PyTorch's order. */
  public static Pad reflectionPad(int left, int right, int top, int bottom) {
    return new Pad(left, right, top, bottom, Pad.Edge.REFLECT);
  }

  /** An image whose last pixels are repeated at each side. */
  public static Pad replicationPad(int padding) {
    return replicationPad(padding, padding, padding, padding);
  }

  /** An image whose last pixels are repeated at its sides, in PyTorch's order. */
  public static Pad replicationPad(int left, int right, int top, int bottom) {
    return new Pad(left, right, top, bottom, Pad.Edge.REPLICATE);
  }

  /** A part of an image, from row {@code top} and column {@code left} on. */
  public static Crop crop(int top, int left, int height, int width) {
    return new Crop(top, left, height, width);
  }

  /** The channels from {@code from} to {@code to}, that one not included. */
  public static ChannelSlice slice(int from, int to) {
    return new ChannelSlice(from, to);
  }

  /**
   * Reshapes the input to the sizes, (H, W, C) for an image. Values are taken in PyTorch's (C, H,
   * W) order.
   */
  public static Reshape reshape(int... sizes) {
    return new Reshape(Shape.of(sizes));
  }

  /** An image as a vector. */
  public static Flatten flatten() {
    return new Flatten();
  }

  /** A fully connected layer with biases. */
  public static Dense dense(int units) {
    return new Dense(units, true, DEFAULT_INITIALIZER, null);
  }

  /** y = tanh x. */
  public static Tanh tanh() {
    return new Tanh();
  }

  /** y = 1 / (1 + e^-x). */
  public static Sigmoid sigmoid() {
    return new Sigmoid();
  }

  /** y = max(x, 0). */
  public static Relu relu() {
    return new Relu(Float.POSITIVE_INFINITY);
  }

  /** y = min(max(x, 0), 6). */
  public static Relu relu6() {
    return new Relu(6);
  }

  /** y = min(max(x + 3, 0), 6) / 6. */
  public static HardSigmoid hardSigmoid() {
    return new HardSigmoid();
  }

  /** y = x min(max(x + 3, 0), 6) / 6. */
  public static HardSwish hardSwish() {
    return new HardSwish();
  }

  /** y = x / (1 + e^-x), also called swish. */
  public static Silu silu() {
    return new Silu();
  }

  /** y = x where {@code x > 0}, else 0.01 x. */
  public static LeakyRelu leakyRelu() {
    return leakyRelu(0.01);
  }

  /** y = x where {@code x > 0}, else slope x. */
  public static LeakyRelu leakyRelu(double slope) {
    return new LeakyRelu((float) slope);
  }

  /** y = x where {@code x > 0}, else w x with one learned w, 0.25 at first. */
  public static Prelu prelu() {
    return new Prelu(false, 0.25f);
  }

  /** y = x where {@code x > 0}, else e^x - 1. */
  public static Elu elu() {
    return elu(1);
  }

  /** y = x where {@code x > 0}, else alpha (e^x - 1). */
  public static Elu elu(double alpha) {
    return new Elu((float) alpha);
  }

  /** y = x P(X at most x) for a standard normal X. */
  public static Gelu gelu() {
    return new Gelu(false);
  }

  /** GELU's approximation by tanh. */
  public static Gelu geluTanh() {
    return new Gelu(true);
  }

  /** e^x, with an x above 88 as 88. */
  public static Exp exp() {
    return new Exp();
  }

  /** y = x tanh(ln(1 + e^x)). */
  public static Mish mish() {
    return new Mish();
  }

  /** y = ln(1 + e^x), but x where {@code x > 20}. */
  public static Softplus softplus() {
    return softplus(1, 20);
  }

  /** y = ln(1 + e^(beta x)) / beta, but x where {@code beta x > threshold}. */
  public static Softplus softplus(double beta, double threshold) {
    return new Softplus((float) beta, (float) threshold);
  }

  /** y = e^x / sum of e^x, over the channels of each sample. */
  public static Softmax softmax() {
    return new Softmax();
  }

  /** Drops values with the given probability in training. */
  public static Dropout dropout(double probability) {
    return new Dropout((float) probability);
  }

  /** In training, sets a residual body's output to zero for randomly chosen samples. */
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

  /** A weight and a bias for each value of a sample, which learn nothing: 1 and 0 at first. */
  public static FixedAffine fixedAffine() {
    return new FixedAffine();
  }

  /** Batch norm that has been learned elsewhere, with eps 1e-5. */
  public static FrozenBatchNorm frozenBatchNorm() {
    return new FrozenBatchNorm(1e-5f);
  }

  /** Each pixel's channels divided by their norm, then scaled; the scales begin at this value. */
  public static ScaledL2Norm scaledL2Norm(double scale) {
    return new ScaledL2Norm((float) scale);
  }

  /** Normalisation of each channel of each image, with eps 1e-5 and without weights. */
  public static InstanceNorm instanceNorm() {
    return new InstanceNorm(1e-5f, false);
  }

  /** Normalisation of groups of channels of each sample, with eps 1e-5, weights and biases. */
  public static GroupNorm groupNorm(int groups) {
    return new GroupNorm(groups, 1e-5f, true);
  }

  /** Normalisation of each whole sample, with eps 1e-5, weights and biases. */
  public static LayerNorm layerNorm() {
    return new LayerNorm(false, 1e-5f, true);
  }

  /** Normalisation of each pixel's channels, with eps 1e-6, weights and biases, as in ConvNeXt. */
  public static LayerNorm layerNorm2d() {
    return new LayerNorm(true, 1e-6f, true);
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

  /** Layers side by side, their outputs' channels joined in order: {@link #branches}. */
  public static Branches concat(Layer... branches) {
    return branches(branches);
  }

  /** The sum of several layers' outputs, element by element. */
  public static Sum sum(Layer... terms) {
    return new Sum(List.of(terms));
  }

  /** The product of several layers' outputs, element by element. */
  public static Product product(Layer... factors) {
    return new Product(List.of(factors));
  }

  /** a(x) - b(x), element by element. */
  public static Difference difference(Layer a, Layer b) {
    return new Difference(a, b);
  }

  /** One of several equal parts of the channels, counted from 0. */
  public static ChannelSplit channelSplit(int part, int parts) {
    return new ChannelSplit(part, parts);
  }

  /** Interleaves the channels of the groups: the first of each, then the second of each. */
  public static ChannelShuffle channelShuffle(int groups) {
    return new ChannelShuffle(groups);
  }

  /** x times gate(x), which has one value a channel. */
  public static SqueezeExcitation gated(Layer gate) {
    return new SqueezeExcitation(gate);
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

  /** Adds a side branch whose output gets this name. The main path passes through unchanged. */
  public static AuxiliaryHead aside(String name, Layer layer) {
    return new AuxiliaryHead(name, layer);
  }
}
