package stride.zoo;

import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.List;
import stride.graph.Initializer;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * SqueezeNet (Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters
 * and less than 0.5MB model size", table 1), with torchvision's names and initial weights: Fire
 * modules narrow their input before its 3x3 filters, and a 1x1 convolution replaces the dense
 * layers.
 */
public final class SqueezeNet {
  private static final Initializer KAIMING =
      new Initializer.KaimingUniform(Math.sqrt(2), Initializer.Fan.IN);

  private SqueezeNet() {}

  /**
   * {@return the paper's network: 1,248,424 parameters for images of 224x224x3 and 1,000 classes}
   */
  public static Network squeezenet1_0(Shape input, int classes) {
    return squeezenet(
        input,
        classes,
        filters(96, 7).stride(2),
        relu(),
        maxPool(3).stride(2).ceilMode(),
        fire(16, 64),
        fire(16, 64),
        fire(32, 128),
        maxPool(3).stride(2).ceilMode(),
        fire(32, 128),
        fire(48, 192),
        fire(48, 192),
        fire(64, 256),
        maxPool(3).stride(2).ceilMode(),
        fire(64, 256));
  }

  /** {@return the authors' later version, with less than half the work: 1,235,496 parameters} */
  public static Network squeezenet1_1(Shape input, int classes) {
    return squeezenet(
        input,
        classes,
        filters(64, 3).stride(2),
        relu(),
        maxPool(3).stride(2).ceilMode(),
        fire(16, 64),
        fire(16, 64),
        maxPool(3).stride(2).ceilMode(),
        fire(32, 128),
        fire(32, 128),
        maxPool(3).stride(2).ceilMode(),
        fire(48, 192),
        fire(48, 192),
        fire(64, 256),
        fire(64, 256));
  }

  private static Network squeezenet(Shape input, int classes, Layer... features) {
    return Network.of(
        input,
        sequential(
            Numbered.sequence("features", List.of(features)),
            named(
                "classifier",
                sequential(
                    dropout(0.5),
                    filters(classes, 1).initializer(Initial.normal(0.01)),
                    relu(),
                    globalAvgPool())),
            flatten()));
  }

  /**
   * Returns a Fire module (figure 1): 1x1 filters that squeeze, 1x1 and 3x3 filters that expand.
   */
  private static Layer fire(int squeeze, int expand) {
    return sequential(
        named("squeeze", filters(squeeze, 1)),
        relu(),
        branches(
            sequential(named("expand1x1", filters(expand, 1)), relu()),
            sequential(named("expand3x3", filters(expand, 3).padding(1)), relu())));
  }

  private static Conv filters(int filters, int kernel) {
    return conv(filters, kernel).initializer(KAIMING).biasInitializer(Initial.ZERO);
  }
}
