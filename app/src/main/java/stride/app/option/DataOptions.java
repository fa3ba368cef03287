package stride.app.option;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import stride.app.console.UsageException;
import stride.app.run.RunConfig;
import stride.data.augment.AugmentationPreset;
import stride.data.boxes.BoxFormat;
import stride.tensor.Shape;

/**
 * The options that say how the data of a training are read and varied. A command has it as
 * {@code @Mixin}. What is given is kept under the options' names.
 */
public final class DataOptions {
  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description =
          "Resize images to this instead of the network's own input, or the data set's size.")
  private @Nullable Shape input;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description =
          "How boxes in pictures are written down: coco, voc or yolo. Default: told by what lies in"
              + " the folder.")
  private @Nullable BoxFormat format;

  @Option(
      names = "--val-fraction",
      paramLabel = "X",
      description =
          "Measure with this part of a single folder's pictures, of each class the same; learn from"
              + " the others.")
  private @Nullable Double testFraction;

  @Option(
      names = "--augment",
      paramLabel = "PRESET",
      converter = PresetConverter.class,
      description = "Vary the training images: none, light, standard or strong.")
  private @Nullable AugmentationPreset augment;

  @Option(
      names = "--skip-broken",
      description =
          "Read all pictures of a folder once before the training, and leave out and list those"
              + " that cannot be read. Without it such a picture ends the training.")
  private boolean skipBroken;

  @Option(
      names = "--cache-pictures",
      description =
          "Keep a folder's pictures in memory, so that each is decoded once. Before random parts"
              + " of pictures of classes are cut out, those larger than twice the network's input"
              + " are reduced to that.")
  private boolean cachePictures;

  @Mixin private PictureArguments pictures;

  /**
   * What is given, each under its name.
   *
   * @throws UsageException if a number is out of its range
   */
  public Map<String, Object> given() {
    if (testFraction != null && !(testFraction > 0 && testFraction < 1)) {
      throw new UsageException(
          "--val-fraction takes a number between 0 and 1, found " + testFraction);
    }
    var given = new LinkedHashMap<String, Object>();
    if (input != null) {
      given.put("input", input);
    }
    if (format != null) {
      given.put("format", format.key());
    }
    if (testFraction != null) {
      given.put("val_fraction", testFraction);
    }
    if (augment != null) {
      given.put("augment", name(augment));
    }
    if (skipBroken) {
      given.put("skip_broken", true);
    }
    if (cachePictures) {
      given.put("cache_pictures", true);
    }
    given.putAll(pictures.given());
    return given;
  }

  /** What images are resized to; empty if that is not given. */
  public static Optional<Shape> input(RunConfig config) {
    return config.given("input")
        ? Optional.of(ShapeConverter.shape(config.text("input")))
        : Optional.empty();
  }

  /** How boxes are written down; null if that is not given. */
  public static @Nullable BoxFormat format(RunConfig config) {
    return config.given("format") ? BoxFormat.ofKey(config.text("format")) : null;
  }

  private static String name(AugmentationPreset preset) {
    return preset.name().toLowerCase(Locale.ROOT);
  }

  /**
   * A preset by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static AugmentationPreset preset(String name) {
    for (var preset : AugmentationPreset.values()) {
      if (name(preset).equals(name)) {
        return preset;
      }
    }
    throw new IllegalArgumentException("expected none, light, standard or strong, found " + name);
  }

  /** Reads a preset of the command line. */
  public static final class PresetConverter implements ITypeConverter<AugmentationPreset> {
    @Override
    public AugmentationPreset convert(String text) {
      try {
        return preset(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a format of boxes of the command line. */
  public static final class FormatConverter implements ITypeConverter<BoxFormat> {
    @Override
    public BoxFormat convert(String text) {
      try {
        return BoxFormat.ofKey(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
