package stride.app.option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.app.run.RunConfig;

/**
 * The options of a training that learns to paint. A command has it as {@code @Mixin}. What is given
 * is kept under the options' names.
 */
public final class StyleOptions {
  /** The settings that only networks that paint have. */
  public static final List<String> NAMES =
      List.of(
          "style",
          "style_scale",
          "loss_network",
          "loss_weights",
          "content_weight",
          "style_weight",
          "tv_weight",
          "test_photo");

  @Option(
      names = "--style",
      paramLabel = "PAINTING",
      description = "The painting whose style is learned.")
  private @Nullable Path style;

  @Option(
      names = "--style-scale",
      paramLabel = "X",
      description =
          "How large the painting is beside the training's pictures, whose strokes grow with it: 1"
              + " gives it as many pixels. Default: 1.5.")
  private @Nullable Double scale;

  @Option(
      names = "--loss-network",
      paramLabel = "NETWORK",
      description =
          "What judges the pictures: squeezenet1_1, vgg16 or vgg19. Default: squeezenet1_1.")
  private @Nullable String network;

  @Option(
      names = "--loss-weights",
      paramLabel = "FILE|imagenet",
      description = "Its weights. Default: the published ones, which are downloaded once.")
  private @Nullable String weights;

  @Option(
      names = "--content-weight",
      paramLabel = "X",
      description = "How much the photo counts. Default: 1.")
  private @Nullable Double contentWeight;

  @Option(
      names = "--style-weight",
      paramLabel = "X",
      description = "How much the painting counts. Default: 3.")
  private @Nullable Double styleWeight;

  @Option(
      names = "--tv-weight",
      paramLabel = "X",
      description = "How much it counts that neighbouring pixels are alike. Default: 1.")
  private @Nullable Double variationWeight;

  @Option(
      names = "--test-photo",
      paramLabel = "PHOTO",
      description =
          "What is painted after each epoch, into the run's folder. Default: a picture that is not"
              + " learned from.")
  private @Nullable Path photo;

  /**
   * What is given, each under its name.
   *
   * @throws UsageException if a number is out of its range, or a picture is not there
   */
  public Map<String, Object> given() {
    var given = new LinkedHashMap<String, Object>();
    picture(given, "style", style);
    number(given, "style_scale", scale);
    if (network != null) {
      given.put("loss_network", network);
    }
    if (weights != null) {
      given.put("loss_weights", WeightsSource.lasting(weights));
    }
    number(given, "content_weight", contentWeight);
    number(given, "style_weight", styleWeight);
    number(given, "tv_weight", variationWeight);
    picture(given, "test_photo", photo);
    if (scale != null) {
      PaintingOptions.checkStyleScale(scale);
    }
    return given;
  }

  /**
   * Refuses these options for a network that paints nothing.
   *
   * @throws UsageException if any is given
   */
  public static void refuse(RunConfig config) {
    for (var name : NAMES) {
      if (config.given(name)) {
        throw new UsageException(
            "--%s goes with networks that paint (style), %s is none"
                .formatted(name.replace('_', '-'), config.network()));
      }
    }
  }

  private static void picture(Map<String, Object> given, String name, @Nullable Path file) {
    if (file == null) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "--%s %s: %s"
              .formatted(
                  name.replace('_', '-'),
                  file,
                  Files.exists(file) ? "that is no file" : "there is no such file"));
    }
    given.put(name, file.toAbsolutePath().normalize().toString());
  }

  private static void number(Map<String, Object> given, String name, @Nullable Double value) {
    if (value == null) {
      return;
    }
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new UsageException(
          "--%s takes a number from 0 on, found %s".formatted(name.replace('_', '-'), value));
    }
    given.put(name, value);
  }
}
