package stride.onnx.proto;

import stride.format.FormatException;

/**
 * A key and a value, as in a model's metadata.
 *
 * @param key the key
 * @param value the value
 */
public record StringStringEntryProto(String key, String value) implements Message {
  static StringStringEntryProto read(WireReader in) throws FormatException {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> in.skip();
      }
    }
    return new StringStringEntryProto(key, value);
  }

  @Override
  public void write(WireWriter out) {
    out.text(1, key);
    out.text(2, value);
  }
}
