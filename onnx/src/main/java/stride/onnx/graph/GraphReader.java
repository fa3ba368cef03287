package stride.onnx.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FormatException;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.GraphProto;
import stride.onnx.proto.ModelProto;
import stride.onnx.proto.NodeProto;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.TensorProto;
import stride.onnx.proto.ValueInfoProto;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.ExternalData;
import stride.onnx.tensor.OnnxTensor;
import stride.onnx.tensor.Tensors;

/** Makes a checked graph of an ONNX file. */
public final class GraphReader {
  /** The newest version of the standard's operators whose meaning is known. */
  public static final int NEWEST_OPSET = 28;

  private static final int DEEPEST = 16;

  private final String file;
  private final ModelProto model;
  private final ExternalData files;
  private final Functions functions;
  private final Set<String> usedNames = new HashSet<>();
  private int depth;

  private GraphReader(String file, ModelProto model, ExternalData files) {
    this.file = file;
    this.model = model;
    this.files = files;
    this.functions = new Functions(file, model.functions());
  }

  /**
   * Reads a file, and the files beside it that hold its weights.
   *
   * @param file an ONNX file
   * @return its graph
   * @throws FormatException if it is damaged, or computes what cannot be
   * @throws FileException if it, or a file that it needs, cannot be read
   */
  public static OnnxGraph read(Path file) throws IOException {
    return read(file.toString(), OnnxFile.read(file), ExternalData.beside(file));
  }

  /**
   * Reads a file's bytes.
   *
   * @param bytes an ONNX file that has its weights in itself
   * @param name its name for messages
   * @return its graph
   * @throws FormatException if it is damaged, or computes what cannot be
   */
  public static OnnxGraph read(ByteBuffer bytes, String name) throws IOException {
    return read(name, OnnxFile.read(bytes, name), ExternalData.none(name));
  }

  private static OnnxGraph read(String file, ModelProto model, ExternalData files)
      throws IOException {
    return new GraphReader(file, model, files).model();
  }

  private OnnxGraph model() throws IOException {
    var metadata = new LinkedHashMap<String, String>();
    model.metadata().forEach(entry -> metadata.put(entry.key(), entry.value()));
    if (!model.producerName().isEmpty()) {
      metadata.putIfAbsent(
          "producer", (model.producerName() + " " + model.producerVersion()).strip());
    }
    Opsets opsets = Opsets.of(file, model.opsets());
    return graph(model.graph(), opsets, metadata, Set.of());
  }

  /**
   * Makes a graph.
   *
   * @param around the names that a graph in a node may refer to
   */
  private OnnxGraph graph(
      GraphProto proto, Opsets opsets, Map<String, String> metadata, Set<String> around)
      throws IOException {
    if (proto.sparseInitializers() > 0) {
      throw new FormatException(
          "%s: %d of its weights are sparse tensors, which Stride does not read"
              .formatted(file, proto.sparseInitializers()));
    }
    var constants = new LinkedHashMap<String, OnnxTensor>();
    for (TensorProto tensor : proto.initializers()) {
      if (constants.put(tensor.name(), Tensors.read(tensor, files)) != null) {
        throw new FormatException(
            "%s: has two weights named %s".formatted(file, FormatException.quote(tensor.name())));
      }
    }
    var inputs = new ArrayList<OnnxValue>();
    for (ValueInfoProto input : proto.inputs()) {
      if (!constants.containsKey(input.name())) {
        inputs.add(value(input));
      }
    }
    var outputs = new ArrayList<OnnxValue>();
    for (ValueInfoProto output : proto.outputs()) {
      outputs.add(value(output));
    }
    var values = new LinkedHashMap<String, OnnxValue>();
    for (ValueInfoProto between : proto.valueInfos()) {
      values.put(between.name(), value(between));
    }
    List<Functions.Call> calls = functions.inlined(proto.nodes(), opsets);
    var known = new HashSet<>(around);
    known.addAll(constants.keySet());
    inputs.forEach(input -> known.add(input.name()));
    calls.forEach(call -> known.addAll(call.node().outputs()));
    var nodes = new ArrayList<OnnxNode>();
    for (Functions.Call call : calls) {
      OnnxTensor constant = constant(call);
      if (constant != null) {
        if (constants.put(call.node().outputs().get(0), constant) != null) {
          throw twice(call.node().outputs().get(0));
        }
      } else {
        nodes.add(node(call, known));
      }
    }
    var given = new HashSet<>(constants.keySet());
    for (OnnxValue input : inputs) {
      if (!given.add(input.name())) {
        throw twice(input.name());
      }
    }
    List<OnnxNode> sorted = Order.of(file, nodes, given, around, outputs);
    return new OnnxGraph(
        proto.name(), inputs, outputs, read(constants, sorted, outputs), sorted, values, metadata);
  }

