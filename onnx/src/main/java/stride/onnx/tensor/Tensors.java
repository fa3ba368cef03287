package stride.onnx.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stride.format.FormatException;
import stride.onnx.proto.TensorProto;

/** Makes tensors from a file's messages, and messages from tensors. */
public final class Tensors {
  private Tensors() {}

  /**
   * Returns the tensor of a message. Its elements are converted at the first use of them.
   *
   * @param proto the message
   * @param files finds the elements that stand in other files
   * @return the tensor
   * @throws FormatException if its type is none that Stride has, its dimensions cannot be, or its
   *     elements are more or fewer than they say
   * @throws IOException if another file cannot be read
   */
  public static OnnxTensor read(TensorProto proto, ExternalData files) throws IOException {
    String what = files.model() + ": the tensor " + FormatException.quote(proto.name());
    ElementType type = ElementType.of(proto.dataType());
    if (type == null) {
      throw new FormatException(
          "%s has elements of the type %d, which Stride does not read"
              .formatted(what, proto.dataType()));
    }
    int[] shape = shape(what, proto.dims());
    int size = OnnxTensor.size(shape);
    return switch (proto.data()) {
      case TensorProto.Raw raw -> ofBytes(what, type, shape, raw.bytes());
      case TensorProto.External external ->
          ofBytes(what, type, shape, files.bytes(proto.name(), external.entries()));
      case TensorProto.Floats floats -> {
        require(what, type, "floats", type == ElementType.FLOAT);
        requireCount(what, size, floats.values().length);
        yield OnnxTensor.of(shape, floats.values());
      }
      case TensorProto.Doubles doubles -> {
        require(what, type, "doubles", type == ElementType.DOUBLE);
        requireCount(what, size, doubles.values().length);
        yield OnnxTensor.of(shape, doubles.values());
      }
      case TensorProto.Strings strings -> {
        require(what, type, "texts", type == ElementType.STRING);
        requireCount(what, size, strings.values().size());
        yield OnnxTensor.of(
            shape,
            strings.values().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toArray(String[]::new));
      }
      case TensorProto.Integers integers -> {
        require(what, type, "integers", type.kind != ElementType.Kind.TEXT);
        yield ofIntegers(what, type, shape, integers.values());
      }
    };
  }

