package stride.zoo;

import java.util.List;
import stride.data.RandomShift;
import stride.tensor.Shape;
import stride.train.Optimizer;
import stride.train.Schedule;

/** All architectures, by name. */
public final class Zoo {
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
                  64)));

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
