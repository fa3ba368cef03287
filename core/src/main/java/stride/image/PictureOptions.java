package stride.image;

/**
 * How pictures are read.
 *
 * @param mostPixels the most pixels a picture may have; larger ones are refused before they are
 *     decoded. {@link #BY_MEMORY}: as many as there is memory for
 * @param exif whether a picture is turned as its EXIF orientation says, as viewers show it; PIL's
 *     {@code Image.open} and torchvision leave it as it is stored
 */
public record PictureOptions(long mostPixels, boolean exif) {
  /**
   * No limit but memory: a picture is refused if its file and its decoded pixels would take more
   * than half of the memory that Java may take ({@code -Xmx}). Photos of 108 megapixels are read
   * with 2 GB.
   */
  public static final long BY_MEMORY = Long.MAX_VALUE;

  /** The most bytes that an array holds. */
  static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  /** Nothing is stored with more, if it is not larger than it need be. */
  private static final long BYTES_A_PIXEL = 8;

  /** Thumbnails, text, the film of a moving photo. */
  private static final long BYTES_BESIDE = 64 << 20;

  /** As large as memory allows, turned as EXIF says. */
  public static final PictureOptions STANDARD = new PictureOptions(BY_MEMORY, true);

  public PictureOptions {
    if (mostPixels < 1) {
      throw new IllegalArgumentException(
          "a picture has at least 1 pixel, the limit is " + mostPixels);
    }
  }

  /** Returns these options with a limit of pixels, which takes the place of that by memory. */
  public PictureOptions mostPixels(long pixels) {
    return new PictureOptions(pixels, exif);
  }

  /**
   * The most bytes that are read of a file or a stream: a quarter of the memory that Java may take,
   * 2 GiB at most; with a limit of pixels no more than 8 for each of them and 64 MiB besides.
   */
  public int mostBytes() {
    long memory = Math.min(Runtime.getRuntime().maxMemory() / 4, MAX_BYTES);
    long pixels = Math.min(mostPixels, Integer.MAX_VALUE);
    return (int) Math.min(memory, BYTES_A_PIXEL * pixels + BYTES_BESIDE);
  }

  /** Returns these options with pictures left as they are stored. */
  public PictureOptions withoutExif() {
    return new PictureOptions(mostPixels, false);
  }
}
