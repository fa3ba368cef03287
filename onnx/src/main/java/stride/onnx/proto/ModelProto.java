package stride.onnx.proto;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * A model: a graph and what surrounds it.
 *
 * @param irVersion the version of the format
 * @param opsets the operator sets that the graph is written for; none in some old files
 * @param producerName the program that wrote the file
 * @param producerVersion that program's version
 * @param domain the model's name space
 * @param modelVersion the model's version
 * @param docString a description
 * @param graph the graph
 * @param metadata keys and values of any meaning
 * @param functions operators that the model defines itself
 */
public record ModelProto(
    long irVersion,
    List<OperatorSetIdProto> opsets,
    String producerName,
    String producerVersion,
    String domain,
    long modelVersion,
    String docString,
    GraphProto graph,
    List<StringStringEntryProto> metadata,
    List<FunctionProto> functions)
    implements Message {
  /** Makes a model that shares no list with the caller. */
  public ModelProto {
    opsets = List.copyOf(opsets);
    metadata = List.copyOf(metadata);
    functions = List.copyOf(functions);
  }

  static ModelProto read(String file, WireReader in) throws FormatException {
    long irVersion = 0;
    String producerName = "";
    String producerVersion = "";
    String domain = "";
    long modelVersion = 0;
    String docString = "";
    GraphProto graph = null;
    var opsets = new ArrayList<OperatorSetIdProto>();
    var metadata = new ArrayList<StringStringEntryProto>();
    var functions = new ArrayList<FunctionProto>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> irVersion = in.integer();
        case 2 -> producerName = in.text();
        case 3 -> producerVersion = in.text();
        case 4 -> domain = in.text();
        case 5 -> modelVersion = in.integer();
        case 6 -> docString = in.text();
        case 7 -> graph = GraphProto.read(in.message("GraphProto"));
        case 8 -> opsets.add(OperatorSetIdProto.read(in.message("OperatorSetIdProto")));
        case 14 -> metadata.add(StringStringEntryProto.read(in.message("StringStringEntryProto")));
        case 25 -> functions.add(FunctionProto.read(in.message("FunctionProto")));
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw new FormatException(file + ": holds no graph: it is no ONNX model, or a damaged one");
    }
    return new ModelProto(
        irVersion,
        opsets,
        producerName,
        producerVersion,
        domain,
        modelVersion,
        docString,
        graph,
        metadata,
        functions);
  }

  @Override
  public void write(WireWriter out) {
    out.integer(1, irVersion);
    out.text(2, producerName);
    out.text(3, producerVersion);
    out.text(4, domain);
    out.integer(5, modelVersion);
    out.text(6, docString);
    out.message(7, graph);
    out.messages(8, opsets);
    out.messages(14, metadata);
    out.messages(25, functions);
  }
}
