package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Sorting, finding and running sums. */
final class Searching implements Family {
  @Override
  public String operators() {
    return """
    Compress 9 11 28
    CumProd 26
    CumSum 11 14
    NonZero 9 13
    TopK 1 10 11 24
    Unique 11 28
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    return switch (call.operator()) {
      case "Compress" -> Family.one(compress(call, x));
      case "CumSum" -> Family.one(running(call, x, false));
      case "CumProd" -> Family.one(running(call, x, true));
      case "NonZero" -> Family.one(nonZero(x));
      case "Unique" -> unique(call, x);
      default -> topK(call, x);
    };
  }

  private static OnnxTensor[] topK(Call call, OnnxTensor x) {
    Attributes attributes = call.attributes();
    int axis = Call.axis(attributes.integer("axis", -1), x.rank());
    long k = call.since() < 10 ? attributes.integer("k", 0) : call.input(1).integer(0);
    boolean largest = attributes.integer("largest", 1) != 0;
    if (k < 0 || k > x.dimension(axis)) {
      throw new IllegalArgumentException(
          "the first %d of %d are wanted".formatted(k, x.dimension(axis)));
    }
    var lines = new Reductions.Lines(x.shape(), new int[] {axis});
    int[] shape = x.shape();
    shape[axis] = (int) k;
    OnnxTensor values = OnnxTensor.zeros(x.type(), shape);
    OnnxTensor indices = OnnxTensor.zeros(ElementType.INT64, shape);
    int inner = Places.product(shape, axis + 1, shape.length);
    for (int i = 0; i < lines.first.length; i++) {
      int first = lines.first[i];
      var order = new Integer[lines.along.length];
      Arrays.setAll(order, n -> n);
      Comparator<Integer> rising =
          (a, b) -> Reductions.compare(x, first + lines.along[a], first + lines.along[b]);
      // The sort is stable: of equal ones the first comes first.
      Arrays.sort(order, largest ? (a, b) -> rising.compare(b, a) : rising);
      for (int n = 0; n < k; n++) {
        int at = (i / inner * (int) k + n) * inner + i % inner;
        x.copy(first + lines.along[order[n]], values, at, 1);
        indices.put(at, (long) order[n]);
      }
    }
    return new OnnxTensor[] {values, indices};
  }

  private static OnnxTensor running(Call call, OnnxTensor x, boolean product) {
    int axis = Call.axis(call.input(1).integer(0), x.rank());
    boolean exclusive = call.attributes().flag("exclusive");
    boolean reverse = call.attributes().flag("reverse");
    var lines = new Reductions.Lines(x.shape(), new int[] {axis});
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    int count = lines.along.length;
    for (int first : lines.first) {
      double real = product ? 1 : 0;
      long integer = product ? 1 : 0;
      for (int n = 0; n < count; n++) {
        int at = first + lines.along[reverse ? count - 1 - n : n];
        double before = real;
        long integerBefore = integer;
        if (x.type().isReal()) {
          real = product ? real * x.real(at) : real + x.real(at);
          y.put(at, exclusive ? before : real);
        } else {
          integer = product ? integer * x.integer(at) : integer + x.integer(at);
          y.put(at, exclusive ? integerBefore : integer);
        }
      }
    }
    return y;
  }

  private static OnnxTensor nonZero(OnnxTensor x) {
    var found = new ArrayList<Integer>();
    for (int i = 0; i < x.size(); i++) {
      if (x.real(i) != 0) {
        found.add(i);
      }
    }
    int rank = Math.max(1, x.rank());
    int[] strides = x.rank() == 0 ? new int[] {1} : Places.strides(x.shape());
    int[] shape = x.rank() == 0 ? new int[] {1} : x.shape();
    OnnxTensor indices = OnnxTensor.zeros(ElementType.INT64, rank, found.size());
    for (int n = 0; n < found.size(); n++) {
      for (int axis = 0; axis < rank; axis++) {
        indices.put(axis * found.size() + n, (long) (found.get(n) / strides[axis] % shape[axis]));
      }
    }
    return indices;
  }

  private static OnnxTensor compress(Call call, OnnxTensor x) {
    long[] condition = call.input(1).longs();
    boolean flat = !call.attributes().has("axis");
    OnnxTensor from = flat ? x.reshaped(x.size()) : x;
    int axis = Call.axis(call.attributes().integer("axis", 0), from.rank());
    var kept = new ArrayList<Integer>();
    for (int i = 0; i < Math.min(condition.length, from.dimension(axis)); i++) {
      if (condition[i] != 0) {
        kept.add(i);
      }
    }
    return slices(from, axis, kept);
  }

  private static OnnxTensor slices(OnnxTensor x, int axis, List<Integer> kept) {
    return Gathering.gather(
        x, OnnxTensor.list(kept.stream().mapToLong(Integer::longValue).toArray()), axis);
  }

  private static OnnxTensor[] unique(Call call, OnnxTensor x) {
    boolean flat = !call.attributes().has("axis");
    OnnxTensor from = flat ? x.reshaped(x.size()) : x;
    int axis = Call.axis(call.attributes().integer("axis", 0), from.rank());
    int count = from.dimension(axis);
    var others = new int[from.rank() - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = i < axis ? i : i + 1;
    }
    var lines = new Reductions.Lines(from.shape(), others);
    Comparator<Integer> order =
        (a, b) -> {
          for (int step : lines.along) {
            int compared = compare(from, lines.first[a] + step, lines.first[b] + step);
            if (compared != 0) {
              return compared;
            }
          }
          return 0;
        };
    var sorted = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      sorted.add(i);
    }
    sorted.sort(order);
    var groups = new ArrayList<List<Integer>>();
    for (int i : sorted) {
      if (groups.isEmpty() || order.compare(groups.getLast().getFirst(), i) != 0) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(i);
    }
    if (call.attributes().integer("sorted", 1) == 0) {
      groups.sort(Comparator.comparing(List::getFirst));
    }
    var first = new long[groups.size()];
    var inverse = new long[count];
    var counts = new long[groups.size()];
    for (int g = 0; g < groups.size(); g++) {
      first[g] = groups.get(g).getFirst();
      counts[g] = groups.get(g).size();
      for (int i : groups.get(g)) {
        inverse[i] = g;
      }
    }
    return new OnnxTensor[] {
      slices(from, axis, groups.stream().map(List::getFirst).toList()),
      OnnxTensor.list(first),
      OnnxTensor.list(inverse),
      OnnxTensor.list(counts)
    };
  }

  private static int compare(OnnxTensor x, int a, int b) {
    return x.type() == ElementType.STRING
        ? x.texts()[a].compareTo(x.texts()[b])
        : Reductions.compare(x, a, b);
  }
}
