package stride.onnx.proto;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * An operator that a model defines itself.
 *
 * @param name its name
 * @param domain its domain
 * @param overload which of several of that name it is; mostly ""
 * @param inputs the names of its inputs
 * @param outputs the names of its outputs
 * @param attributes the names of the attributes that a call gives
 * @param defaults the attributes that a call may leave out, and their values
 * @param nodes its body
 * @param opsets the operator sets that its body is written for
 */
public record FunctionProto(
    String name,
    String domain,
    String overload,
    List<String> inputs,
    List<String> outputs,
    List<String> attributes,
    List<AttributeProto> defaults,
    List<NodeProto> nodes,
    List<OperatorSetIdProto> opsets)
    implements Message {
  /** Makes a function that shares no list with the caller. */
  public FunctionProto {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
    defaults = List.copyOf(defaults);
    nodes = List.copyOf(nodes);
    opsets = List.copyOf(opsets);
  }

  static FunctionProto read(WireReader in) throws FormatException {
    String name = "";
    String domain = "";
    String overload = "";
    var inputs = new ArrayList<String>();
    var outputs = new ArrayList<String>();
    var attributes = new ArrayList<String>();
    var defaults = new ArrayList<AttributeProto>();
    var nodes = new ArrayList<NodeProto>();
    var opsets = new ArrayList<OperatorSetIdProto>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 4 -> inputs.add(in.text());
        case 5 -> outputs.add(in.text());
        case 6 -> attributes.add(in.text());
        case 7 -> nodes.add(NodeProto.read(in.message("NodeProto")));
        case 9 -> opsets.add(OperatorSetIdProto.read(in.message("OperatorSetIdProto")));
        case 10 -> domain = in.text();
        case 11 -> defaults.add(AttributeProto.read(in.message("AttributeProto")));
        case 13 -> overload = in.text();
        default -> in.skip();
      }
    }
    return new FunctionProto(
        name, domain, overload, inputs, outputs, attributes, defaults, nodes, opsets);
  }

  @Override
  public void write(WireWriter out) {
    out.text(1, name);
    out.texts(4, inputs);
    out.texts(5, outputs);
    out.texts(6, attributes);
    out.messages(7, nodes);
    out.messages(9, opsets);
    out.text(10, domain);
    out.messages(11, defaults);
    out.text(13, overload);
  }
}
