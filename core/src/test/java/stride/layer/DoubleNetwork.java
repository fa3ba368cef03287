package stride.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import stride.graph.Graph;
import stride.graph.Weights;
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
import stride.layer.spatial.PixelConcat;
import stride.layer.spatial.SpaceToDepth;
import stride.layer.spatial.Upsample;

/**
 * A network computed in double with plain loops, written from the layers' definitions in PyTorch's
 * documentation. It shares nothing with the code under test but the layers' settings: it has its
 * own output sizes, its own paddings, its own order of a flattened image. Dropout is off.
 */
public final class DoubleNetwork {
  private final Graph graph;
  private final boolean batchStatistics;
  private final Map<String, double[]> weights = new LinkedHashMap<>();
  private final Map<String, double[]> statistics = new LinkedHashMap<>();

  /** The network of a graph with a copy of the weights as files have them. */
  public DoubleNetwork(Graph graph, Weights from, boolean batchStatistics) {
    this.graph = graph;
    this.batchStatistics = batchStatistics;
    for (var entry : from.table().weights()) {
      weights.put(entry.name(), doubles(from.read(entry)));
    }
    for (var entry : from.table().statistics()) {
      statistics.put(
          entry.name(),
          doubles(
              Arrays.copyOfRange(
                  from.statistics(), entry.offset(), entry.offset() + entry.statistic().length())));
    }
  }

  /** One batch on one edge: a row for each sample, (H, W, C) or (C). */
  public record Values(int[] shape, int[] flattened, double[][] samples) {
    Values(int[] shape, double[][] samples) {
      this(shape, null, samples);
    }

    private int height() {
      return shape[0];
    }

    private int width() {
      return shape[1];
    }

    private int channels() {
      return shape[shape.length - 1];
    }

    private double at(int n, int y, int x, int c) {
      return y < 0 || y >= height() || x < 0 || x >= width()
          ? 0
          : samples[n][(y * width() + x) * channels() + c];
    }
  }

  /** Weight tensors by name, in the file's order; may be changed. */
  public Map<String, double[]> weights() {
    return weights;
  }

  /** The named outputs for a batch of inputs. */
  public Map<String, Values> outputs(double[][] inputs) {
    return outputs(Map.of(graph.inputs().getFirst().name(), inputs));
  }

  /** The named outputs for a batch of each named input. */
  public Map<String, Values> outputs(Map<String, double[][]> inputs) {
    var edges = new ArrayList<Values>();
    for (var input : graph.inputs()) {
      edges.add(new Values(input.type().shape().sizes(), inputs.get(input.name())));
    }
    for (var node : graph.nodes()) {
      edges.add(
          switch (node.operation()) {
            case Add _ -> sum(edges.get(node.inputs().get(0)), edges.get(node.inputs().get(1)));
            case ChannelMultiply _ ->
                scaled(edges.get(node.inputs().get(0)), edges.get(node.inputs().get(1)));
            case Multiply _ ->
                each(
                    edges.get(node.inputs().get(0)),
                    edges.get(node.inputs().get(1)),
                    (a, b) -> a * b);
            case Subtract _ ->
                each(
                    edges.get(node.inputs().get(0)),
                    edges.get(node.inputs().get(1)),
                    (a, b) -> a - b);
            case Concat _ -> joined(node.inputs().stream().map(edges::get).toList());
            case PixelConcat _ -> inRow(node.inputs().stream().map(edges::get).toList());
            case PlainLayer layer -> apply(layer, node.weights(), edges.get(node.inputs().get(0)));
            default -> throw new AssertionError("no definition of " + node.operation());
          });
    }
    var outputs = new LinkedHashMap<String, Values>();
    graph.outputs().forEach((name, edge) -> outputs.put(name, edges.get(edge)));
    return outputs;
  }

