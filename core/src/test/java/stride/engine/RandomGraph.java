package stride.engine;

import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.TensorType;
import stride.layer.Add;
import stride.layer.ChannelMultiply;
import stride.layer.Concat;
import stride.layer.convolution.Conv;
import stride.tensor.Shape;

/**
 * Small graphs of branches, of concatenations of concatenations and of all that reads them. Most
 * values have a single reader, so that what can be fused is; what nothing reads is an output.
 */
final class RandomGraph {
  /** Widths that are less than a vector, whole vectors, and neither. */
  private static final int[] WIDTHS = {1, 3, 5, 8, 13, 16, 17, 24, 32, 33, 48};

  private static final List<Operation> ACTIVATIONS =
      List.of(
          relu(),
          relu6(),
          prelu(),
          prelu().perChannel(),
          leakyRelu(0.1),
          elu(),
          tanh(),
          sigmoid(),
          silu(),
          gelu(),
          mish(),
          hardSwish(),
          hardSigmoid(),
          softplus());

  private final SplittableRandom random;
  private final Graph.Builder graph;
  private final List<Integer> edges = new ArrayList<>();
  private final List<Integer> unread = new ArrayList<>();

  private RandomGraph(long seed) {
    random = new SplittableRandom(seed);
    int side = random.nextInt(3, 10);
    graph = new Graph.Builder(TensorType.of(Shape.image(side, side + random.nextInt(3), 3)));
  }

  /** A graph of 9 to some 60 operations. */
  static Graph of(long seed) {
    var made = new RandomGraph(seed);
    made.add(conv(made.width(), 3).padding(1), made.graph.input());
    int size = made.random.nextInt(8, 20);
    for (int i = 0; i < size; i++) {
      made.addAny();
    }
    made.addOutputs();
    return made.graph.build();
  }

  /** The values that nothing reads, joined where they fit, and one that may have readers. */
  private void addOutputs() {
    graph.output("any", edges.get(random.nextInt(edges.size())));
    var last = graph.type(unread.getLast()).shape();
    var joined = unread.stream().filter(edge -> fits(edge, last)).toList();
    for (int edge : unread) {
      if (!joined.contains(edge)) {
        graph.output("edge" + edge, edge);
      }
    }
    graph.output(
        Graph.OUTPUT, graph.add(new Concat(), joined.stream().mapToInt(edge -> edge).toArray()));
  }

  private int width() {
    return WIDTHS[random.nextInt(WIDTHS.length)];
  }

  private int add(Operation operation, int... inputs) {
    int edge = graph.add(operation, inputs);
    edges.add(edge);
    unread.add(edge);
    for (int input : inputs) {
      unread.remove((Integer) input);
    }
    return edge;
  }

  private boolean fits(int edge, Shape shape) {
    return graph.type(edge).shape().withChannels(1).equals(shape.withChannels(1));
  }

  /** One of the last values, more often one that nothing reads yet. */
  private int anyEdge() {
    var some = random.nextInt(3) > 0 ? unread : edges;
    return some.get(random.nextInt(Math.max(0, some.size() - 5), some.size()));
  }

  private Operation activation() {
    return ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size()));
  }

  private void addAny() {
    int edge = anyEdge();
    var shape = graph.type(edge).shape();
    int channels = shape.channels();
    switch (random.nextInt(22)) {
      case 0 -> add(any(conv(width(), 1)), edge);
      case 1 -> add(any(conv(width(), 3).padding(1)), edge);
      case 2 -> add(any(conv(channels, 3).padding(1).groups(channels)), edge);
      case 3 -> add(any(conv(2 * channels, 3).padding(1).groups(channels)), edge);
      case 4 -> add(activation(), add(norm(edge), add(any(conv(width(), 3).padding(1)), edge)));
      case 5 -> add(activation(), add(norm(edge), edge));
      case 6 -> branch(edge);
      case 7 -> add(activation(), edge);
      case 8 -> add(maxPool(3).stride(1).padding(1), edge);
      case 9 -> add(avgPool(3).stride(1).padding(1), edge);
      case 10 -> {
        int sum = add(new Add(), edge, add(norm(edge), add(any(conv(channels, 1)), edge)));
        if (random.nextBoolean()) {
          add(activation(), sum);
        }
      }
      case 11 -> {
        if (shape.height() > 3) {
          add(avgPool(2), edge);
        }
      }
      case 12 -> add(slice(channels / 3, channels), edge);
      case 13 -> add(channelSplit(random.nextInt(channels), channels), edge);
      case 14 -> add(channelShuffle(channels), edge);
      case 15 -> {
        int pooled = add(globalAvgPool(), edge);
        add(new ChannelMultiply(), edge, add(sigmoid(), add(any(conv(channels, 1)), pooled)));
      }
      case 16 -> add(reshape(shape.height(), shape.width(), channels), edge);
      case 17, 18 -> {
        int[] branches = new int[random.nextInt(2, 4)];
        Arrays.setAll(branches, _ -> branch(edge));
        add(new Concat(), branches);
      }
      default -> concatenate(shape);
    }
  }

  /** A convolution and what is often fused into it. */
  private int branch(int edge) {
    int last = add(any(conv(width(), 1)), edge);
    last = random.nextBoolean() ? add(norm(edge), last) : last;
    return random.nextInt(3) > 0 ? add(activation(), last) : last;
  }

  private Operation norm(int edge) {
    boolean pixel = fits(edge, Shape.image(1, 1, 1));
    return switch (random.nextInt(5)) {
      case 0 -> frozenBatchNorm();
      case 1 -> groupNorm(1);
      case 2 -> pixel ? batchNorm() : instanceNorm();
      default -> batchNorm();
    };
  }

  private Conv any(Conv conv) {
    return random.nextBoolean() ? conv.noBias() : conv;
  }

  private void concatenate(Shape shape) {
    int[] inputs =
        random
            .ints(random.nextInt(1, 5), Math.max(0, edges.size() - 8), edges.size())
            .map(edges::get)
            .filter(edge -> fits(edge, shape) && graph.type(edge).shape().channels() < 200)
            .toArray();
    if (inputs.length > 0) {
      add(new Concat(), inputs);
    }
  }
}
