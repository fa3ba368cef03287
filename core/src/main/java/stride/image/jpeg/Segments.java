package stride.image.jpeg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;

/** Reads a file's segments (T.81, annex B), and keeps their content. */
final class Segments {
  private static final int TEM = 0x01;
  private static final int DHT = 0xC4;
  private static final int DAC = 0xCC;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DRI = 0xDD;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;

  /** The number of tables of each kind. */
  static final int TABLES = 4;

  /** The bytes of a segment that show whether it is JFIF's or Adobe's. */
  private static final int TELLING = 14;

  /** The most scans, libjpeg-turbo's own limit; no sensible picture has as many. */
  private static final int MAX_SCANS = 500;

  private final Input in;
  private final int[][] quantization = new int[TABLES][];
  private final HuffmanTable[] dcTables = new HuffmanTable[TABLES];
  private final HuffmanTable[] acTables = new HuffmanTable[TABLES];
  private Conditioning conditioning = new Conditioning();
  private @Nullable Frame frame;
  private List<Component> components = List.of();
  private byte[] exif = {};
  private boolean jfif;
  private int adobe = -1;
  private int restartInterval;
  private int scans;

  /** Begins to read a file. */
  Segments(Input in) {
    this.in = in;
  }

  /**
   * Reads the segments before the data of the first scan.
   *
   * @throws FormatException if the file ends before, or is of a kind that is not read
   */
  Scan first() throws FormatException {
    while (true) {
      begin();
      var scan = next();
      if (scan != null) {
        return scan;
      }
      // Only tables: the picture that they are for follows.
      if (frame != null) {
        throw JpegPicture.damaged("it ends before its data begin");
      }
    }
  }

  private void begin() throws FormatException {
    if (in.u8() != 0xFF || in.u8() != SOI) {
      throw JpegPicture.damaged("it does not begin with the marker of a JPEG");
    }
    conditioning = new Conditioning();
    jfif = false;
    adobe = -1;
    restartInterval = 0;
  }

  /**
   * Reads the segments before the data of the next scan.
   *
   * @return null if the picture ends
   */
  @Nullable Scan next() throws FormatException {
    while (true) {
      if (in.marker == 0) {
        in.findMarker();
      }
      int marker = in.marker;
      if (marker == SOS) {
        var scan = scan();
        in.marker = 0;
        return scan;
      }
      if (marker == EOI) {
        in.marker = 0;
        return null;
      }
      read(marker);
      in.marker = 0;
    }
  }

  private void read(int marker) throws FormatException {
    switch (marker) {
      case 0xC0, 0xC1, 0xC2, 0xC9, 0xCA -> frame(marker);
      case 0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xCB, 0xCD, 0xCE, 0xCF ->
          throw new FormatException(
              "is a JPEG whose coding (SOF%d) is not read; convert it to baseline or progressive"
                  .formatted(marker - 0xC0));
      case DHT -> huffmanTables();
      case DAC -> arithmeticConditioning();
      case DQT -> quantizationTables();
      case DRI -> readRestartInterval();
      case APP0, APP1, APP14 -> application(marker);
      // Restarts have no segment.
      case 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7 -> {}
      case SOI -> throw JpegPicture.damaged("another JPEG begins inside of it");
      // DNL, whose height comes too late, and comments are ignored.
      case 0xDC, 0xFE -> skip();
      default -> {
        // TEM has none either; PIL does not let it pass in front of the first scan.
        if (marker == TEM && scans > 0) {
          return;
        }
        if (marker < APP0 || marker > 0xEF) {
          throw JpegPicture.damaged("the marker %02X is not defined".formatted(marker));
        }
        skip();
      }
    }
  }

  private void skip() throws FormatException {
    in.skip(in.u16() - 2);
  }

