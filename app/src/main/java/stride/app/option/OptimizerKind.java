package stride.app.option;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import stride.app.console.UsageException;
import stride.app.run.RunConfig;
import stride.train.Optimizer;
import stride.train.optimizer.Adam;
import stride.train.optimizer.Lars;
import stride.train.optimizer.RmsProp;
import stride.train.optimizer.Sgd;

/** The optimisers by name, with what is usual for each. */
public enum OptimizerKind {
  SGD,
  ADAM,
  ADAMW,
  RMSPROP,
  LARS;

  /** The kind of an optimiser. */
  public static OptimizerKind of(Optimizer optimizer) {
    return switch (optimizer) {
      case Sgd _ -> SGD;
      case Adam adam -> adam.decoupled() ? ADAMW : ADAM;
      case RmsProp _ -> RMSPROP;
      case Lars _ -> LARS;
      default ->
          throw new IllegalArgumentException("no name is known for the optimiser " + optimizer);
    };
  }

  /**
   * The kind of a name, as {@link #toString} gives it.
   *
   * @throws IllegalArgumentException if there is none
   */
  static OptimizerKind named(String name) {
    for (var kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "no optimizer is named %s; there are %s"
            .formatted(
                name,
                Arrays.stream(values())
                    .map(OptimizerKind::toString)
                    .collect(Collectors.joining(", "))));
  }

  /** A recipe's optimiser, if it is of this kind; else this kind's usual settings. */
  public Optimizer from(Optimizer recipe) {
    if (of(recipe) == this) {
      return recipe;
    }
    return switch (this) {
      case SGD -> Optimizer.sgd(0.05).momentum(0.9);
      case ADAM -> Optimizer.adam(0.001);
      case ADAMW -> Optimizer.adamw(0.001);
      case RMSPROP -> Optimizer.rmsprop(0.001);
      case LARS -> Optimizer.lars(1).weightDecay(1e-4);
    };
  }

  /** Puts an optimiser's numbers into settings, where they are not there. */
  public static void describe(Optimizer optimizer, Map<String, Object> settings) {
    settings.putIfAbsent("lr", optimizer.learningRate());
    switch (optimizer) {
      case Sgd sgd -> {
        settings.putIfAbsent("momentum", sgd.momentum());
        if (sgd.nesterov()) {
          settings.putIfAbsent("nesterov", true);
        }
        settings.putIfAbsent("weight_decay", sgd.weightDecay());
      }
      case Adam adam -> settings.putIfAbsent("weight_decay", adam.weightDecay());
      case RmsProp rmsprop -> {
        settings.putIfAbsent("momentum", rmsprop.momentum());
        settings.putIfAbsent("weight_decay", rmsprop.weightDecay());
      }
      case Lars lars -> {
        settings.putIfAbsent("momentum", lars.momentum());
        settings.putIfAbsent("weight_decay", lars.weightDecay());
      }
      default -> {}
    }
  }

  /**
   * The optimiser of a run.
   *
   * @throws UsageException if it has a setting that its kind has not
   */
  public static Optimizer of(RunConfig config, Optimizer recipe) {
    var kind = named(config.optimizer());
    double decay = config.given("weight_decay") ? config.number("weight_decay") : 0;
    double momentum = config.given("momentum") ? config.number("momentum") : 0;
    if (config.flag("nesterov") && kind != SGD) {
      throw new UsageException("--nesterov goes with sgd, not with " + kind);
    }
    var optimizer =
        switch (kind.from(recipe)) {
          case Sgd sgd -> new Sgd(sgd.learningRate(), momentum, config.flag("nesterov"), decay);
          case RmsProp rmsprop -> rmsprop.momentum(momentum).weightDecay(decay);
          case Lars lars -> lars.momentum(momentum).weightDecay(decay);
          case Adam adam -> {
            if (config.given("momentum")) {
              throw new UsageException(
                  "--momentum goes with sgd, rmsprop and lars, not with " + kind);
            }
            yield adam.weightDecay(decay);
          }
          case Optimizer other -> other;
        };
    return optimizer.learningRate(config.learningRate());
  }

  /** Reads a name of the command line. */
  static final class Converter implements ITypeConverter<OptimizerKind> {
    @Override
    public OptimizerKind convert(String name) {
      try {
        return named(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
