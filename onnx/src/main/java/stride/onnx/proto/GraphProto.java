package stride.onnx.proto;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * A graph of nodes.
 *
 * @param name its name
 * @param nodes its nodes, each after those whose outputs it takes
 * @param inputs its inputs; older files list the weights among them
 * @param outputs its outputs
 * @param initializers its weights
 * @param sparseInitializers how many weights are sparse tensors, which are not read
 * @param valueInfos what is known of the values between
 */
public record GraphProto(
    String name,
    List<NodeProto> nodes,
    List<ValueInfoProto> inputs,
    List<ValueInfoProto> outputs,
    List<TensorProto> initializers,
    int sparseInitializers,
    List<ValueInfoProto> valueInfos)
    implements Message {
  /** Makes a graph that shares no list with the caller. */
  public GraphProto {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    initializers = List.copyOf(initializers);
    valueInfos = List.copyOf(valueInfos);
  }

  static GraphProto read(WireReader in) throws FormatException {
    String name = "";
    var nodes = new ArrayList<NodeProto>();
    var inputs = new ArrayList<ValueInfoProto>();
    var outputs = new ArrayList<ValueInfoProto>();
    var initializers = new ArrayList<TensorProto>();
    var valueInfos = new ArrayList<ValueInfoProto>();
    int sparse = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(NodeProto.read(in.message("NodeProto")));
        case 2 -> name = in.text();
        case 5 -> initializers.add(TensorProto.read(in.message("TensorProto")));
        case 11 -> inputs.add(ValueInfoProto.read(in.message("ValueInfoProto")));
        case 12 -> outputs.add(ValueInfoProto.read(in.message("ValueInfoProto")));
        case 13 -> valueInfos.add(ValueInfoProto.read(in.message("ValueInfoProto")));
        case 15 -> {
          in.skip();
          sparse++;
        }
        default -> in.skip();
      }
    }
    return new GraphProto(name, nodes, inputs, outputs, initializers, sparse, valueInfos);
  }

  /** Writes all but the sparse weights. */
  @Override
  public void write(WireWriter out) {
    out.messages(1, nodes);
    out.text(2, name);
    out.messages(5, initializers);
    out.messages(11, inputs);
    out.messages(12, outputs);
    out.messages(13, valueInfos);
  }
}
