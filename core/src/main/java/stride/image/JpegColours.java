package stride.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/**
 * Makes red, green and blue of a JPEG's components as libjpeg does: JFIF's equations in fixed point
 * with 16 bits behind the point (jdcolor.c).
 */
final class JpegColours {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  private JpegColours() {}

  /**
   * A picture of decoded components.
   *
   * @param components as they are stored, 3 or 4 bands of bytes
   */
  static BufferedImage picture(Raster components, JpegHeader.Colours colours) {
    int width = components.getWidth();
    int height = components.getHeight();
    int bands = components.getNumBands();
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    byte[] data = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    var samples = new int[width * bands];
    for (int y = 0; y < height; y++) {
      components.getPixels(components.getMinX(), components.getMinY() + y, width, 1, samples);
      for (int x = 0; x < width; x++) {
        int at = x * bands;
        int a = samples[at];
        int b = samples[at + 1];
        int c = samples[at + 2];
        int red = a;
        int green = b;
        int blue = c;
        if (colours == JpegHeader.Colours.YCC || colours == JpegHeader.Colours.YCCK) {
          red = red(a, c);
          green = green(a, b, c);
          blue = blue(a, b);
        }
        if (bands == 4) {
          // Adobe stores inks as the light that they leave, and PIL takes everybody for Adobe: so
          // libjpeg's C = 255 - R of YCCK is turned round as well.
          boolean turned = colours == JpegHeader.Colours.CMYK;
          int light = samples[at + 3];
          red = BufferedRows.inked(turned ? 255 - red : red, light);
          green = BufferedRows.inked(turned ? 255 - green : green, light);
          blue = BufferedRows.inked(turned ? 255 - blue : blue, light);
        }
        int into = (y * width + x) * 3;
        data[into] = (byte) blue;
        data[into + 1] = (byte) green;
        data[into + 2] = (byte) red;
      }
    }
    return picture;
  }

  private static int red(int y, int cr) {
    return Math.clamp(y + (fixed(1.402) * (cr - 128) + HALF >> BITS), 0, 255);
  }

  private static int green(int y, int cb, int cr) {
    return Math.clamp(
        y + (-fixed(0.34414) * (cb - 128) - fixed(0.71414) * (cr - 128) + HALF >> BITS), 0, 255);
  }

  private static int blue(int y, int cb) {
    return Math.clamp(y + (fixed(1.772) * (cb - 128) + HALF >> BITS), 0, 255);
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << BITS) + 0.5);
  }
}
