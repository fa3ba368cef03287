package stride.onnx.proto;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * One call of an operator.
 *
 * @param name the node's name; often ""
 * @param opType the operator
 * @param domain the operator's domain; "" is the standard's own
 * @param overload which of several functions of that name is meant; mostly ""
 * @param inputs the names of its inputs; "" where an optional one is left out
 * @param outputs the names of its outputs; "" where one is not wanted
 * @param attributes its settings
 */
public record NodeProto(
    String name,
    String opType,
    String domain,
    String overload,
    List<String> inputs,
    List<String> outputs,
    List<AttributeProto> attributes)
    implements Message {
  /** Makes a node that shares no list with the caller. */
  public NodeProto {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
  }

  /**
   * Returns a call of one of the standard's operators.
   *
   * @param name the node's name
   * @param opType the operator
   * @param inputs the names of its inputs
   * @param outputs the names of its outputs
   * @param attributes its settings
   * @return the node
   */
  public static NodeProto of(
      String name,
      String opType,
      List<String> inputs,
      List<String> outputs,
      List<AttributeProto> attributes) {
    return new NodeProto(name, opType, "", "", inputs, outputs, attributes);
  }

  static NodeProto read(WireReader in) throws FormatException {
    var inputs = new ArrayList<String>();
    var outputs = new ArrayList<String>();
    var attributes = new ArrayList<AttributeProto>();
    String name = "";
    String opType = "";
    String domain = "";
    String overload = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> opType = in.text();
        case 5 -> attributes.add(AttributeProto.read(in.message("AttributeProto")));
        case 7 -> domain = in.text();
        case 8 -> overload = in.text();
        default -> in.skip();
      }
    }
    return new NodeProto(name, opType, domain, overload, inputs, outputs, attributes);
  }

  @Override
  public void write(WireWriter out) {
    out.texts(1, inputs);
    out.texts(2, outputs);
    out.text(3, name);
    out.text(4, opType);
    out.messages(5, attributes);
    out.text(7, domain);
    out.text(8, overload);
  }
}
