package stride.image;

/**
 * How picture files are read.
 *
 * @param mostPixels the most pixels a picture may have; larger ones are refused before they are
 *     decoded
 * @param exif whether a picture is turned as its EXIF orientation says, as viewers show it; PIL's
 *     {@code Image.open} and torchvision leave it as it is stored
 */
public record PictureOptions(long mostPixels, boolean exif) {
  /** Up to 100 megapixels, turned as EXIF says. */
  public static final PictureOptions STANDARD = new PictureOptions(100_000_000, true);

  public PictureOptions {
    if (mostPixels < 1) {
      throw new IllegalArgumentException(
          "a picture has at least 1 pixel, the limit is " + mostPixels);
    }
  }

  /** The same with another limit. */
  public PictureOptions mostPixels(long pixels) {
    return new PictureOptions(pixels, exif);
  }

  /** The same, with pictures left as they are stored. */
  public PictureOptions withoutExif() {
    return new PictureOptions(mostPixels, false);
  }
}
