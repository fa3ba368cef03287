package stride.app;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import stride.train.Adam;
import stride.train.Optimizer;
import stride.train.RmsProp;
import stride.train.Sgd;

/** The optimisers by name, with what is usual for each. */
enum OptimizerKind {
  SGD,
  ADAM,
  ADAMW,
  RMSPROP;

  /** The kind of an optimiser. */
  static OptimizerKind of(Optimizer optimizer) {
    return switch (optimizer) {
      case Sgd _ -> SGD;
      case Adam adam -> adam.decoupled() ? ADAMW : ADAM;
      case RmsProp _ -> RMSPROP;
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
  Optimizer from(Optimizer recipe) {
    if (of(recipe) == this) {
      return recipe;
    }
    return switch (this) {
      case SGD -> Optimizer.sgd(0.05).momentum(0.9);
      case ADAM -> Optimizer.adam(0.001);
      case ADAMW -> Optimizer.adamw(0.001);
      case RMSPROP -> Optimizer.rmsprop(0.001);
    };
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
