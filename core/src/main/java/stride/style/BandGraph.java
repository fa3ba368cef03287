package stride.style;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.Add;
import stride.layer.activation.Prelu;
import stride.layer.activation.Relu;
import stride.layer.convolution.Conv;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.spatial.Upsample;
import stride.tensor.Shape;

/**
 * The part of a graph that computes some rows of one of its edges from rows of others: as many of
 * them as windows reach, padded only where the map itself ends. The rows are those that the graph
 * computes in one piece.
 *
 * @param graph its inputs are named by the numbers of the edges whose rows they are
 * @param rows the rows of each of these edges
 */
record BandGraph(Graph graph, NavigableMap<Integer, RowBand> rows) {

  /** Whether every operation of a graph is known here. */
  static boolean isPossible(Graph graph) {
    return graph.inputs().size() == 1
        && graph.nodes().stream().allMatch(node -> isKnown(node.operation()));
  }

  private static boolean isKnown(Operation operation) {
    return switch (operation) {
      case Conv conv ->
          conv.padding() != null
              && conv.padding().height() <= (conv.kernel().height() - 1) * conv.dilation().height();
      case Upsample upsample ->
          upsample.size() == null
              && upsample.mode() == Upsample.Mode.NEAREST
              && upsample.factor() >= 1
              && upsample.factor() == Integer.highestOneBit((int) upsample.factor());
      case Pad _ -> true;
      default -> isOfPixels(operation);
    };
  }

  /** Whether each pixel of an output is made of the same pixel of the inputs. */
  private static boolean isOfPixels(Operation operation) {
    return operation instanceof Add
        || operation instanceof Relu
        || operation instanceof Prelu
        || operation instanceof BatchNorm
        || operation instanceof FrozenBatchNorm
        || operation.traits().contains(Trait.ELEMENTWISE);
  }

  /**
   * Returns the part that computes rows of an edge.
   *
   * @param whole the graph of the whole picture
   * @param target the edge
   * @param wanted its rows
   * @param sources the edges whose values are there
   */
  static BandGraph of(Graph whole, int target, RowBand wanted, Set<Integer> sources) {
    var needed = needed(whole, target, wanted, sources);
    var inputs = new ArrayList<Graph.Input>();
    var rows = new TreeMap<Integer, RowBand>();
    needed.forEach(
        (edge, band) -> {
          if (sources.contains(edge)) {
            rows.put(edge, band);
            inputs.add(new Graph.Input(Integer.toString(edge), type(whole, edge, band)));
          }
        });
    return new BandGraph(new Building(whole, inputs, rows).build(needed, target, wanted), rows);
  }

  /** The rows of each edge that rows of one are made of. */
  private static NavigableMap<Integer, RowBand> needed(
      Graph whole, int target, RowBand wanted, Set<Integer> sources) {
    var needed = new TreeMap<Integer, RowBand>(Map.of(target, wanted));
    for (int edge = target; edge >= whole.inputs().size(); edge--) {
      var band = needed.get(edge);
      if (band == null || sources.contains(edge)) {
        continue;
      }
      var node = whole.nodes().get(whole.nodeOf(edge));
      for (int input : node.inputs()) {
        int height = whole.type(input).shape().height();
        needed.merge(input, inputRows(node.operation(), band, height), RowBand::with);
      }
    }
    return needed;
  }

  /**
   * The edges with values that an edge is computed from.
   *
   * @param sources the edges whose values are there
   */
  static Set<Integer> sourcesOf(Graph whole, int target, Set<Integer> sources) {
    var all = new RowBand(0, whole.type(target).shape().height());
    var needed = needed(whole, target, all, sources).navigableKeySet();
    needed.retainAll(sources);
    return needed;
  }

  /** The rows of an input of a height that rows of the output are made of. */
  private static RowBand inputRows(Operation operation, RowBand band, int height) {
    return switch (operation) {
      case Conv conv -> window(conv, band).within(height).rows();
      case Pad pad -> {
        var reach = new Reach(band.from() - pad.top(), band.to() - pad.top());
        yield reach.within(height, pad.edge() == Pad.Edge.REFLECT).rows();
      }
      case Upsample upsample -> {
        int factor = (int) upsample.factor();
        yield new RowBand(band.from() / factor, Math.ceilDiv(band.to(), factor));
      }
      default -> band;
    };
  }

  /** The rows that a convolution's windows reach. */
  private static Reach window(Conv conv, RowBand band) {
    int stride = conv.stride().height();
    int padding = requireNonNull(conv.padding()).height();
    int reach = (conv.kernel().height() - 1) * conv.dilation().height() + 1;
    return new Reach(band.from() * stride - padding, (band.to() - 1) * stride - padding + reach);
  }

