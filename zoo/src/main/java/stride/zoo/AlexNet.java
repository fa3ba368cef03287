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

import stride.graph.Initializer;
import stride.layer.convolution.Conv;
import stride.layer.convolution.Dense;
import stride.layer.normalization.LocalResponseNorm;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * AlexNet, which won ImageNet in 2012 (Krizhevsky, Sutskever, Hinton 2012, "ImageNet Classification
 * with Deep Convolutional Neural Networks"), and torchvision's form of it (Krizhevsky 2014, "One
 * weird trick for parallelizing convolutional neural networks"): one column, no normalisation.
 */
public final class AlexNet {
  /**
   * The normalisation of section 3.3: k = 2, n = 5, beta = 0.75, alpha = 1e-4 for each of the n
   * channels.
   */
  private static final LocalResponseNorm NORM = new LocalResponseNorm(5, 5e-4f, 0.75f, 2);

  private AlexNet() {}

  /**
   * {@return torchvision's AlexNet: 61,100,840 parameters for images of 224x224x3 and 1,000
   * classes}
   *
   * @param input the images' shape, (H, W, C)
   * @param classes the number of classes
   */
  public static Network alexnet(Shape input, int classes) {
    return Network.of(
        input,
        sequential(
            named(
                "features",
                sequential(
                    conv(64, 11).stride(4).padding(2),
                    relu(),
                    maxPool(3).stride(2),
                    conv(192, 5).padding(2),
                    relu(),
                    maxPool(3).stride(2),
                    conv(384, 3).padding(1),
                    relu(),
                    conv(256, 3).padding(1),
                    relu(),
                    conv(256, 3).padding(1),
                    relu(),
                    maxPool(3).stride(2))),
            named("avgpool", adaptiveAvgPool(6)),
            flatten(),
            named(
                "classifier",
                sequential(
                    dropout(0.5),
                    dense(4096),
                    relu(),
                    dropout(0.5),
                    dense(4096),
                    relu(),
                    dense(classes)))));
  }

  /**
   * Returns the paper's AlexNet (figure 2): 60,965,224 parameters for images of 227x227x3 and 1,000
   * classes. In layers 2, 4 and 5 a filter sees half of the channels, those of its own GPU. The
   * paper says 224x224, but its 55x55 outputs need three pixels more.
   *
   * @param input the images' shape, (H, W, C)
   * @param classes the number of classes
   * @return the network
   */
  public static Network alexnet2012(Shape input, int classes) {
    return Network.of(
        input,
        sequential(
            named("conv1", filters(96, 11, 1, 0).stride(4)),
            relu(),
            NORM,
            maxPool(3).stride(2),
            named("conv2", filters(256, 5, 2, 1)),
            relu(),
            NORM,
            maxPool(3).stride(2),
            named("conv3", filters(384, 3, 1, 0)),
            relu(),
            named("conv4", filters(384, 3, 2, 1)),
            relu(),
            named("conv5", filters(256, 3, 2, 1)),
            relu(),
            maxPool(3).stride(2),
            flatten(),
            named("fc6", units(4096, 1)),
            relu(),
            dropout(0.5),
            named("fc7", units(4096, 1)),
            relu(),
            dropout(0.5),
            named("fc8", units(classes, 0))));
  }

  /** The initial values of section 5: biases of 1 give the ReLUs positive inputs at first. */
  private static Conv filters(int filters, int kernel, int groups, float bias) {
    return conv(filters, kernel)
        .padding(kernel == 11 ? 0 : kernel / 2)
        .groups(groups)
        .initializer(Initial.normal(0.01))
        .biasInitializer(new Initializer.Constant(bias));
  }

  private static Dense units(int units, float bias) {
    return dense(units)
        .initializer(Initial.normal(0.01))
        .biasInitializer(new Initializer.Constant(bias));
  }
}
