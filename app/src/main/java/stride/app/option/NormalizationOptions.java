package stride.app.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.app.run.RunConfig;
import stride.image.Normalization;

/**
 * How the images of a network are normalised, where its file does not tell. A command has it as
 * {@code @Mixin}; a run keeps what is given under the options' names.
 */
public final class NormalizationOptions {
  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "X",
      description = "What is subtracted from each channel, of values in [0, 1]: 0.485,0.456,0.406.")
  private @Nullable List<Double> mean;

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "X",
      description = "What each channel is divided by then: 0.229,0.224,0.225.")
  private @Nullable List<Double> deviation;

  @Option(
      names = "--bgr",
      description =
          "The network takes blue first, as those of Caffe and OpenCV do; --mean and --std are of"
              + " red, green and blue nevertheless.")
  private boolean blueFirst;

  /** Whether any of them is given. */
  public boolean areGiven() {
    return mean != null || deviation != null || blueFirst;
  }

  /** What is given, each under its name. */
  public Map<String, Object> given() {
    var given = new LinkedHashMap<String, Object>();
    if (mean != null) {
      given.put("mean", mean);
    }
    if (deviation != null) {
      given.put("std", deviation);
    }
    if (blueFirst) {
      given.put("bgr", true);
    }
    return given;
  }

  /**
   * What is given for the training of an ONNX file.
   *
   * @param network the file, or what is trained instead
   * @throws UsageException if anything is given for another network, which knows its normalisation
   */
  public Map<String, Object> given(String network) {
    if (areGiven() && !OnnxFiles.is(network)) {
      throw new UsageException(
          "--mean, --std and --bgr go with --weights FILE.onnx; %s knows how its images are normalised"
              .formatted(network));
    }
    return given();
  }

  /**
   * Returns a normalisation with what is given instead of its own.
   *
   * @throws UsageException if the numbers are not as many as the channels, or out of range
   */
  public Normalization of(Normalization own) {
    return of(mean, deviation, blueFirst, own);
  }

  /** Whether a run's settings say how images are normalised. */
  public static boolean areGiven(RunConfig config) {
    return config.given("mean") || config.given("std") || config.given("bgr");
  }

  /**
   * Returns a normalisation with what a run's settings say instead of its own.
   *
   * @throws UsageException if the numbers are not as many as the channels, or out of range
   */
  public static Normalization of(RunConfig config, Normalization own) {
    return of(
        config.given("mean") ? config.numbers("mean") : null,
        config.given("std") ? config.numbers("std") : null,
        config.flag("bgr"),
        own);
  }

  private static Normalization of(
      @Nullable List<Double> mean,
      @Nullable List<Double> deviation,
      boolean blueFirst,
      Normalization own) {
    checkCount("--mean", mean, own);
    checkCount("--std", deviation, own);
    try {
      return new Normalization(
          mean == null ? own.mean() : mean,
          deviation == null ? own.standardDeviation() : deviation,
          blueFirst || own.blueFirst());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--mean, --std and --bgr: " + e.getMessage());
    }
  }

  private static void checkCount(String option, @Nullable List<Double> given, Normalization own) {
    if (given != null && given.size() != own.channels()) {
      throw new UsageException(
          "%s takes a number for each of the %d channels, found %d"
              .formatted(option, own.channels(), given.size()));
    }
  }
}
