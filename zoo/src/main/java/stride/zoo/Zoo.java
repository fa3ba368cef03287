package stride.zoo;

import java.util.List;
import stride.data.Augmentation;
import stride.data.RandomShift;
import stride.tensor.Shape;
import stride.train.Optimizer;
import stride.train.Schedule;

/** All architectures, by name. */
public final class Zoo {
  private static final Shape IMAGENET = Shape.image(224, 224, 3);
  private static final int IMAGENET_CLASSES = 1000;

  private static final List<Architecture> ALL =
      List.of(
          new Architecture(
              "lenet5",
              "LeNet-5, LeCun et al. 1998",
              Shape.image(28, 28, 1),
              10,
              LeNet::lenet5,
              new Recipe(
                  Optimizer.sgd(0.05).momentum(0.9),
                  Schedule.oneCycle(),
                  new RandomShift(1),
                  10,
                  64)),
          // 64,000 steps, a tenth of the rate after 32,000 and after 48,000 (section 4.2).
          new Architecture(
              "resnet20",
              "ResNet-20 for CIFAR-10, He et al. 2015",
              Shape.image(32, 32, 3),
              10,
              CifarResNet::resnet20,
              new Recipe(
                  Optimizer.sgd(0.1).momentum(0.9).weightDecay(1e-4),
                  Milestones.at(0.5, 0.75),
                  new RandomShift(4),
                  164,
                  128)),
          new Architecture(
              "resnet18",
              "ResNet-18, He et al. 2015",
              IMAGENET,
              IMAGENET_CLASSES,
              ResNet::resnet18,
              new Recipe(
                  Optimizer.sgd(0.1).momentum(0.9).weightDecay(1e-4),
                  Milestones.at(1 / 3.0, 2 / 3.0),
                  Augmentation.none(),
                  90,
                  256)),
          // Without batch norm, a rate of 0.1 does not converge.
          new Architecture(
              "vgg16",
              "VGG-16, Simonyan and Zisserman 2014",
              IMAGENET,
              IMAGENET_CLASSES,
              Vgg::vgg16,
              new Recipe(
                  Optimizer.sgd(0.01).momentum(0.9).weightDecay(5e-4),
                  Milestones.at(1 / 3.0, 2 / 3.0),
                  Augmentation.none(),
                  74,
                  256)),
          new Architecture(
              "mobilenet_v2",
              "MobileNetV2, Sandler et al. 2018",
              IMAGENET,
              IMAGENET_CLASSES,
              MobileNetV2::mobilenetV2,
              new Recipe(
                  Optimizer.sgd(0.045).momentum(0.9).weightDecay(4e-5),
                  Schedule.cosine(),
                  Augmentation.none(),
                  300,
                  256)));

  private Zoo() {}

  /** Every architecture, in the order in which they are listed. */
  public static List<Architecture> all() {
    return ALL;
  }

  /**
   * The architecture of a name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public static Architecture find(String name) {
    return ALL.stream()
        .filter(architecture -> architecture.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no network is named %s; there are %s"
                        .formatted(
                            name,
                            String.join(", ", ALL.stream().map(Architecture::name).toList()))));
  }
}
