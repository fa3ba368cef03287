package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Computes what depends on no input, and replaces If by the branch that is always taken. */
public final class Folding {
  private static final Set<String> WORK =
      Set.of(
          "MatMul",
          "Gemm",
          "MatMulInteger",
          "Pad",
          "Resize",
          "Upsample",
          "Conv",
          "ConvTranspose",
          "CenterCropPad",
          "GridSample",
          "AffineGrid",
          "RoiAlign",
          "Einsum",
          "DeformConv",
          "Col2Im",
          "Det");

  private final Map<String, OnnxTensor> constants;
  private final List<OnnxNode> nodes = new ArrayList<>();

  private final FoldingBudget budget;

  private Folding(OnnxGraph graph) {
    constants = new LinkedHashMap<>(graph.constants());
    budget = FoldingBudget.of(graph);
  }

  /**
   * Returns a graph that computes the same with fewer nodes.
   *
   * @param graph the graph
   * @return the graph without nodes whose inputs are all constants
   */
  public static OnnxGraph fold(OnnxGraph graph) {
    var folding = new Folding(graph);
    folding.addAll(graph.nodes(), 0);
    var read = new HashSet<String>();
    folding.nodes.forEach(node -> read.addAll(node.reads()));
    graph.outputs().forEach(output -> read.add(output.name()));
    folding.constants.keySet().retainAll(read);
    return new OnnxGraph(
        graph.name(),
        graph.inputs(),
        graph.outputs(),
        folding.constants,
        folding.nodes,
        graph.values(),
        graph.metadata());
  }

  private void addAll(List<OnnxNode> added, int depth) {
    for (OnnxNode node : added) {
      OnnxGraph branch = branch(node);
      if (branch != null) {
        addAll(spliced(node, branch, depth), depth + 1);
      } else if (!fold(node)) {
        nodes.add(node);
      }
    }
  }

  private boolean fold(OnnxNode node) {
    if (!constants.keySet().containsAll(node.reads())
        || !node.attributes().graphs().isEmpty()
        || !Operators.knows(node)) {
      return false;
    }
    try {
      if (isWork(node) || !budget.covers(node, constants::get)) {
        return false;
      }
      OnnxTensor[] results = budget.spend(Evaluator.run(node, constants::get));
      for (int i = 0; i < node.outputs().size(); i++) {
        if (!node.outputs().get(i).isEmpty()) {
          constants.put(node.outputs().get(i), results[i]);
        }
      }
      return true;
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      // Whoever runs the graph is told what is wrong with the node.
      return false;
    }
  }

  /** Whether a node may take long for its few inputs: it waits until somebody runs the graph. */
  private static boolean isWork(OnnxNode node) {
    return WORK.contains(node.operator());
  }

  /** Returns the graph of an If whose condition is constant; null for other nodes. */
  private @Nullable OnnxGraph branch(OnnxNode node) {
    if (!node.operator().equals("If") || !node.domain().isEmpty() || node.inputs().size() != 1) {
      return null;
    }
    OnnxTensor condition = constants.get(node.inputs().get(0));
    if (condition == null || condition.size() != 1 || condition.type() == ElementType.STRING) {
      return null;
    }
    boolean yes = condition.real(0) != 0;
    return node.attributes().value(yes ? "then_branch" : "else_branch") instanceof OnnxGraph graph
            && graph.inputs().isEmpty()
            && graph.outputs().size() >= node.outputs().size()
        ? graph
        : null;
  }

  /** Returns a branch's nodes with names of their own, which give the outputs of the If. */
  private List<OnnxNode> spliced(OnnxNode node, OnnxGraph branch, int depth) {
    var names = new LinkedHashMap<String, String>();
    String prefix = node.name() + "." + depth + "/";
    branch.constants().keySet().forEach(name -> names.put(name, prefix + name));
    branch
        .nodes()
        .forEach(inner -> inner.outputs().forEach(name -> names.put(name, prefix + name)));
    names.remove("");
    branch.constants().forEach((name, tensor) -> constants.put(prefix + name, tensor));
    var spliced = new ArrayList<OnnxNode>();
    for (OnnxNode inner : branch.nodes()) {
      spliced.add(renamed(inner, prefix + inner.name(), names));
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (node.outputs().get(i).isEmpty()) {
        continue;
      }
      String output = branch.outputs().get(i).name();
      spliced.add(
          new OnnxNode(
              prefix + "output" + i,
              "Identity",
              "",
              node.opset(),
              List.of(names.getOrDefault(output, output)),
              List.of(node.outputs().get(i)),
              Attributes.NONE));
    }
    return spliced;
  }

  private static List<String> each(List<String> old, Map<String, String> names) {
    return old.stream().map(name -> names.getOrDefault(name, name)).toList();
  }

  private static OnnxNode renamed(OnnxNode node, String name, Map<String, String> names) {
    var attributes = new LinkedHashMap<String, Object>();
    for (String attribute : node.attributes().names()) {
      Object value = node.attributes().value(attribute);
      if (value != null) {
        attributes.put(attribute, value instanceof OnnxGraph graph ? renamed(graph, names) : value);
      }
    }
    return new OnnxNode(
        name,
        node.operator(),
        node.domain(),
        node.opset(),
        each(node.inputs(), names),
        each(node.outputs(), names),
        new Attributes(attributes));
  }

  /** Renames the values around a graph that it refers to. */
  private static OnnxGraph renamed(OnnxGraph graph, Map<String, String> names) {
    var around = new LinkedHashMap<>(names);
    around.keySet().retainAll(graph.captures());
    return new OnnxGraph(
        graph.name(),
        graph.inputs(),
        graph.outputs().stream()
            .map(
                output ->
                    new OnnxValue(
                        around.getOrDefault(output.name(), output.name()),
                        output.type(),
                        output.shape()))
            .toList(),
        graph.constants(),
        graph.nodes().stream().map(node -> renamed(node, node.name(), around)).toList(),
        graph.values(),
        graph.metadata());
  }
}
