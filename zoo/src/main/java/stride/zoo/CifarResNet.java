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
import stride.graph.Initializer;
import stride.layer.Conv;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Residual networks for CIFAR-10 (He, Zhang, Ren, Sun 2015, "Deep Residual Learning for Image
 * Recognition", section 4.2): a 3x3 convolution, then 6n of them in n residual blocks each of 16,
 * 32 and 64 channels, then the average of each channel and a dense layer, 6n + 2 layers with
 * weights. No shortcut has weights: where the size changes, it takes every second pixel and adds
 * channels of zeros (option A).
 *
 * <p>Names and first weights are those of the repository akamaster/pytorch_resnet_cifar10.
 */
public final class CifarResNet {
  private static final Initializer KAIMING =
      new Initializer.KaimingNormal(Math.sqrt(2), Initializer.Fan.IN);

  private CifarResNet() {}

  /** ResNet-20: 269,722 parameters for images of 32x32x3 and 10 classes. */
  public static Network resnet20(Shape input, int classes) {
    return resnet(input, classes, 3);
  }

  /** The network with n blocks to a stage. */
  private static Network resnet(Shape input, int classes, int n) {
    return Network.of(
        input,
        sequential(
            named("conv1", convolution(16, 1)),
            named("bn1", batchNorm()),
            relu(),
            stage("layer1", n, 16, 1),
            stage("layer2", n, 32, 2),
            stage("layer3", n, 64, 2),
            globalAvgPool(),
            flatten(),
            named("linear", dense(classes).initializer(KAIMING))));
  }

  /** Blocks of equal width; the first one has the stride. */
  private static Layer stage(String name, int blocks, int width, int stride) {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < blocks; i++) {
      layers.add(block(width, i == 0 ? stride : 1));
    }
    return Numbered.sequence(name, layers);
  }

  private static Layer block(int width, int stride) {
    return sequential(
        residual(
            sequential(
                named("conv1", convolution(width, stride)),
                named("bn1", batchNorm()),
                relu(),
                named("conv2", convolution(width, 1)),
                named("bn2", batchNorm())),
            stride == 1 ? identity() : named("shortcut", subsample(stride, width))),
        relu());
  }

  private static Conv convolution(int filters, int stride) {
    return conv(filters, 3).stride(stride).padding(1).noBias().initializer(KAIMING);
  }
}