  /** Rows from one to another, which may lie beyond the map. */
  private record Reach(int from, int to) {
    /** The rows inside of a map, zeros beyond it. */
    Padded within(int height) {
      return within(height, false);
    }

    /**
     * @param mirrored whether rows beyond the map are mirrored, so that those are needed that are
     *     as far inside of it
     */
    Padded within(int height, boolean mirrored) {
      int above = Math.max(0, -from);
      int below = Math.max(0, to - height);
      int first = Math.max(0, from);
      int end = Math.min(height, to);
      if (above > 0) {
        first = 0;
        end = Math.max(end, mirrored ? above + 1 : 1);
      }
      if (below > 0) {
        first = Math.min(first, height - 1 - (mirrored ? below : 0));
        end = height;
      }
      return new Padded(new RowBand(first, end), above, below);
    }
  }

  /**
   * Rows of a map, and what is beyond its edges.
   *
   * @param above rows above the map
   * @param below rows below it
   */
  private record Padded(RowBand rows, int above, int below) {}

  private static TensorType type(Graph whole, int edge, RowBand band) {
    var shape = whole.type(edge).shape();
    return whole.type(edge).withShape(Shape.image(band.height(), shape.width(), shape.channels()));
  }

  /** A graph of bands in the making. */
  private static final class Building {
    private final Graph whole;
    private final Graph.Builder builder;

    /** Where each edge of the whole is here, and which of its rows. */
    private final Map<Integer, Integer> edges = new TreeMap<>();

    private final Map<Integer, RowBand> rows = new TreeMap<>();
    private int added;

    Building(Graph whole, List<Graph.Input> inputs, NavigableMap<Integer, RowBand> sources) {
      this.whole = whole;
      builder = new Graph.Builder(inputs);
      sources.forEach(
          (edge, band) -> {
            edges.put(edge, builder.input(Integer.toString(edge)));
            rows.put(edge, band);
          });
    }

    Graph build(NavigableMap<Integer, RowBand> needed, int target, RowBand wanted) {
      needed.forEach(
          (edge, band) -> {
            if (!edges.containsKey(edge)) {
              add(whole.nodes().get(whole.nodeOf(edge)), edge, band);
            }
          });
      builder.output(Graph.OUTPUT, cropped(target, wanted));
      return builder.build();
    }

    private void add(Graph.Node node, int edge, RowBand band) {
      int first = node.inputs().getFirst();
      int height = whole.type(first).shape().height();
      switch (node.operation()) {
        case Conv conv -> {
          var window = window(conv, band).within(height);
          int padding = requireNonNull(conv.padding()).width();
          int input =
              padded(
                  cropped(first, window.rows()),
                  new Pad(0, 0, window.above(), window.below(), Pad.Edge.ZERO));
          put(edge, band, node, conv.padding(0, padding), List.of(input));
        }
        case Pad pad -> {
          var reach =
              new Reach(band.from() - pad.top(), band.to() - pad.top())
                  .within(height, pad.edge() == Pad.Edge.REFLECT);
          var own = new Pad(pad.left(), pad.right(), reach.above(), reach.below(), pad.edge());
          put(
              edge,
              new RowBand(
                  reach.rows().from() + pad.top() - reach.above(),
                  reach.rows().to() + pad.top() + reach.below()),
              node,
              own,
              List.of(cropped(first, reach.rows())));
        }
        case Upsample upsample -> {
          int factor = (int) upsample.factor();
          var source = inputRows(upsample, band, height);
          put(
              edge,
              new RowBand(source.from() * factor, source.to() * factor),
              node,
              upsample,
              List.of(cropped(first, source)));
        }
        default ->
            put(
                edge,
                band,
                node,
                node.operation(),
                node.inputs().stream().map(input -> cropped(input, band)).toList());
      }
    }

    private void put(
        int edge, RowBand band, Graph.Node node, Operation operation, List<Integer> inputs) {
      edges.put(edge, builder.add(node.name(), node.weights(), operation, inputs));
      rows.put(edge, band);
    }

    private int padded(int edge, Pad pad) {
      return pad.top() + pad.bottom() == 0 ? edge : besides(pad, edge);
    }

    /** Some of an edge's rows. */
    private int cropped(int edge, RowBand wanted) {
      var there = requireNonNull(rows.get(edge));
      int here = requireNonNull(edges.get(edge));
      if (there.equals(wanted)) {
        return here;
      }
      var crop =
          new Crop(
              wanted.from() - there.from(), 0, wanted.height(), whole.type(edge).shape().width());
      return besides(crop, here);
    }

    private int besides(Operation operation, int edge) {
      String name = "band/" + added++;
      return builder.add(name, name, operation, List.of(edge));
    }
  }
}
