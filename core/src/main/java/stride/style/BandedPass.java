package stride.style;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.InstanceNorm;
import stride.tensor.Shape;

/**
 * Computes a network's output of a large picture in bands of rows. An instance norm wants the mean
 * and the variance of the whole map: so the bands are computed once up to each norm to learn its
 * statistics, and from then on it is an affine function of each pixel, with which the bands of what
 * comes after can be computed. Maps of the lowest resolution, where networks have most of their
 * layers, are kept whole, so that only the layers before and after them are computed several times.
 * A band has as many rows more as windows reach, so there are no seams: the output is that of the
 * picture in one piece up to rounding.
 */
final class BandedPass {
  /** Bands begin at multiples of this many rows, so that halvings and doublings fall alike. */
  private static final int MULTIPLE = 8;

  private final Engine engine;
  private final Graph graph;
  private final Weights weights;
  private final int bandFloats;

  /** The edges that are computed one after another, in order. */
  private final List<Integer> targets = new ArrayList<>();

  /** Those of them that are kept. */
  private final Set<Integer> kept = new TreeSet<>();

  /** The values of edges that are there. */
  private final Map<Integer, float[]> maps = new HashMap<>();

  /** Gives rows of the picture as the network takes them. */
  @FunctionalInterface
  interface RowSource {
    /** Writes the rows [from, to) to an array. */
    void read(int from, int to, float[] into, int at);
  }

  /** Takes rows of the output. */
  @FunctionalInterface
  interface RowSink {
    /** Takes the rows [from, to). */
    void write(int from, int to, float[] values, int at);
  }

  /**
   * {@return whether a graph can be computed in bands: not if norms read one edge, or if there are
   * frozen ones, which instance norms become here}
   */
  static boolean isPossible(Graph graph) {
    var normalized = new TreeSet<Integer>();
    for (var node : graph.nodes()) {
      if (node.operation() instanceof FrozenBatchNorm
          || node.operation() instanceof InstanceNorm
              && !normalized.add(node.inputs().getFirst())) {
        return false;
      }
    }
    return BandGraph.isPossible(frozen(graph));
  }

  /**
   * @param whole the network for the whole picture
   * @param bandFloats what the largest map of a band has at most, or little more
   */
  BandedPass(Engine engine, Graph whole, Weights weights, int bandFloats) {
    this.engine = engine;
    this.bandFloats = bandFloats;
    graph = frozen(whole);
    this.weights = frozen(graph, weights);
    int output = graph.output(Graph.OUTPUT);
    long least = Long.MAX_VALUE;
    var readers = new int[graph.edges()];
    for (var node : graph.nodes()) {
      least = Math.min(least, pixels(node.output().shape()));
      node.inputs().forEach(edge -> readers[edge]++);
    }
    for (int edge = 1; edge <= output; edge++) {
      boolean normalized = normOf(edge) != null;
      if (pixels(shape(edge)) == least
          && (normalized || readers[edge] > 1 || leaves(edge, least))) {
        kept.add(edge);
      }
      if (normalized || kept.contains(edge) || edge == output) {
        targets.add(edge);
      }
    }
  }

  private static long pixels(Shape shape) {
    return (long) shape.height() * shape.width();
  }

  private Shape shape(int edge) {
    return graph.type(edge).shape();
  }

  /** Whether an edge is read by a layer that makes a larger map of it. */
  private boolean leaves(int edge, long pixels) {
    return graph.nodes().stream()
        .anyMatch(
            node -> node.inputs().contains(edge) && pixels(node.output().shape()) > 2 * pixels);
  }

  /** The same graph, whose instance norms take their statistics from the weights. */
  private static Graph frozen(Graph graph) {
    return graph.remade(
        graph.inputs(),
        node ->
            node.operation() instanceof InstanceNorm norm
                ? new FrozenBatchNorm(norm.eps())
                : node.operation());
  }

  private static Weights frozen(Graph graph, Weights weights) {
    var frozen = weights.movedTo(graph, Set.of(), 0);
    var table = weights.table();
    for (var entry : frozen.table().statistics()) {
      table.weights().stream()
          .filter(own -> own.name().equals(entry.name()))
          .findFirst()
          .ifPresent(
              own -> {
                float[] values = weights.read(own);
                System.arraycopy(values, 0, frozen.statistics(), entry.offset(), values.length);
              });
    }
    return frozen;
  }

  /** The norm that reads an edge; null if none does. */
  private Graph.@Nullable Node normOf(int edge) {
    return graph.nodes().stream()
        .filter(
            node -> node.operation() instanceof FrozenBatchNorm && node.inputs().getFirst() == edge)
        .findFirst()
        .orElse(null);
  }

