package stride.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.image.PictureOptions;

/** The options of commands that read pictures. A command has it as {@code @Mixin}. */
final class PictureArguments {
  @Option(
      names = "--no-exif",
      description =
          "Take pictures as they are stored, as torchvision does, and do not turn them upright.")
  private boolean noExif;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      description = "Refuse larger pictures. Default: 100000000.")
  private @Nullable Long mostPixels;

  /**
   * How pictures are to be read.
   *
   * @throws UsageException if the limit is below 1
   */
  PictureOptions options() {
    if (mostPixels != null && mostPixels < 1) {
      throw new UsageException("--max-pixels takes 1 or more, found %d".formatted(mostPixels));
    }
    var options =
        mostPixels == null
            ? PictureOptions.STANDARD
            : PictureOptions.STANDARD.mostPixels(mostPixels);
    return noExif ? options.withoutExif() : options;
  }
}
