package stride.onnx.proto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * A tensor as a file holds it.
 *
 * @param name its name; "" in an attribute
 * @param dataType its elements' type by the numbers of {@code TensorProto.DataType}
 * @param dims its dimensions, not yet checked against its data
 * @param data its elements
 */
public record TensorProto(String name, int dataType, long[] dims, Data data) implements Message {
  /** The elements of a tensor, in one of the forms that files have. */
  public sealed interface Data {}

  /**
   * Elements one after the other, in little-endian order.
   *
   * @param bytes a view of the file
   */
  public record Raw(ByteBuffer bytes) implements Data {}

  /**
   * Elements as a list of floats (float, and the parts of complex64).
   *
   * @param values the elements
   */
  public record Floats(float[] values) implements Data {}

  /**
   * Elements as a list of doubles (double, and the parts of complex128).
   *
   * @param values the elements
   */
  public record Doubles(double[] values) implements Data {}

  /**
   * Elements as a list of integers; 16-bit and 8-bit floats are their bits.
   *
   * @param field the field that they stand in: 5 (int32_data), 7 (int64_data) or 11 (uint64_data)
   * @param values the elements
   */
  public record Integers(int field, long[] values) implements Data {}

  /**
   * Elements as texts.
   *
   * @param values the elements
   */
  public record Strings(List<byte[]> values) implements Data {}

  /**
   * Elements in another file.
   *
   * @param entries which ("location"), from which byte ("offset") and how many ("length")
   */
  public record External(List<StringStringEntryProto> entries) implements Data {}

  /**
   * Returns a tensor of raw bytes.
   *
   * @param name its name
   * @param dataType its elements' type by the numbers of {@code TensorProto.DataType}
   * @param dims its dimensions
   * @param bytes the elements in little-endian order
   * @return the tensor
   */
  public static TensorProto raw(String name, int dataType, long[] dims, ByteBuffer bytes) {
    return new TensorProto(name, dataType, dims, new Raw(bytes));
  }

  static TensorProto read(WireReader in) throws FormatException {
    String name = "";
    int type = 0;
    boolean outside = false;
    ByteBuffer raw = null;
    var dims = new WireReader.Numbers();
    var floats = new WireReader.Numbers();
    var doubles = new WireReader.Numbers();
    var integers = new WireReader.Numbers();
    int integerField = 0;
    var strings = new ArrayList<byte[]>();
    var entries = new ArrayList<StringStringEntryProto>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(dims);
        case 2 -> type = in.smallInteger();
        case 4 -> in.floats(floats);
        case 5, 7, 11 -> {
          integerField = in.field();
          in.integers(integers);
        }
        case 6 -> strings.add(in.array());
        case 8 -> name = in.text();
        case 9 -> raw = in.slice();
        case 10 -> in.doubles(doubles);
        case 13 ->
            entries.add(StringStringEntryProto.read(in.message("TensorProto.external_data")));
        case 14 -> outside = in.integer() == 1;
        default -> in.skip();
      }
    }
    Data data;
    if (outside) {
      data = new External(List.copyOf(entries));
    } else if (raw != null) {
      data = new Raw(raw);
    } else if (floats.size() > 0) {
      data = new Floats(floats.floats());
    } else if (doubles.size() > 0) {
      data = new Doubles(doubles.doubles());
    } else if (integers.size() > 0) {
      data = new Integers(integerField, integers.longs());
    } else if (!strings.isEmpty()) {
      data = new Strings(List.copyOf(strings));
    } else {
      data = new Raw(ByteBuffer.allocate(0));
    }
    return new TensorProto(name, type, dims.longs(), data);
  }

  @Override
  public void write(WireWriter out) {
    out.integers(1, dims);
    out.integer(2, dataType);
    switch (data) {
      case Raw raw -> {
        out.text(8, name);
        out.bytes(9, raw.bytes);
      }
      case Floats floats -> {
        out.floats(4, floats.values);
        out.text(8, name);
      }
      case Doubles doubles -> {
        out.text(8, name);
        out.doubles(10, doubles.values);
      }
      case Integers integers -> {
        out.integers(integers.field, integers.values);
        out.text(8, name);
      }
      case Strings strings -> {
        strings.values.forEach(value -> out.bytes(6, value));
        out.text(8, name);
      }
      case External external -> {
        out.text(8, name);
        out.messages(13, external.entries);
        out.integer(14, 1);
      }
    }
  }
}
