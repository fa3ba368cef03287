package stride.app.option;

import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import stride.onnx.engine.InputLayout;

/** How images lie in an ONNX file, as the command line names it. */
public final class LayoutConverter implements ITypeConverter<InputLayout>, Iterable<String> {
  private static final List<String> NAMES = List.of("nchw", "nhwc");

  @Override
  public InputLayout convert(String text) {
    return switch (text) {
      case "nchw" -> InputLayout.CHANNELS_FIRST;
      case "nhwc" -> InputLayout.CHANNELS_LAST;
      default -> throw new TypeConversionException("expected nchw or nhwc, found " + text);
    };
  }

  /** A layout as {@link #convert} reads it. */
  public static String text(InputLayout layout) {
    return layout == InputLayout.CHANNELS_FIRST ? "nchw" : "nhwc";
  }

  @Override
  public Iterator<String> iterator() {
    return NAMES.iterator();
  }
}
