package stride.onnx.engine;

import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.layer.spatial.SpaceToDepth;
import stride.onnx.graph.OnnxNode;

/** What makes channels of blocks of pixels. */
final class BlockRules {
  private static final int HEIGHT = 2;
  private static final int WIDTH = 3;
  private static final int RANK = 4;

  private BlockRules() {}

  static View[] spaceToDepth(Layout layout, OnnxNode node) throws Unlayable {
    int block = node.attributes().small("blocksize", 1);
    return laid(
        layout, node, layout.view(node, 0), new SpaceToDepth(block, SpaceToDepth.Order.ROWS));
  }

  private static View[] laid(Layout layout, OnnxNode node, View view, SpaceToDepth operation)
      throws Unlayable {
    int edge = layout.add(node, operation, layout.image(node, view));
    return new View[] {View.image(edge, layout.shape(edge))};
  }

  /**
   * Joined channels of every n-th row and every n-th column, from each of the first n rows and
   * columns on: as PyTorch writes the layer Focus of YOLOv5 and YOLOX.
   *
   * @return null if it is something else
   */
  static View @Nullable [] focus(Layout layout, OnnxNode concat) throws Unlayable {
    int pixels = concat.inputs().size();
    int block = (int) Math.sqrt(pixels);
    if (block < 2 || block * block != pixels) {
      return null;
    }
    var whole = new HashSet<String>();
    boolean byRows = true;
    boolean byColumns = true;
    for (int i = 0; i < pixels; i++) {
      var lattice = Lattice.of(layout, concat.inputs().get(i), block);
      if (lattice == null) {
        return null;
      }
      whole.add(lattice.of);
      byRows &= lattice.row * block + lattice.column == i;
      byColumns &= lattice.column * block + lattice.row == i;
    }
    if (whole.size() != 1 || !(byRows || byColumns)) {
      return null;
    }
    return laid(
        layout,
        concat,
        layout.view(whole.iterator().next()),
        new SpaceToDepth(block, byRows ? SpaceToDepth.Order.ROWS : SpaceToDepth.Order.COLUMNS));
  }

  /**
   * Every n-th row and column of an image.
   *
   * @param of the image's name
   * @param row the first row
   * @param column the first column
   */
  private record Lattice(String of, int row, int column) {

    /**
     * What one Slice of both dimensions, or one behind the other, takes; null if it is not that.
     */
    static @Nullable Lattice of(Layout layout, String value, int step) throws Unlayable {
      String image = value;
      Cut rows = null;
      Cut columns = null;
      while (rows == null || columns == null) {
        var slice = layout.producer(image);
        if (slice == null || !isKnown(layout, slice)) {
          return null;
        }
        for (var cut : Cut.of(layout, slice, RANK)) {
          if (cut.dim() == HEIGHT && rows == null) {
            rows = cut;
          } else if (cut.dim() == WIDTH && columns == null) {
            columns = cut;
          } else {
            return null;
          }
        }
        image = Layout.input(slice, 0);
      }
      if (!layout.isLaid(image) || layout.view(image).rank() != RANK) {
        return null;
      }
      var view = layout.view(image);
      return takes(rows, view.size(HEIGHT), step) && takes(columns, view.size(WIDTH), step)
          ? new Lattice(image, (int) rows.start(), (int) columns.start())
          : null;
    }

    private static boolean isKnown(Layout layout, OnnxNode node) {
      return node.domain().isEmpty()
          && node.operator().equals("Slice")
          && node.inputs().stream()
              .skip(1)
              .allMatch(name -> name.isEmpty() || layout.constant(name) != null);
    }

    /** Whether a cut takes one of each block. */
    private static boolean takes(Cut cut, int size, int step) {
      return cut.step() == step
          && cut.start() >= 0
          && cut.start() < step
          && size % step == 0
          && Math.ceilDiv(cut.to(size) - cut.from(size), step) == size / step;
    }
  }

  static Map<String, Rule> rules() {
    return Map.of("SpaceToDepth", BlockRules::spaceToDepth);
  }
}
