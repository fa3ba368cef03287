package stride.app.training;

import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.tanh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import stride.app.console.UsageException;
import stride.layer.Layer;
import stride.zoo.Architecture;
import stride.zoo.LeNet;
import stride.zoo.Zoo;

/**
 * Trainings that are compared.
 *
 * @param name as users write it
 * @param data what all are trained on, unless something else is given
 * @param epochs of each, unless something else is given
 * @param figures whether errors and gradients are drawn
 * @param settings of all trainings, under their options' names
 * @param trainings the networks, in the order of the table
 */
public record Experiment(
    String name,
    String data,
    int epochs,
    boolean figures,
    Map<String, Object> settings,
    List<Architecture> trainings) {

  /**
   * "Deep Residual Learning", section 4.2 and figure 6: deeper plain networks train worse, residual
   * ones do not.
   */
  private static final Experiment DEGRADATION =
      new Experiment(
          "degradation",
          "cifar10",
          20,
          true,
          Map.of("log_gradients", true),
          Stream.of("plain20", "plain56", "resnet20", "resnet56").map(Zoo::find).toList());

  /** LeNet-5 with what came after it. */
  private static final Experiment ACTIVATIONS =
      new Experiment("activations", "mnist", 5, false, Map.of(), lenets());

  /**
   * The experiment of a name.
   *
   * @throws UsageException if there is none
   */
  public static Experiment named(String name) {
    return Stream.of(DEGRADATION, ACTIVATIONS)
        .filter(experiment -> experiment.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "no experiment is named %s; there are degradation and activations"
                        .formatted(name)));
  }

  /**
   * The same with some of its networks, in the experiment's order.
   *
   * @throws UsageException if a name is none of its networks
   */
  public Experiment of(List<String> names) {
    var known = trainings.stream().map(Architecture::name).toList();
    for (var name : names) {
      if (!known.contains(name)) {
        throw new UsageException(
            "--networks takes some of %s, found %s".formatted(String.join(",", known), name));
      }
    }
    var some = trainings.stream().filter(training -> names.contains(training.name())).toList();
    return new Experiment(name, data, epochs, figures, settings, some);
  }

  private static List<Architecture> lenets() {
    var variants = new ArrayList<Architecture>();
    for (boolean rectified : List.of(false, true)) {
      for (boolean most : List.of(false, true)) {
        for (boolean dropping : List.of(false, true)) {
          variants.add(lenet(rectified, most, dropping));
        }
      }
    }
    return variants;
  }

  private static Architecture lenet(boolean rectified, boolean most, boolean dropping) {
    Layer activation = rectified ? relu() : tanh();
    Layer pool = most ? maxPool(2) : avgPool(2);
    Layer before = dropping ? dropout(0.5) : identity();
    var original = Zoo.find("lenet5");
    return new Architecture(
        "lenet5-%s-%s%s"
            .formatted(
                rectified ? "relu" : "tanh", most ? "max" : "avg", dropping ? "-dropout" : ""),
        original.title(),
        original.input(),
        original.classes(),
        (input, classes) -> LeNet.variant(input, classes, activation, pool, before),
        original.recipe());
  }
}
