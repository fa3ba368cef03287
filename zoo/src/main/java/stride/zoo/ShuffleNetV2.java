package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.channelShuffle;
import static stride.layer.Layers.channelSplit;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * ShuffleNet v2 (Ma, Zhang, Zheng, Sun 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN
 * Architecture Design", table 5), with torchvision's names and initial weights: half of the
 * channels pass a unit unchanged, and a shuffle mixes the halves.
 */
public final class ShuffleNetV2 {
  private static final int[] UNITS = {4, 8, 4};

  private ShuffleNetV2() {}

  /**
   * {@return the network of half the width: 1,366,792 parameters for images of 224x224x3 and 1,000
   * classes}
   */
  public static Network shufflenetV2x0_5(Shape input, int classes) {
    return shufflenet(input, classes, 1024, 48, 96, 192);
  }

  /** {@return the paper's network of width 1x: 2,278,604 parameters} */
  public static Network shufflenetV2x1_0(Shape input, int classes) {
    return shufflenet(input, classes, 1024, 116, 232, 464);
  }

  /** {@return the network of one and a half times the width: 3,503,624 parameters} */
  public static Network shufflenetV2x1_5(Shape input, int classes) {
    return shufflenet(input, classes, 1024, 176, 352, 704);
  }

  /** {@return the network of twice the width: 7,393,996 parameters} */
  public static Network shufflenetV2x2_0(Shape input, int classes) {
    return shufflenet(input, classes, 2048, 244, 488, 976);
  }

  /**
   * Returns the network whose stages have these widths.
   *
   * @param last the channels after the stages
   */
  private static Network shufflenet(Shape input, int classes, int last, int... widths) {
    return Network.of(
        input,
        sequential(
            named("conv1", sequential(filters(24, 3).stride(2), batchNorm(), relu())),
            maxPool(3).stride(2).padding(1),
            stage("stage2", UNITS[0], 24, widths[0]),
            stage("stage3", UNITS[1], widths[0], widths[1]),
            stage("stage4", UNITS[2], widths[1], widths[2]),
            named("conv5", sequential(filters(last, 1), batchNorm(), relu())),
            globalAvgPool(),
            flatten(),
            named("fc", dense(classes))));
  }

  private static Layer stage(String name, int units, int in, int width) {
    var layers = new ArrayList<Layer>();
    layers.add(downsampling(in, width / 2));
    for (int i = 1; i < units; i++) {
      layers.add(unit(width / 2));
    }
    return Numbered.sequence(name, layers);
  }

  /** Figure 3c: one half of the channels passes. */
  private static Layer unit(int half) {
    return sequential(
        branches(
            channelSplit(0, 2), sequential(channelSplit(1, 2), named("branch2", body(half, 1)))),
        channelShuffle(2));
  }

  /** Figure 3d: both branches see all channels and halve the image. */
  private static Layer downsampling(int in, int half) {
    return sequential(
        branches(
            named(
                "branch1",
                sequential(
                    filters(in, 3).stride(2).groups(in),
                    batchNorm(),
                    filters(half, 1),
                    batchNorm(),
                    relu())),
            named("branch2", body(half, 2))),
        channelShuffle(2));
  }

  private static Layer body(int width, int stride) {
    return sequential(
        filters(width, 1),
        batchNorm(),
        relu(),
        filters(width, 3).stride(stride).groups(width),
        batchNorm(),
        filters(width, 1),
        batchNorm(),
        relu());
  }

  private static Conv filters(int filters, int kernel) {
    return conv(filters, kernel).padding(kernel / 2).noBias();
  }
}
