package stride.onnx.export;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import stride.layer.normalization.LayerNorm;
import stride.onnx.proto.AttributeProto;

/** Layer norm, of whole samples or of each pixel's channels. */
final class LayerNormNodes {
  /** The first version with an operator of its own. */
  static final int LAYER_NORM = 17;

  private LayerNormNodes() {}

  static String layerNorm(Site site, LayerNorm norm) {
    if (site.opset() < LAYER_NORM) {
      return inParts(site, norm);
    }
    var eps = AttributeProto.of("epsilon", norm.eps());
    if (!norm.perPixel() || !site.in().isImage()) {
      return site.last(
          "LayerNormalization",
          weighted(site, norm, site.input()),
          AttributeProto.of("axis", 1),
          eps);
    }
    String pixels = site.step("Transpose", site.inputs(), Site.ints("perm", 0, 2, 3, 1));
    String normalised =
        site.step(
            "LayerNormalization", weighted(site, norm, pixels), AttributeProto.of("axis", -1), eps);
    return site.last("Transpose", List.of(normalised), Site.ints("perm", 0, 3, 1, 2));
  }

  private static List<String> weighted(Site site, LayerNorm norm, String input) {
    if (norm.affine()) {
      return List.of(input, site.tensor("weight"), site.tensor("bias"));
    }
    var in = site.in();
    long[] all = Site.sizes(0, in);
    long[] sizes =
        norm.perPixel() ? new long[] {in.channels()} : Arrays.copyOfRange(all, 1, all.length);
    var ones = new float[norm.perPixel() ? in.channels() : in.elements()];
    Arrays.fill(ones, 1);
    return List.of(input, site.constant("ones", ones, sizes));
  }

  /** Only versions before 17 come here, whose reductions have their dimensions as attributes. */
  private static String inParts(Site site, LayerNorm norm) {
    boolean perPixel = norm.perPixel() && site.in().isImage();
    long[] axes =
        perPixel
            ? new long[] {1}
            : IntStream.rangeClosed(1, site.in().rank()).asLongStream().toArray();
    String mean = site.step("ReduceMean", site.inputs(), Site.ints("axes", axes));
    String centred = site.step("Sub", List.of(site.input(), mean));
    String squares = site.step("Mul", List.of(centred, centred));
    String variance = site.step("ReduceMean", List.of(squares), Site.ints("axes", axes));
    String positive = site.step("Add", List.of(variance, site.number(norm.eps())));
    String deviation = site.step("Sqrt", List.of(positive));
    if (!norm.affine()) {
      return site.last("Div", List.of(centred, deviation));
    }
    String normalised = site.step("Div", List.of(centred, deviation));
    String scaled = site.step("Mul", List.of(normalised, site.tensor("weight")));
    return site.last("Add", List.of(scaled, site.tensor("bias")));
  }
}
