package stride.spark;

import static stride.layer.Layers.*;

import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.Layer;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** Networks that learn in a moment. */
final class SmallNetworks {
  static final Shape SHAPE = Shape.image(16, 16, 3);

  private SmallNetworks() {}

  private static Model of(Layer layers) {
    return Model.initialized(Network.of(SHAPE, layers), 1)
        .withPreprocessing(
            new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), SHAPE, Normalization.IMAGENET));
  }

  /** LeNet-5 with dropout. */
  static Model lenet() {
    return of(
        sequential(
            conv(6, 5).padding(2),
            tanh(),
            avgPool(2),
            conv(16, 5),
            tanh(),
            flatten(),
            dense(120),
            tanh(),
            dropout(0.3),
            dense(84),
            tanh(),
            dense(3)));
  }

  /** A network with batch norm. */
  static Model normalized() {
    return of(
        sequential(
            named("conv1", conv(8, 3).padding(1).noBias()),
            named("bn1", batchNorm()),
            relu(),
            maxPool(2),
            named("conv2", conv(8, 3).padding(1).noBias()),
            named("bn2", batchNorm()),
            relu(),
            flatten(),
            named("fc", dense(3))));
  }
}
