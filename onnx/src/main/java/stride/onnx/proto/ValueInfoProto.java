package stride.onnx.proto;

import org.jspecify.annotations.Nullable;
import stride.format.FormatException;

/**
 * A value's name and type.
 *
 * @param name its name
 * @param type its type; null if it is not said
 */
public record ValueInfoProto(String name, @Nullable TypeProto type) implements Message {
  static ValueInfoProto read(WireReader in) throws FormatException {
    String name = "";
    TypeProto type = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> type = TypeProto.read(in.message("TypeProto"));
        default -> in.skip();
      }
    }
    return new ValueInfoProto(name, type);
  }

  @Override
  public void write(WireWriter out) {
    out.text(1, name);
    if (type != null) {
      out.message(2, type);
    }
  }
}
