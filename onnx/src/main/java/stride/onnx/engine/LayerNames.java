package stride.onnx.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import stride.onnx.graph.OnnxNode;

/**
 * Names of layers: those of PyTorch's modules where a file has kept them, in its weights
 * ("layer1.0.conv1.weight") or in its nodes ("/layer1/layer1.0/conv1/Conv").
 */
final class LayerNames {
  /** What the first weights of layers are named, behind these. */
  private static final List<String> WEIGHTS = List.of(".weight", ".scale_weight");

  private final Set<String> taken = new HashSet<>();

  /** A name for a node with weights. */
  String of(OnnxNode node, String weight) {
    for (var own : WEIGHTS) {
      if (weight.endsWith(own) && weight.length() > own.length()) {
        return take(weight.substring(0, weight.length() - own.length()));
      }
    }
    return of(node);
  }

  /** A name for a node without weights. */
  String of(OnnxNode node) {
    return take(base(node));
  }

  /** A name for what a node needs besides, such as its flattened input. */
  String beside(OnnxNode node, String kind) {
    return take(base(node) + "." + kind);
  }

  private static String base(OnnxNode node) {
    String name = node.name();
    return name.startsWith("/") && name.length() > 1 ? module(name) : name;
  }

  /** The module's name in a path of nested ones; the last part is the operator. */
  private static String module(String path) {
    var parts = List.of(path.substring(1).split("/"));
    var names = new ArrayList<String>();
    for (int i = 0; i < parts.size() - 1; i++) {
      String part = parts.get(i);
      if (!parts.get(i + 1).startsWith(part + ".")) {
        names.add(part);
      }
    }
    return names.isEmpty() ? parts.getLast() : String.join(".", names);
  }

  private String take(String wanted) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
