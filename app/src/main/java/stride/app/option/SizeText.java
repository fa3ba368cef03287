package stride.app.option;

import java.util.regex.Pattern;
import stride.app.console.Figures;
import stride.app.console.UsageException;

/** A picture's size as {@code --size} has it: "0.4MP", or the frame "1920x1080". */
public final class SizeText {
  private static final Pattern MEGAPIXELS = Pattern.compile("(\\d{1,4}(?:\\.\\d{1,6})?) ?MP");
  private static final Pattern FRAME = Pattern.compile("(\\d{1,6})x(\\d{1,6})");
  private static final double MOST = 100e6;

  private SizeText() {}

  /**
   * {@return what a text says}
   *
   * @throws UsageException if it says no size, or one of more than 100 megapixels
   */
  public static PictureSize parse(String text) {
    var megapixels = MEGAPIXELS.matcher(text);
    if (megapixels.matches()) {
      double pixels = 1e6 * Double.parseDouble(megapixels.group(1));
      check(pixels, text);
      return new PictureSize.Area(pixels);
    }
    var frame = FRAME.matcher(text);
    if (frame.matches()) {
      int width = Integer.parseInt(frame.group(1));
      int height = Integer.parseInt(frame.group(2));
      check((double) width * height, text);
      return new PictureSize.Frame(width, height);
    }
    throw new UsageException(
        "--size takes 0.4MP, 0.8MP, 2.2MP, 3.5MP or another number of megapixels, or width x"
            + " height such as 1920x1080, found "
            + text);
  }

  private static void check(double pixels, String text) {
    if (pixels < 1 || pixels > MOST) {
      throw new UsageException(
          Figures.format("--size takes up to %.0f megapixels, found %s", MOST / 1e6, text));
    }
  }
}
