package stride.image.gif;

import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.Pixels;

/**
 * A GIF's first image on its screen. The image is surrounded by the transparent colour, if there is
 * one, else by colour 0, as in PIL.
 */
public final class GifPicture implements EncodedPicture {
  private static final int IMAGE = ',';
  private static final int EXTENSION = '!';
  private static final int TRAILER = ';';
  private static final int GRAPHIC_CONTROL = 0xF9;
  private static final int COMMENT = 0xFE;
  private static final int COLOURS = 256;
  private static final int NONE = -1;

  /** The first row and the step to the next, of interlaced rows and of all. */
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private static final int[][] WHOLE = {{0, 1}};

  private final byte[] file;

  /** The screen, which the image may widen. */
  private final int width;

  private final int height;
  private final Image image;

  /** Three bytes for each of 256 colours. */
  private final byte[] palette;

  private final int transparent;

  /**
   * The first image.
   *
   * @param codeBits bits of its first codes, less one
   * @param at where its codes begin
   */
  private record Image(
      int left, int top, int width, int height, boolean interlaced, int codeBits, int at) {}

  private GifPicture(
      byte[] file, int width, int height, Image image, byte[] palette, int transparent) {
    this.file = file;
    this.width = width;
    this.height = height;
    this.image = image;
    this.palette = palette;
    this.transparent = transparent;
  }

  /**
   * Reads the file up to the first image's pixels.
   *
   * @param file all of a file that begins as a GIF does; kept, not copied
   * @return the picture, whose pixels are not decoded yet
   * @throws FormatException if it is truncated there or damaged
   */
  public static GifPicture open(byte[] file) throws FormatException {
    var blocks = new Blocks(file, 6);
    int width = blocks.unsignedShort();
    int height = blocks.unsignedShort();
    int flags = blocks.unsignedByte();
    blocks.bytes(2);
    byte[] palette = palette(blocks, flags);
    int transparent = NONE;
    for (int block = blocks.unsignedByte(); block != IMAGE; block = blocks.unsignedByte()) {
      if (block == TRAILER) {
        throw new FormatException("the picture is damaged: it has no image");
      }
      if (block == EXTENSION) {
        int found = transparentOfExtension(blocks);
        transparent = found == NONE ? transparent : found;
      }
    }
    int left = blocks.unsignedShort();
    int top = blocks.unsignedShort();
    int imageWidth = blocks.unsignedShort();
    int imageHeight = blocks.unsignedShort();
    int imageFlags = blocks.unsignedByte();
    byte[] own = palette(blocks, imageFlags);
    width = Math.max(width, left + imageWidth);
    height = Math.max(height, top + imageHeight);
    if (left == 0 && imageWidth == 0) {
      // PIL takes it for the whole screen.
      top = 0;
      imageWidth = width;
      imageHeight = height;
    }
    if (imageWidth == 0 || imageHeight == 0) {
      throw new FormatException(
          "the picture is damaged: its image has %dx%d pixels".formatted(imageWidth, imageHeight));
    }
    boolean interlaced = (imageFlags & 0x40) != 0;
    int codeBits = blocks.unsignedByte();
    return new GifPicture(
        file,
        width,
        height,
        new Image(left, top, imageWidth, imageHeight, interlaced, codeBits, blocks.position()),
        colours(isGrey(own) ? palette : own),
        transparent);
  }

  /** Skips an extension; a graphic control names the transparent colour. */
  private static int transparentOfExtension(Blocks blocks) throws FormatException {
    int label = blocks.unsignedByte();
    byte[] block = blocks.block();
    int transparent = NONE;
    if (label == GRAPHIC_CONTROL) {
      boolean given = block.length > 0 && (block[0] & 1) != 0;
      if (block.length < (given ? 4 : 3)) {
        throw new FormatException(
            "the picture is damaged: its graphic control has %d bytes".formatted(block.length));
      }
      transparent = given ? block[3] & 0xFF : NONE;
    }
    // PIL looks for the end once more where an extension is empty, unless it is a comment.
    while (label == COMMENT ? block.length > 0 : (block = blocks.block()).length > 0) {
      if (label == COMMENT) {
        block = blocks.block();
      }
    }
    return transparent;
  }

  /** Returns the colours that flags announce; none if they announce none. */
  private static byte[] palette(Blocks blocks, int flags) throws FormatException {
    return (flags & 0x80) != 0 ? blocks.bytes(3 * (2 << (flags & 7))) : new byte[0];
  }

  /**
   * Returns whether all colours are grey, each as light as its number. PIL keeps no such palette,
   * and where there is another one, it takes that.
   */
  private static boolean isGrey(byte[] palette) {
    for (int i = 0; i < palette.length; i++) {
      if (palette[i] != (byte) (i / 3)) {
        return false;
      }
    }
    return true;
  }

  /** Returns all colours: those that are not given are grey, each as light as its number. */
  private static byte[] colours(byte[] given) {
    var colours = new byte[3 * COLOURS];
    for (int i = given.length; i < colours.length; i++) {
      colours[i] = (byte) (i / 3);
    }
    System.arraycopy(given, 0, colours, 0, given.length);
    return colours;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public long decodedBytes() {
    return 5L * width() * height();
  }

  /**
   * Decodes the image.
   *
   * @return red, green and blue; and opacity after them, if a colour is transparent
   */
  @Override
  public Pixels decode() throws FormatException {
    int channels = transparent == NONE ? 3 : 4;
    byte[] indices =
        new Codes(new Blocks(file, image.at), image.codeBits)
            .read(Math.multiplyExact(image.width, image.height));
    var into = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
    for (int at = 0; at < into.length; at += channels) {
      put(Math.max(transparent, 0), into, at);
    }
    int read = 0;
    for (int[] pass : image.interlaced ? PASSES : WHOLE) {
      for (int y = pass[0]; y < image.height; y += pass[1]) {
        int at = ((image.top + y) * width + image.left) * channels;
        for (int x = 0; x < image.width; x++, at += channels) {
          put(indices[read++] & 0xFF, into, at);
        }
      }
    }
    return new Pixels(height, width, channels, into);
  }

  private void put(int colour, byte[] into, int at) {
    into[at] = palette[3 * colour];
    into[at + 1] = palette[3 * colour + 1];
    into[at + 2] = palette[3 * colour + 2];
    if (transparent != NONE) {
      into[at + 3] = (byte) (colour == transparent ? 0 : 0xFF);
    }
  }
}
