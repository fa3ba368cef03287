package stride.onnx.evaluate;

import java.util.Arrays;
import java.util.stream.IntStream;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.OnnxTensor;

/** Products of matrices of floats. */
final class Matrices implements Family {
  @Override
  public String operators() {
    return """
    Det 11 22
    Gemm 1 6 7 9 11 13
    MatMul 1 9 13
    com.microsoft.FusedMatMul 1
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor a = call.input(0);
    if (call.operator().equals("Det")) {
      return Family.one(determinants(a));
    }
    OnnxTensor b = call.input(1);
    return Family.one(
        switch (call.operator()) {
          case "Gemm" -> gemm(call, a, b);
          case "FusedMatMul" -> fused(call.attributes(), a, b);
          default -> product(a, b, 1);
        });
  }

  private static OnnxTensor determinants(OnnxTensor x) {
    int rank = x.rank();
    if (rank < 2 || x.dimension(rank - 1) != x.dimension(rank - 2)) {
      throw new IllegalArgumentException("it needs square matrices");
    }
    int size = x.dimension(rank - 1);
    OnnxTensor y = OnnxTensor.zeros(x.type(), Arrays.copyOf(x.shape(), rank - 2));
    var rows = new double[size][size];
    for (int n = 0; n < y.size(); n++) {
      for (int i = 0; i < size * size; i++) {
        rows[i / size][i % size] = x.real(n * size * size + i);
      }
      y.put(n, determinant(rows));
    }
    return y;
  }

  /** By elimination, the largest number of a column first; the rows are changed. */
  private static double determinant(double[][] rows) {
    double product = 1;
    for (int k = 0; k < rows.length; k++) {
      int best = k;
      for (int i = k + 1; i < rows.length; i++) {
        best = Math.abs(rows[i][k]) > Math.abs(rows[best][k]) ? i : best;
      }
      if (rows[best][k] == 0) {
        return 0;
      }
      double[] pivot = rows[best];
      rows[best] = rows[k];
      rows[k] = pivot;
      product *= best == k ? pivot[k] : -pivot[k];
      for (int i = k + 1; i < rows.length; i++) {
        double factor = rows[i][k] / pivot[k];
        for (int j = k; j < rows.length; j++) {
          rows[i][j] -= factor * pivot[j];
        }
      }
    }
    return product;
  }

  private static OnnxTensor product(OnnxTensor a, OnnxTensor b, double scale) {
    var product = Product.of(a.shape(), b.shape());
    double[] sums = product.of(a.reals(), b.reals());
    OnnxTensor y = OnnxTensor.zeros(a.type(), product.shape());
    for (int i = 0; i < sums.length; i++) {
      if (a.type().isReal()) {
        y.put(i, scale * sums[i]);
      } else {
        y.put(i, (long) sums[i]);
      }
    }
    return y;
  }

  private static OnnxTensor fused(Attributes attributes, OnnxTensor a, OnnxTensor b) {
    return product(
        attributes.flag("transA") ? transposed(a) : a,
        attributes.flag("transB") ? transposed(b) : b,
        attributes.real("alpha", 1));
  }

  /** Exchanges the last two axes. */
  static OnnxTensor transposed(OnnxTensor x) {
    int rank = x.rank();
    if (rank < 2) {
      return x;
    }
    int[] shape = x.shape();
    int[] strides = Places.strides(shape);
    int rows = shape[rank - 2];
    shape[rank - 2] = shape[rank - 1];
    shape[rank - 1] = rows;
    int step = strides[rank - 2];
    strides[rank - 2] = strides[rank - 1];
    strides[rank - 1] = step;
    return x.take(shape, Places.of(shape, strides, 0));
  }

  private static OnnxTensor gemm(Call call, OnnxTensor a, OnnxTensor b) {
    Attributes attributes = call.attributes();
    if (a.rank() != 2 || b.rank() != 2) {
      throw new IllegalArgumentException("it multiplies matrices of two dimensions only");
    }
    OnnxTensor left = attributes.flag("transA") ? transposed(a) : a;
    OnnxTensor right = attributes.flag("transB") ? transposed(b) : b;
    double alpha = attributes.real("alpha", 1);
    double beta = attributes.real("beta", 1);
    var product = Product.of(left.shape(), right.shape());
    double[] sums = product.of(left.reals(), right.reals());
    OnnxTensor y = OnnxTensor.zeros(a.type(), product.shape());
    OnnxTensor c = call.optional(2);
    if (c != null) {
      c = Places.expanded(c, y.shape());
    }
    for (int i = 0; i < sums.length; i++) {
      double value = alpha * sums[i] + (c == null ? 0 : beta * c.real(i));
      if (a.type().isReal()) {
        y.put(i, value);
      } else {
        y.put(i, (long) value);
      }
    }
    return y;
  }

  /**
   * The product of stacks of matrices, by NumPy's rules.
   *
   * @param shape the result's shape
   * @param rows the rows of the left matrices
   * @param inner the columns of the left matrices, which are the rows of the right ones
   * @param columns the columns of the right matrices
   * @param left for each of the result's matrices which of the left ones it is of
   * @param right for each of the result's matrices which of the right ones it is of
   */
  record Product(int[] shape, int rows, int inner, int columns, int[] left, int[] right) {
    static Product of(int[] a, int[] b) {
      if (a.length == 0 || b.length == 0) {
        throw new IllegalArgumentException("a single number is no matrix");
      }
      int[] wide = a.length == 1 ? new int[] {1, a[0]} : a;
      int[] tall = b.length == 1 ? new int[] {b[0], 1} : b;
      int rows = wide[wide.length - 2];
      int inner = wide[wide.length - 1];
      int columns = tall[tall.length - 1];
      if (inner != tall[tall.length - 2]) {
        throw new IllegalArgumentException(
            "matrices of %d columns and of %d rows have no product"
                .formatted(inner, tall[tall.length - 2]));
      }
      int[] leftStack = Arrays.copyOf(wide, wide.length - 2);
      int[] rightStack = Arrays.copyOf(tall, tall.length - 2);
      int[] stack = Places.broadcast(leftStack, rightStack);
      int[] shape = Arrays.copyOf(stack, stack.length + 2);
      shape[stack.length] = rows;
      shape[stack.length + 1] = columns;
      // A list is a matrix of one row or one column, which then vanishes.
      if (b.length == 1) {
        shape = Arrays.copyOf(shape, shape.length - 1);
      }
      if (a.length == 1) {
        shape[stack.length] = shape[shape.length - 1];
        shape = Arrays.copyOf(shape, shape.length - 1);
      }
      OnnxTensor.size(shape);
      return new Product(
          shape,
          rows,
          inner,
          columns,
          Places.broadcastPlaces(leftStack, stack),
          Places.broadcastPlaces(rightStack, stack));
    }

    double[] of(double[] a, double[] b) {
      var y = new double[left.length * rows * columns];
      IntStream.range(0, left.length * rows)
          .parallel()
          .forEach(
              row -> {
                int matrix = row / rows;
                int from = (left[matrix] * rows + row % rows) * inner;
                int to = row * columns;
                for (int k = 0; k < inner; k++) {
                  double factor = a[from + k];
                  int line = (right[matrix] * inner + k) * columns;
                  for (int j = 0; j < columns; j++) {
                    y[to + j] += factor * b[line + j];
                  }
                }
              });
      return y;
    }
  }
}
