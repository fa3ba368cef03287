package stride.style;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.image.Normalization;
import stride.network.ReceptiveField;
import stride.tensor.Shape;

/**
 * Parts of a picture that are computed one after another, so that the maps of one part are in
 * memory. Each value of a map belongs to one tile, whose pixels are all that the value sees: what
 * the tiles' values add up to is what the whole picture's do.
 *
 * @param shape the shape of each tile
 * @param tiles the tiles
 */
record Tiling(Shape shape, List<Tile> tiles) {
  /**
   * A tile.
   *
   * @param top the first row of its pixels
   * @param left the first column
   * @param areas for each output the part of its maps that belongs to this tile
   */
  record Tile(int top, int left, Map<String, MapArea> areas) {}

  /**
   * The stretches of one direction.
   *
   * @param length the pixels of each tile
   * @param inner from the first value of one tile to that of the next, in pixels
   * @param starts the first pixel of each tile
   */
  private record Axis(int length, int inner, List<Integer> starts) {}

  /** {@return the graph of the whole picture for one tile} */
  Graph part(Graph graph) {
    return part(graph, shape);
  }

  private static Graph part(Graph graph, Shape shape) {
    var input = graph.inputs().getFirst();
    return graph.remade(
        List.of(new Graph.Input(input.name(), input.type().withShape(shape))),
        Graph.Node::operation);
  }

  /**
   * Writes the pixels of a tile as the network takes them.
   *
   * @param x the whole picture (H, W, C)
   * @param rowLength the values of a row of it
   */
  void write(
      Tile tile,
      float[] x,
      int rowLength,
      Normalization normalization,
      Engine engine,
      Buffer input) {
    int length = shape.width() * shape.channels();
    engine.forEach(
        shape.height(),
        (row, worker) -> {
          int from = (tile.top() + row) * rowLength + tile.left() * shape.channels();
          int to = input.offset() + row * length;
          System.arraycopy(x, from, input.array(), to, length);
          normalization.apply(input.array(), to, length);
        });
  }

  /** One tile, the whole picture. */
  static Tiling whole(Graph graph, Collection<String> taps) {
    var areas = new LinkedHashMap<String, MapArea>();
    taps.forEach(tap -> areas.put(tap, MapArea.all(graph.type(graph.output(tap)).shape())));
    return new Tiling(graph.input().shape(), List.of(new Tile(0, 0, areas)));
  }

  /**
   * {@return tiles of at most some pixels, as few pixels together as possible; the whole picture
   * where its layers cannot be computed in parts}
   *
   * @param graph of the whole picture
   * @param taps the outputs that are looked at
   * @param mostPixels of a tile, if its surroundings leave any room within
   */
  static Tiling of(Graph graph, Collection<String> taps, long mostPixels) {
    var whole = graph.input().shape();
    if ((long) whole.height() * whole.width() <= mostPixels) {
      return whole(graph, taps);
    }
    var fields = new LinkedHashMap<String, ReceptiveField>();
    for (var tap : taps) {
      Optional<ReceptiveField> field = ReceptiveField.of(graph, tap);
      if (field.isEmpty()) {
        return whole(graph, taps);
      }
      fields.put(tap, field.get());
    }
    var downs = fields.values().stream().map(ReceptiveField::down).toList();
    var alongs = fields.values().stream().map(ReceptiveField::along).toList();
    var best = whole(graph, taps);
    long least = Long.MAX_VALUE;
    long smallest = (long) whole.height() * whole.width();
    for (int rows = 1; rows * 16 <= whole.height(); rows++) {
      for (int columns = 1; columns * 16 <= whole.width(); columns++) {
        var down = axis(whole.height(), rows, downs);
        var along = axis(whole.width(), columns, alongs);
        long pixels = (long) down.length * along.length;
        long total = pixels * down.starts.size() * along.starts.size();
        // Where no tile is small enough, the smallest is best.
        boolean fits = pixels <= mostPixels;
        if (fits ? total < least : least == Long.MAX_VALUE && pixels < smallest) {
          least = fits ? total : least;
          smallest = pixels;
          best = tiles(graph, fields, down, along);
        }
        if (fits) {
          break;
        }
      }
    }
    return best;
  }

  private static Axis axis(int size, int count, List<ReceptiveField.Axis> fields) {
    int step = fields.stream().mapToInt(ReceptiveField.Axis::stride).reduce(1, Tiling::multiple);
    int before = up(fields.stream().mapToInt(ReceptiveField.Axis::before).max().orElse(0), step);
    int after = fields.stream().mapToInt(ReceptiveField.Axis::after).max().orElse(0);
    int inner = up(Math.ceilDiv(size, count), step);
    // All tiles end where a picture of this size could end, so that poolings round alike.
    int length = up(inner + before + after - size % step, step) + size % step;
    if (inner >= size || length >= size) {
      return new Axis(size, up(size, step), List.of(0));
    }
    var starts = new ArrayList<Integer>();
    for (int from = 0; from < size; from += inner) {
      starts.add(Math.clamp(from - before, 0, size - length));
    }
    return new Axis(length, inner, starts);
  }

  /** The least common multiple. */
  private static int multiple(int a, int b) {
    int multiple = Math.max(a, b);
    while (multiple % a != 0 || multiple % b != 0) {
      multiple++;
    }
    return multiple;
  }

  private static int up(int n, int step) {
    return Math.ceilDiv(n, step) * step;
  }

  private static Tiling tiles(
      Graph graph, Map<String, ReceptiveField> fields, Axis down, Axis along) {
    var shape = Shape.image(down.length, along.length, graph.input().shape().channels());
    var tiles = new ArrayList<Tile>();
    var part = part(graph, shape);
    for (int row = 0; row < down.starts.size(); row++) {
      for (int column = 0; column < along.starts.size(); column++) {
        int top = down.starts.get(row);
        int left = along.starts.get(column);
        var areas = new LinkedHashMap<String, MapArea>();
        for (var tap : fields.keySet()) {
          var field = fields.get(tap);
          var maps = graph.type(graph.output(tap)).shape();
          int fromRow = first(down, row, field.down().stride(), maps.height());
          int fromColumn = first(along, column, field.along().stride(), maps.width());
          areas.put(
              tap,
              new MapArea(
                  part.type(part.output(tap)).shape(),
                  fromRow - top / field.down().stride(),
                  fromColumn - left / field.along().stride(),
                  first(down, row + 1, field.down().stride(), maps.height()) - fromRow,
                  first(along, column + 1, field.along().stride(), maps.width()) - fromColumn,
                  maps,
                  fromRow,
                  fromColumn));
        }
        tiles.add(new Tile(top, left, areas));
      }
    }
    return new Tiling(shape, tiles);
  }

  /** The first of a map's values that belongs to a tile; behind the last tile their number. */
  private static int first(Axis axis, int tile, int stride, int values) {
    return tile == axis.starts.size()
        ? values
        : (int) Math.min(values, (long) tile * axis.inner / stride);
  }
}
