package stride.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.layer.Add;
import stride.layer.ChannelShuffle;
import stride.layer.ChannelSlice;
import stride.layer.ChannelSplit;
import stride.layer.Concat;
import stride.layer.Size;
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
import stride.layer.activation.Softplus;
import stride.layer.activation.Tanh;
import stride.layer.convolution.Conv;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FixedAffine;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.regularization.Dropout;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * The pixels of the input that a value of a map sees: the value in row y sees the rows y s - before
 * to y s + after, with s the rows from one value to the next, and columns alike.
 *
 * @param down along a column
 * @param along along a row
 */
public record ReceptiveField(Axis down, Axis along) {
  /** The input itself. */
  private static final ReceptiveField PIXEL =
      new ReceptiveField(new Axis(1, 0, 0), new Axis(1, 0, 0));

  /**
   * One direction.
   *
   * @param stride input pixels from one value to the next
   * @param before input pixels that a value sees before pixel y s, with y its number
   * @param after those that it sees after it
   */
  public record Axis(int stride, int before, int after) {
    private Axis behind(int kernel, int step, int padding, int dilation) {
      return new Axis(
          Math.multiplyExact(stride, step),
          before + stride * padding,
          after + stride * (dilation * (kernel - 1) - padding));
    }

    private Axis joined(Axis other) {
      return new Axis(stride, Math.max(before, other.before), Math.max(after, other.after));
    }
  }

  /**
   * {@return what a layer's values see of the only input; empty if that depends on the picture's
   * size, as it does behind a global average, or maps are enlarged on the way}
   *
   * @param graph the network
   * @param output the name of an output
   * @throws IllegalArgumentException if there is no such output, or there are several inputs
   */
  public static Optional<ReceptiveField> of(Graph graph, String output) {
    var _ = graph.input();
    int edge = graph.output(output);
    var fields = new ArrayList<Optional<ReceptiveField>>();
    fields.add(Optional.of(PIXEL));
    for (var node : graph.nodes()) {
      var inputs = node.inputs().stream().map(fields::get).toList();
      fields.add(
          inputs.stream().allMatch(Optional::isPresent)
              ? behind(node, inputs.stream().map(Optional::orElseThrow).toList(), graph)
              : Optional.empty());
    }
    return fields.get(edge);
  }

  private static Optional<ReceptiveField> behind(
      Graph.Node node, List<ReceptiveField> inputs, Graph graph) {
    var first = inputs.getFirst();
    var in = graph.type(node.inputs().getFirst()).shape();
    return switch (node.operation()) {
      case Conv conv -> Optional.of(first.behind(conv, in));
      case MaxPool pool ->
          Optional.of(first.behind(pool.kernel(), pool.stride(), pool.padding(), Size.square(1)));
      case AvgPool pool ->
          Optional.of(first.behind(pool.kernel(), pool.stride(), pool.padding(), Size.square(1)));
      case Add _, Concat _ -> joined(inputs);
      default -> isPixelByPixel(node.operation()) ? Optional.of(first) : Optional.empty();
    };
  }

  private ReceptiveField behind(Conv conv, Shape in) {
    var padding = conv.padding();
    if (padding == null) {
      padding =
          new Size(
              same(
                  in.height(),
                  conv.kernel().height(),
                  conv.stride().height(),
                  conv.dilation().height()),
              same(
                  in.width(),
                  conv.kernel().width(),
                  conv.stride().width(),
                  conv.dilation().width()));
    }
    return behind(conv.kernel(), conv.stride(), padding, conv.dilation());
  }

  private static int same(int n, int kernel, int stride, int dilation) {
    return (int) (Window.samePadding(n, kernel, stride, dilation) / 2);
  }

  private ReceptiveField behind(Size kernel, Size stride, Size padding, Size dilation) {
    return new ReceptiveField(
        down.behind(kernel.height(), stride.height(), padding.height(), dilation.height()),
        along.behind(kernel.width(), stride.width(), padding.width(), dilation.width()));
  }

  /** Values that lie at the same place of maps of one size. */
  private static Optional<ReceptiveField> joined(List<ReceptiveField> inputs) {
    var joined = inputs.getFirst();
    for (var input : inputs) {
      if (input.down.stride != joined.down.stride || input.along.stride != joined.along.stride) {
        return Optional.empty();
      }
      joined = new ReceptiveField(joined.down.joined(input.down), joined.along.joined(input.along));
    }
    return Optional.of(joined);
  }

  /** Whether an operation computes a pixel's values of that pixel's values alone. */
  private static boolean isPixelByPixel(Operation operation) {
    return switch (operation) {
      case Relu _,
          LeakyRelu _,
          Elu _,
          Exp _,
          Gelu _,
          HardSigmoid _,
          HardSwish _,
          Mish _,
          Prelu _,
          Sigmoid _,
          Silu _,
          Softplus _,
          Tanh _ ->
          true;
      case BatchNorm _, FixedAffine _, FrozenBatchNorm _, LocalResponseNorm _, Dropout _ -> true;
      case ChannelShuffle _, ChannelSlice _, ChannelSplit _ -> true;
      default -> false;
    };
  }
}
