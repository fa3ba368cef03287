package stride.zoo;

import static stride.layer.Layers.adaptiveAvgPool;
import static stride.layer.Layers.aside;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import stride.graph.Initializer;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * GoogLeNet (Szegedy et al. 2015, "Going Deeper with Convolutions", table 1), with torchvision's
 * names and initial weights: modules of four branches whose channels are concatenated. As in
 * torchvision, batch norm with eps 1e-3 follows every convolution, and the paper's 5x5 filters are
 * 3x3.
 *
 * <p>The outputs "aux1" and "aux2" are the logits of the auxiliary heads, which bring gradients to
 * the middle of the network in training.
 */
public final class GoogLeNet {
  /** torchvision's truncated normal, cut off at 200 standard deviations. */
  private static final Initializer NORMAL = Initial.normal(0.01);

  private GoogLeNet() {}

  /**
   * {@return GoogLeNet with its auxiliary heads: 13,004,888 parameters for images of 224x224x3 and
   * 1,000 classes}
   */
  public static Network googlenet(Shape input, int classes) {
    return googlenet(input, classes, true);
  }

  /** {@return GoogLeNet as it is used after training: 6,624,904 parameters} */
  public static Network withoutHeads(Shape input, int classes) {
    return googlenet(input, classes, false);
  }

  private static Network googlenet(Shape input, int classes, boolean heads) {
    return Network.of(
        input,
        sequential(
            convolution("conv1", 64, 7, 2),
            maxPool(3).stride(2).ceilMode(),
            convolution("conv2", 64, 1, 1),
            convolution("conv3", 192, 3, 1),
            maxPool(3).stride(2).ceilMode(),
            inception("inception3a", 64, 96, 128, 16, 32, 32),
            inception("inception3b", 128, 128, 192, 32, 96, 64),
            maxPool(3).stride(2).ceilMode(),
            inception("inception4a", 192, 96, 208, 16, 48, 64),
            heads ? head("aux1", classes) : identity(),
            inception("inception4b", 160, 112, 224, 24, 64, 64),
            inception("inception4c", 128, 128, 256, 24, 64, 64),
            inception("inception4d", 112, 144, 288, 32, 64, 64),
            heads ? head("aux2", classes) : identity(),
            inception("inception4e", 256, 160, 320, 32, 128, 128),
            maxPool(2).ceilMode(),
            inception("inception5a", 256, 160, 320, 32, 128, 128),
            inception("inception5b", 384, 192, 384, 48, 128, 128),
            globalAvgPool(),
            flatten(),
            dropout(0.2),
            named("fc", dense(classes).initializer(NORMAL))));
  }

  /** Figure 2b; the numbers are a row of table 1. */
  private static Layer inception(
      String name, int n1x1, int reduce3x3, int n3x3, int reduce5x5, int n5x5, int poolProjection) {
    return named(
        name,
        branches(
            convolution("branch1", n1x1, 1, 1),
            named(
                "branch2",
                sequential(convolution("0", reduce3x3, 1, 1), convolution("1", n3x3, 3, 1))),
            named(
                "branch3",
                sequential(convolution("0", reduce5x5, 1, 1), convolution("1", n5x5, 3, 1))),
            named(
                "branch4",
                sequential(
                    maxPool(3).stride(1).padding(1), convolution("1", poolProjection, 1, 1)))));
  }

  private static Layer head(String name, int classes) {
    return aside(
        name,
        named(
            name,
            sequential(
                adaptiveAvgPool(4),
                convolution("conv", 128, 1, 1),
                flatten(),
                named("fc1", dense(1024).initializer(NORMAL)),
                relu(),
                dropout(0.7),
                named("fc2", dense(classes).initializer(NORMAL)))));
  }

  private static Layer convolution(String name, int filters, int kernel, int stride) {
    return named(
        name,
        sequential(
            named(
                "conv",
                conv(filters, kernel)
                    .stride(stride)
                    .padding(kernel / 2)
                    .noBias()
                    .initializer(NORMAL)),
            named("bn", batchNorm(1e-3)),
            relu()));
  }
}
