package stride.app.option;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.UsageException;
import stride.onnx.engine.InputLayout;

/** How the images of an ONNX file lie. A command has it as {@code @Mixin}. */
public final class LayoutOption {
  @Option(
      names = "--layout",
      paramLabel = "nchw|nhwc",
      converter = LayoutConverter.class,
      description =
          "Of an ONNX file: how its images lie. Default: what their number of channels tells.")
  private @Nullable InputLayout layout;

  /** What is given; null for what the number of channels tells. */
  public @Nullable InputLayout given() {
    return layout;
  }

  /**
   * What is given for a file or network.
   *
   * @throws UsageException if it is given for one that is no ONNX file
   */
  public @Nullable InputLayout of(String name) {
    if (layout != null && !OnnxFiles.is(name)) {
      throw new UsageException("--layout goes with ONNX files, found " + name);
    }
    return layout;
  }

  /**
   * What is given for a file.
   *
   * @throws UsageException if it is given for one that is no ONNX file
   */
  public @Nullable InputLayout of(Path file) {
    return of(file.toString());
  }
}
