package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * How many elements of constants may be computed while a graph is read: a small file may ask for
 * large ones, one by one or together, which then wait until somebody runs it.
 */
public final class FoldingBudget {
  /** The most elements that one node may make. */
  private static final long MOST_OF_A_NODE = 1 << 24;

  /** The most that all nodes may make together, besides what the file's own constants justify. */
  private static final long MOST_OF_ALL = 1 << 25;

  private long rest;

  private FoldingBudget(long rest) {
    this.rest = rest;
  }

  /**
   * Returns the budget of a graph: 2^25 elements, and two for each element of the constants that it
   * brings.
   *
   * @param graph the graph
   * @return a budget of which nothing is spent
   */
  public static FoldingBudget of(OnnxGraph graph) {
    long own = graph.constants().values().stream().mapToLong(OnnxTensor::size).sum();
    return new FoldingBudget(MOST_OF_ALL + 2 * own);
  }

  /**
   * Returns whether a node's outputs are covered, before anything is allocated.
   *
   * @param node a node that reads constants only
   * @param constants gives them by their names
   * @return false if the node could make more than 2^24 elements or more than is left, or has
   *     graphs of its own, of which that is not known
   * @throws IllegalArgumentException if the inputs are none that the node takes
   */
  public boolean covers(OnnxNode node, Function<String, @Nullable OnnxTensor> constants) {
    return node.attributes().graphs().isEmpty()
        && estimate(node, constants) <= Math.min(MOST_OF_A_NODE, rest);
  }

  /**
   * Takes a node's outputs from what is left.
   *
   * @param results the outputs; null where one is not wanted
   * @return the same array
   */
  public OnnxTensor[] spend(OnnxTensor[] results) {
    for (OnnxTensor result : results) {
      rest -= result == null ? 0 : result.size();
    }
    return results;
  }

  /** Returns about how many elements the outputs have, before anything is allocated. */
  private static long estimate(OnnxNode node, Function<String, @Nullable OnnxTensor> constants) {
    long sum = 0;
    var inputs = new ArrayList<OnnxTensor>();
    for (String name : node.inputs()) {
      OnnxTensor input = constants.apply(name);
      if (input != null) {
        inputs.add(input);
        sum += input.size();
      }
    }
    if (inputs.isEmpty()) {
      return 0;
    }
    OnnxTensor first = inputs.get(0);
    return switch (node.operator()) {
      case "ConstantOfShape" -> product(first);
      case "Expand" -> multiplied(product(inputs.get(1)), first.size());
      case "Tile" -> multiplied(product(inputs.get(inputs.size() - 1)), first.size());
      case "Range" ->
          (long)
              Math.min(
                  1e18, Math.abs((inputs.get(1).real(0) - first.real(0)) / inputs.get(2).real(0)));
      case "OneHot" -> multiplied(first.size(), inputs.get(1).integer(0));
      case "MatMul", "Gemm", "MatMulInteger" -> multiplied(node, first, inputs.get(1));
      case "Resize", "Upsample" -> resized(inputs);
      case "Pad" -> padded(inputs);
      case "Conv", "ConvTranspose", "CenterCropPad", "GridSample", "AffineGrid", "RoiAlign" ->
          Long.MAX_VALUE;
      case "Reshape", "Transpose", "Concat", "Gather", "Slice", "Cast", "Unsqueeze", "Squeeze" ->
          sum;
      default -> {
        int[][] shapes = inputs.stream().map(OnnxTensor::shape).toArray(int[][]::new);
        int[] common;
        try {
          common = Places.broadcast(shapes);
        } catch (IllegalArgumentException e) {
          yield sum;
        }
        long product = 1;
        for (int dimension : common) {
          product = multiplied(product, dimension);
        }
        yield Math.max(sum, product);
      }
    };
  }

  /** The elements of a product of matrices, or more. */
  private static long multiplied(OnnxNode node, OnnxTensor a, OnnxTensor b) {
    if (a.rank() == 0 || a.size() == 0) {
      return 0;
    }
    boolean turned = node.attributes().small("transA", 0) != 0;
    int common = turned ? a.dimension(0) : a.dimension(a.rank() - 1);
    return multiplied(a.size() / common, Math.max(1, b.size() / common));
  }

  /** The last input is the sizes or the scales. */
  private static long resized(List<OnnxTensor> inputs) {
    OnnxTensor last = inputs.getLast();
    if (inputs.size() < 2) {
      return Long.MAX_VALUE;
    }
    if (last.type().isInteger()) {
      return product(last);
    }
    double elements = inputs.getFirst().size();
    for (double scale : last.reals()) {
      elements *= scale;
    }
    return (long) elements;
  }

  /** The elements if each dimension grew by all that is added to any. */
  private static long padded(List<OnnxTensor> inputs) {
    if (inputs.size() < 2) {
      return Long.MAX_VALUE;
    }
    OnnxTensor pads = inputs.get(1);
    double added = 0;
    for (int i = 0; i < pads.size(); i++) {
      added += Math.max(0, pads.integer(i));
    }
    double product = 1;
    for (int size : inputs.getFirst().shape()) {
      product *= size + added;
    }
    return (long) product;
  }

  private static long product(OnnxTensor dimensions) {
    long product = 1;
    for (int i = 0; i < dimensions.size(); i++) {
      product = multiplied(product, Math.max(1, dimensions.integer(i)));
    }
    return product;
  }

  private static long multiplied(long a, long b) {
    return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
  }
}
