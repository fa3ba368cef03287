package stride.image;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What kind of picture a file holds, told by its first bytes. */
enum PictureFormat {
  JPEG(null, "\u00FF\u00D8\u00FF"),
  PNG("png", "\u0089PNG\r\n\u001A\n"),
  BMP("bmp", "BM"),
  GIF("gif", "GIF8"),
  WEBP(null, "RIFF????WEBP"),
  TIFF(null, "II*\0"),
  TIFF_BIG_ENDIAN(null, "MM\0*"),
  HEIF(null, "????ftyp"),
  JPEG_2000(null, "\0\0\0\fjP  "),
  JPEG_XL(null, "\u00FF\n"),
  JPEG_XL_BOX(null, "\0\0\0\fJXL "),
  PHOTOSHOP(null, "8BPS"),
  PDF(null, "%PDF"),
  SVG(null, "<svg");

  /** As many bytes tell them apart. */
  static final int HEAD = 32;

  private final @Nullable String jdkName;
  private final String magic;

  PictureFormat(@Nullable String jdkName, String magic) {
    this.jdkName = jdkName;
    this.magic = magic;
  }

  /** The format of a file that begins with these bytes, or null. */
  static @Nullable PictureFormat of(byte[] head) {
    for (var format : values()) {
      if (format.begins(head)) {
        return format;
      }
    }
    return null;
  }

  /** The JDK's name of the format, or null if the JDK does not read it. */
  @Nullable String jdkName() {
    return jdkName;
  }

  /** The format's name in a message. */
  String title() {
    return switch (this) {
      case WEBP -> "WebP";
      case TIFF, TIFF_BIG_ENDIAN -> "TIFF";
      case HEIF -> "HEIC or AVIF";
      case JPEG_2000 -> "JPEG 2000";
      case JPEG_XL, JPEG_XL_BOX -> "JPEG XL";
      case PHOTOSHOP -> "Photoshop";
      default -> name();
    };
  }

  private boolean begins(byte[] head) {
    if (head.length < magic.length()) {
      return false;
    }
    var text = new String(head, 0, magic.length(), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < magic.length(); i++) {
      if (magic.charAt(i) != '?' && magic.charAt(i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
