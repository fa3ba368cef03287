package stride.onnx.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import stride.format.FormatException;

/**
 * Brings nodes into an order in which each value is given before it is read, as far as possible the
 * file's own, and leaves out those that serve no output.
 */
final class Order {
  private Order() {}

  /**
   * Sorts nodes.
   *
   * @param own the names of the graph's inputs and constants
   * @param around the names that it may refer to, but that its own hide
   */
  static List<OnnxNode> of(
      String file,
      List<OnnxNode> nodes,
      Set<String> own,
      Set<String> around,
      List<OnnxValue> outputs)
      throws FormatException {
    Map<String, Integer> producers = producers(file, nodes, own);
    var given = new HashSet<>(around);
    given.addAll(own);
    var needed = new boolean[nodes.size()];
    var queue = new ArrayDeque<Integer>();
    for (OnnxValue output : outputs) {
      Integer producer = producers.get(output.name());
      if (producer != null) {
        queue.add(producer);
      } else if (!given.contains(output.name())) {
        throw new FormatException(
            "%s: no node gives the output %s"
                .formatted(file, FormatException.quote(output.name())));
      }
    }
    List<List<Integer>> readers = new ArrayList<>();
    nodes.forEach(node -> readers.add(new ArrayList<>()));
    var missing = new int[nodes.size()];
    while (!queue.isEmpty()) {
      int index = queue.remove();
      if (needed[index]) {
        continue;
      }
      needed[index] = true;
      for (String name : nodes.get(index).reads()) {
        Integer producer = producers.get(name);
        if (producer != null) {
          missing[index]++;
          readers.get(producer).add(index);
          queue.add(producer);
        } else if (!given.contains(name)) {
          throw new FormatException(
              "%s: the %s %s reads %s, which nothing gives"
                  .formatted(
                      file,
                      FormatException.quote(nodes.get(index).operator()),
                      FormatException.quote(nodes.get(index).name()),
                      FormatException.quote(name)));
        }
      }
    }
    return sorted(file, nodes, needed, missing, readers);
  }

  private static Map<String, Integer> producers(
      String file, List<OnnxNode> nodes, Set<String> given) throws FormatException {
    var producers = new HashMap<String, Integer>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (!output.isEmpty() && (given.contains(output) || producers.put(output, i) != null)) {
          throw new FormatException(
              "%s: the value %s is given twice".formatted(file, FormatException.quote(output)));
        }
      }
    }
    return producers;
  }

  private static List<OnnxNode> sorted(
      String file,
      List<OnnxNode> nodes,
      boolean[] needed,
      int[] missing,
      List<List<Integer>> readers)
      throws FormatException {
    var ready = new PriorityQueue<Integer>();
    int count = 0;
    for (int i = 0; i < nodes.size(); i++) {
      if (needed[i]) {
        count++;
        if (missing[i] == 0) {
          ready.add(i);
        }
      }
    }
    var sorted = new ArrayList<OnnxNode>();
    while (!ready.isEmpty()) {
      int index = ready.remove();
      sorted.add(nodes.get(index));
      for (int reader : readers.get(index)) {
        if (--missing[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (sorted.size() < count) {
      throw new FormatException(
          "%s: %d of its nodes depend on each other in a circle"
              .formatted(file, count - sorted.size()));
    }
    return sorted;
  }
}
