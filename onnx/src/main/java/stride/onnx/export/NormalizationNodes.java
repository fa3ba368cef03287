package stride.onnx.export;

import java.util.Arrays;
import java.util.List;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.onnx.proto.AttributeProto;

/** Normalisations with statistics of their own, of channels or of a neighbourhood. */
final class NormalizationNodes {
  /** From this version on, group norm has a weight for each channel. */
  static final int GROUP_NORM = 21;

  /** From this version on, the dimensions of a reduction are an input. */
  private static final int AXES_AS_INPUT = 18;

  /** Smaller norms count as this one. */
  private static final float LEAST_NORM = 1e-12f;

  private NormalizationNodes() {}

  static String batchNorm(Site site, float eps) {
    return site.last(
        "BatchNormalization",
        site.inputAnd("weight", "bias", "running_mean", "running_var"),
        AttributeProto.of("epsilon", eps));
  }

  static String instanceNorm(Site site, InstanceNorm norm) {
    int channels = site.in().channels();
    return site.last(
        "InstanceNormalization",
        norm.affine()
            ? site.inputAnd("weight", "bias")
            : List.of(site.input(), ones(site, channels), zeros(site, channels)),
        AttributeProto.of("epsilon", norm.eps()));
  }

  static String groupNorm(Site site, GroupNorm norm) {
    int channels = site.in().channels();
    var eps = AttributeProto.of("epsilon", norm.eps());
    if (site.opset() >= GROUP_NORM) {
      return site.last(
          "GroupNormalization",
          norm.affine()
              ? site.inputAnd("weight", "bias")
              : List.of(site.input(), ones(site, channels), zeros(site, channels)),
          eps,
          AttributeProto.of("num_groups", norm.groups()));
    }
    // As PyTorch's exports: groups become the channels of an instance norm.
    String groups =
        site.step("Reshape", List.of(site.input(), site.graph().longs(0, norm.groups(), -1)));
    String normalised =
        site.step(
            "InstanceNormalization",
            List.of(groups, ones(site, norm.groups()), zeros(site, norm.groups())),
            eps);
    var whole = List.of(normalised, site.graph().longs(Site.sizes(0, site.in())));
    if (!norm.affine()) {
      return site.last("Reshape", whole);
    }
    String image = site.step("Reshape", whole);
    String scaled = site.step("Mul", List.of(image, site.tensor("weight")));
    return site.last("Add", List.of(scaled, site.tensor("bias")));
  }

  /**
   * Of an even number of channels ONNX takes one more behind, PyTorch one more before, and ONNX
   * Runtime knows none: the sums are averages along the channels then.
   */
  static String localResponseNorm(Site site, LocalResponseNorm norm) {
    int size = norm.size();
    if (size % 2 == 1) {
      return site.last(
          "LRN",
          site.inputs(),
          AttributeProto.of("size", size),
          AttributeProto.of("alpha", norm.alpha()),
          AttributeProto.of("beta", norm.beta()),
          AttributeProto.of("bias", norm.k()));
    }
    var in = site.in();
    var graph = site.graph();
    String squares = site.step("Mul", List.of(site.input(), site.input()));
    String flat = site.step("Reshape", List.of(squares, graph.longs(0, 1, in.channels(), -1)));
    String averages =
        site.step(
            "AveragePool",
            List.of(flat),
            Site.ints("kernel_shape", size, 1),
            Site.ints("pads", size / 2, 0, (size - 1) / 2, 0),
            AttributeProto.of("count_include_pad", 1));
    String whole = site.step("Reshape", List.of(averages, graph.longs(Site.sizes(0, in))));
    String scaled = site.step("Mul", List.of(whole, site.number(norm.alpha())));
    String base = site.step("Add", List.of(scaled, site.number(norm.k())));
    String divisor = site.step("Pow", List.of(base, site.number(norm.beta())));
    return site.last("Div", List.of(site.input(), divisor));
  }

  static String scaledL2Norm(Site site) {
    String norm =
        site.opset() < AXES_AS_INPUT
            ? site.step("ReduceL2", site.inputs(), Site.ints("axes", 1))
            : site.step("ReduceL2", List.of(site.input(), site.graph().longs(1)));
    String positive = site.step("Max", List.of(norm, site.number(LEAST_NORM)));
    String unit = site.step("Div", List.of(site.input(), positive));
    return site.last("Mul", List.of(unit, site.tensor("scale_weight")));
  }

  static String ones(Site site, int count) {
    var ones = new float[count];
    Arrays.fill(ones, 1);
    return site.constant("ones", ones, count);
  }

  static String zeros(Site site, int count) {
    return site.constant("zeros", new float[count], count);
  }
}
