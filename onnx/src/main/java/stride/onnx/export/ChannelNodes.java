package stride.onnx.export;

import java.util.List;

/** What takes channels apart or changes their order. */
final class ChannelNodes {
  private ChannelNodes() {}

  static String slice(Site site, int from, int to) {
    var graph = site.graph();
    return site.last(
        "Slice", List.of(site.input(), graph.longs(from), graph.longs(to), graph.longs(1)));
  }

  static String shuffle(Site site, int groups) {
    var in = site.in();
    var graph = site.graph();
    int each = in.channels() / groups;
    String apart =
        site.step(
            "Reshape",
            List.of(
                site.input(),
                in.isImage()
                    ? graph.longs(0, groups, each, in.height(), in.width())
                    : graph.longs(0, groups, each)));
    String turned =
        site.step(
            "Transpose",
            List.of(apart),
            in.isImage() ? Site.ints("perm", 0, 2, 1, 3, 4) : Site.ints("perm", 0, 2, 1));
    return site.last("Reshape", List.of(turned, graph.longs(Site.sizes(0, in))));
  }
}