  private void frame(int marker) throws FormatException {
    int length = in.u16();
    int bits = in.u8();
    int height = in.u16();
    int width = in.u16();
    int count = in.u8();
    if (frame != null) {
      throw JpegPicture.damaged("it has two frames");
    }
    if (length != 8 + 3 * count) {
      throw JpegPicture.damaged(
          "the frame's segment has a length of %d, expected %d for %d components"
              .formatted(length, 8 + 3 * count, count));
    }
    if (bits != 8) {
      throw new FormatException(
          "is a JPEG of %d bits a sample, only those of 8 are read; convert it".formatted(bits));
    }
    List<Frame.Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = in.u8();
      int sampling = in.u8();
      parts.add(new Frame.Part(id, sampling >> 4, sampling & 15, in.u8()));
    }
    boolean progressive = marker == 0xC2 || marker == 0xCA;
    frame = new Frame(progressive, marker >= 0xC9, width, height, List.copyOf(parts));
  }

  /** Reads a scan's header; the first one decides that the frame is complete. */
  private Scan scan() throws FormatException {
    if (frame == null) {
      throw JpegPicture.damaged("a scan comes before the frame");
    }
    if (components.isEmpty()) {
      frame.check();
      components = frame.components();
    }
    int length = in.u16();
    int count = in.u8();
    if (count < 1 || count > 4 || length != 6 + 2 * count) {
      throw JpegPicture.damaged(
          "a scan's segment has %d components and a length of %d".formatted(count, length));
    }
    List<Scan.Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var component = component(in.u8(), parts);
      int tables = in.u8();
      parts.add(new Scan.Part(component, tables >> 4, tables & 15));
    }
    int first = in.u8();
    int last = in.u8();
    int bits = in.u8();
    if (++scans > MAX_SCANS) {
      throw new FormatException(
          "is a JPEG of more than %d scans, which no picture needs".formatted(MAX_SCANS));
    }
    return new Scan(List.copyOf(parts), first, last, bits >> 4, bits & 15);
  }

  /** Components with equal numbers are distinguished by their places, as in libjpeg. */
  private Component component(int id, List<Scan.Part> before) throws FormatException {
    Component found = null;
    for (int i = components.size() - 1; i >= before.size(); i--) {
      if (components.get(i).id == id) {
        found = components.get(i);
      }
    }
    for (var part : before) {
      if (part.component() == found) {
        found = null;
      }
    }
    if (found == null) {
      throw JpegPicture.damaged("a scan is of a component %d that it cannot have".formatted(id));
    }
    return found;
  }

  private void huffmanTables() throws FormatException {
    int length = in.u16() - 2;
    while (length > 16) {
      int index = in.u8();
      byte[] counts = bytes(16, 16);
      int symbols = 0;
      for (byte count : counts) {
        symbols += count & 0xFF;
      }
      length -= 17;
      if (symbols > 256 || symbols > length) {
        throw JpegPicture.damaged("a Huffman table has %d symbols".formatted(symbols));
      }
      var table = new HuffmanTable(counts, bytes(symbols, 256));
      length -= symbols;
      if ((index & 0xEF) >= TABLES) {
        throw JpegPicture.damaged("there is no Huffman table %d".formatted(index));
      }
      (index >= 16 ? acTables : dcTables)[index & 15] = table;
    }
    end(length, "Huffman tables");
  }

  private void arithmeticConditioning() throws FormatException {
    int length = in.u16() - 2;
    for (; length > 0; length -= 2) {
      int table = in.u8();
      conditioning.set(table, in.u8());
    }
    end(length, "arithmetic coding");
  }

  private void quantizationTables() throws FormatException {
    int length = in.u16() - 2;
    while (length > 0) {
      int index = in.u8();
      boolean wide = index >= 16;
      if ((index & 15) >= TABLES) {
        throw JpegPicture.damaged("there is no quantization table %d".formatted(index & 15));
      }
      var table = new int[64];
      for (int i = 0; i < 64; i++) {
        table[ZigZag.ORDER[i]] = wide ? in.u16() : in.u8();
      }
      quantization[index & 15] = table;
      length -= wide ? 129 : 65;
    }
    end(length, "quantization tables");
  }

  private void readRestartInterval() throws FormatException {
    if (in.u16() != 4) {
      throw JpegPicture.damaged("the segment of the restart interval has another length than 4");
    }
    restartInterval = in.u16();
  }

  private void application(int marker) throws FormatException {
    int length = Math.max(in.u16() - 2, 0);
    int begin = in.at;
    in.skip(length);
    if (marker == APP1) {
      if (exif.length == 0 && startsWith("Exif\0", begin, length)) {
        exif = Arrays.copyOfRange(in.data, Math.min(begin + 6, in.at), in.at);
      }
    } else if (marker == APP0) {
      jfif |= length >= TELLING && startsWith("JFIF\0", begin, length);
    } else if (length >= 12 && startsWith("Adobe", begin, length)) {
      adobe = in.data[begin + 11] & 0xFF;
    }
  }

  private boolean startsWith(String text, int begin, int length) {
    if (length < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (in.data[begin + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static void end(int left, String what) throws FormatException {
    if (left != 0) {
      throw JpegPicture.damaged(
          "the segment of the %s is %d bytes too %s"
              .formatted(what, Math.abs(left), left < 0 ? "short" : "long"));
    }
  }

  private byte[] bytes(int count, int size) throws FormatException {
    var bytes = new byte[size];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) in.u8();
    }
    return bytes;
  }

  Frame frame() {
    return java.util.Objects.requireNonNull(frame);
  }

  List<Component> components() {
    return components;
  }

  /** Returns the components' colour space, inferred as libjpeg does (jdapimin.c). */
  Colours colours() {
    if (components.size() == 1) {
      return Colours.GREY;
    }
    if (components.size() == 4) {
      return adobe > 0 ? Colours.YCCK : Colours.CMYK;
    }
    boolean named =
        components.get(0).id == 'R' && components.get(1).id == 'G' && components.get(2).id == 'B';
    return !jfif && (adobe < 0 ? named : adobe == 0) ? Colours.RGB : Colours.YCC;
  }

  /** Returns the content of the first EXIF segment before the data, from its TIFF header on. */
  byte[] exif() {
    return exif;
  }

  /** Returns the number of MCUs after which a restart marker is due, or 0 if there are none. */
  int restartInterval() {
    return restartInterval;
  }

  Conditioning conditioning() {
    return conditioning;
  }

  /**
   * Keeps the quantization tables with which a scan begins for those of its components that have
   * none.
   */
  void latchQuantization(Scan scan) throws FormatException {
    for (var part : scan.parts()) {
      var component = part.component();
      int number = component.tableNumber;
      if (component.quantization == null) {
        if (number >= TABLES || quantization[number] == null) {
          throw JpegPicture.damaged("the quantization table %d is missing".formatted(number));
        }
        component.quantization = quantization[number];
      }
    }
  }

  /** Returns a Huffman table, ready to decode with. */
  HuffmanTable huffman(boolean dc, int number) throws FormatException {
    var table = number >= TABLES ? null : (dc ? dcTables : acTables)[number];
    if (table == null) {
      throw JpegPicture.damaged(
          "the Huffman table %d for %s coefficients is missing"
              .formatted(number, dc ? "DC" : "AC"));
    }
    return table.prepare(dc);
  }

  /** Defines the standard's own Huffman tables where there are none. */
  void completeHuffmanTables() {
    StandardCodes.complete(dcTables, acTables);
  }
}
