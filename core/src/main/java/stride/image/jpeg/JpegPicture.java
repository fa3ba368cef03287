package stride.image.jpeg;

import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.Pixels;

/**
 * A JPEG file: baseline, extended and progressive, of 8 bits a sample, Huffman- and
 * arithmetic-coded, grey, YCbCr, RGB, CMYK and YCCK.
 *
 * <p>Files that PIL 9.4 with libjpeg-turbo 2.1.5 reads give the same pixels, and files that it
 * refuses because of the pixels are refused. Errors in segments without influence on the pixels are
 * ignored.
 */
public final class JpegPicture implements EncodedPicture {
  private final byte[] file;
  private final Frame frame;
  private final byte[] exif;

  private JpegPicture(byte[] file, Frame frame, byte[] exif) {
    this.file = file;
    this.frame = frame;
    this.exif = exif;
  }

  /**
   * Reads the segments before a picture's data.
   *
   * @param file the whole file, which is kept and must not be changed
   * @return the picture, whose pixels are not decoded yet
   * @throws FormatException if it is truncated or damaged, or of a kind that is not read
   */
  public static JpegPicture open(byte[] file) throws FormatException {
    var segments = new Segments(new Input(file));
    segments.first();
    return new JpegPicture(file, segments.frame(), segments.exif());
  }

  @Override
  public int width() {
    return frame.width();
  }

  @Override
  public int height() {
    return frame.height();
  }

  /**
   * {@return the content of the first EXIF segment, from its TIFF header on; empty if there is
   * none}
   */
  public byte[] exif() {
    return exif.clone();
  }

  @Override
  public Pixels decode() throws FormatException {
    int channels = frame.parts().size() == 1 ? 1 : 3;
    long bytes = (long) frame.width() * frame.height() * channels;
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          "is a JPEG of %dx%d pixels, which fit into no array; make it smaller"
              .formatted(frame.width(), frame.height()));
    }
    var pixels = new byte[(int) bytes];
    new Decoding(file).run(pixels);
    return new Pixels(frame.height(), frame.width(), channels, pixels);
  }

  static FormatException damaged(String how) {
    return new FormatException("the picture is damaged: " + how);
  }
}
