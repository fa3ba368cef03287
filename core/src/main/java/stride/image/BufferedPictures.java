package stride.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;

/** Converts between AWT's pictures and pixels. */
final class BufferedPictures {
  private BufferedPictures() {}

  static Picture picture(BufferedImage picture) {
    return new Picture(new Given(picture));
  }

  /** A caller's AWT picture. */
  private record Given(BufferedImage picture) implements Picture.Source {
    @Override
    public int height() {
      return picture.getHeight();
    }

    @Override
    public int width() {
      return picture.getWidth();
    }

    @Override
    public boolean isGrey() {
      return BufferedPictures.isGrey(picture);
    }

    @Override
    public Rows rows(int channels) {
      return channels == 1 ? BufferedRows.grey(picture) : BufferedRows.rgb(picture);
    }

    @Override
    public Pixels drawing() {
      return BufferedPictures.drawing(picture);
    }

    @Override
    public BufferedImage toBufferedImage() {
      return picture;
    }
  }

  /** Returns whether a picture is grey, perhaps with opacity. */
  private static boolean isGrey(BufferedImage picture) {
    return picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /**
   * Returns a picture's pixels: grey, or red, green and blue; and opacity, where the picture may be
   * transparent. 16-bit samples keep their upper 8 bits.
   */
  private static Pixels drawing(BufferedImage picture) {
    var model = picture.getColorModel();
    if (!model.hasAlpha() && model.getComponentSize(0) <= 8) {
      return Pixels.grey(picture);
    }
    int height = picture.getHeight();
    int width = picture.getWidth();
    var rows = new ArgbRows(picture);
    var data = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 4)];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int argb : rows.read(y)) {
        data[at++] = (byte) (argb >> 16);
        data[at++] = (byte) (argb >> 8);
        data[at++] = (byte) argb;
        data[at++] = (byte) (argb >> 24);
      }
    }
    return new Pixels(height, width, 4, data);
  }

  /** Returns an image with 1 to 4 channels, the second or fourth of which is opacity. */
  static BufferedImage of(Pixels image) {
    return switch (image.channels()) {
      case 1 -> copied(image, BufferedImage.TYPE_BYTE_GRAY, 0);
      case 2 -> greyWithOpacity(image);
      case 3 -> copied(image, BufferedImage.TYPE_3BYTE_BGR, 2, 1, 0);
      default -> copied(image, BufferedImage.TYPE_4BYTE_ABGR, 3, 2, 1, 0);
    };
  }

  /**
   * @param order which channel of the image the picture's bytes hold, one after the other
   */
  private static BufferedImage copied(Pixels image, int type, int... order) {
    var picture = new BufferedImage(image.width(), image.height(), type);
    byte[] into = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    byte[] from = image.data();
    int channels = order.length;
    for (int c = 0; c < channels; c++) {
      int band = order[c];
      for (int i = 0; i < into.length; i += channels) {
        into[i + c] = from[i + band];
      }
    }
    return picture;
  }

  private static BufferedImage greyWithOpacity(Pixels image) {
    var model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_BYTE);
    byte[] data = image.data().clone();
    var raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(data, data.length),
            image.width(),
            image.height(),
            2 * image.width(),
            2,
            new int[] {0, 1},
            null);
    return new BufferedImage(model, raster, false, null);
  }

  /** Returns an image whose two channels are the upper and the lower byte of grey. */
  static BufferedImage of16Bits(Pixels image) {
    var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_USHORT_GRAY);
    short[] into = ((DataBufferUShort) picture.getRaster().getDataBuffer()).getData();
    byte[] from = image.data();
    for (int i = 0; i < into.length; i++) {
      into[i] = (short) (from[2 * i] << 8 | from[2 * i + 1] & 0xFF);
    }
    return picture;
  }
}
