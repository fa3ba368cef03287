package stride.onnx.export;

import java.util.ArrayList;
import java.util.List;
import stride.layer.Rearrange;
import stride.onnx.proto.AttributeProto;
import stride.tensor.Shape;

/** What depends on how values lie in memory, (H, W, C), where ONNX has (N, C, H, W). */
final class OrderNodes {
  private OrderNodes() {}

  static String pixelConcat(Site site) {
    var graph = site.graph();
    var rows = new ArrayList<String>();
    for (String input : site.inputs()) {
      rows.add(site.step("Reshape", List.of(input, graph.longs(0, site.out().channels(), 1, -1))));
    }
    return site.last("Concat", rows, AttributeProto.of("axis", 3));
  }

  static String rearrange(Site site, Rearrange rearrange) {
    var graph = site.graph();
    int rank = rearrange.sizes().size();
    var sizes = new long[rank + 1];
    var order = new long[rank + 1];
    for (int d = 0; d < rank; d++) {
      sizes[d + 1] = rearrange.sizes().get(d);
      order[d + 1] = rearrange.order().get(d) + 1L;
    }
    String array =
        site.step("Reshape", List.of(inMemory(site, site.input(), site.in()), graph.longs(sizes)));
    String moved = site.step("Transpose", List.of(array), Site.ints("perm", order));
    return fromMemory(site, moved);
  }

  static String fixedAffine(Site site) {
    String flat =
        site.step(
            "Reshape", List.of(inMemory(site, site.input(), site.in()), site.graph().longs(0, -1)));
    String scaled = site.step("Mul", List.of(flat, site.tensor("weight")));
    return fromMemory(site, site.step("Add", List.of(scaled, site.tensor("bias"))));
  }

  /** A value as it lies in memory. */
  private static String inMemory(Site site, String value, Shape shape) {
    return shape.isImage()
        ? site.step("Transpose", List.of(value), Site.ints("perm", 0, 2, 3, 1))
        : value;
  }

  /** The output of a value that lies as in memory. */
  private static String fromMemory(Site site, String value) {
    var out = site.out();
    if (!out.isImage()) {
      return site.last("Reshape", List.of(value, site.graph().longs(0, out.elements())));
    }
    String image =
        site.step(
            "Reshape",
            List.of(value, site.graph().longs(0, out.height(), out.width(), out.channels())));
    return site.last("Transpose", List.of(image), Site.ints("perm", 0, 3, 1, 2));
  }
}
