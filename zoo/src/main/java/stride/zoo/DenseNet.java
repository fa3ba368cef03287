package stride.zoo;

import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.identity;
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
 * Densely connected networks (Huang, Liu, van der Maaten, Weinberger 2017, "Densely Connected
 * Convolutional Networks", table 1), the form DenseNet-BC, with torchvision's names and initial
 * weights: every layer sees the channels of all layers before it in its block, and adds a few.
 */
public final class DenseNet {
  /** The ratio of a bottleneck's channels to those that a layer adds. */
  private static final int BOTTLENECK = 4;

  private DenseNet() {}

  /** {@return DenseNet-121: 7,978,856 parameters for images of 224x224x3 and 1,000 classes} */
  public static Network densenet121(Shape input, int classes) {
    return densenet(input, classes, 64, 32, 6, 12, 24, 16);
  }

  /** {@return DenseNet-161: 28,681,000 parameters} */
  public static Network densenet161(Shape input, int classes) {
    return densenet(input, classes, 96, 48, 6, 12, 36, 24);
  }

  /** {@return DenseNet-169: 14,149,480 parameters} */
  public static Network densenet169(Shape input, int classes) {
    return densenet(input, classes, 64, 32, 6, 12, 32, 32);
  }

  /** {@return DenseNet-201: 20,013,928 parameters} */
  public static Network densenet201(Shape input, int classes) {
    return densenet(input, classes, 64, 32, 6, 12, 48, 32);
  }

  /**
   * Returns the network whose blocks have these numbers of layers.
   *
   * @param channels the channels of the first convolution
   * @param growth the channels that each layer adds, the paper's k
   */
  private static Network densenet(
      Shape input, int classes, int channels, int growth, int... layers) {
    var features = new ArrayList<Layer>();
    features.add(named("conv0", convolution(channels, 7).stride(2)));
    features.add(named("norm0", batchNorm()));
    features.add(relu());
    features.add(maxPool(3).stride(2).padding(1));
    int width = channels;
    for (int i = 1; i <= layers.length; i++) {
      features.add(named("denseblock" + i, block(layers[i - 1], growth)));
      width += layers[i - 1] * growth;
      if (i < layers.length) {
        width /= 2;
        features.add(named("transition" + i, transition(width)));
      }
    }
    features.add(named("norm5", batchNorm()));
    return Network.of(
        input,
        sequential(
            named("features", sequential(features.toArray(Layer[]::new))),
            relu(),
            globalAvgPool(),
            flatten(),
            named("classifier", dense(classes).biasInitializer(Initial.ZERO))));
  }

  /** Layers whose outputs are concatenated with all outputs before them (equation 2). */
  private static Layer block(int layers, int growth) {
    var dense = new Layer[layers];
    for (int i = 0; i < layers; i++) {
      dense[i] = branches(identity(), named("denselayer" + (i + 1), denseLayer(growth)));
    }
    return sequential(dense);
  }

  /** Normalisation and ReLU before each convolution; a 1x1 one keeps the input of the 3x3 small. */
  private static Layer denseLayer(int growth) {
    return sequential(
        named("norm1", batchNorm()),
        relu(),
        named("conv1", convolution(BOTTLENECK * growth, 1)),
        named("norm2", batchNorm()),
        relu(),
        named("conv2", convolution(growth, 3)));
  }

  /** Halves the channels, the height and the width. */
  private static Layer transition(int channels) {
    return sequential(
        named("norm", batchNorm()), relu(), named("conv", convolution(channels, 1)), avgPool(2));
  }

  private static Conv convolution(int filters, int kernel) {
    return conv(filters, kernel).padding(kernel / 2).noBias().initializer(Initial.KAIMING_FAN_IN);
  }
}
