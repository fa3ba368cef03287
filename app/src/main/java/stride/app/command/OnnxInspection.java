package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.app.option.CommonOptions;
import stride.onnx.engine.InputLayout;
import stride.onnx.engine.InputShapes;
import stride.onnx.engine.Placement;
import stride.onnx.graph.GraphReader;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxValue;
import stride.tensor.Shape;

/**
 * What an ONNX file holds.
 *
 * @param placements where its nodes run; empty if that depends on a shape that is not known
 * @param open why that is; "" if it is known
 */
record OnnxInspection(Path file, OnnxGraph graph, List<Placement> placements, String open) {

  static OnnxInspection of(Path file, @Nullable Shape images, @Nullable InputLayout layout)
      throws IOException {
    var graph = GraphReader.read(file);
    try {
      var placements = Placement.of(graph, new InputShapes(images, layout));
      return new OnnxInspection(file, graph, placements, "");
    } catch (IllegalArgumentException e) {
      return new OnnxInspection(file, graph, List.of(), String.valueOf(e.getMessage()));
    }
  }

  void print(CommonOptions common) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("file", file.toString());
    json.put("format", "onnx");
    json.put("bytes", Files.size(file));
    json.put("inputs", graph.inputs().stream().map(OnnxInspection::json).toList());
    json.put("outputs", graph.outputs().stream().map(OnnxInspection::json).toList());
    json.put("operators", operators());
    json.put("nodes", placements.stream().map(OnnxInspection::json).toList());
    json.put("tensors", tensors());
    json.put("parameters", numbers());
    json.put("metadata", graph.metadata());
    common.result(json, text());
  }

  private Map<String, Integer> operators() {
    var operators = new TreeMap<String, Integer>();
    graph
        .nodes()
        .forEach(
            node ->
                operators.merge(
                    "%s-%d".formatted(node.qualifiedOperator(), node.opset()), 1, Integer::sum));
    return operators;
  }

  private List<Map<String, Object>> tensors() {
    return graph.constants().entrySet().stream()
        .map(
            tensor -> {
              var json = new LinkedHashMap<String, Object>();
              json.put("name", tensor.getKey());
              json.put("type", tensor.getValue().type().toString());
              json.put("shape", tensor.getValue().shape());
              json.put("numbers", tensor.getValue().size());
              return (Map<String, Object>) json;
            })
        .toList();
  }

  private long numbers() {
    return graph.constants().values().stream()
        .filter(tensor -> tensor.type().isReal())
        .mapToLong(tensor -> tensor.size())
        .sum();
  }

  private static Map<String, Object> json(OnnxValue value) {
    return Map.of("name", value.name(), "type", value.description());
  }

  private static Map<String, Object> json(Placement placement) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", placement.node().name());
    json.put("operator", placement.node().qualifiedOperator());
    json.put("where", placement.onEngine() ? "engine" : "evaluator");
    if (!placement.onEngine()) {
      json.put("why", placement.why());
    }
    return json;
  }

  private String text() {
    var text = new StringBuilder();
    text.append(
        "%s: onnx, %s, %s, %s%n"
            .formatted(
                file,
                Figures.count(graph.nodes().size(), "node"),
                Figures.count(graph.constants().size(), "tensor"),
                Figures.count(numbers(), "parameter")));
    graph.inputs().forEach(input -> text.append("in   %s%n".formatted(line(input))));
    graph.outputs().forEach(output -> text.append("out  %s%n".formatted(line(output))));
    text.append(
        "%s%n%n"
            .formatted(
                operators().entrySet().stream()
                    .map(entry -> "%s x%d".formatted(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining(", "))));
    var table = Table.of("tensor", "type", "shape", ">numbers");
    graph
        .constants()
        .forEach(
            (name, tensor) ->
                table.row(
                    Console.inLine(name),
                    tensor.type().toString(),
                    Arrays.stream(tensor.shape())
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining("x")),
                    Figures.count(tensor.size())));
    text.append(table).append("%n%n".formatted());
    return text.append(places()).toString();
  }

  private static String line(OnnxValue value) {
    return Console.inLine(value.name()) + " " + value.description();
  }

  private String places() {
    if (!open.isEmpty()) {
      return "Where its nodes run is not known: " + open;
    }
    var left = placements.stream().filter(placement -> !placement.onEngine()).toList();
    if (left.isEmpty()) {
      return "All of it runs on the engine.";
    }
    var table = Table.of("evaluated node by node", "operator", "why");
    left.forEach(
        placement ->
            table.row(
                Console.inLine(placement.node().name()),
                placement.node().qualifiedOperator(),
                placement.why()));
    return "%d of %s run on the engine.%n%s"
        .formatted(
            placements.size() - left.size(), Figures.count(placements.size(), "node"), table);
  }
}
