package stride.app.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.onnx.export.OnnxExport;
import stride.onnx.export.PictureInput;

/** How a model is written as an ONNX file. A command has it as {@code @Mixin}. */
public final class OnnxOptions {
  private static final String ANY = "any";

  @Option(
      names = "--opset",
      paramLabel = "N",
      description =
          "Of an ONNX file: the version of its operators, 11 to 23. Default: 17, which most"
              + " programs read.")
  private @Nullable Integer opset;

  @Option(
      names = "--batch",
      paramLabel = "N|any",
      description = "Of an ONNX file: how many images it takes at once. Default: any.")
  private @Nullable String batch;

  @Option(
      names = "--normalised",
      description =
          "Of an ONNX file: it takes colours from 0 to 1 (N x C x H x W) and normalises them"
              + " itself. Default: the caller does.")
  private boolean normalised;

  @Option(
      names = "--pictures",
      description =
          "Of an ONNX file: it takes pictures' bytes (N x H x W x C, red first) and normalises them"
              + " itself.")
  private boolean pictures;

  /** Whether any of them is given. */
  public boolean areGiven() {
    return opset != null || batch != null || normalised || pictures;
  }

  /**
   * Returns the settings of a file.
   *
   * @throws UsageException if they do not go together or lie out of range
   */
  public OnnxExport export() {
    if (normalised && pictures) {
      throw new UsageException(
          "--normalised and --pictures say different things of a file's input: give one");
    }
    var export = OnnxExport.standard();
    try {
      if (opset != null) {
        export = export.opset(opset);
      }
      if (batch != null && !batch.equals(ANY)) {
        export = export.batch(Integer.parseInt(batch));
      }
    } catch (NumberFormatException e) {
      throw new UsageException("--batch takes a number of images or any, found " + batch);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    return export.pictures(
        normalised
            ? PictureInput.COLOURS
            : pictures ? PictureInput.BYTES : PictureInput.NORMALISED_BY_CALLER);
  }
}
