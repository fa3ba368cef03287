package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import stride.graph.Initializer;
import stride.layer.Conv;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Residual networks for ImageNet (He, Zhang, Ren, Sun 2015, "Deep Residual Learning for Image
 * Recognition", table 1) with torchvision's names and first weights: four stages of residual
 * blocks, each stage with twice the channels and half the height and width of the one before.
 * Shortcuts are projections where the size changes (option B).
 */
public final class ResNet {
  private static final Initializer KAIMING =
      new Initializer.KaimingNormal(Math.sqrt(2), Initializer.Fan.OUT);

  private ResNet() {}

  /** ResNet-18: 11,689,512 parameters for images of 224x224x3 and 1,000 classes. */
  public static Network resnet18(Shape input, int classes) {
    return resnet(input, classes, 2, 2, 2, 2);
  }

  /** The network whose stages have so many basic blocks each. */
  private static Network resnet(
      Shape input, int classes, int blocks1, int blocks2, int blocks3, int blocks4) {
    return Network.of(
        input,
        sequential(
            named("conv1", convolution(64, 7, 2)),
            named("bn1", batchNorm()),
            relu(),
            named("maxpool", maxPool(3).stride(2).padding(1)),
            stage("layer1", blocks1, 64, 1),
            stage("layer2", blocks2, 128, 2),
            stage("layer3", blocks3, 256, 2),
            stage("layer4", blocks4, 512, 2),
            named("avgpool", globalAvgPool()),
            flatten(),
            named("fc", dense(classes))));
  }

  /** Blocks of equal width; the first one has the stride. */
  private static Layer stage(String name, int blocks, int width, int stride) {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < blocks; i++) {
      layers.add(basicBlock(width, i == 0 ? stride : 1));
    }
    return Numbered.sequence(name, layers);
  }

  /** Two 3x3 convolutions and a shortcut (figure 2). */
  private static Layer basicBlock(int width, int stride) {
    return sequential(
        residual(
            sequential(
                named("conv1", convolution(width, 3, stride)),
                named("bn1", batchNorm()),
                relu(),
                named("conv2", convolution(width, 3, 1)),
                named("bn2", batchNorm())),
            stride == 1
                ? identity()
                : named("downsample", sequential(convolution(width, 1, stride), batchNorm()))),
        relu());
  }

  private static Conv convolution(int filters, int kernel, int stride) {
    return conv(filters, kernel).stride(stride).padding(kernel / 2).noBias().initializer(KAIMING);
  }
}