  /** Leaves out the constants that nobody reads. */
  private static Map<String, OnnxTensor> read(
      Map<String, OnnxTensor> constants, List<OnnxNode> nodes, List<OnnxValue> outputs) {
    var read = new HashSet<String>();
    nodes.forEach(node -> read.addAll(node.reads()));
    outputs.forEach(output -> read.add(output.name()));
    var kept = new LinkedHashMap<>(constants);
    kept.keySet().retainAll(read);
    return kept;
  }

  private FormatException twice(String name) {
    return new FormatException(
        "%s: the value %s is given twice".formatted(file, FormatException.quote(name)));
  }

  private OnnxValue value(ValueInfoProto proto) {
    var type = proto.type();
    return type == null
        ? new OnnxValue(proto.name(), null, null)
        : new OnnxValue(proto.name(), ElementType.of(type.elementType()), type.shape());
  }

  private OnnxNode node(Functions.Call call, Set<String> around) throws IOException {
    NodeProto proto = call.node();
    String domain = Opsets.domain(proto.domain());
    var attributes = new HashMap<String, Object>();
    for (AttributeProto attribute : proto.attributes()) {
      Object value = attribute(attribute, call.opsets(), around);
      if (value == null) {
        throw new FormatException(
            "%s: the attribute %s of %s %s is of a kind that Stride does not read"
                .formatted(
                    file,
                    FormatException.quote(attribute.name()),
                    FormatException.quote(proto.opType()),
                    FormatException.quote(proto.name())));
      }
      attributes.put(attribute.name(), value);
    }
    int opset = call.opsets().version(domain);
    return new OnnxNode(
        uniqueName(proto),
        proto.opType(),
        domain,
        opset,
        proto.inputs(),
        proto.outputs(),
        new Attributes(attributes));
  }

  private String uniqueName(NodeProto proto) {
    String wanted = proto.name();
    if (wanted.isEmpty()) {
      wanted =
          proto.outputs().stream().filter(o -> !o.isEmpty()).findFirst().orElse(proto.opType());
    }
    String name = wanted;
    for (int i = 2; !usedNames.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  private @Nullable Object attribute(AttributeProto proto, Opsets opsets, Set<String> around)
      throws IOException {
    return switch (proto.value()) {
      case AttributeProto.Real real -> real.value();
      case AttributeProto.Int integer -> integer.value();
      case AttributeProto.Bytes bytes -> bytes.text();
      case AttributeProto.Reals reals -> reals.values();
      case AttributeProto.Ints ints -> ints.values();
      case AttributeProto.Texts texts ->
          texts.values().stream().map(AttributeProto.Bytes::text).toList();
      case AttributeProto.TensorValue tensor -> Tensors.read(tensor.tensor(), files);
      case AttributeProto.GraphValue graph -> inner(graph.graph(), opsets, around);
      case AttributeProto.Reference reference -> null;
      case AttributeProto.Other other -> null;
    };
  }

  private OnnxGraph inner(GraphProto graph, Opsets opsets, Set<String> around) throws IOException {
    // A function whose body has a graph that calls the function again has no end.
    if (++depth > DEEPEST) {
      throw new FormatException("%s: nests graphs more than %d deep".formatted(file, DEEPEST));
    }
    OnnxGraph inner = graph(graph, opsets, Map.of(), around);
    depth--;
    return inner;
  }

  /** Returns the tensor of a Constant node, in any of the forms it may have; null for others. */
  private @Nullable OnnxTensor constant(Functions.Call call) throws IOException {
    NodeProto node = call.node();
    if (!node.opType().equals("Constant") || !Opsets.domain(node.domain()).isEmpty()) {
      return null;
    }
    if (node.outputs().size() != 1 || node.attributes().size() != 1) {
      throw new FormatException(
          "%s: the Constant %s has %d outputs and %d values, expected one of each"
              .formatted(
                  file,
                  FormatException.quote(node.name()),
                  node.outputs().size(),
                  node.attributes().size()));
    }
    int[] single = {};
    return switch (node.attributes().get(0).value()) {
      case AttributeProto.TensorValue tensor -> Tensors.read(tensor.tensor(), files);
      case AttributeProto.Real real -> OnnxTensor.of(single, new float[] {real.value()});
      case AttributeProto.Int integer -> OnnxTensor.of(single, new long[] {integer.value()});
      case AttributeProto.Bytes bytes -> OnnxTensor.of(single, new String[] {bytes.text()});
      case AttributeProto.Reals reals ->
          OnnxTensor.of(new int[] {reals.values().length}, reals.values());
      case AttributeProto.Ints ints -> OnnxTensor.list(ints.values());
      case AttributeProto.Texts texts ->
          OnnxTensor.of(
              new int[] {texts.values().size()},
              texts.values().stream().map(AttributeProto.Bytes::text).toArray(String[]::new));
      default ->
          throw new FormatException(
              "%s: the Constant %s is of a kind that Stride does not read"
                  .formatted(file, FormatException.quote(node.name())));
    };
  }
}
