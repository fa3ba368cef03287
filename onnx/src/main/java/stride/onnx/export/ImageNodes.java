package stride.onnx.export;

import java.util.ArrayList;
import java.util.List;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.spatial.SpaceToDepth;
import stride.layer.spatial.Upsample;
import stride.onnx.proto.AttributeProto;

/** What changes an image's height and width. */
final class ImageNodes {
  private static final int OPTIONAL_INPUTS = 13;

  private ImageNodes() {}

  static String pad(Site site, Pad pad) {
    return site.last(
        "Pad",
        List.of(
            site.input(),
            site.graph().longs(0, 0, pad.top(), pad.left(), 0, 0, pad.bottom(), pad.right())),
        AttributeProto.of(
            "mode",
            switch (pad.edge()) {
              case ZERO -> "constant";
              case REFLECT -> "reflect";
              case REPLICATE -> "edge";
            }));
  }

  static String crop(Site site, Crop crop) {
    var graph = site.graph();
    return site.last(
        "Slice",
        List.of(
            site.input(),
            graph.longs(crop.top(), crop.left()),
            graph.longs(crop.top() + crop.height(), crop.left() + crop.width()),
            graph.longs(2, 3)));
  }

  static String spaceToDepth(Site site, SpaceToDepth blocks) {
    int block = blocks.block();
    if (blocks.order() == SpaceToDepth.Order.ROWS) {
      return site.last(
          "SpaceToDepth", List.of(site.input()), AttributeProto.of("blocksize", block));
    }
    var graph = site.graph();
    var pixels = new ArrayList<String>();
    for (int column = 0; column < block; column++) {
      for (int row = 0; row < block; row++) {
        pixels.add(
            site.step(
                "Slice",
                List.of(
                    site.input(),
                    graph.longs(row, column),
                    graph.longs(site.in().height(), site.in().width()),
                    graph.longs(2, 3),
                    graph.longs(block, block))));
      }
    }
    return site.last("Concat", pixels, AttributeProto.of("axis", 1));
  }

  static String upsample(Site site, Upsample upsample) {
    // Before opset 13, inputs that say nothing are empty tensors.
    String nothing =
        site.opset() < OPTIONAL_INPUTS ? site.constant("nothing", new float[0], 0) : "";
    var inputs = new ArrayList<>(List.of(site.input(), nothing));
    var in = site.in();
    var out = site.out();
    boolean whole = out.height() % in.height() == 0 && out.width() % in.width() == 0;
    if (upsample.size() == null || whole) {
      float vertical = scale(upsample, in.height(), out.height());
      float horizontal = scale(upsample, in.width(), out.width());
      inputs.add(site.constant("scales", new float[] {1, 1, vertical, horizontal}, 4));
    } else {
      inputs.add(nothing);
      inputs.add(sizes(site));
    }
    boolean nearest = upsample.mode() == Upsample.Mode.NEAREST;
    var settings = new ArrayList<AttributeProto>();
    settings.add(AttributeProto.of("mode", nearest ? "nearest" : "linear"));
    settings.add(
        AttributeProto.of(
            "coordinate_transformation_mode",
            switch (upsample.mode()) {
              case NEAREST, BILINEAR_ASYMMETRIC -> "asymmetric";
              case BILINEAR -> upsample.alignCorners() ? "align_corners" : "half_pixel";
            }));
    if (nearest) {
      settings.add(AttributeProto.of("nearest_mode", "floor"));
    }
    return site.last("Resize", inputs, settings.toArray(AttributeProto[]::new));
  }

  /** A factor by which floats give the output's size, rounded down. */
  private static float scale(Upsample upsample, int in, int out) {
    float scale = upsample.size() == null ? (float) upsample.factor() : (float) out / in;
    while ((int) (scale * in) < out) {
      scale = Math.nextUp(scale);
    }
    return scale;
  }

  /** The output's sizes behind the input's own batch and channels. */
  private static String sizes(Site site) {
    String all = site.step("Shape", site.inputs());
    var graph = site.graph();
    String kept = site.step("Slice", List.of(all, graph.longs(0), graph.longs(2)));
    return site.step(
        "Concat",
        List.of(kept, graph.longs(site.out().height(), site.out().width())),
        AttributeProto.of("axis", 0));
  }
}
