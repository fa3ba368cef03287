package stride.onnx.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.FunctionProto;
import stride.onnx.proto.GraphProto;
import stride.onnx.proto.NodeProto;
import stride.onnx.proto.TensorProto;
import stride.onnx.proto.ValueInfoProto;

/** The operators that a model defines itself; calls of them are replaced by their bodies. */
final class Functions {
  /** Functions that call functions; they may not call themselves. */
  private static final int DEEPEST = 32;

  /** A few functions that call each other twice become a million nodes quickly. */
  private static final int MOST_NODES = 1_000_000;

  private final String file;
  private final Map<Key, FunctionProto> functions = new HashMap<>();
  private int visited;

  private record Key(String domain, String name, String overload) {}

  /**
   * A node and the operators' versions that it is written for.
   *
   * @param node the node
   * @param opsets the versions
   */
  record Call(NodeProto node, Opsets opsets) {}

  Functions(String file, List<FunctionProto> functions) {
    this.file = file;
    for (FunctionProto function : functions) {
      this.functions.put(
          new Key(Opsets.domain(function.domain()), function.name(), function.overload()),
          function);
    }
  }

  /** Returns nodes with the calls of functions replaced, in order. */
  List<Call> inlined(List<NodeProto> nodes, Opsets opsets) throws FormatException {
    var inlined = new ArrayList<Call>();
    inline(nodes, opsets, inlined, 0);
    return inlined;
  }

  private void inline(List<NodeProto> nodes, Opsets opsets, List<Call> into, int depth)
      throws FormatException {
    if (depth > DEEPEST) {
      throw new FormatException(
          "%s: its functions call each other more than %d deep".formatted(file, DEEPEST));
    }
    for (NodeProto node : nodes) {
      if (++visited > MOST_NODES) {
        throw new FormatException(
            "%s: its functions make more than %,d nodes".formatted(file, MOST_NODES));
      }
      FunctionProto function = function(node);
      if (function == null) {
        into.add(new Call(node, opsets));
      } else {
        // A body that names no versions is written for its caller's.
        Opsets own = function.opsets().isEmpty() ? opsets : Opsets.of(file, function.opsets());
        inline(body(node, function), own, into, depth + 1);
      }
    }
  }

  private @Nullable FunctionProto function(NodeProto node) {
    String domain = Opsets.domain(node.domain());
    FunctionProto function = functions.get(new Key(domain, node.opType(), node.overload()));
    return function == null ? functions.get(new Key(domain, node.opType(), "")) : function;
  }

  /** Returns a function's body with the names and the attributes of a call. */
  private List<NodeProto> body(NodeProto call, FunctionProto function) throws FormatException {
    var names = new HashMap<String, String>();
    for (int i = 0; i < function.inputs().size(); i++) {
      names.put(function.inputs().get(i), i < call.inputs().size() ? call.inputs().get(i) : "");
    }
    for (int i = 0; i < function.outputs().size() && i < call.outputs().size(); i++) {
      if (!call.outputs().get(i).isEmpty()) {
        names.put(function.outputs().get(i), call.outputs().get(i));
      }
    }
    // The number keeps the names of two calls apart.
    String prefix = (call.name().isEmpty() ? function.name() : call.name()) + "." + visited + "/";
    UnaryOperator<String> naming =
        name -> name.isEmpty() ? "" : names.getOrDefault(name, prefix + name);
    var given = new HashMap<String, AttributeProto>();
    function.defaults().forEach(attribute -> given.put(attribute.name(), attribute));
    call.attributes().forEach(attribute -> given.put(attribute.name(), attribute));
    var body = new ArrayList<NodeProto>();
    for (NodeProto node : function.nodes()) {
      body.add(renamed(node, naming, given));
    }
    return body;
  }

  private static List<String> each(List<String> names, UnaryOperator<String> naming) {
    return names.stream().map(naming).toList();
  }

  private static NodeProto renamed(
      NodeProto node, UnaryOperator<String> naming, Map<String, AttributeProto> given) {
    var attributes = new ArrayList<AttributeProto>();
    for (AttributeProto attribute : node.attributes()) {
      switch (attribute.value()) {
        case AttributeProto.Reference reference -> {
          AttributeProto value = given.get(reference.attribute());
          // Without a value the node's own default holds.
          if (value != null) {
            attributes.add(new AttributeProto(attribute.name(), value.value()));
          }
        }
        case AttributeProto.GraphValue graph ->
            attributes.add(
                new AttributeProto(
                    attribute.name(),
                    new AttributeProto.GraphValue(renamed(graph.graph(), naming, given))));
        default -> attributes.add(attribute);
      }
    }
    return new NodeProto(
        naming.apply(node.name()),
        node.opType(),
        node.domain(),
        node.overload(),
        each(node.inputs(), naming),
        each(node.outputs(), naming),
        attributes);
  }

  private static GraphProto renamed(
      GraphProto graph, UnaryOperator<String> naming, Map<String, AttributeProto> given) {
    return new GraphProto(
        graph.name(),
        graph.nodes().stream().map(node -> renamed(node, naming, given)).toList(),
        renamed(graph.inputs(), naming),
        renamed(graph.outputs(), naming),
        graph.initializers().stream()
            .map(
                tensor ->
                    new TensorProto(
                        naming.apply(tensor.name()),
                        tensor.dataType(),
                        tensor.dims(),
                        tensor.data()))
            .toList(),
        graph.sparseInitializers(),
        renamed(graph.valueInfos(), naming));
  }

  private static List<ValueInfoProto> renamed(
      List<ValueInfoProto> values, UnaryOperator<String> naming) {
    return values.stream()
        .map(value -> new ValueInfoProto(naming.apply(value.name()), value.type()))
        .toList();
  }
}
