package stride.onnx.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.layer.activation.Exp;
import stride.layer.activation.HardSwish;
import stride.layer.activation.Mish;
import stride.layer.activation.Relu;
import stride.layer.activation.Sigmoid;
import stride.layer.activation.Softplus;
import stride.layer.activation.Tanh;
import stride.onnx.graph.OnnxNode;

/** Which operators the engine computes. */
final class Rules {
  /** From here on PyTorch's softplus is its input; in floats that changes nothing. */
  private static final float STRAIGHT = 20;

  private static final Map<String, Rule> ALL = all();

  private Rules() {}

  private static Map<String, Rule> all() {
    var rules = new HashMap<String, Rule>();
    rules.put("Conv", ConvolutionRules::conv);
    rules.put("ConvTranspose", ConvolutionRules::convTranspose);
    rules.put("Gemm", ConvolutionRules::gemm);
    rules.put("MatMul", Rules::matMul);
    rules.put("BatchNormalization", NormalizationRules::batchNorm);
    rules.put("InstanceNormalization", NormalizationRules::instanceNorm);
    rules.put("GroupNormalization", NormalizationRules::groupNorm);
    rules.put("LayerNormalization", NormalizationRules::layerNorm);
    rules.put("LRN", NormalizationRules::localResponseNorm);
    rules.put("MaxPool", PoolingRules::maxPool);
    rules.put("AveragePool", PoolingRules::averagePool);
    rules.put("GlobalAveragePool", PoolingRules::globalAveragePool);
    rules.put("GlobalMaxPool", PoolingRules::globalMaxPool);
    rules.put("ReduceMean", PoolingRules::reduceMean);
    rules.put("Relu", ActivationRules.of(new Relu(Float.POSITIVE_INFINITY)));
    rules.put("Sigmoid", ActivationRules.of(new Sigmoid()));
    rules.put("Exp", ActivationRules.of(new Exp()));
    rules.put("Tanh", ActivationRules.of(new Tanh()));
    rules.put("HardSwish", ActivationRules.of(new HardSwish()));
    rules.put("Mish", ActivationRules.of(new Mish()));
    rules.put("Softplus", ActivationRules.of(new Softplus(1, STRAIGHT)));
    rules.put("Elu", ActivationRules::elu);
    rules.put("LeakyRelu", ActivationRules::leakyRelu);
    rules.put("PRelu", ActivationRules::prelu);
    rules.put("HardSigmoid", ActivationRules::hardSigmoid);
    rules.put("Gelu", ActivationRules::gelu);
    rules.put("Clip", ActivationRules::clip);
    rules.put("Softmax", ActivationRules::softmax);
    rules.putAll(ArithmeticRules.rules());
    rules.putAll(ViewRules.rules());
    rules.putAll(ChannelRules.rules());
    rules.putAll(SpatialRules.rules());
    rules.putAll(BlockRules.rules());
    return Map.copyOf(rules);
  }

  private static View[] matMul(Layout layout, OnnxNode node) throws Unlayable {
    var pool = SpatialRules.adaptivePool(layout, node);
    return pool != null ? pool : ConvolutionRules.matMul(layout, node);
  }

  /** The rule of a node's operator; null if the engine does not compute it. */
  static @Nullable Rule of(OnnxNode node) {
    return node.domain().isEmpty() ? ALL.get(node.operator()) : null;
  }
}