  private static int[] shape(String what, long[] dims) throws FormatException {
    var shape = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      shape[i] = (int) dims[i];
      if (dims[i] < 0 || dims[i] > OnnxTensor.MOST_ELEMENTS) {
        throw new FormatException("%s has the dimension %d".formatted(what, dims[i]));
      }
    }
    try {
      OnnxTensor.size(shape);
    } catch (IllegalArgumentException e) {
      throw new FormatException(what + ": " + e.getMessage(), e);
    }
    return shape;
  }

  private static void require(String what, ElementType type, String held, boolean right)
      throws FormatException {
    if (!right) {
      throw new FormatException(
          "%s is said to have elements of %s, but holds %s".formatted(what, type, held));
    }
  }

  private static void requireCount(String what, int expected, int found) throws FormatException {
    if (expected != found) {
      throw new FormatException(
          "%s has %,d elements by its dimensions, but holds %,d: it is damaged"
              .formatted(what, expected, found));
    }
  }

  private static OnnxTensor ofBytes(String what, ElementType type, int[] shape, ByteBuffer bytes)
      throws FormatException {
    int size = OnnxTensor.size(shape);
    require(what, type, "bytes", type.kind != ElementType.Kind.TEXT || size == 0);
    long expected = ((long) size * type.bits() + 7) / 8;
    if (bytes.remaining() != expected) {
      throw new FormatException(
          "%s is %s%s, which has %,d bytes, but holds %,d: it is damaged"
              .formatted(what, type, Arrays.toString(shape), expected, bytes.remaining()));
    }
    ByteBuffer view = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    return OnnxTensor.lazy(type, shape, () -> elements(type, size, view));
  }

  private static Object elements(ElementType type, int size, ByteBuffer bytes) {
    switch (type) {
      case FLOAT -> {
        var floats = new float[size];
        bytes.asFloatBuffer().get(floats);
        return floats;
      }
      case DOUBLE -> {
        var doubles = new double[size];
        bytes.asDoubleBuffer().get(doubles);
        return doubles;
      }
      case STRING -> {
        return new String[0];
      }
      default -> {
        if (type.kind == ElementType.Kind.FLOAT) {
          var floats = new float[size];
          for (int i = 0; i < size; i++) {
            floats[i] = SmallFloats.value(type, (int) bits(type, bytes, i));
          }
          return floats;
        }
        var longs = new long[size];
        for (int i = 0; i < size; i++) {
          longs[i] = type.wrap(bits(type, bytes, i));
        }
        return longs;
      }
    }
  }

  private static long bits(ElementType type, ByteBuffer bytes, int index) {
    return switch (type.bits()) {
      case 2 -> bytes.get(index >> 2) >> 2 * (index & 3);
      case 4 -> bytes.get(index >> 1) >> 4 * (index & 1);
      case 8 -> bytes.get(index);
      case 16 -> bytes.getShort(2 * index);
      case 32 -> bytes.getInt(4 * index);
      default -> bytes.getLong(8 * index);
    };
  }

  private static OnnxTensor ofIntegers(String what, ElementType type, int[] shape, long[] values)
      throws FormatException {
    int size = OnnxTensor.size(shape);
    require(what, type, "integers", type != ElementType.FLOAT && type != ElementType.DOUBLE);
    // Two 4-bit elements share one number, and four of 2 bits.
    int perNumber = type.bits() < 8 && type.bits() > 0 ? 8 / type.bits() : 1;
    requireCount(what, (size + perNumber - 1) / perNumber, values.length);
    var tensor = OnnxTensor.zeros(type, shape);
    for (int i = 0; i < size; i++) {
      if (type.isReal()) {
        long bits =
            perNumber == 1 ? values[i] : values[i / perNumber] >> type.bits() * (i % perNumber);
        tensor.put(i, (double) SmallFloats.value(type, (int) bits));
      } else {
        int shift = perNumber == 1 ? 0 : type.bits() * (i % perNumber);
        tensor.put(i, values[i / perNumber] >> shift);
      }
    }
    return tensor;
  }

  /**
   * Returns a message of a tensor.
   *
   * @param name the tensor's name
   * @param tensor the tensor
   * @return the message
   */
  public static TensorProto write(String name, OnnxTensor tensor) {
    long[] dims = Arrays.stream(tensor.shape()).asLongStream().toArray();
    ElementType type = tensor.type();
    if (type == ElementType.STRING) {
      List<byte[]> texts = new ArrayList<>();
      for (String text : tensor.texts()) {
        texts.add(text.getBytes(StandardCharsets.UTF_8));
      }
      return new TensorProto(name, type.number(), dims, new TensorProto.Strings(texts));
    }
    var bytes =
        ByteBuffer.allocate((int) (((long) tensor.size() * type.bits() + 7) / 8))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      switch (type) {
        case FLOAT -> bytes.putFloat(4 * i, tensor.floats()[i]);
        case DOUBLE -> bytes.putDouble(8 * i, tensor.doubles()[i]);
        default -> {
          long bits =
              type.isReal() ? SmallFloats.bits(type, tensor.floats()[i]) : tensor.longs()[i];
          switch (type.bits()) {
            case 2 -> bytes.put(i >> 2, (byte) (bytes.get(i >> 2) | (bits & 3) << 2 * (i & 3)));
            case 4 -> bytes.put(i >> 1, (byte) (bytes.get(i >> 1) | (bits & 0xF) << 4 * (i & 1)));
            case 8 -> bytes.put(i, (byte) bits);
            case 16 -> bytes.putShort(2 * i, (short) bits);
            case 32 -> bytes.putInt(4 * i, (int) bits);
            default -> bytes.putLong(8 * i, bits);
          }
        }
      }
    }
    return TensorProto.raw(name, type.number(), dims, bytes);
  }
}
