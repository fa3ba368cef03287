package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.gated;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.sigmoid;
import static stride.layer.Layers.silu;
import static stride.layer.Layers.stochasticDepth;

import java.util.ArrayList;
import java.util.List;
import stride.graph.Initializer;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * EfficientNet (Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
 * Networks", table 1), with torchvision's names and initial weights: MobileNetV2's blocks with
 * squeeze and excitation and SiLU. In training, whole blocks are dropped, late ones more often.
 */
public final class EfficientNet {
  private static final List<Stage> STAGES =
      List.of(
          new Stage(1, 3, 1, 16, 1),
          new Stage(6, 3, 2, 24, 2),
          new Stage(6, 5, 2, 40, 2),
          new Stage(6, 3, 2, 80, 3),
          new Stage(6, 5, 1, 112, 3),
          new Stage(6, 5, 2, 192, 4),
          new Stage(6, 3, 1, 320, 1));

  /** The probability with which a block after the last one would be dropped. */
  private static final double DROPPED = 0.2;

  private EfficientNet() {}

  /** {@return EfficientNet-B0: 5,288,548 parameters for images of 224x224x3 and 1,000 classes} */
  public static Network efficientnetB0(Shape input, int classes) {
    return Network.of(
        input,
        sequential(
            Numbered.sequence("features", features()),
            globalAvgPool(),
            flatten(),
            named(
                "classifier",
                sequential(
                    dropout(0.2),
                    dense(classes)
                        .initializer(new Initializer.Uniform(1 / Math.sqrt(classes)))
                        .biasInitializer(Initial.ZERO)))));
  }

  /**
   * A line of table 1.
   *
   * @param expansion the ratio of a block's inner width to its input's
   * @param kernel the kernel size of the depthwise convolutions
   * @param stride the stride of the first block
   */
  private record Stage(int expansion, int kernel, int stride, int channels, int blocks) {}

  private static List<Layer> features() {
    var features = new ArrayList<Layer>();
    int channels = 32;
    features.add(convolution(filters(channels, 3).stride(2)));
    int all = STAGES.stream().mapToInt(Stage::blocks).sum();
    int before = 0;
    for (var stage : STAGES) {
      var blocks = new ArrayList<Layer>();
      for (int i = 0; i < stage.blocks; i++) {
        int stride = i == 0 ? stage.stride : 1;
        blocks.add(block(stage, channels, stride, DROPPED * before / all));
        channels = stage.channels;
        before++;
      }
      features.add(Numbered.sequence(blocks));
    }
    features.add(convolution(filters(4 * channels, 1)));
    return features;
  }

  /** Expansion, depthwise convolution, gate, projection; a shortcut where shapes agree. */
  private static Layer block(Stage stage, int in, int stride, double dropped) {
    int inside = in * stage.expansion;
    var layers = new ArrayList<Layer>();
    if (inside != in) {
      layers.add(convolution(filters(inside, 1)));
    }
    layers.add(convolution(filters(inside, stage.kernel).stride(stride).groups(inside)));
    layers.add(gate(inside, in / 4));
    layers.add(sequential(filters(stage.channels, 1), batchNorm()));
    var body = Numbered.sequence("block", layers);
    return stride == 1 && in == stage.channels
        ? residual(sequential(body, stochasticDepth(dropped)))
        : body;
  }

  private static Layer gate(int channels, int squeezed) {
    return gated(
        sequential(
            globalAvgPool(),
            named("fc1", pointwise(squeezed)),
            silu(),
            named("fc2", pointwise(channels)),
            sigmoid()));
  }

  private static Layer convolution(Conv filters) {
    return sequential(filters, batchNorm(), silu());
  }

  private static Conv filters(int filters, int kernel) {
    return conv(filters, kernel).padding(kernel / 2).noBias().initializer(Initial.KAIMING_FAN_OUT);
  }

  private static Conv pointwise(int filters) {
    return conv(filters, 1).initializer(Initial.KAIMING_FAN_OUT).biasInitializer(Initial.ZERO);
  }
}
