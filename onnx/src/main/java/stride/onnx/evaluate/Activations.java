package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Activations, element by element. */
final class Activations implements Family {
  @Override
  public String operators() {
    return """
    Celu 12 28
    Clip 1 6 11 12 13
    Elu 1 6 22
    Gelu 20
    HardSigmoid 1 6 22
    HardSwish 14 22
    LeakyRelu 1 6 16
    Mish 18 22
    Relu 1 6 13 14
    Selu 1 6 22
    Shrink 9
    Sigmoid 1 6 13
    Softplus 1 22
    Softsign 1 22
    Swish 24
    ThresholdedRelu 10 22
    com.microsoft.Gelu 1
    com.microsoft.QuickGelu 1
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    Attributes attributes = call.attributes();
    return Family.one(
        switch (call.operator()) {
          case "Relu" -> Maps.number(x, v -> v < 0 ? 0 : v, v -> Math.max(v, 0));
          case "Sigmoid" -> Maps.real(x, Activations::sigmoid);
          case "LeakyRelu" -> {
            double slope = attributes.real("alpha", 0.01f);
            yield Maps.real(x, v -> v < 0 ? slope * v : v);
          }
          case "Elu" -> {
            double alpha = attributes.real("alpha", 1);
            yield Maps.real(x, v -> v < 0 ? alpha * Math.expm1(v) : v);
          }
          case "Celu" -> {
            double alpha = attributes.real("alpha", 1);
            yield Maps.real(x, v -> v < 0 ? alpha * Math.expm1(v / alpha) : v);
          }
          case "Selu" -> {
            boolean first = call.since() < 6;
            double alpha = attributes.real("alpha", first ? 1.6732f : 1.67326319217681884765625f);
            double gamma = attributes.real("gamma", first ? 1.0507f : 1.05070102214813232421875f);
            yield Maps.real(x, v -> v <= 0 ? gamma * alpha * Math.expm1(v) : gamma * v);
          }
          case "HardSigmoid" -> {
            double alpha = attributes.real("alpha", 0.2f);
            double beta = attributes.real("beta", 0.5f);
            yield Maps.real(x, v -> Math.clamp(alpha * v + beta, 0.0, 1.0));
          }
          case "HardSwish" -> Maps.real(x, v -> v * Math.clamp(v / 6 + 0.5, 0.0, 1.0));
          case "Softplus" -> Maps.real(x, Activations::softplus);
          case "Softsign" -> Maps.real(x, v -> v / (1 + Math.abs(v)));
          case "Mish" -> Maps.real(x, v -> v * Math.tanh(softplus(v)));
          case "Swish" -> {
            double alpha = attributes.real("alpha", 1);
            yield Maps.real(x, v -> v * sigmoid(alpha * v));
          }
          case "QuickGelu" -> {
            double alpha = attributes.real("alpha", 1.702f);
            yield Maps.real(x, v -> v * sigmoid(alpha * v));
          }
          case "ThresholdedRelu" -> {
            double alpha = attributes.real("alpha", 1);
            yield Maps.real(x, v -> v > alpha ? v : 0);
          }
          case "Shrink" -> {
            double threshold = attributes.real("lambd", 0.5f);
            double bias = attributes.real("bias", 0);
            yield Maps.real(x, v -> v < -threshold ? v + bias : v > threshold ? v - bias : 0);
          }
          case "Gelu" ->
              attributes.text("approximate", "none").equals("tanh")
                  ? Maps.real(
                      x,
                      v ->
                          0.5
                              * v
                              * (1
                                  + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))
                  : Maps.real(x, v -> 0.5 * v * (1 + Elementary.erf(v / Math.sqrt(2))));
          default -> clip(call, x);
        });
  }

  static double sigmoid(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  private static double softplus(double v) {
    return Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  }

  private static OnnxTensor clip(Call call, OnnxTensor x) {
    if (call.since() < 11) {
      double least = call.attributes().real("min", -Float.MAX_VALUE);
      double greatest = call.attributes().real("max", Float.MAX_VALUE);
      return Maps.real(x, v -> Math.min(Math.max(v, least), greatest));
    }
    OnnxTensor least = bound(call.optional(1));
    OnnxTensor greatest = bound(call.optional(2));
    if (x.type().isReal()) {
      double low = least == null ? Double.NEGATIVE_INFINITY : least.real(0);
      double high = greatest == null ? Double.POSITIVE_INFINITY : greatest.real(0);
      return Maps.real(x, v -> Math.min(Math.max(v, low), high));
    }
    if (x.type() == ElementType.UINT64) {
      // As bits with the first one flipped they are in order.
      long flip = Long.MIN_VALUE;
      long low = least == null ? flip : least.integer(0) ^ flip;
      long high = greatest == null ? Long.MAX_VALUE : greatest.integer(0) ^ flip;
      return Maps.number(x, v -> v, v -> Math.min(Math.max(v ^ flip, low), high) ^ flip);
    }
    long low = least == null ? Long.MIN_VALUE : least.integer(0);
    long high = greatest == null ? Long.MAX_VALUE : greatest.integer(0);
    return Maps.number(x, v -> v, v -> Math.min(Math.max(v, low), high));
  }

  private static @Nullable OnnxTensor bound(@Nullable OnnxTensor tensor) {
    return tensor == null || tensor.size() == 0 ? null : tensor;
  }
}
