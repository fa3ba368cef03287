package stride.app.option;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.app.run.RunConfig;
import stride.image.PictureOptions;

/**
 * The options of commands that read pictures. A command has it as {@code @Mixin}. In a run's
 * configuration they are kept under the options' names.
 */
public final class PictureArguments {
  private static final String NO_EXIF = "no_exif";
  private static final String MAX_PIXELS = "max_pixels";

  @Option(
      names = "--no-exif",
      description =
          "Take pictures as they are stored, as torchvision does, and do not turn them upright.")
  private boolean noExif;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      description =
          "Refuse larger pictures. Default: what half of the memory that Java may take has room"
              + " for; STRIDE_JAVA_OPTS=-Xmx8g gives it more.")
  private @Nullable Long mostPixels;

  /**
   * How pictures are to be read.
   *
   * @throws UsageException if the limit is below 1
   */
  public PictureOptions options() {
    if (mostPixels != null && mostPixels < 1) {
      throw new UsageException("--max-pixels takes 1 or more, found %d".formatted(mostPixels));
    }
    return options(mostPixels, noExif);
  }

  private static PictureOptions options(@Nullable Long mostPixels, boolean noExif) {
    var options =
        mostPixels == null
            ? PictureOptions.STANDARD
            : PictureOptions.STANDARD.mostPixels(mostPixels);
    return noExif ? options.withoutExif() : options;
  }

  /** Whether any is given. */
  public boolean areGiven() {
    return noExif || mostPixels != null;
  }

  /** What is given, for a run's configuration. */
  public Map<String, Object> given() {
    options();
    var given = new LinkedHashMap<String, Object>();
    if (noExif) {
      given.put(NO_EXIF, true);
    }
    if (mostPixels != null) {
      given.put(MAX_PIXELS, mostPixels);
    }
    return given;
  }

  /** Whether a run was given any. */
  public static boolean areIn(RunConfig config) {
    return config.given(NO_EXIF) || config.given(MAX_PIXELS);
  }

  /** How a run's pictures are to be read. */
  public static PictureOptions of(RunConfig config) {
    return options(
        config.given(MAX_PIXELS) ? (Long) (long) config.number(MAX_PIXELS) : null,
        config.flag(NO_EXIF));
  }
}
