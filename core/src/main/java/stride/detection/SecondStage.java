package stride.detection;

import java.util.List;
import stride.graph.Graph;
import stride.network.Network;

/** What a two-stage detector does with each region. */
final class SecondStage {
  private SecondStage() {}

  /** The part of a network's graph behind its regions, with these as its only input. */
  static Graph of(Network network) {
    var graph = network.graph();
    return graph.after(
        graph.output(FasterRcnnMethod.REGIONS),
        List.of(FasterRcnnMethod.CLASS, FasterRcnnMethod.BOX));
  }
}
