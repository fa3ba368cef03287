package stride.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
public record WeightTable(
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
   * a slow way in the Vector API, through objects, unless the whole vectors lie inside of the
   * array: up to two, the second of which may have no float at all.
   */
  public static final int SLACK = 32;

  private static final int LINE = 16;

  /** Names in a message. */
  private static final int MAX_NAMED = 10;

  /** Floats of an array, without what is behind the last tensor. */
  private static final int LONGEST = Integer.MAX_VALUE - 64;

  /**
   * A weight tensor: the number of the first node that has it, its full name, and where it begins.
   */
  public record WeightEntry(int node, String name, Parameter parameter, int offset) {
    private WeightEntry at(int other) {
      return new WeightEntry(node, name, parameter, other);
    }

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

    /**
     * Fills this tensor with its initialiser's values, in an array of all weights. Those that are
     * drawn one by one go there a few filters at a time.
     */
    void initialize(RandomGenerator random, float[] all) {
      var shape = parameter.shape();
      if (!(parameter.initializer() instanceof Initializer.Drawn drawn)) {
        write(parameter.initializer().values(shape, random), all);
        return;
      }
      var draws = drawn.draws(shape, random);
      var order = order();
      int filter = order.middle() * order.inner();
      var filters = new float[Math.min(order.out(), WeightLayout.Order.TOGETHER) * filter];
      for (int from = 0; from < order.out(); from += WeightLayout.Order.TOGETHER) {
        int to = Math.min(from + WeightLayout.Order.TOGETHER, order.out());
        for (int i = 0; i < (to - from) * filter; i++) {
          filters[i] = (float) draws.getAsDouble();
        }
        order.toMemory(filters, from, to, all, offset);
      }
    }

    /** How this tensor's dimensions lie in a file and in memory. */
    public WeightLayout.Order order() {
      return parameter.layout().order(parameter.shape());
    }
  }

  /**
   * A running statistic: the number of the first node that has it, its full name, and where it
   * begins.
   */
  public record StatisticEntry(int node, String name, RunningStatistic statistic, int offset) {
    private StatisticEntry at(int other) {
      return new StatisticEntry(node, name, statistic, other);
    }
  }

  /**
   * Lays out a graph's weights and statistics.
   *
   * @throws IllegalArgumentException if two have the same name, or there are more than an array
   *     holds
   */
  public static WeightTable of(Graph graph) {
    var weights = new ArrayList<WeightEntry>();
    var statistics = new ArrayList<StatisticEntry>();
    var names = new HashSet<String>();
    var seen = new HashSet<String>();
    int weightEnd = ALIGNMENT_OFFSET;
    int statisticEnd = ALIGNMENT_OFFSET;
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      if (!seen.add(node.weights())) {
        continue;
      }
      var inputs = graph.inputTypes(node);
      for (var parameter : node.labelled(() -> node.operation().parameters(inputs))) {
        String name = unique(node, parameter.name(), names);
        weights.add(new WeightEntry(n, name, parameter, weightEnd));
        weightEnd = end(weightEnd, parameter.shape().elements(), "weights", name);
      }
      for (var statistic : node.labelled(() -> node.operation().statistics(inputs))) {
        String name = unique(node, statistic.name(), names);
        statistics.add(new StatisticEntry(n, name, statistic, statisticEnd));
        statisticEnd = end(statisticEnd, statistic.length(), "statistics", name);
      }
    }
    return new WeightTable(
        List.copyOf(weights), List.copyOf(statistics), weightEnd + SLACK, statisticEnd + SLACK);
  }

  private static String unique(Graph.Node node, String own, Set<String> names) {
    String name = node.weights() + "." + own;
    if (!names.add(name)) {
      throw new IllegalArgumentException("two weights or statistics are named " + name);
    }
    return name;
  }

  /** Where the next tensor begins after one of this many floats. */
  private static int end(int begin, int floats, String what, String name) {
    long end = begin + Math.ceilDiv((long) floats, LINE) * LINE;
    if (end > LONGEST) {
      throw new IllegalArgumentException(
          "the network has %d %s up to %s, at most %d fit into an array"
              .formatted(end, what, name, LONGEST));
    }
    return (int) end;
  }

  /**
   * Where the weights and statistics of a part of the graph lie in the arrays of the whole.
   *
   * @param part a graph whose nodes have the names they have in the whole
   * @throws IllegalArgumentException if it has a weight or statistic that the whole has not, or has
   *     in another shape
   */
  WeightTable part(Graph part) {
    var own = of(part);
    var ownWeights = new HashMap<String, WeightEntry>();
    weights.forEach(entry -> ownWeights.put(entry.name, entry));
    var ownStatistics = new HashMap<String, StatisticEntry>();
    statistics.forEach(entry -> ownStatistics.put(entry.name, entry));
    return new WeightTable(
        own.weights.stream()
            .map(entry -> entry.at(place(entry, ownWeights.get(entry.name))))
            .toList(),
        own.statistics.stream()
            .map(entry -> entry.at(place(entry, ownStatistics.get(entry.name))))
            .toList(),
        weightFloats,
        statisticFloats);
  }

  private static int place(WeightEntry wanted, @Nullable WeightEntry found) {
    if (found == null) {
      throw missing(wanted.name);
    }
    var shape = found.parameter.shape();
    if (!shape.equals(wanted.parameter.shape())) {
      throw new IllegalArgumentException(
          "%s is %s in the network, %s among the weights"
              .formatted(wanted.name, wanted.parameter.shape(), shape));
    }
    if (!found.order().equals(wanted.order())) {
      throw new IllegalArgumentException(
          "%s (%s) lies in another order among the weights: the network flattens another image before it"
              .formatted(wanted.name, shape));
    }
    return found.offset;
  }

  private static int place(StatisticEntry wanted, @Nullable StatisticEntry found) {
    if (found == null) {
      throw missing(wanted.name);
    }
    if (found.statistic.length() != wanted.statistic.length()
        || found.statistic.counter() != wanted.statistic.counter()) {
      throw new IllegalArgumentException(
          "%s has %d numbers in the network, %d among the weights"
              .formatted(wanted.name, wanted.statistic.length(), found.statistic.length()));
    }
    return found.offset;
  }

  private static IllegalArgumentException missing(String name) {
    return new IllegalArgumentException("the network has %s, the weights lack it".formatted(name));
  }

  /**
   * Refuses weights of another graph than this.
   *
   * @throws IllegalArgumentException if a weight or statistic is missing, superfluous or of another
   *     shape; the message names the first
   */
  public void requireFor(Graph graph) {
    var expected = part(graph).places();
    var names = expected.stream().map(Place::name).collect(Collectors.toSet());
    var places = places();
    for (var place : places) {
      if (!names.contains(place.name)) {
        throw new IllegalArgumentException(
            "the weights have %s, the network lacks it: Weights.part takes those of a part"
                .formatted(place.name));
      }
    }
    for (int i = 0; i < places.size(); i++) {
      if (!places.get(i).equals(expected.get(i))) {
        throw new IllegalArgumentException(
            "%s stands elsewhere among the weights than in the network: Weights.part puts them in its order"
                .formatted(places.get(i).name));
      }
    }
  }

  /** A tensor's node and name, by which a plan finds it. */
  private record Place(int node, String name) {}

  private List<Place> places() {
    return Stream.concat(
            weights.stream().map(entry -> new Place(entry.node, entry.name)),
            statistics.stream().map(entry -> new Place(entry.node, entry.name)))
        .toList();
  }

  /**
   * The weight tensor of a name, "conv1.weight".
   *
   * @throws IllegalArgumentException if there is none; the message names some that there are
   */
  public WeightEntry weight(String name) {
    return weights.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> {
              var names = weights.stream().map(WeightEntry::name).limit(MAX_NAMED).toList();
              int more = weights.size() - names.size();
              return new IllegalArgumentException(
                  "no weight is named %s; there are %s%s"
                      .formatted(
                          name,
                          String.join(", ", names),
                          more == 0 ? "" : " and %d more".formatted(more)));
            });
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
    return "Table of %d weights and %d statistics".formatted(weights.size(), statistics.size());
  }
}
