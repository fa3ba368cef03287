package stride.onnx.export;

import java.util.List;
import stride.layer.Size;
import stride.layer.convolution.Conv;
import stride.layer.convolution.ConvTranspose;
import stride.layer.convolution.Dense;
import stride.layer.support.Window;
import stride.onnx.proto.AttributeProto;

/** Convolutions and dense layers. */
final class ConvolutionNodes {
  private ConvolutionNodes() {}

  static String conv(Site site, Conv conv) {
    return site.last(
        "Conv",
        weighted(site, conv.bias()),
        size("kernel_shape", conv.kernel()),
        size("strides", conv.stride()),
        Site.ints("pads", pads(site, conv)),
        size("dilations", conv.dilation()),
        AttributeProto.of("group", conv.groups()));
  }

  /** Zeros above, on the left, below and on the right. */
  private static long[] pads(Site site, Conv conv) {
    var padding = conv.padding();
    if (padding != null) {
      return new long[] {padding.height(), padding.width(), padding.height(), padding.width()};
    }
    long vertical =
        Window.samePadding(
            site.in().height(),
            conv.kernel().height(),
            conv.stride().height(),
            conv.dilation().height());
    long horizontal =
        Window.samePadding(
            site.in().width(),
            conv.kernel().width(),
            conv.stride().width(),
            conv.dilation().width());
    return new long[] {
      vertical / 2, horizontal / 2, vertical - vertical / 2, horizontal - horizontal / 2
    };
  }

  static String convTranspose(Site site, ConvTranspose conv) {
    var padding = conv.padding();
    return site.last(
        "ConvTranspose",
        weighted(site, conv.bias()),
        size("kernel_shape", conv.kernel()),
        size("strides", conv.stride()),
        Site.ints("pads", padding.height(), padding.width(), padding.height(), padding.width()),
        size("output_padding", conv.outputPadding()),
        size("dilations", conv.dilation()),
        AttributeProto.of("group", conv.groups()));
  }

  static String dense(Site site, Dense dense) {
    return site.last("Gemm", weighted(site, dense.bias()), AttributeProto.of("transB", 1));
  }

  private static List<String> weighted(Site site, boolean bias) {
    return bias ? site.inputAnd("weight", "bias") : site.inputAnd("weight");
  }

  static AttributeProto size(String name, Size size) {
    return Site.ints(name, size.height(), size.width());
  }
}
