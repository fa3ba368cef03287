package stride.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * An 8-bit image, (height, width, channels), row-major: 0 is dark, 255 is light.
 *
 * @param data unsigned bytes; shared with the caller, not copied
 */
public record Pixels(int height, int width, int channels, byte[] data) {
  public Pixels {
    if (height < 1
        || width < 1
        || channels < 1
        || data.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          "an image of %dx%dx%d has %d bytes, found %d"
              .formatted(height, width, channels, (long) height * width * channels, data.length));
    }
  }

  /**
   * A picture's red, green and blue as they are stored, as PIL's {@code convert("RGB")} gives them:
   * transparency and colour profiles are ignored, 16-bit values keep their upper 8 bits.
   */
  public static Pixels rgb(BufferedImage picture) {
    return read(picture, 3);
  }

  /**
   * A picture's grey values; colours are weighted as PIL's {@code convert("L")} does, with 0.299
   * red, 0.587 green and 0.114 blue in 16-bit fixed point.
   */
  public static Pixels grey(BufferedImage picture) {
    return read(picture, 1);
  }

  /** The image as numbers in [0, 1], (H, W, C). */
  public Tensor toTensor() {
    var values = new float[data.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (data[i] & 0xFF) / 255f;
    }
    return new Tensor(Shape.image(height, width, channels), values);
  }

  private static Pixels read(BufferedImage picture, int channels) {
    int height = picture.getHeight();
    int width = picture.getWidth();
    var data = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
    var rows = new Rows(picture);
    for (int y = 0; y < height; y++) {
      int[] rgb = rows.read(y);
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * channels;
        int value = rgb[x];
        if (channels == 1) {
          data[at] = (byte) luminance(value);
        } else {
          data[at] = (byte) (value >> 16);
          data[at + 1] = (byte) (value >> 8);
          data[at + 2] = (byte) value;
        }
      }
    }
    return new Pixels(height, width, channels, data);
  }

  /** ITU-R 601-2 luma of 0xRRGGBB; a grey value is its own. */
  static int luminance(int rgb) {
    return ((rgb >> 16 & 0xFF) * 19595 + (rgb >> 8 & 0xFF) * 38470 + (rgb & 0xFF) * 7471 + 0x8000)
        >> 16;
  }

  /**
   * A picture's rows as 0xAARRGGBB. The JDK's own conversion treats grey values as linear light and
   * applies colour profiles, so stored components are taken as they are where the picture has them.
   */
  static final class Rows {
    private final BufferedImage picture;
    private final int bands;
    private final int shift;
    private final int[] samples;
    private final int[] argb;

    Rows(BufferedImage picture) {
      this.picture = picture;
      int width = picture.getWidth();
      var raster = picture.getRaster();
      int type = raster.getTransferType();
      boolean plain =
          picture.getColorModel() instanceof ComponentColorModel
              && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
              && (isGrey(picture) || raster.getNumBands() >= 3)
              && isRgbOrGrey(picture);
      bands = plain ? raster.getNumBands() : 0;
      shift = plain ? picture.getColorModel().getComponentSize(0) - 8 : 0;
      samples = new int[width * bands];
      argb = new int[width];
    }

    /** A row; the array is used again for the next. */
    int[] read(int y) {
      int width = argb.length;
      if (bands == 0) {
        return picture.getRGB(0, y, width, 1, argb, 0, width);
      }
      picture.getRaster().getPixels(0, y, width, 1, samples);
      for (int x = 0; x < width; x++) {
        int at = x * bands;
        int r = eight(samples[at]);
        int g = bands >= 3 ? eight(samples[at + 1]) : r;
        int b = bands >= 3 ? eight(samples[at + 2]) : r;
        int a = bands == 2 || bands == 4 ? eight(samples[at + bands - 1]) : 0xFF;
        argb[x] = a << 24 | r << 16 | g << 8 | b;
      }
      return argb;
    }

    private int eight(int sample) {
      return shift >= 0 ? sample >> shift : sample * 255 / ((1 << (8 + shift)) - 1);
    }

    private static boolean isGrey(BufferedImage picture) {
      return picture.getColorModel().getColorSpace().getType()
          == java.awt.color.ColorSpace.TYPE_GRAY;
    }

    private static boolean isRgbOrGrey(BufferedImage picture) {
      return isGrey(picture)
          || picture.getColorModel().getColorSpace().getType()
              == java.awt.color.ColorSpace.TYPE_RGB;
    }
  }
}
