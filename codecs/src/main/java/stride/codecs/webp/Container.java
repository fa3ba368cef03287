package stride.codecs.webp;

import org.jspecify.annotations.Nullable;
import stride.format.FormatException;

/**
 * The content of a file's chunks (RFC 9649, section 2): the canvas and the first picture on it. The
 * same files are refused as by libwebp's demultiplexer.
 *
 * @param transparent whether some of the canvas's pixels may be transparent
 */
record Container(int width, int height, boolean transparent, Frame frame) {
  private static final int RIFF_HEADER = 12;

  /**
   * The least size in the header, which counts the bytes after it: the name WEBP and a chunk's
   * header.
   */
  private static final int SMALLEST_RIFF = 12;

  private static final String EXTENDED = "VP8X";
  private static final String ALPHA = "ALPH";
  private static final String ANIMATION = "ANIM";
  private static final String ANIMATION_FRAME = "ANMF";

  private static final int EXTENDED_SIZE = 10;
  private static final int ANIMATION_SIZE = 6;
  private static final int ANIMATION_FRAME_HEADER = 16;

  /** An animation, XMP, EXIF, transparency, a colour profile. */
  private static final int KNOWN_FEATURES = 0x3E;

  private static final int HAS_ANIMATION = 0x02;
  private static final int HAS_ALPHA = 0x10;

  private static final long LARGEST_AREA = (1L << 32) - 1;

  /** Returns whether a file is a WebP, as far as its first bytes tell. */
  static boolean isWebP(byte[] file) {
    return file.length >= RIFF_HEADER && isAt(file, 0, "RIFF") && isAt(file, 8, "WEBP");
  }

