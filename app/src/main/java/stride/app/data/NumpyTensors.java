package stride.app.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import stride.format.AtomicFiles;
import stride.format.FormatException;
import stride.format.TensorFile;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Tensors as NumPy's files; floats and integers that NumPy lacks as the next wider ones. */
public final class NumpyTensors {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  /** Numbers begin at a multiple of it. */
  private static final int ALIGNMENT = 64;

  private NumpyTensors() {}

  /**
   * Reads an array.
   *
   * @throws FormatException if it is no array of numbers, or damaged
   * @throws IOException if it cannot be read
   */
  public static OnnxTensor read(Path file) throws IOException {
    try (var opened = TensorFile.open(file)) {
      if (!opened.format().equals("npy")) {
        throw new FormatException(
            "%s: is %s, expected one of NumPy's arrays (.npy)".formatted(file, opened.format()));
      }
      var stored = opened.tensors().iterator().next();
      if (stored.shape().stream().anyMatch(size -> size > Integer.MAX_VALUE)) {
        throw new FormatException(
            "%s: has the shape %s, a dimension of more than %,d"
                .formatted(file, stored.shape(), Integer.MAX_VALUE));
      }
      int[] shape = stored.shape().stream().mapToInt(Math::toIntExact).toArray();
      var type =
          switch (stored.type()) {
            case F64 -> ElementType.DOUBLE;
            case F32 -> ElementType.FLOAT;
            case F16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
            case I64 -> ElementType.INT64;
            case I32 -> ElementType.INT32;
            case I16 -> ElementType.INT16;
            case I8 -> ElementType.INT8;
            case U64 -> ElementType.UINT64;
            case U32 -> ElementType.UINT32;
            case U16 -> ElementType.UINT16;
            case U8 -> ElementType.UINT8;
            case BOOL -> ElementType.BOOL;
          };
      var tensor = OnnxTensor.zeros(type, shape);
      if (type.isReal()) {
        double[] numbers = opened.doubles(stored.name());
        for (int i = 0; i < numbers.length; i++) {
          tensor.put(i, numbers[i]);
        }
      } else {
        long[] longs = opened.longs(stored.name());
        for (int i = 0; i < longs.length; i++) {
          tensor.put(i, longs[i]);
        }
      }
      return tensor;
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Writes an array, whole or not at all.
   *
   * @throws IllegalArgumentException if NumPy has no such elements
   * @throws IOException if it cannot be written
   */
  public static void write(OnnxTensor tensor, Path file) throws IOException {
    byte[] header = header(tensor);
    byte[] numbers = numbers(tensor);
    AtomicFiles.write(
        file,
        out -> {
          out.write(header);
          out.write(numbers);
        });
  }

  /**
   * Checks that NumPy has elements of a type.
   *
   * @param output the tensor's name, for the message
   * @throws IllegalArgumentException if it has none
   */
  public static void requireWritable(String output, OnnxTensor tensor) {
    try {
      description(tensor.type());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the output %s cannot be written, none is: %s"
              .formatted(FormatException.quote(output), e.getMessage()),
          e);
    }
  }

  private static byte[] header(OnnxTensor tensor) {
    String sizes =
        Arrays.stream(tensor.shape()).mapToObj(size -> size + ",").collect(Collectors.joining(" "));
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(description(tensor.type()), sizes);
    int length = MAGIC.length + Short.BYTES + text.length() + 1;
    int padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    return ByteBuffer.allocate(length + padding)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) (text.length() + padding + 1))
        .put((text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static String description(ElementType type) {
    return switch (type) {
      case FLOAT, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 ->
          "<f4";
      case FLOAT16 -> "<f2";
      case DOUBLE -> "<f8";
      case INT64 -> "<i8";
      case INT32 -> "<i4";
      case INT16 -> "<i2";
      case INT8, INT4, INT2 -> "|i1";
      case UINT64 -> "<u8";
      case UINT32 -> "<u4";
      case UINT16 -> "<u2";
      case UINT8, UINT4, UINT2 -> "|u1";
      case BOOL -> "|b1";
      case STRING ->
          throw new IllegalArgumentException("elements of %s are none of NumPy's".formatted(type));
    };
  }

  private static byte[] numbers(OnnxTensor tensor) {
    String description = description(tensor.type());
    int bytes = description.charAt(2) - '0';
    var buffer =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), bytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      switch (description.substring(1)) {
        case "f2" -> buffer.putShort(Float.floatToFloat16((float) tensor.real(i)));
        case "f4" -> buffer.putFloat((float) tensor.real(i));
        case "f8" -> buffer.putDouble(tensor.real(i));
        default -> {
          long value = tensor.integer(i);
          for (int b = 0; b < bytes; b++) {
            buffer.put((byte) (value >> 8 * b));
          }
        }
      }
    }
    return buffer.array();
  }
}
