package stride.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStream;

/**
 * What stands in front of a JPEG's data (ITU-T T.81, Annex B) and says how it is to be read.
 *
 * @param components the components' numbers, as many as there are
 * @param jfif whether it has a JFIF segment
 * @param exif whether it has an EXIF segment
 * @param adobeTransform what Adobe's segment says of its colours, or -1 if there is none
 * @param profile whether it has a colour profile
 */
record JpegHeader(
    List<Integer> components, boolean jfif, boolean exif, int adobeTransform, boolean profile) {
  private static final int SOS = 0xDA;
  private static final int EOI = 0xD9;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP2 = 0xE2;
  private static final int APP14 = 0xEE;

  /** No file has as many segments for a reason. */
  private static final int MOST_SEGMENTS = 10_000;

  /** Which colours a JPEG's components are. */
  enum Colours {
    GREY,
    /** Luma and two chromas. */
    YCC,
    RGB,
    /** Inks, stored as light that they leave, as Adobe does. */
    CMYK,
    /** Luma, two chromas and black. */
    YCCK
  }

  /** Reads up to the data; leaves the stream anywhere. */
  static JpegHeader read(ImageInputStream in) throws IOException {
    List<Integer> components = List.of();
    boolean jfif = false;
    int adobe = -1;
    boolean exif = false;
    boolean profile = false;
    in.setByteOrder(ByteOrder.BIG_ENDIAN);
    in.seek(2);
    try {
      for (int i = 0; i < MOST_SEGMENTS; i++) {
        int marker = marker(in);
        if (marker == SOS || marker == EOI) {
          break;
        }
        if (marker == 1 || (marker >= 0xD0 && marker <= 0xD8)) {
          continue;
        }
        long next = in.getStreamPosition();
        int length = in.readUnsignedShort();
        next += length;
        if (isFrame(marker)) {
          components = components(segment(in, length));
        } else if (marker == APP0) {
          jfif |= startsWith(segment(in, length), "JFIF\0");
        } else if (marker == APP14) {
          byte[] segment = segment(in, length);
          if (segment.length >= 12 && startsWith(segment, "Adobe")) {
            adobe = segment[11] & 0xFF;
          }
        } else if (marker == APP2) {
          profile |= startsWith(segment(in, length), "ICC_PROFILE\0");
        } else if (marker == APP1) {
          exif |= startsWith(segment(in, length), "Exif\0\0");
        }
        in.seek(next);
      }
    } catch (EOFException e) {
      // Whoever decodes the picture finds out whether anything that it needs is missing.
    }
    return new JpegHeader(components, jfif, exif, adobe, profile);
  }

  /** Which colours the components are, as libjpeg tells it (jdapimin.c), and so PIL. */
  Colours colours() {
    boolean adobe = adobeTransform >= 0;
    return switch (components.size()) {
      case 3 -> {
        if (jfif) {
          yield Colours.YCC;
        }
        if (adobe) {
          yield adobeTransform == 0 ? Colours.RGB : Colours.YCC;
        }
        yield isNamedRgb() ? Colours.RGB : Colours.YCC;
      }
      case 4 -> adobe && adobeTransform != 0 ? Colours.YCCK : Colours.CMYK;
      default -> Colours.GREY;
    };
  }

  /**
   * Whether the JDK makes the same red, green and blue. Without the segments that say what the
   * components are, it guesses from their sizes and numbers.
   */
  boolean isPlain() {
    if (components.size() != 3) {
      return components.size() < 3;
    }
    return adobeTransform >= 0 ? adobeTransform == 1 : jfif || exif && !isNamedRgb();
  }

  private boolean isNamedRgb() {
    return components.equals(List.of((int) 'R', (int) 'G', (int) 'B'));
  }

  private static int marker(ImageInputStream in) throws IOException {
    // What is no marker is passed over, as libjpeg does.
    int b;
    do {
      b = in.readUnsignedByte();
      while (b != 0xFF) {
        b = in.readUnsignedByte();
      }
      while (b == 0xFF) {
        b = in.readUnsignedByte();
      }
    } while (b == 0);
    return b;
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static List<Integer> components(byte[] frame) {
    int count = frame.length < 6 ? 0 : frame[5] & 0xFF;
    var numbers = new Integer[Math.min(count, Math.max(frame.length - 6, 0) / 3)];
    for (int c = 0; c < numbers.length; c++) {
      numbers[c] = frame[6 + 3 * c] & 0xFF;
    }
    return List.of(numbers);
  }

  private static byte[] segment(ImageInputStream in, int length) throws IOException {
    var data = new byte[Math.max(length - 2, 0)];
    in.readFully(data);
    return data;
  }

  private static boolean startsWith(byte[] data, String text) {
    byte[] prefix = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return data.length >= prefix.length
        && Arrays.equals(data, 0, prefix.length, prefix, 0, prefix.length);
  }
}