  private static boolean isAt(byte[] file, int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (file[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads a WebP's chunks.
   *
   * @throws FormatException if some of them are missing, cut or at odds with each other
   */
  static Container read(byte[] file) throws FormatException {
    long size = Chunk.number(file, 4, 4);
    if (size > file.length - Chunk.HEADER) {
      throw new FormatException(
          "the picture is truncated: it should have %d bytes, and has %d"
              .formatted(size + Chunk.HEADER, file.length));
    }
    if (size < SMALLEST_RIFF) {
      throw new FormatException(
          "the picture is damaged: it should have %d bytes, which hold no picture"
              .formatted(size + Chunk.HEADER));
    }
    int end = (int) size + Chunk.HEADER;
    var first = Chunk.read(file, RIFF_HEADER, end);
    if (first.name().equals(EXTENDED)) {
      return new Extended(file, end, first).read();
    }
    if (!Frame.isImage(first)) {
      throw new FormatException(
          "the picture is damaged: its first chunk is %s, expected \"VP8 \", \"VP8L\" or \"VP8X\""
              .formatted(FormatException.quote(first.name())));
    }
    // Transparency needs the extended format; in other files it is checked and ignored.
    var frame = Images.read(file, RIFF_HEADER, end).frame(file, 0, 0, false);
    return new Container(frame.width(), frame.height(), frame.transparent(), frame);
  }

  private static FormatException damaged(String how) {
    return new FormatException("the picture is damaged: " + how);
  }

  /**
   * The chunks of one picture that follow each other.
   *
   * @param end the place of the next chunk
   */
  private record Images(@Nullable Chunk image, @Nullable Chunk alpha, int end) {
    static Images read(byte[] file, int begin, int end) throws FormatException {
      Chunk image = null;
      Chunk alpha = null;
      int at = begin;
      do {
        var chunk = Chunk.read(file, at, end);
        if (chunk.name().equals(ALPHA) && alpha == null) {
          alpha = chunk;
        } else if (Frame.isLossless(chunk) && alpha != null) {
          throw damaged("it has a separate transparency for a lossless image");
        } else if (Frame.isImage(chunk) && image == null) {
          image = chunk;
        } else {
          break;
        }
        at = chunk.end();
      } while (at < end);
      return new Images(image, alpha, at);
    }

    Frame frame(byte[] file, int left, int top, boolean transparent) throws FormatException {
      if (image == null) {
        throw damaged("it has transparency without an image");
      }
      if (!transparent || alpha == null) {
        return Frame.of(file, left, top, image, null);
      }
      if (alpha.from() > image.from()) {
        throw damaged("its transparency comes after its image");
      }
      return Frame.of(file, left, top, image, alpha);
    }
  }

  /** A file that begins with a canvas. */
  private static final class Extended {
    private final byte[] file;
    private final int end;
    private final Chunk head;
    private final int features;
    private final int width;
    private final int height;
    private boolean animation;
    private @Nullable Frame first;

    Extended(byte[] file, int end, Chunk head) throws FormatException {
      this.file = file;
      this.end = end;
      this.head = head;
      if (head.size() != EXTENDED_SIZE) {
        throw damaged(
            "its chunk VP8X has %d bytes, expected %d".formatted(head.size(), EXTENDED_SIZE));
      }
      features = file[head.from()] & 0xFF;
      width = 1 + (int) Chunk.number(file, head.from() + 4, 3);
      height = 1 + (int) Chunk.number(file, head.from() + 7, 3);
      if ((features & ~KNOWN_FEATURES) != 0) {
        throw damaged("its chunk VP8X has the unknown features %#x".formatted(features));
      }
      checkArea(width, height);
    }

    private static void checkArea(long width, long height) throws FormatException {
      if (width * height > LARGEST_AREA) {
        throw damaged("it should have %dx%d pixels".formatted(width, height));
      }
    }

    private boolean has(int feature) {
      return (features & feature) != 0;
    }

    Container read() throws FormatException {
      int at = head.end();
      do {
        at = read(at, Chunk.read(file, at, end));
      } while (at < end);
      if (first == null) {
        throw damaged("it has no image");
      }
      // A still picture is transparent if its image is, independent of the canvas, unless the image
      // is lossy.
      boolean ofImage = !has(HAS_ANIMATION) && Frame.isLossless(first.image());
      return new Container(width, height, ofImage ? first.transparent() : has(HAS_ALPHA), first);
    }

    /** Reads a chunk, and the chunks that belong to it; returns the place of the next one. */
    private int read(int at, Chunk chunk) throws FormatException {
      if (Frame.isImage(chunk) || chunk.name().equals(ALPHA)) {
        if (animation || has(HAS_ANIMATION) || first != null) {
          throw damaged("its chunk %s at byte %d is one too many".formatted(chunk.name(), at));
        }
        var images = Images.read(file, at, end);
        first = images.frame(file, 0, 0, has(HAS_ALPHA));
        if (first.width() != width || first.height() != height) {
          throw damaged(
              "its image has %dx%d pixels, its canvas %dx%d"
                  .formatted(first.width(), first.height(), width, height));
        }
        return images.end();
      }
      return switch (chunk.name()) {
        case EXTENDED -> throw damaged("it has the chunk VP8X twice");
        case ANIMATION -> {
          if (chunk.end() - chunk.from() < ANIMATION_SIZE) {
            throw damaged(
                "its chunk ANIM has %d bytes, expected %d".formatted(chunk.size(), ANIMATION_SIZE));
          }
          animation = true;
          yield chunk.end();
        }
        case ANIMATION_FRAME -> readFrame(chunk);
        default -> chunk.end();
      };
    }

    private int readFrame(Chunk chunk) throws FormatException {
      if (!animation || !has(HAS_ANIMATION)) {
        throw damaged("it has a frame of an animation, but it is not an animation");
      }
      int payload = chunk.end() - chunk.from() - ANIMATION_FRAME_HEADER;
      if (payload < 0) {
        throw damaged(
            "its chunk ANMF has %d bytes, expected at least %d"
                .formatted(chunk.size(), ANIMATION_FRAME_HEADER));
      }
      int from = chunk.from();
      int left = 2 * (int) Chunk.number(file, from, 3);
      int top = 2 * (int) Chunk.number(file, from + 3, 3);
      checkArea(1 + Chunk.number(file, from + 6, 3), 1 + Chunk.number(file, from + 9, 3));
      int begin = from + ANIMATION_FRAME_HEADER;
      var images = Images.read(file, begin, end);
      if (images.end() - begin > payload) {
        throw damaged(
            "its chunk ANMF has %d bytes, fewer than its content".formatted(chunk.size()));
      }
      if (images.end() > begin) {
        var frame = images.frame(file, left, top, true);
        if (!frame.isWithin(width, height)) {
          throw damaged(
              "a frame of %dx%d pixels at %d, %d is not on the canvas of %dx%d"
                  .formatted(frame.width(), frame.height(), left, top, width, height));
        }
        first = first == null ? frame : first;
      }
      // Further content of the chunk is ignored, as are the chunks after it, as in libwebp.
      return images.end();
    }
  }
}
