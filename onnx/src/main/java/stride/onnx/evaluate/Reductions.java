package stride.onnx.evaluate;

import java.util.Arrays;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Operators that make one number of all along some axes. */
final class Reductions implements Family {
  @Override
  public String operators() {
    return """
    ArgMax 1 11 12 13
    ArgMin 1 11 12 13
    ReduceL1 1 11 13 18
    ReduceL2 1 11 13 18
    ReduceLogSum 1 11 13 18 28
    ReduceLogSumExp 1 11 13 18 28
    ReduceMax 1 11 12 13 18 20
    ReduceMean 1 11 13 18
    ReduceMin 1 11 12 13 18 20
    ReduceProd 1 11 13 18
    ReduceSum 1 11 13
    ReduceSumSquare 1 11 13 18
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    if (call.operator().startsWith("Arg")) {
      return Family.one(extreme(call, x));
    }
    long[] given = call.integers("axes", 1);
    int[] axes;
    if (given != null && given.length > 0) {
      axes = Places.axes(given, x.rank());
    } else if (call.attributes().flag("noop_with_empty_axes")) {
      axes = new int[0];
    } else {
      axes = new int[x.rank()];
      Arrays.setAll(axes, i -> i);
    }
    var lines = new Lines(x.shape(), axes);
    OnnxTensor y =
        OnnxTensor.zeros(x.type(), lines.shape(call.attributes().integer("keepdims", 1) != 0));
    for (int i = 0; i < y.size(); i++) {
      reduce(call.operator(), x, lines, i, y);
    }
    return Family.one(y);
  }

  /** For each kept place the places of the elements that are reduced to one. */
  static final class Lines {
    private final int[] shape;
    private final boolean[] reduced;

    /** The places of the first elements. */
    final int[] first;

    /** How far from the first the others lie, the first included. */
    final int[] along;

    Lines(int[] shape, int[] axes) {
      this.shape = shape;
      reduced = new boolean[shape.length];
      for (int axis : axes) {
        if (reduced[axis]) {
          throw new IllegalArgumentException("the axis %d is given twice".formatted(axis));
        }
        reduced[axis] = true;
      }
      first = places(false);
      along = places(true);
    }

    private int[] places(boolean which) {
      int[] all = Places.strides(shape);
      int count = 0;
      var sizes = new int[shape.length];
      var strides = new int[shape.length];
      for (int axis = 0; axis < shape.length; axis++) {
        if (reduced[axis] == which) {
          sizes[count] = shape[axis];
          strides[count++] = all[axis];
        }
      }
      return Places.of(Arrays.copyOf(sizes, count), Arrays.copyOf(strides, count), 0);
    }

    int[] shape(boolean keep) {
      int count = 0;
      var kept = new int[shape.length];
      for (int axis = 0; axis < shape.length; axis++) {
        if (!reduced[axis] || keep) {
          kept[count++] = reduced[axis] ? 1 : shape[axis];
        }
      }
      return Arrays.copyOf(kept, count);
    }
  }

  private static void reduce(String operator, OnnxTensor x, Lines lines, int i, OnnxTensor y) {
    int from = lines.first[i];
    if (!x.type().isReal()
        && switch (operator) {
          case "ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceSumSquare" ->
              true;
          default -> false;
        }) {
      y.put(i, integer(operator, x, from, lines.along));
    } else {
      y.put(i, real(operator, x, from, lines.along));
    }
  }

  private static long integer(String operator, OnnxTensor x, int from, int[] along) {
    long[] values = x.longs();
    ElementType type = x.type();
    long result =
        switch (operator) {
          case "ReduceProd" -> 1;
          case "ReduceMax" -> type.least();
          case "ReduceMin" -> type == ElementType.UINT64 ? -1 : type.greatest();
          default -> 0;
        };
    for (int step : along) {
      long value = values[from + step];
      result =
          switch (operator) {
            case "ReduceSum" -> result + value;
            case "ReduceProd" -> result * value;
            case "ReduceL1" -> result + (type.isUnsigned() ? value : Math.abs(value));
            case "ReduceSumSquare" -> result + value * value;
            case "ReduceMax" ->
                type == ElementType.UINT64
                    ? (Long.compareUnsigned(result, value) < 0 ? value : result)
                    : Math.max(result, value);
            default ->
                type == ElementType.UINT64
                    ? (Long.compareUnsigned(result, value) > 0 ? value : result)
                    : Math.min(result, value);
          };
    }
    return result;
  }

  private static double real(String operator, OnnxTensor x, int from, int[] along) {
    return switch (operator) {
      case "ReduceMax", "ReduceLogSumExp" -> {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int step : along) {
          greatest = Math.max(greatest, x.real(from + step));
        }
        if (operator.equals("ReduceMax") || Double.isInfinite(greatest)) {
          yield greatest;
        }
        double sum = 0;
        for (int step : along) {
          sum += Math.exp(x.real(from + step) - greatest);
        }
        yield greatest + Math.log(sum);
      }
      case "ReduceMin" -> {
        double least = Double.POSITIVE_INFINITY;
        for (int step : along) {
          least = Math.min(least, x.real(from + step));
        }
        yield least;
      }
      case "ReduceProd" -> {
        double product = 1;
        for (int step : along) {
          product *= x.real(from + step);
        }
        yield product;
      }
      default -> {
        double sum = 0;
        for (int step : along) {
          double value = x.real(from + step);
          sum +=
              switch (operator) {
                case "ReduceL1" -> Math.abs(value);
                case "ReduceL2", "ReduceSumSquare" -> value * value;
                default -> value;
              };
        }
        yield switch (operator) {
          case "ReduceL2" -> Math.sqrt(sum);
          case "ReduceLogSum" -> Math.log(sum);
          case "ReduceMean" -> sum / along.length;
          default -> sum;
        };
      }
    };
  }

  private static OnnxTensor extreme(Call call, OnnxTensor x) {
    Attributes attributes = call.attributes();
    int axis = Call.axis(attributes.integer("axis", 0), x.rank());
    boolean greatest = call.operator().equals("ArgMax");
    boolean last = attributes.flag("select_last_index");
    var lines = new Lines(x.shape(), new int[] {axis});
    OnnxTensor y =
        OnnxTensor.zeros(ElementType.INT64, lines.shape(attributes.integer("keepdims", 1) != 0));
    for (int i = 0; i < y.size(); i++) {
      int best = 0;
      for (int k = 1; k < lines.along.length; k++) {
        int order = compare(x, lines.first[i] + lines.along[k], lines.first[i] + lines.along[best]);
        order = greatest ? order : -order;
        best = order > 0 || order == 0 && last ? k : best;
      }
      y.put(i, (long) best);
    }
    return y;
  }

  /** Compares two elements of a tensor as numbers. */
  static int compare(OnnxTensor x, int a, int b) {
    if (x.type().isReal()) {
      double left = x.real(a);
      double right = x.real(b);
      return left < right ? -1 : left > right ? 1 : 0;
    }
    return x.type() == ElementType.UINT64
        ? Long.compareUnsigned(x.longs()[a], x.longs()[b])
        : Long.compare(x.longs()[a], x.longs()[b]);
  }
}
