package stride.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import stride.graph.Directory;
import stride.graph.Graph;
import stride.layer.Conv;
import stride.layer.Dense;

/**
 * The layers that make class scores: for each output of a network the last dense or convolution
 * layer before it, by the names of its weights.
 *
 * @param main those before the network's own output; empty if layers are joined behind them
 * @param others those before its other outputs, of auxiliary heads for instance
 */
record Heads(Set<String> main, List<Set<String>> others) {

  static Heads of(Graph graph) {
    var directory = Directory.of(graph);
    Set<String> main = Set.of();
    var others = new ArrayList<Set<String>>();
    for (var output : graph.outputs().entrySet()) {
      var names = before(graph, directory, output.getValue());
      if (output.getKey().equals(Graph.OUTPUT)) {
        main = names;
      } else {
        others.add(names);
      }
    }
    return new Heads(main, others);
  }

  private static Set<String> before(Graph graph, Directory directory, int output) {
    int edge = output;
    while (edge != Graph.INPUT) {
      int number = edge - 1;
      var node = graph.nodes().get(number);
      if (node.operation() instanceof Dense || node.operation() instanceof Conv) {
        return directory.weights().stream()
            .filter(entry -> entry.node() == number)
            .map(Directory.WeightEntry::name)
            .collect(Collectors.toUnmodifiableSet());
      }
      if (node.inputs().size() != 1) {
        break;
      }
      edge = node.inputs().getFirst();
    }
    return Set.of();
  }
}
