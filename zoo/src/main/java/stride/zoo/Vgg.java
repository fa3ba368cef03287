package stride.zoo;

import static stride.layer.Layers.adaptiveAvgPool;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import stride.graph.Initializer;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * The networks of the Visual Geometry Group (Simonyan and Zisserman 2014, "Very Deep Convolutional
 * Networks for Large-Scale Image Recognition", table 1) with torchvision's names: five stages of
 * 3x3 convolutions, each followed by a 2x2 maximum, then three dense layers. Images of other sizes
 * than 224x224 are averaged to the 7x7 pixels that the first dense layer takes, as in torchvision.
 */
public final class Vgg {
  private static final int[] WIDTHS = {64, 128, 256, 512, 512};

  private static final Initializer KAIMING =
      new Initializer.KaimingNormal(Math.sqrt(2), Initializer.Fan.OUT);
  private static final Initializer NORMAL = new Initializer.Normal(0.01);

  private Vgg() {}

  /** VGG-16, the paper's D: 138,357,544 parameters for images of 224x224x3 and 1,000 classes. */
  public static Network vgg16(Shape input, int classes) {
    return vgg(input, classes, 2, 2, 3, 3, 3);
  }

  /** The network whose stages have so many convolutions each. */
  private static Network vgg(Shape input, int classes, int... convolutions) {
    return Network.of(
        input,
        sequential(
            named("features", features(convolutions)),
            named("avgpool", adaptiveAvgPool(7)),
            flatten(),
            named(
                "classifier",
                sequential(
                    dense(4096).initializer(NORMAL),
                    relu(),
                    dropout(0.5),
                    dense(4096).initializer(NORMAL),
                    relu(),
                    dropout(0.5),
                    dense(classes).initializer(NORMAL)))));
  }

  private static Layer features(int... convolutions) {
    var layers = new ArrayList<Layer>();
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      for (int i = 0; i < convolutions[stage]; i++) {
        layers.add(conv(WIDTHS[stage], 3).padding(1).initializer(KAIMING));
        layers.add(relu());
      }
      layers.add(maxPool(2));
    }
    return sequential(layers.toArray(Layer[]::new));
  }
}
