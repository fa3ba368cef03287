package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu6;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.List;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov, Chen 2018, "MobileNetV2: Inverted Residuals and
 * Linear Bottlenecks", table 2) with torchvision's names and initial weights: blocks that widen a
 * narrow image, filter each channel separately, and narrow it again without an activation.
 */
public final class MobileNetV2 {
  private static final List<Stage> STAGES =
      List.of(
          new Stage(1, 16, 1, 1),
          new Stage(6, 24, 2, 2),
          new Stage(6, 32, 3, 2),
          new Stage(6, 64, 4, 2),
          new Stage(6, 96, 3, 1),
          new Stage(6, 160, 3, 2),
          new Stage(6, 320, 1, 1));

  private MobileNetV2() {}

  /** {@return MobileNetV2: 3,504,872 parameters for images of 224x224x3 and 1,000 classes} */
  public static Network mobilenetV2(Shape input, int classes) {
    return mobilenetV2(input, classes, 1);
  }

  /** Returns the network with all widths multiplied (section 4). */
  private static Network mobilenetV2(Shape input, int classes, double width) {
    return Network.of(
        input,
        sequential(
            Numbered.sequence("features", features(width)),
            globalAvgPool(),
            flatten(),
            named(
                "classifier",
                sequential(
                    dropout(0.2),
                    dense(classes)
                        .initializer(Initial.normal(0.01))
                        .biasInitializer(Initial.ZERO)))));
  }

  /**
   * A line of table 2.
   *
   * @param expansion t, the ratio of a block's inner width to its input's
   * @param channels c, the channels of the blocks' outputs
   * @param blocks n, the number of blocks
   * @param stride s, the stride of the first block
   */
  private record Stage(int expansion, int channels, int blocks, int stride) {}

  private static List<Layer> features(double width) {
    var layers = new ArrayList<Layer>();
    int channels = Channels.round(32 * width);
    layers.add(convolution(channels, 3, 2, 1));
    for (var stage : STAGES) {
      int out = Channels.round(stage.channels * width);
      for (int i = 0; i < stage.blocks; i++) {
        layers.add(invertedResidual(channels, out, i == 0 ? stage.stride : 1, stage.expansion));
        channels = out;
      }
    }
    layers.add(convolution(Channels.round(1280 * Math.max(1, width)), 1, 1, 1));
    return layers;
  }

  /** Expansion, depthwise convolution, projection; a shortcut where the shapes allow it. */
  private static Layer invertedResidual(int in, int out, int stride, int expansion) {
    int inside = in * expansion;
    var layers = new ArrayList<Layer>();
    if (expansion != 1) {
      layers.add(convolution(inside, 1, 1, 1));
    }
    layers.add(convolution(inside, 3, stride, inside));
    layers.add(conv(out, 1).noBias().initializer(Initial.KAIMING_FAN_OUT));
    layers.add(batchNorm());
    var body = Numbered.sequence("conv", layers);
    return stride == 1 && in == out ? residual(body) : body;
  }

  private static Layer convolution(int filters, int kernel, int stride, int groups) {
    return sequential(
        conv(filters, kernel)
            .stride(stride)
            .padding(kernel / 2)
            .groups(groups)
            .noBias()
            .initializer(Initial.KAIMING_FAN_OUT),
        batchNorm(),
        relu6());
  }
}
