package stride.zoo;

import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.named;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tanh;

import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998, "Gradient-Based Learning Applied to Document
 * Recognition", figure 2) in the form that the lecture and today's textbooks use: every map of C3
 * sees all maps of S2, and the output is dense.
 */
public final class LeNet {
  private LeNet() {}

  /** {@return LeNet-5: 61,706 parameters for images of 28x28x1 and 10 classes} */
  public static Network lenet5(Shape input, int classes) {
    return variant(input, classes, tanh(), avgPool(2), identity());
  }

  /**
   * Returns LeNet-5 with later inventions.
   *
   * @param activation the activation instead of tanh
   * @param pool the pooling instead of average pooling
   * @param before a layer before each of the two last dense layers, such as dropout
   */
  public static Network variant(
      Shape input, int classes, Layer activation, Layer pool, Layer before) {
    return Network.of(
        input,
        sequential(
            named("conv1", conv(6, 5).padding(2)),
            activation,
            pool,
            named("conv2", conv(16, 5)),
            activation,
            pool,
            flatten(),
            named("fc1", dense(120)),
            activation,
            before,
            named("fc2", dense(84)),
            activation,
            before,
            named("fc3", dense(classes))));
  }
}
