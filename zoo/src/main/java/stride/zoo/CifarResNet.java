package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.subsample;

import java.util.ArrayList;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Residual networks for CIFAR-10 (He, Zhang, Ren, Sun 2015, "Deep Residual Learning for Image
 * Recognition", section 4.2): a 3x3 convolution, then 6n of them in n residual blocks each of 16,
 * 32 and 64 channels, then the average of each channel and a dense layer, 6n + 2 layers with
 * weights. No shortcut has weights: where the size changes, it takes every second pixel and adds
 * channels of zeros (option A). The plain networks have no shortcuts, and as many weights.
 *
 * <p>Names and initial weights are those of the repository akamaster/pytorch_resnet_cifar10.
 */
public final class CifarResNet {
  private CifarResNet() {}

  /** {@return ResNet-20: 269,722 parameters for images of 32x32x3 and 10 classes} */
  public static Network resnet20(Shape input, int classes) {
    return resnet(input, classes, 3, true);
  }

  /** {@return ResNet-32: 464,154 parameters} */
  public static Network resnet32(Shape input, int classes) {
    return resnet(input, classes, 5, true);
  }

  /** {@return ResNet-44: 658,586 parameters} */
  public static Network resnet44(Shape input, int classes) {
    return resnet(input, classes, 7, true);
  }

  /** {@return ResNet-56: 853,018 parameters} */
  public static Network resnet56(Shape input, int classes) {
    return resnet(input, classes, 9, true);
  }

  /** {@return ResNet-110: 1,727,962 parameters} */
  public static Network resnet110(Shape input, int classes) {
    return resnet(input, classes, 18, true);
  }

  /** {@return ResNet-20 without shortcuts} */
  public static Network plain20(Shape input, int classes) {
    return resnet(input, classes, 3, false);
  }

  /** {@return ResNet-32 without shortcuts} */
  public static Network plain32(Shape input, int classes) {
    return resnet(input, classes, 5, false);
  }

  /** {@return ResNet-44 without shortcuts} */
  public static Network plain44(Shape input, int classes) {
    return resnet(input, classes, 7, false);
  }

  /** {@return ResNet-56 without shortcuts} */
  public static Network plain56(Shape input, int classes) {
    return resnet(input, classes, 9, false);
  }

  /** Returns the network with n blocks per stage. */
  private static Network resnet(Shape input, int classes, int n, boolean shortcuts) {
    return Network.of(
        input,
        sequential(
            named("conv1", convolution(16, 1)),
            named("bn1", batchNorm()),
            relu(),
            stage("layer1", n, 16, 1, shortcuts),
            stage("layer2", n, 32, 2, shortcuts),
            stage("layer3", n, 64, 2, shortcuts),
            globalAvgPool(),
            flatten(),
            named("linear", dense(classes).initializer(Initial.KAIMING_FAN_IN))));
  }

  /** Blocks of equal width; the first one has the stride. */
  private static Layer stage(String name, int blocks, int width, int stride, boolean shortcuts) {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < blocks; i++) {
      layers.add(block(width, i == 0 ? stride : 1, shortcuts));
    }
    return Numbered.sequence(name, layers);
  }

  private static Layer block(int width, int stride, boolean shortcut) {
    var body =
        sequential(
            named("conv1", convolution(width, stride)),
            named("bn1", batchNorm()),
            relu(),
            named("conv2", convolution(width, 1)),
            named("bn2", batchNorm()));
    var way = stride == 1 ? identity() : named("shortcut", subsample(stride, width));
    return sequential(shortcut ? residual(body, way) : body, relu());
  }

  private static Conv convolution(int filters, int stride) {
    return conv(filters, 3).stride(stride).padding(1).noBias().initializer(Initial.KAIMING_FAN_IN);
  }
}
