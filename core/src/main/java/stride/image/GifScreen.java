package stride.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;

/**
 * Where a GIF's first image lies on its screen (GIF89a specification), which is what viewers show.
 *
 * @param background the colour's index around the image: the transparent one if there is one, else
 *     0, as PIL has it
 */
record GifScreen(int width, int height, int left, int top, int background) {
  /** No file has as many blocks in front of its first image for a reason. */
  private static final int MOST_BLOCKS = 10_000;

  private static final int IMAGE = 0x2C;
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xF9;

  /** Reads up to the first image; leaves the stream anywhere. */
  static GifScreen read(ImageInputStream in) throws IOException {
    in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    in.seek(6);
    int width = in.readUnsignedShort();
    int height = in.readUnsignedShort();
    int flags = in.readUnsignedByte();
    in.skipBytes(2);
    if ((flags & 0x80) != 0) {
      in.skipBytes(3 * (2 << (flags & 7)));
    }
    int background = 0;
    for (int i = 0; i < MOST_BLOCKS; i++) {
      int block = in.readUnsignedByte();
      if (block == IMAGE) {
        int left = in.readUnsignedShort();
        int top = in.readUnsignedShort();
        int right = left + in.readUnsignedShort();
        int bottom = top + in.readUnsignedShort();
        return new GifScreen(
            Math.max(width, right), Math.max(height, bottom), left, top, background);
      }
      if (block != EXTENSION) {
        continue;
      }
      boolean control = in.readUnsignedByte() == GRAPHIC_CONTROL;
      for (int length = in.readUnsignedByte(); length > 0; length = in.readUnsignedByte()) {
        long next = in.getStreamPosition() + length;
        if (control && length >= 4) {
          boolean transparent = (in.readUnsignedByte() & 1) != 0;
          in.skipBytes(2);
          background = transparent ? in.readUnsignedByte() : 0;
        }
        in.seek(next);
      }
    }
    throw new EOFException("no image in the first blocks");
  }

  /** The whole screen with the image on it. */
  BufferedImage show(BufferedImage image) {
    if (image.getWidth() == width && image.getHeight() == height
        || !(image.getColorModel() instanceof IndexColorModel model)) {
      return image;
    }
    var raster = model.createCompatibleWritableRaster(width, height);
    var row = new int[width];
    java.util.Arrays.fill(row, Math.min(background, model.getMapSize() - 1));
    for (int y = 0; y < height; y++) {
      raster.setSamples(0, y, width, 1, 0, row);
    }
    raster.setRect(left, top, image.getRaster());
    return new BufferedImage(model, raster, false, null);
  }
}
