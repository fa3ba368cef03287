package stride.app.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.app.option.CommonOptions;
import stride.zoo.Pretrained;
import stride.zoo.Zoo;

/** {@code stride networks}: the architectures by name. */
@Command(
    name = "networks",
    sortOptions = false,
    description = "List the networks that Stride knows by name.")
public final class NetworksCommand implements Runnable {
  @Mixin private CommonOptions common;

  @Override
  public void run() {
    var table =
        Table.of("name", "network", ">parameters", ">multiply-adds", ">input", ">top-1", ">AP");
    var networks = new ArrayList<Map<String, Object>>();
    for (var architecture : Zoo.all()) {
      var network = architecture.network();
      var weights = Pretrained.of(architecture.name());
      table.row(
          architecture.name(),
          architecture.title(),
          Figures.count(network.parameters()),
          Figures.count(architecture.multiplyAdds(network)),
          network.input().toString(),
          percent(weights, Pretrained::top1),
          percent(weights, Pretrained::ap));
      var json = new LinkedHashMap<String, Object>();
      json.put("name", architecture.name());
      json.put("title", architecture.title());
      json.put("parameters", network.parameters());
      json.put("multiply_adds", architecture.multiplyAdds(network));
      json.put("input", network.input().sizes());
      json.put("classes", architecture.classes());
      json.put("weights", weights.stream().map(NetworksCommand::json).toList());
      networks.add(json);
    }
    common.result(
        Map.of("networks", networks),
        table
            + "\n\n"
            + "top-1: documented for the published weights (--weights imagenet, or cifar10), of all"
            + " validation images the part\n"
            + "whose class is the first guess; AP: COCO's measure of boxes (--weights coco); --json"
            + " lists them all");
  }

  private static String percent(
      List<Pretrained> weights, Function<Pretrained, OptionalDouble> figure) {
    var first = weights.stream().map(figure).findFirst().orElse(OptionalDouble.empty());
    return first.isPresent() ? Figures.percent(first.getAsDouble()) : "";
  }

  private static Map<String, Object> json(Pretrained weights) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", weights.tag());
    json.put("url", weights.url().toString());
    json.put("top1", number(weights.top1()));
    json.put("top5", number(weights.top5()));
    json.put("ap", number(weights.ap()));
    return json;
  }

  private static @Nullable Double number(OptionalDouble value) {
    return value.isPresent() ? (Double) value.getAsDouble() : null;
  }
}
