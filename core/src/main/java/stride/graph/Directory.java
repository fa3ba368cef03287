package stride.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where each weight and each running statistic of a graph lies: all weights in one flat array, all
 * statistics in another.
 *
 * <p>Tensors begin 64 bytes apart from each other's cache lines: at 12 + 16 k floats, which is
 * 64-byte aligned in the large arrays that the JVM puts at the start of a memory region.
 *
 * @param weights in the order of the nodes
 * @param statistics in the order of the nodes
 * @param weightFloats length of the weights' array
 * @param statisticFloats length of the statistics' array
 */
public record Directory(
    List<WeightEntry> weights,
    List<StatisticEntry> statistics,
    int weightFloats,
    int statisticFloats) {
  /**
   * Floats before the first tensor in an array, which makes it 64-byte aligned behind a 16-byte
   * array header.
   */
  public static final int ALIGNMENT_OFFSET = 12;

  /**
   * Floats behind the last tensor in an array. A masked load of a few floats at an array's end goes
   * a slow way in the Vector API, through objects, unless a whole vector lies inside of the array.
   */
  public static final int SLACK = 16;

  private static final int LINE = 16;

  /** A weight tensor: its node's number, its full name, and where it begins. */
  public record WeightEntry(int node, String name, Parameter parameter, int offset) {
    /** This tensor's values in the file's order and layout, out of an array of all weights. */
    public float[] read(float[] all) {
      var file = new float[parameter.shape().elements()];
      order().toFile(all, offset, file);
      return file;
    }

    /** Puts values in the file's order and layout into an array of all weights. */
    public void write(float[] file, float[] all) {
      var shape = parameter.shape();
      if (file.length != shape.elements()) {
        throw new IllegalArgumentException(
            "%s has %d values (%s), found %d"
                .formatted(name, shape.elements(), shape, file.length));
      }
      order().toMemory(file, all, offset);
    }

    /** How this tensor's dimensions lie in a file and in memory. */
    public WeightLayout.Order order() {
      return parameter.layout().order(parameter.shape());
    }
  }

  /** A running statistic: its node's number, its full name, and where it begins. */
  public record StatisticEntry(int node, String name, Statistic statistic, int offset) {}

  /** Lays out a graph's weights and statistics. */
  public static Directory of(Graph graph) {
    var weights = new ArrayList<WeightEntry>();
    var statistics = new ArrayList<StatisticEntry>();
    long weightEnd = ALIGNMENT_OFFSET;
    int statisticEnd = ALIGNMENT_OFFSET;
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      var inputs = graph.inputTypes(node);
      for (var parameter : node.operation().parameters(inputs)) {
        weights.add(
            new WeightEntry(n, node.name() + "." + parameter.name(), parameter, (int) weightEnd));
        weightEnd += aligned(parameter.shape().elements());
        if (weightEnd > Integer.MAX_VALUE - 64) {
          throw new IllegalArgumentException("the network has more than 2^31 weights");
        }
      }
      for (var statistic : node.operation().statistics(inputs)) {
        statistics.add(
            new StatisticEntry(n, node.name() + "." + statistic.name(), statistic, statisticEnd));
        statisticEnd += aligned(statistic.length());
      }
    }
    return new Directory(
        List.copyOf(weights),
        List.copyOf(statistics),
        (int) weightEnd + SLACK,
        statisticEnd + SLACK);
  }

  /**
   * Where the weights and statistics of a part of the graph lie in the arrays of the whole.
   *
   * @param part a graph whose nodes have the names they have in the whole
   * @throws IllegalArgumentException if it has a weight or statistic that the whole has not
   */
  Directory part(Graph part) {
    var own = of(part);
    var places = new HashMap<String, Integer>();
    weights.forEach(entry -> places.put(entry.name(), entry.offset()));
    statistics.forEach(entry -> places.put(entry.name(), entry.offset()));
    return new Directory(
        own.weights.stream()
            .map(e -> new WeightEntry(e.node, e.name, e.parameter, place(places, e.name)))
            .toList(),
        own.statistics.stream()
            .map(e -> new StatisticEntry(e.node, e.name, e.statistic, place(places, e.name)))
            .toList(),
        weightFloats,
        statisticFloats);
  }

  private static int place(Map<String, Integer> places, String name) {
    Integer place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no part of the whole is named " + name);
    }
    return place;
  }

  /**
   * The weight tensor of a name, "conv1.weight".
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public WeightEntry weight(String name) {
    return weights.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no weight is named %s; there are %s"
                        .formatted(
                            name,
                            weights.stream()
                                .map(WeightEntry::name)
                                .collect(Collectors.joining(", ")))));
  }

  /** The number of weights, padding not counted. */
  public long parameterCount() {
    return weights.stream().mapToLong(w -> w.parameter().shape().elements()).sum();
  }

  /** The length rounded up to whole cache lines. */
  public static int aligned(int floats) {
    return (floats + LINE - 1) / LINE * LINE;
  }

  /** One line: how many tensors there are. */
  @Override
  public String toString() {
    return "Directory of %d weights and %d statistics".formatted(weights.size(), statistics.size());
  }
}
