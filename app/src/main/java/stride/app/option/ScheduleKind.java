package stride.app.option;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import stride.app.console.UsageException;
import stride.app.run.RunConfig;
import stride.train.Schedule;
import stride.train.schedule.MultiStep;

/** The courses of the learning rate by name. */
public enum ScheduleKind {
  CONSTANT,
  STEP("lr_step", "lr_gamma"),
  MULTI_STEP("milestones", "lr_gamma"),
  COSINE,
  ONE_CYCLE,
  PLATEAU("lr_patience", "lr_gamma");

  private static final double GAMMA = 0.1;
  private static final int PATIENCE = 10;

  /** The settings that not all kinds have. */
  private final List<String> settings;

  ScheduleKind(String... settings) {
    this.settings = List.of(settings);
  }

  /**
   * The kind of a name, as {@link #toString} gives it.
   *
   * @throws IllegalArgumentException if there is none
   */
  static ScheduleKind named(String name) {
    for (var kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "no schedule is named %s; there are %s"
            .formatted(
                name,
                Arrays.stream(values())
                    .map(ScheduleKind::toString)
                    .collect(Collectors.joining(", "))));
  }

  /**
   * Puts a recipe's schedule into settings that name none.
   *
   * @param epochs of the training
   */
  public static void describe(Schedule recipe, int epochs, Map<String, Object> settings) {
    if (recipe instanceof MultiStep(double gamma, List<Double> points)) {
      settings.put("schedule", MULTI_STEP.toString());
      settings.putIfAbsent("milestones", points.stream().map(point -> point * epochs).toList());
      settings.putIfAbsent("lr_gamma", gamma);
    } else {
      settings.put("schedule", recipe.toString().replace(' ', '-'));
    }
  }

  /** Puts the numbers into settings that their schedule has and nobody gave. */
  public static void complete(Map<String, Object> settings) {
    var kind = named(String.valueOf(settings.get("schedule")));
    if (kind.settings.contains("lr_gamma")) {
      settings.putIfAbsent("lr_gamma", GAMMA);
    }
    if (kind == PLATEAU) {
      settings.putIfAbsent("lr_patience", PATIENCE);
    }
  }

  /**
   * The schedule of a run.
   *
   * @throws UsageException if it lacks a setting that its kind needs, or has one of another kind
   */
  public static Schedule of(RunConfig config) {
    double gamma = config.given("lr_gamma") ? config.number("lr_gamma") : GAMMA;
    double warmup = config.given("warmup_epochs") ? config.number("warmup_epochs") : 0;
    double rest = config.epochs() - warmup;
    if (!(rest > 0)) {
      throw new UsageException(
          "--warmup-epochs %s leaves nothing of %d epochs".formatted(warmup, config.epochs()));
    }
    var kind = named(config.text("schedule"));
    kind.checkSettings(config);
    var schedule =
        switch (kind) {
          case CONSTANT -> Schedule.constant();
          case COSINE -> Schedule.cosine();
          case ONE_CYCLE -> Schedule.oneCycle();
          case STEP -> Schedule.step(gamma, needed(config, "lr_step", kind, "--lr-step") / rest);
          case MULTI_STEP -> {
            // Milestones are counted from the first epoch, the warm-up's.
            yield Schedule.multiStep(
                gamma,
                milestones(config).stream()
                    .map(epoch -> (epoch - warmup) / rest)
                    .toArray(Double[]::new));
          }
          case PLATEAU ->
              Schedule.plateau(
                  gamma, config.given("lr_patience") ? config.whole("lr_patience") : PATIENCE);
        };
    return warmup > 0 ? schedule.warmUp(warmup / config.epochs()) : schedule;
  }

  private void checkSettings(RunConfig config) {
    for (var kind : values()) {
      for (var setting : kind.settings) {
        if (config.given(setting) && !settings.contains(setting)) {
          throw new UsageException(
              "--%s goes with --schedule %s, the schedule is %s"
                  .formatted(
                      setting.replace('_', '-'),
                      Arrays.stream(values())
                          .filter(other -> other.settings.contains(setting))
                          .map(ScheduleKind::toString)
                          .collect(Collectors.joining(" or ")),
                      this));
        }
      }
    }
  }

  private static List<Double> milestones(RunConfig config) {
    if (!config.given("milestones")) {
      throw lacks(MULTI_STEP, "--milestones");
    }
    var milestones = config.numbers("milestones");
    for (double epoch : milestones) {
      if (!(epoch > 0 && epoch < config.epochs())) {
        throw new UsageException(
            "--milestones takes epochs between 0 and the training's %d, found %s"
                .formatted(config.epochs(), epoch));
      }
    }
    return milestones;
  }

  private static double needed(RunConfig config, String name, ScheduleKind kind, String option) {
    if (!config.given(name)) {
      throw lacks(kind, option);
    }
    return config.number(name);
  }

  private static UsageException lacks(ScheduleKind kind, String option) {
    return new UsageException("--schedule %s needs %s".formatted(kind, option));
  }

  /** Reads a name of the command line. */
  static final class Converter implements ITypeConverter<ScheduleKind> {
    @Override
    public ScheduleKind convert(String name) {
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
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
