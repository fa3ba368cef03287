package stride.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import org.jspecify.annotations.Nullable;

/**
 * Rows of AWT's pictures. AWT's classes take time to load, so no other class between a file and a
 * network's input uses them.
 *
 * <p>Colours are those that PIL's {@code convert("RGB")} and {@code convert("L")} make of the
 * stored samples: colour profiles and transparency are ignored.
 */
final class BufferedRows {
  private BufferedRows() {}

  /** Red, green and blue. */
  static Rows rgb(BufferedImage picture) {
    var stored = stored(picture, 3);
    return stored != null ? stored : new Converted(picture, 3);
  }

  /** Grey; colours become ITU-R 601-2 luma. */
  static Rows grey(BufferedImage picture) {
    var stored = stored(picture, 1);
    return stored != null ? stored : new Converted(picture, 1);
  }

  /** Returns the samples if they are bytes in one array, pixel by pixel, else null. */
  private static @Nullable Rows stored(BufferedImage picture, int channels) {
    var raster = picture.getRaster();
    var model = picture.getColorModel();
    boolean grey = isGrey(model);
    if (!isPlain(model, grey, raster.getNumBands())
        || raster.getTransferType() != DataBuffer.TYPE_BYTE
        || model.getComponentSize(0) != 8
        || (channels == 1 && !grey)
        || !(raster.getSampleModel() instanceof ComponentSampleModel samples)
        || !(raster.getDataBuffer() instanceof DataBufferByte buffer)
        || buffer.getNumBanks() != 1) {
      return null;
    }
    var bands = new int[channels];
    for (int c = 0; c < channels; c++) {
      bands[c] = samples.getBandOffsets()[grey ? 0 : c];
    }
    int first =
        buffer.getOffset()
            - raster.getSampleModelTranslateY() * samples.getScanlineStride()
            - raster.getSampleModelTranslateX() * samples.getPixelStride();
    return new Rows.Stored(
        picture.getHeight(),
        picture.getWidth(),
        buffer.getData(),
        first,
        samples.getScanlineStride(),
        samples.getPixelStride(),
        bands);
  }

  /**
   * Returns whether the bands are grey or red, green and blue, with alpha not multiplied in, if
   * there is any.
   */
  private static boolean isPlain(ColorModel model, boolean grey, int bands) {
    return model instanceof ComponentColorModel
        && !model.isAlphaPremultiplied()
        && bands >= (grey ? 1 : 3)
        && (grey || model.getColorSpace().getType() == ColorSpace.TYPE_RGB);
  }

  private static boolean isGrey(ColorModel model) {
    return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** Rows that are converted one at a time. */
  private static final class Converted extends Rows.Made {
    private final BufferedImage picture;
    private final Colours colours;
    private final int[] samples;
    private final int[] rgb;

    Converted(BufferedImage picture, int channels) {
      super(picture.getHeight(), picture.getWidth(), channels);
      this.picture = picture;
      colours = colours(picture);
      samples = new int[picture.getWidth() * picture.getRaster().getNumBands()];
      rgb = new int[picture.getWidth()];
    }

    @Override
    void make(int y, byte[] row) {
      colours.read(picture, y, samples, rgb);
      if (channels() == 1) {
        for (int x = 0; x < rgb.length; x++) {
          row[x] = (byte) Rows.luminance(rgb[x]);
        }
        return;
      }
      for (int x = 0, at = 0; x < rgb.length; x++, at += 3) {
        row[at] = (byte) (rgb[x] >> 16);
        row[at + 1] = (byte) (rgb[x] >> 8);
        row[at + 2] = (byte) rgb[x];
      }
    }
  }

  /** Reads a row as 0xRRGGBB; the upper byte is ignored. */
  @FunctionalInterface
  private interface Colours {
    void read(BufferedImage picture, int y, int[] samples, int[] rgb);
  }

  private static Colours colours(BufferedImage picture) {
    var model = picture.getColorModel();
    var raster = picture.getRaster();
    int bands = raster.getNumBands();
    boolean grey = isGrey(model);
    int type = raster.getTransferType();
    if (model instanceof IndexColorModel palette) {
      return palette(palette);
    }
    if (model instanceof DirectColorModel direct && !direct.isAlphaPremultiplied()) {
      return packed(direct);
    }
    if (isPlain(model, grey, bands)
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)) {
      // 16-bit grey is PIL's mode "I", whose convert("RGB") cuts off values above 255.
      boolean cut = grey && bands == 1 && type == DataBuffer.TYPE_USHORT;
      return components(bands, grey, cut ? 0 : model.getComponentSize(0) - 8);
    }
    if (model instanceof ComponentColorModel
        && model.getColorSpace().getType() == ColorSpace.TYPE_CMYK
        && type == DataBuffer.TYPE_BYTE) {
      return BufferedRows::cmyk;
    }
    return (image, y, samples, rgb) -> image.getRGB(0, y, rgb.length, 1, rgb, 0, rgb.length);
  }

  private static Colours components(int bands, boolean grey, int shift) {
    return (picture, y, samples, rgb) -> {
      picture.getRaster().getPixels(0, y, rgb.length, 1, samples);
      for (int x = 0; x < rgb.length; x++) {
        int at = x * bands;
        int r = Math.min(samples[at] >> shift, 255);
        int g = grey ? r : samples[at + 1] >> shift;
        int b = grey ? r : samples[at + 2] >> shift;
        rgb[x] = r << 16 | g << 8 | b;
      }
    };
  }

  private static Colours palette(IndexColorModel palette) {
    var colours = new int[1 << palette.getPixelSize()];
    for (int i = 0; i < colours.length; i++) {
      // PIL's palettes are grey where a file says nothing.
      colours[i] = i < palette.getMapSize() ? palette.getRGB(i) : i * 0x010101;
    }
    return (picture, y, samples, rgb) -> {
      picture.getRaster().getPixels(0, y, rgb.length, 1, samples);
      for (int x = 0; x < rgb.length; x++) {
        rgb[x] = colours[samples[x]];
      }
    };
  }

  private static Colours packed(DirectColorModel model) {
    int[] most = new int[3];
    for (int c = 0; c < 3; c++) {
      most[c] = Math.max((1 << model.getComponentSize(c)) - 1, 1);
    }
    return (picture, y, samples, rgb) -> {
      var raster = picture.getRaster();
      int bands = raster.getNumBands();
      raster.getPixels(0, y, rgb.length, 1, samples);
      for (int x = 0; x < rgb.length; x++) {
        int at = x * bands;
        rgb[x] =
            samples[at] * 255 / most[0] << 16
                | samples[at + 1] * 255 / most[1] << 8
                | samples[at + 2] * 255 / most[2];
      }
    };
  }

  /** Pillow's {@code cmyk2rgb}: the light that black leaves, less each ink's part of it. */
  private static void cmyk(BufferedImage picture, int y, int[] samples, int[] rgb) {
    picture.getRaster().getPixels(0, y, rgb.length, 1, samples);
    for (int x = 0; x < rgb.length; x++) {
      int light = 255 - samples[4 * x + 3];
      rgb[x] =
          inked(samples[4 * x], light) << 16
              | inked(samples[4 * x + 1], light) << 8
              | inked(samples[4 * x + 2], light);
    }
  }

  /**
   * Returns the part of the light that an ink lets through, rounded as Pillow's {@code MULDIV255}
   * does.
   */
  static int inked(int ink, int light) {
    int product = ink * light + 128;
    return light - ((product >> 8) + product >> 8);
  }
}
