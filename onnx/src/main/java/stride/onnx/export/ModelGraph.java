package stride.onnx.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.graph.Graph;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.layer.activation.Prelu;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.ScaledL2Norm;
import stride.network.Model;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.GraphProto;
import stride.onnx.proto.TypeProto;
import stride.onnx.proto.ValueInfoProto;
import stride.tensor.Shape;

/** A model's graph on its way to ONNX's. */
final class ModelGraph {
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final float BRIGHTEST = 255;

  private final OnnxExport settings;
  private final Model model;
  private final Graph graph;
  private final GraphWriter writer;

  /** The names of the values of all edges. */
  private final String[] values;

  ModelGraph(OnnxExport settings, Model model) {
    this.settings = settings;
    this.model = model;
    this.graph = model.network().graph();
    this.writer = new GraphWriter(settings.opset());
    this.values = new String[graph.edges()];
  }

  GraphProto message() {
    var inputs = new ArrayList<ValueInfoProto>();
    for (var input : graph.inputs()) {
      refuseRank(input.name(), input.type().shape());
      writer.name(input.name());
    }
    graph.outputs().keySet().forEach(this::takeOutput);
    var tensors = tensorNames();
    for (int edge = 0; edge < graph.inputs().size(); edge++) {
      inputs.add(input(edge));
    }
    var wanted = outputNames();
    for (int n = 0; n < graph.nodes().size(); n++) {
      node(n, wanted, tensors);
    }
    var outputs = new ArrayList<ValueInfoProto>();
    graph
        .outputs()
        .forEach(
            (name, edge) -> {
              if (!values[edge].equals(name)) {
                writer.put("Identity", name, List.of(values[edge]));
              }
              outputs.add(info(name, FLOAT, Site.sizes(0, graph.type(edge).shape())));
            });
    return writer.graph("stride", inputs, outputs);
  }

  private void takeOutput(String name) {
    if (!writer.name(name).equals(name)) {
      throw new IllegalArgumentException(
          "an input and an output are named %s; values of an ONNX file have different names"
              .formatted(name));
    }
  }

  private void refuseRank(String name, Shape shape) {
    if (!shape.isImage() && shape.rank() != 1) {
      throw new IllegalArgumentException(
          "%s: images and vectors can be written to ONNX files, found %s".formatted(name, shape));
    }
  }

  /** For edges that are outputs the name of the first of them. */
  private Map<Integer, String> outputNames() {
    var names = new HashMap<Integer, String>();
    graph.outputs().forEach((name, edge) -> names.putIfAbsent(edge, name));
    // The network's own output is the one that people ask for.
    names.put(graph.output(Graph.OUTPUT), Graph.OUTPUT);
    return names;
  }

  private ValueInfoProto input(int edge) {
    var input = graph.inputs().get(edge);
    var shape = input.type().shape();
    String name = input.name();
    values[edge] = name;
    if (edge > 0 || settings.pictures() == PictureInput.NORMALISED_BY_CALLER) {
      return info(name, FLOAT, Site.sizes(0, shape));
    }
    if (!shape.isImage()) {
      throw new IllegalArgumentException(
          "the network takes no pictures but inputs of %s, which are not normalised"
              .formatted(shape));
    }
    if (settings.pictures() == PictureInput.COLOURS) {
      values[edge] = normalised(name, shape);
      return info(name, FLOAT, Site.sizes(0, shape));
    }
    String floats =
        writer.node("Cast", name + "/floats", List.of(name), AttributeProto.of("to", FLOAT));
    String planes =
        writer.node("Transpose", name + "/planes", List.of(floats), Site.ints("perm", 0, 3, 1, 2));
    String most = writer.name(name + "/most");
    writer.floats(most, new float[] {BRIGHTEST});
    values[edge] = normalised(writer.node("Div", name + "/colours", List.of(planes, most)), shape);
    return info(name, UINT8, 0, shape.height(), shape.width(), shape.channels());
  }

