package stride.onnx.proto;

import stride.format.FormatException;

/**
 * Which version of a domain's operators a model is written for.
 *
 * @param domain the domain; "" is the standard's own
 * @param version the version of the operator set
 */
public record OperatorSetIdProto(String domain, long version) implements Message {
  static OperatorSetIdProto read(WireReader in) throws FormatException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    return new OperatorSetIdProto(domain, version);
  }

  @Override
  public void write(WireWriter out) {
    out.text(1, domain);
    out.integer(2, version);
  }
}
