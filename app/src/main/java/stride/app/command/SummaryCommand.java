package stride.app.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.app.option.CommonOptions;
import stride.app.option.LayoutOption;
import stride.app.option.OnnxFiles;
import stride.app.option.ShapeConverter;
import stride.detection.FasterRcnnMethod;
import stride.graph.Graph;
import stride.network.Network;
import stride.network.Network.LayerSummary;
import stride.tensor.Shape;
import stride.zoo.Architecture;

/** {@code stride summary}: a network's layers, with what they give and what they cost. */
@Command(
    name = "summary",
    sortOptions = false,
    description = "Show a network's layers: output shape, kernel, parameters, multiply-adds.")
public final class SummaryCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NETWORK|MODEL",
      description =
          "A name that \"stride networks\" lists, or a model that Stride saved: its file, or the"
              + " folder of its run; or an ONNX file.")
  private String network;

  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description =
          "The images: height x width x channels. Default: those the network was made for.")
  private @Nullable Shape input;

  @Mixin private LayoutOption layout;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var architecture = OnnxFiles.named(network, input, layout.of(network));
    var shape = input == null ? architecture.input() : input;
    var made = architecture.network(shape, architecture.classes());
    var layers = made.summary();

    var json = new LinkedHashMap<String, Object>();
    json.put("network", architecture.name());
    json.put("input", shape.sizes());
    json.put("parameters", made.parameters());
    json.put("multiply_adds", architecture.multiplyAdds(made));
    json.put("outputs", List.copyOf(made.graph().outputs().keySet()));
    json.put("layers", layers.stream().map(SummaryCommand::json).toList());

    var table =
        Table.of(
            "layer", "kind", "output", "kernel / stride, padding", ">parameters", ">multiply-adds");
    for (var layer : layers) {
      table.row(
          layer.name(),
          layer.kind(),
          layer.output().toString(),
          layer.details(),
          layer.parameters().stream().map(n -> Figures.count(n)).collect(Collectors.joining(" + ")),
          layer.multiplyAdds() == 0 ? "" : Figures.count(layer.multiplyAdds()));
    }
    table.row(
        "total",
        "",
        "",
        "",
        Figures.count(made.parameters()),
        Figures.count(architecture.multiplyAdds(made)));
    common.result(
        json,
        "%s (%s), input %s%n%n%s%s"
            .formatted(network, architecture.title(), shape, table, besides(architecture, made)));
    return 0;
  }

  /** What the total's multiply-adds leave out. */
  private static String besides(Architecture architecture, Network network) {
    var design = architecture.detector();
    if (design != null) {
      return design.method() instanceof FasterRcnnMethod
          ? "%n%nThe total is the work for a picture in which one region is looked at; each further one has the work of the layers behind regions again."
              .formatted()
          : "";
    }
    var others =
        network.graph().outputs().keySet().stream()
            .filter(name -> !name.equals(Graph.OUTPUT))
            .collect(Collectors.joining(" and "));
    long all = network.graph().multiplyAdds();
    return all == network.multiplyAdds()
        ? ""
        : "%n%nThe total is the work for the network's own output; %s multiply-adds more are for %s."
            .formatted(Figures.count(all - network.multiplyAdds()), others);
  }

  private static Map<String, Object> json(LayerSummary layer) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", layer.name());
    json.put("kind", layer.kind());
    json.put("output", layer.output().sizes());
    json.put("details", layer.details());
    json.put("parameters", layer.parameters().stream().mapToLong(n -> n).sum());
    json.put("multiply_adds", layer.multiplyAdds());
    return json;
  }
}
