package stride.app.option;

import java.util.regex.Pattern;
import stride.app.console.Figures;
import stride.app.console.UsageException;

/**
 * How large a painted picture becomes, as {@code --size} says it: pixels in all, or a frame that it
 * fills in its own proportions.
 *
 * @param pixels in all; 0 for a frame
 * @param width of the frame
 * @param height of the frame
 * @param shrinks whether smaller pictures stay as they are
 */
public record SizeOption(double pixels, int width, int height, boolean shrinks) {
  /** Without an option: the picture's own size, up to HD. */
  public static final SizeOption USUAL = new SizeOption(800_000, 0, 0, true);

  private static final Pattern MEGAPIXELS = Pattern.compile("(\\d{1,4}(?:\\.\\d{1,6})?) ?MP");
  private static final Pattern FRAME = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

  private static final double MOST = 100e6;

  /**
   * {@return what a text says, such as "0.4MP" or "1920x1080"}
   *
   * @throws UsageException if it says no size
   */
  public static SizeOption of(String text) {
    var megapixels = MEGAPIXELS.matcher(text);
    var frame = FRAME.matcher(text);
    SizeOption size;
    if (megapixels.matches()) {
      size = new SizeOption(1e6 * Double.parseDouble(megapixels.group(1)), 0, 0, false);
    } else if (frame.matches()) {
      int width = Integer.parseInt(frame.group(1));
      size = new SizeOption(0, width, Integer.parseInt(frame.group(2)), false);
    } else {
      throw new UsageException(
          "--size takes 0.4MP, 0.8MP, 2.2MP, 3.5MP or another number of megapixels, or width x"
              + " height such as 1920x1080, found "
              + text);
    }
    double pixels = size.pixels > 0 ? size.pixels : (double) size.width * size.height;
    if (pixels < 1 || pixels > MOST) {
      throw new UsageException(
          Figures.format("--size takes up to %.0f megapixels, found %s", MOST / 1e6, text));
    }
    return size;
  }

  /**
   * {@return how large a picture becomes, width and height}
   *
   * @param width of the picture
   * @param height of it
   */
  public int[] of(int width, int height) {
    double factor =
        pixels > 0
            ? Math.sqrt(pixels / ((double) width * height))
            : Math.min((double) this.width / width, (double) this.height / height);
    double used = shrinks ? Math.min(1, factor) : factor;
    return new int[] {
      (int) Math.max(1, Math.round(used * width)), (int) Math.max(1, Math.round(used * height))
    };
  }
}
