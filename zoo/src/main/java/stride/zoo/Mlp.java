package stride.zoo;

import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import stride.network.Network;
import stride.tensor.Shape;

/**
 * A multilayer perceptron: every hidden unit sees every pixel. Convolutional networks replace it:
 * for an image of 100x100x3, one hidden layer of 1,000 units already needs 30 million weights.
 */
public final class Mlp {
  private Mlp() {}

  /** {@return One hidden layer: 30,003,002 parameters for images of 100x100x3 and 2 classes} */
  public static Network mlp(Shape input, int classes) {
    return Network.of(
        input,
        sequential(flatten(), named("fc1", dense(1000)), relu(), named("fc2", dense(classes))));
  }
}
