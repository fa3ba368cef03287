package stride.zoo;

import static stride.layer.Layers.adaptiveAvgPool;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.List;
import stride.layer.Layer;
import stride.layer.convolution.Dense;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * The networks of the Visual Geometry Group (Simonyan and Zisserman 2014, "Very Deep Convolutional
 * Networks for Large-Scale Image Recognition", table 1) with torchvision's names and initial
 * weights: five stages of 3x3 convolutions, each followed by a 2x2 maximum, then three dense
 * layers. Images of other sizes than 224x224 are averaged to the 7x7 pixels that the first dense
 * layer takes, as in torchvision. The networks with "Bn" have batch norm after every convolution.
 */
public final class Vgg {
  private static final int[] WIDTHS = {64, 128, 256, 512, 512};

  private Vgg() {}

  /**
   * {@return VGG-11, the paper's A: 132,863,336 parameters for images of 224x224x3 and 1,000
   * classes}
   */
  public static Network vgg11(Shape input, int classes) {
    return vgg(input, classes, false, 1, 1, 2, 2, 2);
  }

  /** {@return VGG-11 with batch norm: 132,868,840 parameters} */
  public static Network vgg11Bn(Shape input, int classes) {
    return vgg(input, classes, true, 1, 1, 2, 2, 2);
  }

  /** {@return VGG-13, the paper's B: 133,047,848 parameters} */
  public static Network vgg13(Shape input, int classes) {
    return vgg(input, classes, false, 2, 2, 2, 2, 2);
  }

  /** {@return VGG-13 with batch norm: 133,053,736 parameters} */
  public static Network vgg13Bn(Shape input, int classes) {
    return vgg(input, classes, true, 2, 2, 2, 2, 2);
  }

  /** {@return VGG-16, the paper's D: 138,357,544 parameters} */
  public static Network vgg16(Shape input, int classes) {
    return vgg(input, classes, false, 2, 2, 3, 3, 3);
  }

  /** {@return VGG-16 with batch norm: 138,365,992 parameters} */
  public static Network vgg16Bn(Shape input, int classes) {
    return vgg(input, classes, true, 2, 2, 3, 3, 3);
  }

  /** {@return VGG-19, the paper's E: 143,667,240 parameters} */
  public static Network vgg19(Shape input, int classes) {
    return vgg(input, classes, false, 2, 2, 4, 4, 4);
  }

  /** {@return VGG-19 with batch norm: 143,678,248 parameters} */
  public static Network vgg19Bn(Shape input, int classes) {
    return vgg(input, classes, true, 2, 2, 4, 4, 4);
  }

  /** Returns the network whose stages have these numbers of convolutions. */
  private static Network vgg(Shape input, int classes, boolean normalized, int... convolutions) {
    return Network.of(
        input,
        sequential(
            named("features", features(normalized, convolutions)),
            named("avgpool", adaptiveAvgPool(7)),
            flatten(),
            named(
                "classifier",
                sequential(
                    units(4096),
                    relu(),
                    dropout(0.5),
                    units(4096),
                    relu(),
                    dropout(0.5),
                    units(classes)))));
  }

  /**
   * The layers of VGG-16 before its classifier, for SSD: torchvision's features from 0 on, of which
   * the third pooling rounds up.
   */
  static List<Layer> poolingUp() {
    var layers = layers(false, 2, 2, 3, 3, 3);
    layers.set(16, maxPool(2).ceilMode());
    return layers;
  }

  private static Layer features(boolean normalized, int... convolutions) {
    return sequential(layers(normalized, convolutions).toArray(Layer[]::new));
  }

  private static List<Layer> layers(boolean normalized, int... convolutions) {
    var layers = new ArrayList<Layer>();
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      for (int i = 0; i < convolutions[stage]; i++) {
        layers.add(
            conv(WIDTHS[stage], 3)
                .padding(1)
                .initializer(Initial.KAIMING_FAN_OUT)
                .biasInitializer(Initial.ZERO));
        if (normalized) {
          layers.add(batchNorm());
        }
        layers.add(relu());
      }
      layers.add(maxPool(2));
    }
    return layers;
  }

  private static Dense units(int units) {
    return dense(units).initializer(Initial.normal(0.01)).biasInitializer(Initial.ZERO);
  }
}