  /** Computes the output, from top to bottom. */
  void run(RowSource picture, RowSink output) {
    for (int i = 0; i < targets.size(); i++) {
      int target = targets.get(i);
      var sources = new TreeSet<>(maps.keySet());
      sources.add(0);
      var needed = neededBy(targets.subList(i + 1, targets.size()), sources, target);
      compute(target, sources, needed, picture, output);
      maps.keySet().retainAll(needed);
    }
  }

  /** The maps that targets are computed from. */
  private Set<Integer> neededBy(List<Integer> later, Set<Integer> sources, int target) {
    var there = new TreeSet<>(sources);
    var needed = new TreeSet<Integer>();
    if (kept.contains(target)) {
      there.add(target);
    }
    for (int other : later) {
      needed.addAll(BandGraph.sourcesOf(graph, other, there));
      if (kept.contains(other)) {
        there.add(other);
      }
    }
    return needed;
  }

  /**
   * Memory for a target: that of a map that nobody needs any more, if each of its pixels is read
   * for none but the target's own.
   */
  private float[] place(
      int target, Set<Integer> sources, Set<Integer> needed, List<RowBand> bands) {
    for (int source : maps.keySet()) {
      if (!needed.contains(source)
          && shape(source).equals(shape(target))
          && bands.stream()
              .allMatch(
                  band ->
                      band.equals(BandGraph.of(graph, target, band, sources).rows().get(source)))) {
        return requireNonNull(maps.get(source));
      }
    }
    return new float[shape(target).elements()];
  }

  private void compute(
      int target, Set<Integer> sources, Set<Integer> needed, RowSource picture, RowSink output) {
    var shape = shape(target);
    int height = shape.height();
    int rowLength = shape.width() * shape.channels();
    int step = bandHeight(target, sources);
    var bands = new ArrayList<RowBand>();
    for (int from = 0; from < height; from += step) {
      bands.add(new RowBand(from, Math.min(from + step, height)));
    }
    float[] map = kept.contains(target) ? place(target, sources, needed, bands) : null;
    var norm = normOf(target);
    var moments = norm == null ? null : new MapMoments(engine, shape);
    boolean isOutput = target == graph.output(Graph.OUTPUT);
    for (int b = 0; b < bands.size(); ) {
      var first = BandGraph.of(graph, target, bands.get(b), sources);
      int begin = b;
      int end =
          engine.withPlan(
              first.graph(),
              weights.part(first.graph()),
              1,
              Purpose.inference(),
              plan -> {
                int at = begin;
                var part = first;
                do {
                  read(part, plan, picture);
                  plan.forward(1);
                  var band = bands.get(at);
                  var values = plan.output(Graph.OUTPUT);
                  if (map != null) {
                    System.arraycopy(
                        values.array(),
                        values.at(0),
                        map,
                        band.from() * rowLength,
                        band.height() * rowLength);
                  }
                  if (moments != null) {
                    moments.add(values.array(), values.at(0), band.height());
                  }
                  if (isOutput) {
                    output.write(band.from(), band.to(), values.array(), values.at(0));
                  }
                  at++;
                  part =
                      at < bands.size()
                          ? BandGraph.of(graph, target, bands.get(at), sources)
                          : null;
                } while (part != null && part.graph().equals(first.graph()));
                return at;
              });
      b = end;
    }
    if (map != null) {
      maps.put(target, map);
    }
    if (moments != null) {
      setStatistics(requireNonNull(norm), moments);
    }
  }

  private void read(BandGraph part, Plan plan, RowSource picture) {
    part.rows()
        .forEach(
            (edge, rows) -> {
              var into = plan.input(Integer.toString(edge));
              if (edge == 0) {
                picture.read(rows.from(), rows.to(), into.array(), into.at(0));
                return;
              }
              int rowLength = shape(edge).width() * shape(edge).channels();
              System.arraycopy(
                  requireNonNull(maps.get(edge)),
                  rows.from() * rowLength,
                  into.array(),
                  into.at(0),
                  rows.height() * rowLength);
            });
  }

  /** As many rows as keep the largest map of a band small, a multiple of what is upsampled. */
  private int bandHeight(int target, Set<Integer> sources) {
    int height = shape(target).height();
    var all = BandGraph.of(graph, target, new RowBand(0, height), sources).graph();
    long most = 1;
    for (int edge = 0; edge < all.edges(); edge++) {
      most = Math.max(most, all.type(edge).shape().elements());
    }
    long rows = (long) ((double) bandFloats / most * height);
    return Math.clamp(rows / MULTIPLE * MULTIPLE, MULTIPLE, Math.max(MULTIPLE, height));
  }

  private void setStatistics(Graph.Node norm, MapMoments moments) {
    for (var entry : weights.table().statistics()) {
      boolean mean = entry.name().equals(norm.weights() + ".running_mean");
      if (mean || entry.name().equals(norm.weights() + ".running_var")) {
        float[] values = mean ? moments.means() : moments.variances();
        System.arraycopy(values, 0, weights.statistics(), entry.offset(), values.length);
      }
    }
    weights.changed();
  }
}
