package stride.onnx.export;

import java.util.List;
import stride.layer.activation.Softplus;
import stride.onnx.proto.AttributeProto;

/** Activations that are no operator of ONNX, or became one late. */
final class ActivationNodes {
  private static final int SOFTMAX_OF_ONE_AXIS = 13;
  private static final int HARD_SWISH = 14;
  private static final int MISH = 18;
  private static final int GELU = 20;

  /** From here on softplus is its input in floats, so that a threshold changes nothing. */
  private static final float STRAIGHT = 17;

  private ActivationNodes() {}

  static String relu(Site site, float ceiling) {
    return Float.isInfinite(ceiling)
        ? site.last("Relu", site.inputs())
        : site.last("Clip", List.of(site.input(), site.number(0), site.number(ceiling)));
  }

  private static AttributeProto[] hardSigmoid() {
    return new AttributeProto[] {
      AttributeProto.of("alpha", 1 / 6f), AttributeProto.of("beta", 0.5f)
    };
  }

  static String hardSigmoid(Site site) {
    return site.last("HardSigmoid", site.inputs(), hardSigmoid());
  }

  static String hardSwish(Site site) {
    if (site.opset() >= HARD_SWISH) {
      return site.last("HardSwish", site.inputs());
    }
    String gate = site.step("HardSigmoid", site.inputs(), hardSigmoid());
    return site.last("Mul", List.of(site.input(), gate));
  }

  static String silu(Site site) {
    String gate = site.step("Sigmoid", site.inputs());
    return site.last("Mul", List.of(site.input(), gate));
  }

  static String mish(Site site) {
    if (site.opset() >= MISH) {
      return site.last("Mish", site.inputs());
    }
    String softplus = site.step("Softplus", site.inputs());
    String gate = site.step("Tanh", List.of(softplus));
    return site.last("Mul", List.of(site.input(), gate));
  }

  static String gelu(Site site, boolean approximate) {
    if (site.opset() >= GELU) {
      return site.last(
          "Gelu", site.inputs(), AttributeProto.of("approximate", approximate ? "tanh" : "none"));
    }
    String inner;
    if (approximate) {
      String square = site.step("Mul", List.of(site.input(), site.input()));
      String cube = site.step("Mul", List.of(square, site.input()));
      String small = site.step("Mul", List.of(cube, site.number(0.044715)));
      String sum = site.step("Add", List.of(site.input(), small));
      String scaled = site.step("Mul", List.of(sum, site.number(Math.sqrt(2 / Math.PI))));
      inner = site.step("Tanh", List.of(scaled));
    } else {
      String scaled = site.step("Div", List.of(site.input(), site.number(Math.sqrt(2))));
      inner = site.step("Erf", List.of(scaled));
    }
    String gate = site.step("Add", List.of(inner, site.number(1)));
    String product = site.step("Mul", List.of(site.input(), gate));
    return site.last("Mul", List.of(product, site.number(0.5)));
  }

  static String softplus(Site site, Softplus softplus) {
    boolean plain = softplus.beta() == 1;
    String scaled =
        plain
            ? site.input()
            : site.step("Mul", List.of(site.input(), site.number(softplus.beta())));
    if (plain && softplus.threshold() >= STRAIGHT) {
      return site.last("Softplus", List.of(scaled));
    }
    String curve = site.step("Softplus", List.of(scaled));
    String back = plain ? curve : site.step("Div", List.of(curve, site.number(softplus.beta())));
    String beyond = site.step("Greater", List.of(scaled, site.number(softplus.threshold())));
    return site.last("Where", List.of(beyond, site.input(), back));
  }

  static String softmax(Site site) {
    if (!site.in().isImage() || site.opset() >= SOFTMAX_OF_ONE_AXIS) {
      return site.last("Softmax", site.inputs(), AttributeProto.of("axis", 1));
    }
    // Before, softmax was over all dimensions from its axis on.
    String pixels = site.step("Transpose", site.inputs(), Site.ints("perm", 0, 2, 3, 1));
    String shares = site.step("Softmax", List.of(pixels), AttributeProto.of("axis", 3));
    return site.last("Transpose", List.of(shares), Site.ints("perm", 0, 3, 1, 2));
  }
}
