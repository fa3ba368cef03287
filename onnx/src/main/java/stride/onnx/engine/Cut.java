package stride.onnx.engine;

import java.util.ArrayList;
import java.util.List;
import stride.onnx.graph.OnnxNode;

/**
 * What a Slice takes of one dimension: from {@code start} to before {@code end}, every {@code
 * step}-th, of which negative places count from the end.
 */
record Cut(int dim, long start, long end, long step) {

  /** The cuts of a Slice of any version, one for each dimension that it names. */
  static List<Cut> of(Layout layout, OnnxNode slice, int rank) throws Unlayable {
    var attributes = slice.attributes();
    long[] starts = attributes.integers("starts");
    long[] ends = attributes.integers("ends");
    long[] axes = attributes.integers("axes");
    long[] steps = null;
    if (starts == null || ends == null) {
      starts = layout.constant(slice, 1).longs();
      ends = layout.constant(slice, 2).longs();
      var third = layout.optional(slice, 3);
      axes = third == null ? null : third.longs();
      var fourth = layout.optional(slice, 4);
      steps = fourth == null ? null : fourth.longs();
    }
    var cuts = new ArrayList<Cut>();
    for (int i = 0; i < starts.length; i++) {
      int dim = (int) (axes == null ? i : axes[i] < 0 ? axes[i] + rank : axes[i]);
      cuts.add(new Cut(dim, starts[i], ends[i], steps == null ? 1 : steps[i]));
    }
    return cuts;
  }

  /** The first place of a dimension of a size. */
  int from(int size) {
    return place(start, size);
  }

  /** The place behind the last. */
  int to(int size) {
    return place(end, size);
  }

  private static int place(long place, int size) {
    return Math.clamp(place < 0 ? place + size : place, 0, size);
  }
}
