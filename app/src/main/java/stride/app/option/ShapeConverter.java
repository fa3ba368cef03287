package stride.app.option;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import stride.tensor.Shape;

/** Reads an image's shape as people write it: "32x32x3". */
public final class ShapeConverter implements ITypeConverter<Shape> {
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})x(\\d{1,9})x(\\d{1,9})");

  @Override
  public Shape convert(String text) {
    try {
      return shape(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * An image's shape.
   *
   * @throws IllegalArgumentException if the text is none
   */
  static Shape shape(String text) {
    var sizes = SHAPE.matcher(text);
    if (!sizes.matches()) {
      throw new IllegalArgumentException(
          "expected height x width x channels such as 32x32x3, found " + text);
    }
    return Shape.image(
        Integer.parseInt(sizes.group(1)),
        Integer.parseInt(sizes.group(2)),
        Integer.parseInt(sizes.group(3)));
  }
}
