package stride.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import stride.zoo.Zoo;

/** {@code stride networks}: the architectures by name. */
@Command(
    name = "networks",
    sortOptions = false,
    description = "List the networks that Stride knows by name.")
final class NetworksCommand implements Runnable {
  @Mixin private CommonOptions common;

  @Override
  public void run() {
    var table = Table.of("name", "network", ">parameters", ">multiply-adds", ">input");
    var networks = new ArrayList<Map<String, Object>>();
    for (var architecture : Zoo.all()) {
      var network = architecture.network();
      table.row(
          architecture.name(),
          architecture.title(),
          Figures.count(network.parameters()),
          Figures.count(network.multiplyAdds()),
          network.input().toString());
      var json = new LinkedHashMap<String, Object>();
      json.put("name", architecture.name());
      json.put("title", architecture.title());
      json.put("parameters", network.parameters());
      json.put("multiply_adds", network.multiplyAdds());
      json.put("input", network.input().sizes());
      json.put("classes", architecture.classes());
      networks.add(json);
    }
    common.result(Map.of("networks", networks), table.toString());
  }
}