  /** Adds the normalisation of colours from 0 to 1. */
  private String normalised(String colours, Shape shape) {
    Normalization normalization = model.preprocessing().normalization();
    String input = graph.inputs().getFirst().name();
    String mean = writer.name(input + "/mean");
    writer.floats(mean, floats(normalization.mean()), Site.channelSizes(shape));
    String deviation = writer.name(input + "/std");
    writer.floats(deviation, floats(normalization.standardDeviation()), Site.channelSizes(shape));
    String centred = writer.node("Sub", input + "/centred", List.of(colours, mean));
    String scaled = writer.node("Div", input + "/normalised", List.of(centred, deviation));
    return normalization.blueFirst()
        ? writer.node(
            "Gather",
            input + "/blue_first",
            List.of(scaled, writer.longs(2, 1, 0)),
            AttributeProto.of("axis", 1))
        : scaled;
  }

  private static float[] floats(List<Double> values) {
    var floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }

  /** Adds all weights and statistics; returns their names by those of the state dict. */
  private Map<String, String> tensorNames() {
    var names = new LinkedHashMap<String, String>();
    Weights weights = model.weights();
    for (var entry : weights.table().weights()) {
      String name = writer.name(entry.name());
      names.put(entry.name(), name);
      writer.floats(name, weights.read(entry), sizes(entry));
    }
    for (var entry : weights.table().statistics()) {
      if (!entry.statistic().counter()) {
        String name = writer.name(entry.name());
        names.put(entry.name(), name);
        int length = entry.statistic().length();
        writer.floats(
            name,
            Arrays.copyOfRange(weights.statistics(), entry.offset(), entry.offset() + length),
            length);
      }
    }
    return names;
  }

  private long[] sizes(WeightTable.WeightEntry entry) {
    var node = graph.nodes().get(entry.node());
    var shape = entry.parameter().shape();
    boolean spreads =
        switch (node.operation()) {
          case ScaledL2Norm _, Prelu _ -> true;
          case GroupNorm _ -> settings.opset() < NormalizationNodes.GROUP_NORM;
          case LayerNorm norm -> norm.perPixel() && settings.opset() < LayerNormNodes.LAYER_NORM;
          default -> false;
        };
    if (spreads && shape.elements() > 1) {
      // ONNX's operators spread these over a value's last dimensions.
      return Site.channelSizes(node.output().shape());
    }
    return Arrays.stream(shape.sizes()).asLongStream().toArray();
  }

  private void node(int n, Map<Integer, String> wanted, Map<String, String> tensors) {
    var node = graph.nodes().get(n);
    refuseRank(node.name(), node.output().shape());
    int edge = graph.edgeOf(n);
    String output = wanted.get(edge);
    var own = new HashMap<String, String>();
    String prefix = node.weights() + ".";
    tensors.forEach(
        (name, written) -> {
          if (name.startsWith(prefix)) {
            own.put(name.substring(prefix.length()), written);
          }
        });
    var inputs = node.inputs().stream().map(input -> values[input]).toList();
    if (OperationNodes.passesOn(node.operation())) {
      values[edge] = inputs.getFirst();
      return;
    }
    var site =
        new Site(
            node,
            graph.inputTypes(node),
            inputs,
            output == null ? writer.name(node.name()) : output,
            own,
            writer);
    try {
      values[edge] = OperationNodes.write(site);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(node.name(), e.getMessage()), e);
    }
  }

  private ValueInfoProto info(String name, int type, long... sizes) {
    var dimensions = new ArrayList<TypeProto.Dimension>();
    Integer batch = settings.batch();
    dimensions.add(
        batch == null ? TypeProto.Dimension.free("batch") : TypeProto.Dimension.of(batch));
    for (int i = 1; i < sizes.length; i++) {
      dimensions.add(TypeProto.Dimension.of(sizes[i]));
    }
    return new ValueInfoProto(name, TypeProto.tensor(type, dimensions));
  }
}
