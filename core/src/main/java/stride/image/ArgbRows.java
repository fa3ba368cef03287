package stride.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;

/**
 * A picture's rows as 0xAARRGGBB. The JDK's own conversion treats grey values as linear light and
 * applies colour profiles, so stored components are taken as they are where the picture has them,
 * of 16-bit ones the upper 8 bits.
 */
final class ArgbRows {
  private final BufferedImage picture;
  private final int bands;
  private final int shift;
  private final int[] samples;
  private final int[] argb;

  ArgbRows(BufferedImage picture) {
    this.picture = picture;
    int width = picture.getWidth();
    var raster = picture.getRaster();
    var model = picture.getColorModel();
    int type = raster.getTransferType();
    int space = model.getColorSpace().getType();
    boolean plain =
        model instanceof ComponentColorModel
            && !model.isAlphaPremultiplied()
            && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
            && (space == ColorSpace.TYPE_GRAY
                || space == ColorSpace.TYPE_RGB && raster.getNumBands() >= 3);
    bands = plain ? raster.getNumBands() : 0;
    shift = plain ? model.getComponentSize(0) - 8 : 0;
    samples = new int[width * bands];
    argb = new int[width];
  }

  /** Returns a row; the array is used again for the next. */
  int[] read(int y) {
    int width = argb.length;
    if (bands == 0) {
      return picture.getRGB(0, y, width, 1, argb, 0, width);
    }
    picture.getRaster().getPixels(0, y, width, 1, samples);
    for (int x = 0; x < width; x++) {
      int at = x * bands;
      int r = samples[at] >> shift;
      int g = bands >= 3 ? samples[at + 1] >> shift : r;
      int b = bands >= 3 ? samples[at + 2] >> shift : r;
      int a = bands == 2 || bands == 4 ? samples[at + bands - 1] >> shift : 0xFF;
      argb[x] = a << 24 | r << 16 | g << 8 | b;
    }
    return argb;
  }
}