  private Values apply(PlainLayer layer, String name, Values x) {
    return switch (layer) {
      case Conv conv -> convolved(conv, weights.get(name + ".weight"), bias(name), x);
      case ConvTranspose conv -> spread(conv, weights.get(name + ".weight"), bias(name), x);
      case Dense dense -> product(dense, weights.get(name + ".weight"), bias(name), x);
      case MaxPool pool -> pooled(pool.kernel(), pool.stride(), pool.padding(), pool.ceil(), x, 0);
      case AvgPool pool ->
          pooled(
              pool.kernel(),
              pool.stride(),
              pool.padding(),
              pool.ceil(),
              x,
              pool.countsPadding() ? 1 : 2);
      case GlobalAvgPool _ -> means(x);
      case AdaptiveAvgPool pool -> divided(pool.output(), x);
      case Subsample sampling -> subsampled(sampling, x);
      case BatchNorm norm -> normalized(norm, name, x);
      case InstanceNorm norm ->
          ofParts(x, x.channels(), norm.eps(), name, i -> i % x.channels(), i -> i % x.channels());
      case GroupNorm norm ->
          ofParts(
              x,
              norm.groups(),
              norm.eps(),
              name,
              i -> i % x.channels() * norm.groups() / x.channels(),
              i -> i % x.channels());
      case LayerNorm norm when norm.perPixel() ->
          ofParts(
              x,
              x.samples[0].length / x.channels(),
              norm.eps(),
              name,
              i -> i / x.channels(),
              i -> i % x.channels());
      case LayerNorm norm -> ofParts(x, 1, norm.eps(), name, i -> 0, i -> inFile(x, i));
      case LocalResponseNorm norm -> localResponse(norm, x);
      case FixedAffine _ -> fixed(name, x);
      case FrozenBatchNorm norm -> frozen(norm, name, x);
      case ScaledL2Norm _ -> unitLength(weights.get(name + ".scale_weight"), x);
      case Softmax _ -> softmax(x);
      case Flatten _ ->
          x.shape.length == 1 ? x : new Values(new int[] {x.samples[0].length}, x.shape, x.samples);
      case Tanh _ -> each(x, Math::tanh);
      case Sigmoid _ -> each(x, v -> 1 / (1 + Math.exp(-v)));
      case Relu relu -> each(x, v -> v < 0 ? 0 : v > relu.ceiling() ? relu.ceiling() : v);
      case HardSigmoid _ -> each(x, DoubleNetwork::hardSigmoid);
      case HardSwish _ -> each(x, v -> v * hardSigmoid(v));
      case Silu _ -> each(x, v -> v / (1 + Math.exp(-v)));
      case LeakyRelu leaky -> each(x, v -> v < 0 ? leaky.slope() * v : v);
      case Elu elu -> each(x, v -> v < 0 ? elu.alpha() * Math.expm1(v) : v);
      case Exp _ -> each(x, Math::exp);
      case Gelu gelu ->
          each(x, gelu.approximate() ? DoubleNetwork::geluByTanh : DoubleNetwork::gelu);
      case Mish _ -> each(x, v -> v * Math.tanh(Math.log1p(Math.exp(v))));
      case Softplus soft ->
          each(
              x,
              v ->
                  soft.beta() * v > soft.threshold()
                      ? v
                      : Math.log1p(Math.exp(soft.beta() * v)) / soft.beta());
      case Prelu _ -> sloped(weights.get(name + ".weight"), x);
      case Pad pad -> padded(pad, x);
      case Crop crop ->
          pixels(
              x,
              crop.height(),
              crop.width(),
              (n, i, j, c) -> x.at(n, crop.top() + i, crop.left() + j, c));
      case Upsample up -> resized(up, x);
      case SpaceToDepth blocks -> blocked(blocks, x);
      case ChannelSlice slice -> {
        int[] shape = x.shape.clone();
        shape[shape.length - 1] = slice.to() - slice.from();
        yield picked(shape, x, c -> slice.from() + c);
      }
      case Rearrange other -> rearranged(other, x);
      case Reshape reshape -> reshaped(reshape.shape().sizes(), x);
      case ChannelSplit split -> part(split, x);
      case ChannelShuffle shuffle -> shuffled(shuffle, x);
      case Dropout _, StochasticDepth _ -> x;
      default -> throw new AssertionError("no definition of " + layer);
    };
  }

