package stride.onnx.evaluate;

import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Operators that make tensors of sizes and numbers. */
final class Makers implements Family {
  @Override
  public String operators() {
    return """
    ConstantOfShape 9 20 21 23 24 25
    EyeLike 9 22
    OneHot 9 11 28
    Range 11 27
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(
        switch (call.operator()) {
          case "ConstantOfShape" -> constant(call);
          case "EyeLike" -> eye(call, call.input(0));
          case "OneHot" -> oneHot(call);
          default -> range(call);
        });
  }

  private static OnnxTensor constant(Call call) {
    int[] shape = Places.dimensions(call.input(0).longs());
    OnnxTensor value = call.attributes().tensor("value");
    if (value == null) {
      return OnnxTensor.zeros(ElementType.FLOAT, shape);
    }
    if (value.size() != 1) {
      throw new IllegalArgumentException("its value has %d elements".formatted(value.size()));
    }
    return value.take(shape, new int[OnnxTensor.size(shape)]);
  }

  private static OnnxTensor eye(Call call, OnnxTensor like) {
    ElementType type =
        call.attributes().has("dtype")
            ? ElementType.of(call.attributes().small("dtype", 0))
            : like.type();
    if (type == null || like.rank() != 2) {
      throw new IllegalArgumentException("it makes matrices of numbers only");
    }
    OnnxTensor eye = OnnxTensor.zeros(type, like.shape());
    int shift = call.attributes().small("k", 0);
    for (int row = 0; row < like.dimension(0); row++) {
      if (row + shift >= 0 && row + shift < like.dimension(1)) {
        eye.put(row * like.dimension(1) + row + shift, 1L);
      }
    }
    return eye;
  }

  private static OnnxTensor oneHot(Call call) {
    OnnxTensor indices = call.input(0);
    int depth = Math.toIntExact(call.input(1).integer(0));
    OnnxTensor values = call.input(2);
    int rank = indices.rank() + 1;
    int axis = Call.axis(call.attributes().integer("axis", -1), rank);
    var shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = i < axis ? indices.dimension(i) : i == axis ? depth : indices.dimension(i - 1);
    }
    int inner = Places.product(shape, axis + 1, rank);
    var places = new int[OnnxTensor.size(shape)];
    for (int i = 0; i < indices.size(); i++) {
      long index = indices.integer(i);
      index = index < 0 ? index + depth : index;
      // What lies outside is a row of the "off" value.
      if (index >= 0 && index < depth) {
        places[(i / inner * depth + (int) index) * inner + i % inner] = 1;
      }
    }
    return values.take(shape, places);
  }

  private static OnnxTensor range(Call call) {
    OnnxTensor start = call.input(0);
    OnnxTensor limit = call.input(1);
    OnnxTensor step = call.input(2);
    boolean real = start.type().isReal();
    double count =
        real
            ? Math.ceil((limit.real(0) - start.real(0)) / step.real(0))
            : Math.ceil((double) (limit.integer(0) - start.integer(0)) / step.integer(0));
    if (Double.isNaN(count) || count > OnnxTensor.MOST_ELEMENTS) {
      throw new IllegalArgumentException("it has %s elements".formatted(count));
    }
    OnnxTensor range = OnnxTensor.zeros(start.type(), (int) Math.max(0, count));
    for (int i = 0; i < range.size(); i++) {
      if (real) {
        range.put(i, start.real(0) + i * step.real(0));
      } else {
        range.put(i, start.integer(0) + i * step.integer(0));
      }
    }
    return range;
  }
}
