package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * A small network for small images, in the manner of VGG (Simonyan and Zisserman 2014) with later
 * inventions: pairs of 3x3 convolutions with batch norm, more channels wherever the image is
 * halved, and the average of each channel instead of large dense layers.
 */
public final class Cnn {
  private Cnn() {}

  /** {@return 288,170 parameters for images of 28x28x1 and 10 classes} */
  public static Network cnn(Shape input, int classes) {
    return Network.of(
        input,
        sequential(
            named("block1", block(32)),
            maxPool(2),
            named("block2", block(64)),
            maxPool(2),
            named("block3", block(128)),
            globalAvgPool(),
            flatten(),
            dropout(0.2),
            named("fc", dense(classes))));
  }

  private static Layer block(int width) {
    return sequential(
        named("conv1", convolution(width)),
        named("bn1", batchNorm()),
        relu(),
        named("conv2", convolution(width)),
        named("bn2", batchNorm()),
        relu());
  }

  private static Conv convolution(int filters) {
    return conv(filters, 3).padding(1).noBias().initializer(Initial.KAIMING_FAN_OUT);
  }
}
