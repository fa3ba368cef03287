package stride.image.jpeg;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The Huffman codes that T.81 suggests in annex K.3. The pictures of a film in Motion JPEG leave
 * them out.
 */
final class StandardCodes {
  private static final String DC_LUMINANCE =
      "00010501010101010100000000000000" + "000102030405060708090A0B";
  private static final String DC_CHROMINANCE =
      "00030101010101010101010000000000" + "000102030405060708090A0B";
  private static final String AC_LUMINANCE =
      "0002010303020403050504040000017D"
          + "01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A16"
          + "1718191A25262728292A3435363738393A434445464748494A535455565758595A63646566676869"
          + "6A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6"
          + "B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8"
          + "F9FA";
  private static final String AC_CHROMINANCE =
      "00020102040403040705040400010277"
          + "000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434"
          + "E125F11718191A262728292A35363738393A434445464748494A535455565758595A636465666768"
          + "696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4"
          + "B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8"
          + "F9FA";

  private StandardCodes() {}

  /** Defines the codes that the file has not defined. */
  static void complete(HuffmanTable[] dc, HuffmanTable[] ac) {
    complete(dc, DC_LUMINANCE, DC_CHROMINANCE);
    complete(ac, AC_LUMINANCE, AC_CHROMINANCE);
  }

  private static void complete(HuffmanTable[] tables, String... standard) {
    for (int i = 0; i < standard.length; i++) {
      if (tables[i] == null) {
        byte[] bytes = HexFormat.of().parseHex(standard[i]);
        tables[i] =
            new HuffmanTable(Arrays.copyOf(bytes, 16), Arrays.copyOfRange(bytes, 16, 16 + 256));
      }
    }
  }
}