  private double[] bias(String name) {
    return weights.get(name + ".bias");
  }

  private static Values each(Values x, java.util.function.DoubleUnaryOperator f) {
    return new Values(
        x.shape,
        Arrays.stream(x.samples)
            .map(sample -> Arrays.stream(sample).map(f).toArray())
            .toArray(double[][]::new));
  }

  private static Values each(Values a, Values b, java.util.function.DoubleBinaryOperator f) {
    var y = new double[a.samples.length][a.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = f.applyAsDouble(a.samples[n][i], b.samples[n][i]);
      }
    }
    return new Values(a.shape, y);
  }

  /** The value of channel c of pixel (i, j) of sample n. */
  private interface Pixel {
    double at(int n, int i, int j, int c);
  }

  private static Values pixels(Values x, int height, int width, Pixel pixel) {
    var y = new double[x.samples.length][height * width * x.channels()];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        int p = i / x.channels();
        y[n][i] = pixel.at(n, p / width, p % width, i % x.channels());
      }
    }
    return new Values(new int[] {height, width, x.channels()}, y);
  }

  private static Values padded(Pad pad, Values x) {
    return pixels(
        x,
        x.height() + pad.top() + pad.bottom(),
        x.width() + pad.left() + pad.right(),
        (n, i, j, c) -> {
          int row = i - pad.top();
          int column = j - pad.left();
          return switch (pad.edge()) {
            case ZERO -> x.at(n, row, column, c);
            case REFLECT -> x.at(n, mirrored(row, x.height()), mirrored(column, x.width()), c);
            case REPLICATE ->
                x.at(
                    n,
                    Math.max(0, Math.min(row, x.height() - 1)),
                    Math.max(0, Math.min(column, x.width() - 1)),
                    c);
          };
        });
  }

  /** Walks from the edge back into the image. */
  private static int mirrored(int at, int n) {
    int last = n - 1;
    return last - Math.abs(last - Math.abs(at));
  }

  private static Values resized(Upsample up, Values x) {
    int height = up.size() == null ? (int) (x.height() * up.factor()) : up.size().height();
    int width = up.size() == null ? (int) (x.width() * up.factor()) : up.size().width();
    return pixels(
        x,
        height,
        width,
        (n, i, j, c) -> {
          double row = place(up, i, x.height(), height);
          double column = place(up, j, x.width(), width);
          if (up.mode() == Upsample.Mode.NEAREST) {
            return x.at(n, (int) row, (int) column, c);
          }
          // Tents of a pixel's width around every pixel; those at the edge go on for ever.
          double sum = 0;
          for (int h = 0; h < x.height(); h++) {
            for (int w = 0; w < x.width(); w++) {
              double down = Math.max(0, 1 - Math.abs(Math.min(row, x.height() - 1) - h));
              double along = Math.max(0, 1 - Math.abs(Math.min(column, x.width() - 1) - w));
              sum += down * along * x.at(n, h, w, c);
            }
          }
          return sum;
        });
  }

  private static double place(Upsample up, int i, int n, int outputs) {
    double step = up.size() == null ? 1 / up.factor() : n / (double) outputs;
    if (up.mode() == Upsample.Mode.NEAREST) {
      return Math.min(Math.floor(i * step + 1e-9), n - 1);
    }
    if (up.mode() == Upsample.Mode.BILINEAR_ASYMMETRIC) {
      return i * step;
    }
    return up.alignCorners()
        ? outputs == 1 ? 0 : i * (n - 1) / (double) (outputs - 1)
        : Math.max(0, (i + 0.5) * step - 0.5);
  }

  /** Out of (C, H, W) into (C, H, W): images are turned round, and what is none stays. */
  private static Values reshaped(int[] shape, Values x) {
    int[] image = x.flattened == null ? x.shape : x.flattened;
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      var inOrder = new ArrayList<Double>();
      if (image.length == 3) {
        var values = new Values(image, x.samples);
        for (int c = 0; c < image[2]; c++) {
          for (int h = 0; h < image[0]; h++) {
            for (int w = 0; w < image[1]; w++) {
              inOrder.add(values.at(n, h, w, c));
            }
          }
        }
      } else {
        Arrays.stream(x.samples[n]).forEach(inOrder::add);
      }
      int i = 0;
      if (shape.length == 3) {
        for (int c = 0; c < shape[2]; c++) {
          for (int p = 0; p < shape[0] * shape[1]; p++) {
            y[n][p * shape[2] + c] = inOrder.get(i++);
          }
        }
      } else {
        for (double value : inOrder) {
          y[n][i++] = value;
        }
      }
    }
    return new Values(shape, y);
  }

  private static double hardSigmoid(double v) {
    return v <= -3 ? 0 : v >= 3 ? 1 : v / 6 + 0.5;
  }

  /** x times the normal distribution's function, by the trapezoidal rule over its density. */
  private static double gelu(double v) {
    int steps = 4000;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double t = v * i / steps;
      sum += Math.exp(-t * t / 2) * (i == 0 || i == steps ? 0.5 : 1);
    }
    // The rule's error of h^2 / 12 times the difference of the slopes at the ends, taken off.
    double h = v / steps;
    double error = h * h / 12 * (-v * Math.exp(-v * v / 2));
    return v * (0.5 + (h * sum - error) / Math.sqrt(2 * Math.PI));
  }

  private static double geluByTanh(double v) {
    return v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * Math.pow(v, 3)))) / 2;
  }

  private Values fixed(String name, Values x) {
    var y = new double[x.samples.length][];
    for (int n = 0; n < y.length; n++) {
      double[] own = x.samples[n];
      y[n] =
          IntStream.range(0, own.length)
              .mapToDouble(
                  i ->
                      own[i] * statistics.get(name + ".weight")[i]
                          + statistics.get(name + ".bias")[i])
              .toArray();
    }
    return new Values(x.shape, y);
  }

  /** Each value's index in the input decides where it goes. */
  private static Values rearranged(Rearrange other, Values x) {
    int rank = other.sizes().size();
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        var index = new int[rank];
        for (int d = rank - 1, rest = i; d >= 0; d--) {
          index[d] = rest % other.sizes().get(d);
          rest /= other.sizes().get(d);
        }
        int to = 0;
        for (int axis : other.order()) {
          to = to * other.sizes().get(axis) + index[axis];
        }
        y[n][to] = x.samples[n][i];
      }
    }
    return new Values(other.shape().sizes(), y);
  }

  private static Values inRow(List<Values> parts) {
    int channels = parts.getFirst().channels();
    var y = new double[parts.getFirst().samples.length][];
    for (int n = 0; n < y.length; n++) {
      int sample = n;
      y[n] = parts.stream().flatMapToDouble(part -> Arrays.stream(part.samples[sample])).toArray();
    }
    return new Values(new int[] {1, y[0].length / channels, channels}, y);
  }

  /** One slope for all negative values, or one a channel. */
  private Values frozen(FrozenBatchNorm norm, String name, Values x) {
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        int c = i % x.channels();
        y[n][i] =
            statistics.get(name + ".weight")[c]
                    * (x.samples[n][i] - statistics.get(name + ".running_mean")[c])
                    / Math.sqrt(statistics.get(name + ".running_var")[c] + norm.eps())
                + statistics.get(name + ".bias")[c];
      }
    }
    return new Values(x.shape, y);
  }

  private static Values unitLength(double[] scales, Values x) {
    int channels = x.channels();
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        double squares = 0;
        for (int c = 0; c < channels; c++) {
          squares += Math.pow(x.samples[n][i - i % channels + c], 2);
        }
        y[n][i] = scales[i % channels] * x.samples[n][i] / Math.sqrt(squares);
      }
    }
    return new Values(x.shape, y);
  }

  private static Values sloped(double[] slopes, Values x) {
    var y = new double[x.samples.length][];
    for (int n = 0; n < y.length; n++) {
      y[n] = x.samples[n].clone();
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] *= y[n][i] < 0 ? slopes[i % x.channels() % slopes.length] : 1;
      }
    }
    return new Values(x.shape, y);
  }

  private static Values scaled(Values x, Values scale) {
    var y = new double[x.samples.length][];
    for (int n = 0; n < y.length; n++) {
      y[n] = x.samples[n].clone();
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] *= scale.samples[n][i % x.channels()];
      }
    }
    return new Values(x.shape, y);
  }

  private static Values part(ChannelSplit split, Values x) {
    int own = x.channels() / split.parts();
    int[] shape = x.shape.clone();
    shape[shape.length - 1] = own;
    return picked(shape, x, c -> split.part() * own + c);
  }

  /** PyTorch's view(groups, size), transposed. */
  private static Values shuffled(ChannelShuffle shuffle, Values x) {
    int groups = shuffle.groups();
    int size = x.channels() / groups;
    return picked(x.shape, x, c -> c % groups * size + c / groups);
  }

  /** Channel c of each pixel is the input's channel {@code from(c)}. */
  private static Values picked(int[] shape, Values x, java.util.function.IntUnaryOperator from) {
    int channels = shape[shape.length - 1];
    int pixels = x.samples[0].length / x.channels();
    var y = new double[x.samples.length][pixels * channels];
    for (int n = 0; n < y.length; n++) {
      for (int p = 0; p < pixels; p++) {
        for (int c = 0; c < channels; c++) {
          y[n][p * channels + c] = x.samples[n][p * x.channels() + from.applyAsInt(c)];
        }
      }
    }
    return new Values(shape, y);
  }

  private static Values sum(Values a, Values b) {
    var y = new double[a.samples.length][];
    for (int n = 0; n < y.length; n++) {
      y[n] = a.samples[n].clone();
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] += b.samples[n][i];
      }
    }
    return new Values(a.shape, y);
  }

  private static Values joined(List<Values> parts) {
    int channels = parts.stream().mapToInt(Values::channels).sum();
    int[] shape = parts.getFirst().shape.clone();
    shape[shape.length - 1] = channels;
    int samples = parts.getFirst().samples.length;
    var y = new double[samples][];
    for (int n = 0; n < samples; n++) {
      var values = new ArrayList<Double>();
      int pixels = parts.getFirst().samples[n].length / parts.getFirst().channels();
      for (int p = 0; p < pixels; p++) {
        for (var part : parts) {
          for (int c = 0; c < part.channels(); c++) {
            values.add(part.samples[n][p * part.channels() + c]);
          }
        }
      }
      y[n] = values.stream().mapToDouble(v -> v).toArray();
    }
    return new Values(shape, y);
  }

  /** Cross-correlation; "same" pads so that the output has ceil(n / stride), more at the end. */
  private static Values convolved(Conv conv, double[] w, double[] bias, Values x) {
    int[] rows =
        places(
            x.height(),
            conv.kernel().height(),
            conv.stride().height(),
            conv.padding() == null ? -1 : conv.padding().height(),
            conv.dilation().height());
    int[] columns =
        places(
            x.width(),
            conv.kernel().width(),
            conv.stride().width(),
            conv.padding() == null ? -1 : conv.padding().width(),
            conv.dilation().width());
    int in = x.channels() / conv.groups();
    int out = conv.filters() / conv.groups();
    int kh = conv.kernel().height();
    int kw = conv.kernel().width();
    var y = new double[x.samples.length][rows.length * columns.length * conv.filters()];
    for (int n = 0; n < y.length; n++) {
      int at = 0;
      for (int top : rows) {
        for (int left : columns) {
          for (int o = 0; o < conv.filters(); o++) {
            double sum = bias == null ? 0 : bias[o];
            for (int i = 0; i < in; i++) {
              for (int ky = 0; ky < kh; ky++) {
                for (int kx = 0; kx < kw; kx++) {
                  sum +=
                      w[((o * in + i) * kh + ky) * kw + kx]
                          * x.at(
                              n,
                              top + ky * conv.dilation().height(),
                              left + kx * conv.dilation().width(),
                              o / out * in + i);
                }
              }
            }
            y[n][at++] = sum;
          }
        }
      }
    }
    return new Values(new int[] {rows.length, columns.length, conv.filters()}, y);
  }

  /** Each input pixel, times the filter, is added to the output; then the padding is cut off. */
  private static Values spread(ConvTranspose conv, double[] w, double[] bias, Values x) {
    int kh = conv.kernel().height();
    int kw = conv.kernel().width();
    int fullHeight =
        (x.height() - 1) * conv.stride().height() + (kh - 1) * conv.dilation().height() + 1;
    int fullWidth =
        (x.width() - 1) * conv.stride().width() + (kw - 1) * conv.dilation().width() + 1;
    int height = fullHeight - 2 * conv.padding().height() + conv.outputPadding().height();
    int width = fullWidth - 2 * conv.padding().width() + conv.outputPadding().width();
    int out = conv.filters() / conv.groups();
    int in = x.channels() / conv.groups();
    var y = new double[x.samples.length][height * width * conv.filters()];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = bias == null ? 0 : bias[i % conv.filters()];
      }
      for (int h = 0; h < x.height(); h++) {
        for (int v = 0; v < x.width(); v++) {
          for (int ky = 0; ky < kh; ky++) {
            for (int kx = 0; kx < kw; kx++) {
              int row =
                  h * conv.stride().height()
                      + ky * conv.dilation().height()
                      - conv.padding().height();
              int column =
                  v * conv.stride().width() + kx * conv.dilation().width() - conv.padding().width();
              if (row < 0 || row >= height || column < 0 || column >= width) {
                continue;
              }
              for (int c = 0; c < x.channels(); c++) {
                for (int o = 0; o < out; o++) {
                  y[n][(row * width + column) * conv.filters() + c / in * out + o] +=
                      w[((c * out + o) * kh + ky) * kw + kx] * x.at(n, h, v, c);
                }
              }
            }
          }
        }
      }
    }
    return new Values(new int[] {height, width, conv.filters()}, y);
  }

  /** Where the windows begin that lie within the padded image; padding -1 is "same". */
  private static int[] places(int n, int kernel, int stride, int padding, int dilation) {
    int reach = (kernel - 1) * dilation + 1;
    var places = new ArrayList<Integer>();
    if (padding < 0) {
      int outputs = (int) Math.ceil(n / (double) stride);
      int missing = Math.max(0, (outputs - 1) * stride + reach - n);
      for (int i = 0; i < outputs; i++) {
        places.add(i * stride - missing / 2);
      }
    } else {
      for (int at = -padding; at + reach <= n + padding; at += stride) {
        places.add(at);
      }
    }
    return places.stream().mapToInt(i -> i).toArray();
  }

  private static Values product(Dense dense, double[] w, double[] bias, Values x) {
    int in = x.samples[0].length;
    var y = new double[x.samples.length][dense.units()];
    for (int n = 0; n < y.length; n++) {
      for (int o = 0; o < dense.units(); o++) {
        double sum = bias == null ? 0 : bias[o];
        if (x.flattened == null) {
          for (int i = 0; i < in; i++) {
            sum += w[o * in + i] * x.samples[n][i];
          }
        } else {
          var image = new Values(x.flattened, x.samples);
          int i = 0;
          for (int c = 0; c < image.channels(); c++) {
            for (int h = 0; h < image.height(); h++) {
              for (int v = 0; v < image.width(); v++) {
                sum += w[o * in + i++] * image.at(n, h, v, c);
              }
            }
          }
        }
        y[n][o] = sum;
      }
    }
    return new Values(new int[] {dense.units()}, y);
  }

  /** Maxima (0), averages that count the padding (1) or do not (2). */
  private static Values pooled(
      Size kernel, Size stride, Size padding, boolean ceil, Values x, int kind) {
    int[] rows = windows(x.height(), kernel.height(), stride.height(), padding.height(), ceil);
    int[] columns = windows(x.width(), kernel.width(), stride.width(), padding.width(), ceil);
    var y = new double[x.samples.length][rows.length * columns.length * x.channels()];
    for (int n = 0; n < y.length; n++) {
      int at = 0;
      for (int top : rows) {
        for (int left : columns) {
          for (int c = 0; c < x.channels(); c++) {
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            int inside = 0;
            int padded = 0;
            for (int h = top; h < top + kernel.height(); h++) {
              for (int w = left; w < left + kernel.width(); w++) {
                if (h >= 0 && h < x.height() && w >= 0 && w < x.width()) {
                  max = Math.max(max, x.at(n, h, w, c));
                  sum += x.at(n, h, w, c);
                  inside++;
                }
                if (h < x.height() + padding.height() && w < x.width() + padding.width()) {
                  padded++;
                }
              }
            }
            y[n][at++] = kind == 0 ? max : kind == 1 ? sum / padded : sum / inside;
          }
        }
      }
    }
    return new Values(new int[] {rows.length, columns.length, x.channels()}, y);
  }

  /**
   * Where a pooling's windows begin. In ceil mode there are as many as it takes to reach the
   * padding's end, but none that begins behind the image.
   */
  private static int[] windows(int n, int kernel, int stride, int padding, boolean ceil) {
    var places = new ArrayList<Integer>();
    int at = -padding;
    while (at + kernel <= n + padding
        || (ceil && at < n && (places.isEmpty() || places.getLast() + kernel < n + padding))) {
      places.add(at);
      at += stride;
    }
    return places.stream().mapToInt(i -> i).toArray();
  }

  private static Values means(Values x) {
    var y = new double[x.samples.length][x.channels()];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < x.samples[n].length; i++) {
        y[n][i % x.channels()] += x.samples[n][i] / (x.height() * x.width());
      }
    }
    return new Values(new int[] {1, 1, x.channels()}, y);
  }

  /** Each output averages all pixels that its part of the image touches. */
  private static Values divided(Size output, Values x) {
    var y = new double[x.samples.length][];
    for (int n = 0; n < y.length; n++) {
      var values = new ArrayList<Double>();
      for (int i = 0; i < output.height(); i++) {
        for (int j = 0; j < output.width(); j++) {
          for (int c = 0; c < x.channels(); c++) {
            double sum = 0;
            int pixels = 0;
            for (int h = 0; h < x.height(); h++) {
              for (int w = 0; w < x.width(); w++) {
                if (touches(h, i, x.height(), output.height())
                    && touches(w, j, x.width(), output.width())) {
                  sum += x.at(n, h, w, c);
                  pixels++;
                }
              }
            }
            values.add(sum / pixels);
          }
        }
      }
      y[n] = values.stream().mapToDouble(v -> v).toArray();
    }
    return new Values(new int[] {output.height(), output.width(), x.channels()}, y);
  }

  /** Whether pixel [p, p + 1) of n shares more than a border with part i of the image. */
  private static boolean touches(int p, int i, int n, int parts) {
    return p * parts < (i + 1) * n && (p + 1) * parts > i * n;
  }

  private static Values blocked(SpaceToDepth blocks, Values x) {
    int block = blocks.block();
    int width = x.width() / block;
    int channels = x.channels() * block * block;
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int h = 0; h < x.height(); h++) {
        for (int w = 0; w < x.width(); w++) {
          int inBlock =
              switch (blocks.order()) {
                case ROWS -> h % block * block + w % block;
                case COLUMNS -> w % block * block + h % block;
              };
          for (int c = 0; c < x.channels(); c++) {
            int pixel = h / block * width + w / block;
            y[n][pixel * channels + inBlock * x.channels() + c] = x.at(n, h, w, c);
          }
        }
      }
    }
    return new Values(new int[] {x.height() / block, width, channels}, y);
  }

  private static Values subsampled(Subsample sampling, Values x) {
    int before = (sampling.channels() - x.channels()) / 2;
    int height = (int) Math.ceil(x.height() / (double) sampling.stride());
    int width = (int) Math.ceil(x.width() / (double) sampling.stride());
    var y = new double[x.samples.length][height * width * sampling.channels()];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        int c = i % sampling.channels() - before;
        int pixel = i / sampling.channels();
        if (c >= 0 && c < x.channels()) {
          y[n][i] =
              x.at(n, pixel / width * sampling.stride(), pixel % width * sampling.stride(), c);
        }
      }
    }
    return new Values(new int[] {height, width, sampling.channels()}, y);
  }

  private Values normalized(BatchNorm norm, String name, Values x) {
    int channels = x.channels();
    double[] mean = new double[channels];
    double[] variance = new double[channels];
    if (batchStatistics) {
      double count = x.samples.length * (x.samples[0].length / channels);
      for (double[] sample : x.samples) {
        for (int i = 0; i < sample.length; i++) {
          mean[i % channels] += sample[i] / count;
        }
      }
      for (double[] sample : x.samples) {
        for (int i = 0; i < sample.length; i++) {
          variance[i % channels] += Math.pow(sample[i] - mean[i % channels], 2) / count;
        }
      }
    } else {
      mean = statistics.get(name + ".running_mean");
      variance = statistics.get(name + ".running_var");
    }
    double[] weight = weights.get(name + ".weight");
    double[] bias = bias(name);
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        int c = i % channels;
        y[n][i] =
            (x.samples[n][i] - mean[c]) / Math.sqrt(variance[c] + norm.eps()) * weight[c] + bias[c];
      }
    }
    return new Values(x.shape, y);
  }

  /** Where PyTorch has the i-th value of (H, W, C): in (C, H, W). */
  private static int inFile(Values x, int i) {
    int[] image = x.flattened == null ? x.shape : x.flattened;
    int pixels = x.samples[0].length / image[image.length - 1];
    int channels = image[image.length - 1];
    return image.length < 3 ? i : i % channels * pixels + i / channels;
  }

  /** Each sample's values less the mean of their part, by its deviation; weights may be missing. */
  private Values ofParts(
      Values x,
      int parts,
      double eps,
      String name,
      java.util.function.IntUnaryOperator part,
      java.util.function.IntUnaryOperator weightOf) {
    double[] weight = weights.get(name + ".weight");
    double[] bias = bias(name);
    int length = x.samples[0].length;
    var y = new double[x.samples.length][length];
    for (int n = 0; n < y.length; n++) {
      var mean = new double[parts];
      var variance = new double[parts];
      double count = length / (double) parts;
      for (int i = 0; i < length; i++) {
        mean[part.applyAsInt(i)] += x.samples[n][i] / count;
      }
      for (int i = 0; i < length; i++) {
        int p = part.applyAsInt(i);
        variance[p] += Math.pow(x.samples[n][i] - mean[p], 2) / count;
      }
      for (int i = 0; i < length; i++) {
        int p = part.applyAsInt(i);
        int at = weightOf.applyAsInt(i);
        y[n][i] =
            (x.samples[n][i] - mean[p])
                    / Math.sqrt(variance[p] + eps)
                    * (weight == null ? 1 : weight[at])
                + (bias == null ? 0 : bias[at]);
      }
    }
    return new Values(x.shape, x.flattened, y);
  }

  /** The window of an even size reaches one channel further down than up. */
  private static Values localResponse(LocalResponseNorm norm, Values x) {
    int channels = x.channels();
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        int c = i % channels;
        double squares = 0;
        for (int k = 0; k < norm.size(); k++) {
          int other = c - norm.size() / 2 + k;
          if (other >= 0 && other < channels) {
            squares += Math.pow(x.samples[n][i - c + other], 2);
          }
        }
        y[n][i] =
            x.samples[n][i]
                / Math.pow(norm.k() + norm.alpha() * squares / norm.size(), norm.beta());
      }
    }
    return new Values(x.shape, y);
  }

  private static Values softmax(Values x) {
    int channels = x.channels();
    var y = new double[x.samples.length][x.samples[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        double sum = 0;
        for (int j = 0; j < channels; j++) {
          sum += Math.exp(x.samples[n][i - i % channels + j] - x.samples[n][i]);
        }
        y[n][i] = 1 / sum;
      }
    }
    return new Values(x.shape, y);
  }

  private static double[] doubles(float[] values) {
    var doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
