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
 * A picture's rows as 8-bit samples, one after the other, where they lie if they lie as they are
 * wanted. Channel c of pixel x of the row that {@link #move} went to is {@code array()[offset() + x
 * * step() + band(c)]}. Not thread-safe.
 *
 * <p>Colours are what PIL's {@code convert("RGB")} and {@code convert("L")} make of the stored
 * samples: colour profiles and transparency are ignored.
 */
abstract sealed class Rows {
  private final int height;
  private final int width;
  private final int step;
  private final int[] bands;

  private Rows(int height, int width, int step, int... bands) {
    this.height = height;
    this.width = width;
    this.step = step;
    this.bands = bands;
  }

  static Rows of(Pixels image) {
    var bands = new int[image.channels()];
    for (int c = 0; c < bands.length; c++) {
      bands[c] = c;
    }
    int step = image.channels();
    return new Stored(
        image.height(), image.width(), image.data(), 0, image.width() * step, step, bands);
  }

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

  final int height() {
    return height;
  }

  final int width() {
    return width;
  }

  final int channels() {
    return bands.length;
  }

  final int step() {
    return step;
  }

  final int band(int channel) {
    return bands[channel];
  }

  /** A part of the picture. */
  final Rows part(Region region) {
    if (region.top() + region.height() > height || region.left() + region.width() > width) {
      throw new IllegalArgumentException(
          "%s is not within a picture of %dx%d".formatted(region, height, width));
    }
    return new Part(this, region);
  }

  /** Goes to a row. */
  abstract void move(int y);

  abstract byte[] array();

  abstract int offset();

  /** The samples of bytes that lie pixel by pixel in one array, or null. */
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
    return new Stored(
        picture.getHeight(),
        picture.getWidth(),
        buffer.getData(),
        first,
        samples.getScanlineStride(),
        samples.getPixelStride(),
        bands);
  }

  /** Whether the bands are grey or red, green and blue, perhaps with alpha apart from them. */
  private static boolean isPlain(ColorModel model, boolean grey, int bands) {
    return model instanceof ComponentColorModel
        && !model.isAlphaPremultiplied()
        && bands >= (grey ? 1 : 3)
        && (grey || model.getColorSpace().getType() == ColorSpace.TYPE_RGB);
  }

  private static boolean isGrey(ColorModel model) {
    return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  private static final class Stored extends Rows {
    private final byte[] array;
    private final int first;
    private final int stride;
    private int offset;

    Stored(int height, int width, byte[] array, int first, int stride, int step, int... bands) {
      super(height, width, step, bands);
      this.array = array;
      this.first = first;
      this.stride = stride;
    }

    @Override
    void move(int y) {
      offset = first + y * stride;
    }

    @Override
    byte[] array() {
      return array;
    }

    @Override
    int offset() {
      return offset;
    }
  }

  private static final class Part extends Rows {
    private final Rows whole;
    private final Region region;

    Part(Rows whole, Region region) {
      super(region.height(), region.width(), whole.step, whole.bands);
      this.whole = whole;
      this.region = region;
    }

    @Override
    void move(int y) {
      whole.move(region.top() + y);
    }

    @Override
    byte[] array() {
      return whole.array();
    }

    @Override
    int offset() {
      return whole.offset() + region.left() * whole.step;
    }
  }

  /** Rows that are converted one at a time. */
  private static final class Converted extends Rows {
    private final BufferedImage picture;
    private final Colours colours;
    private final int[] samples;
    private final int[] rgb;
    private final byte[] row;

    Converted(BufferedImage picture, int channels) {
      super(
          picture.getHeight(),
          picture.getWidth(),
          channels,
          channels == 1 ? new int[] {0} : new int[] {0, 1, 2});
      this.picture = picture;
      colours = colours(picture);
      samples = new int[picture.getWidth() * picture.getRaster().getNumBands()];
      rgb = new int[picture.getWidth()];
      row = new byte[picture.getWidth() * channels];
    }

    @Override
    void move(int y) {
      colours.read(picture, y, samples, rgb);
      if (channels() == 1) {
        for (int x = 0; x < rgb.length; x++) {
          row[x] = (byte) luminance(rgb[x]);
        }
        return;
      }
      for (int x = 0, at = 0; x < rgb.length; x++, at += 3) {
        row[at] = (byte) (rgb[x] >> 16);
        row[at + 1] = (byte) (rgb[x] >> 8);
        row[at + 2] = (byte) rgb[x];
      }
    }

    @Override
    byte[] array() {
      return row;
    }

    @Override
    int offset() {
      return 0;
    }
  }

  /** Reads a row as 0xRRGGBB; what the upper byte holds does not matter. */
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
      // 16-bit grey is PIL's mode "I", whose convert("RGB") cuts off what is above 255.
      boolean cut = grey && bands == 1 && type == DataBuffer.TYPE_USHORT;
      return components(bands, grey, cut ? 0 : model.getComponentSize(0) - 8);
    }
    if (model instanceof ComponentColorModel
        && model.getColorSpace().getType() == ColorSpace.TYPE_CMYK
        && type == DataBuffer.TYPE_BYTE) {
      return Rows::cmyk;
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

  /** The part of the light that an ink lets through, rounded as Pillow's {@code MULDIV255} does. */
  static int inked(int ink, int light) {
    int product = ink * light + 128;
    return light - ((product >> 8) + product >> 8);
  }

  /** ITU-R 601-2 luma of 0xRRGGBB; a grey value is its own. */
  static int luminance(int rgb) {
    return ((rgb >> 16 & 0xFF) * 19595 + (rgb >> 8 & 0xFF) * 38470 + (rgb & 0xFF) * 7471 + 0x8000)
        >> 16;
  }
}
