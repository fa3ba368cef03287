package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of contents of a zip file, checked against its entries: names are unique, entries do
 * not overlap and are inside of the file. Stored entries are read in place, which {@link
 * java.util.zip.ZipFile} does not offer; deflated ones are unpacked when they are read. Zip64 is
 * understood; encryption and several volumes are not. See PKWARE's APPNOTE.TXT.
 *
 * @param file the file's name for messages
 * @param entries the bytes of each entry by its name, in the directory's order
 */
record ZipDirectory(String file, Map<String, Bytes> entries) {
  static final int LOCAL_SIGNATURE = 0x04034B50;

  private static final int ENTRY_SIGNATURE = 0x02014B50;
  private static final int END_SIGNATURE = 0x06054B50;
  private static final int LOCATOR_SIGNATURE = 0x07064B50;
  private static final int END64_SIGNATURE = 0x06064B50;
  private static final int LOCAL_BYTES = 30;
  private static final int ENTRY_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64_BYTES = 56;
  private static final int ZIP64_FIELD = 1;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  private static final int MAX_ENTRIES = 200_000;
  private static final int LARGEST_DIRECTORY = 100_000_000;

  /** The directory's place and its number of entries. */
  private record End(long begin, long size, long entries) {}

  /** An entry as the directory has it. */
  private record Listed(String name, int method, long crc, long packed, long size, long header) {}

  /** The bytes of an entry, its header and its data, [begin, end). */
  private record Range(String name, long begin, long end) {}

  /**
   * Reads and checks a zip file's table of contents.
   *
   * @throws FormatException if it is damaged
   */
  static ZipDirectory read(OpenFile opened) throws IOException {
    return new Reading(opened.file().toString(), opened).directory();
  }

  /** The reading of one directory. */
  private record Reading(String file, Bytes bytes) {

    ZipDirectory directory() throws IOException {
      var end = end();
      if (end.entries() > MAX_ENTRIES || end.size() > LARGEST_DIRECTORY) {
        throw wrong(
            "claims %s entries in a directory of %s bytes, at most %,d in %,d are read"
                .formatted(
                    Long.toUnsignedString(end.entries()),
                    Long.toUnsignedString(end.size()),
                    MAX_ENTRIES,
                    LARGEST_DIRECTORY));
      }
      var in = buffer(end.begin(), (int) end.size());
      var entries = new LinkedHashMap<String, Bytes>();
      var ranges = new ArrayList<Range>();
      for (long i = 0; i < end.entries(); i++) {
        var entry = entry(in);
        long begin = dataBegin(entry);
        if (entry.packed() > end.begin() - begin) {
          throw wrong(
              "entry %s of %d bytes begins at byte %d and reaches into the directory at byte %d"
                  .formatted(quote(entry.name()), entry.packed(), begin, end.begin()));
        }
        ranges.add(new Range(entry.name(), entry.header(), begin + entry.packed()));
        if (entries.put(entry.name(), content(entry, begin)) != null) {
          throw wrong("has two entries named " + quote(entry.name()));
        }
      }
      checkOverlaps(ranges);
      return new ZipDirectory(file, entries);
    }

    private Bytes content(Listed entry, long begin) throws FormatException {
      var packed = bytes.part(begin, entry.packed());
      if (entry.method() == DEFLATED) {
        return Deflated.of(file, entry.name(), packed, entry.size(), entry.crc());
      }
      if (entry.packed() != entry.size()) {
        throw wrong(
            "entry %s is stored in %d bytes and claims to have %d"
                .formatted(quote(entry.name()), entry.packed(), entry.size()));
      }
      return packed;
    }

    private End end() throws IOException {
      int length = (int) Math.min(bytes.size(), END_BYTES + 0xFFFF);
      long from = bytes.size() - length;
      var tail = buffer(from, length);
      for (int at = length - END_BYTES; at >= 0; at--) {
        if (tail.getInt(at) == END_SIGNATURE && at + END_BYTES + u16(tail, at + 20) == length) {
          return end(tail, at, from + at);
        }
      }
      throw wrong("has no zip directory at its end: it is truncated or damaged, download it again");
    }

    private End end(ByteBuffer tail, int at, long position) throws IOException {
      var end = new End(u32(tail, at + 16), u32(tail, at + 12), u16(tail, at + 10));
      long limit = position;
      if (u16(tail, at + 4) != 0 && u16(tail, at + 4) != 0xFFFF) {
        throw wrong("is one of several volumes of a zip file");
      }
      if (end.begin() == 0xFFFFFFFFL || end.size() == 0xFFFFFFFFL || end.entries() == 0xFFFF) {
        if (position < LOCATOR_BYTES) {
          throw wrong("has no zip64 directory");
        }
        var locator = buffer(position - LOCATOR_BYTES, LOCATOR_BYTES);
        limit = locator.getLong(8);
        if (locator.getInt(0) != LOCATOR_SIGNATURE
            || limit < 0
            || limit > position - LOCATOR_BYTES - END64_BYTES) {
          throw wrong("has no zip64 directory");
        }
        var end64 = buffer(limit, END64_BYTES);
        if (end64.getInt(0) != END64_SIGNATURE) {
          throw wrong("has no zip64 directory at byte " + limit);
        }
        end = new End(end64.getLong(48), end64.getLong(40), end64.getLong(32));
      }
      if (end.begin() < 0 || end.size() < 0 || end.entries() < 0) {
        throw wrong("has negative numbers in its directory's end");
      }
      if (end.begin() > limit || end.size() > limit - end.begin()) {
        throw wrong(
            "claims a directory of %d bytes at byte %d, its end record is at byte %d"
                .formatted(end.size(), end.begin(), limit));
      }
      return end;
    }

    private Listed entry(ByteBuffer in) throws FormatException {
      int at = in.position();
      if (in.remaining() < ENTRY_BYTES || in.getInt(at) != ENTRY_SIGNATURE) {
        throw wrong("has a damaged zip directory");
      }
      int nameBytes = u16(in, at + 28);
      int extraBytes = u16(in, at + 30);
      int rest = nameBytes + extraBytes + u16(in, at + 32);
      if (in.remaining() - ENTRY_BYTES < rest) {
        throw wrong("has a damaged zip directory");
      }
      var name = new String(in.array(), at + ENTRY_BYTES, nameBytes, StandardCharsets.UTF_8);
      in.position(at + ENTRY_BYTES + rest);
      int method = u16(in, at + 10);
      if ((u16(in, at + 8) & 1) != 0) {
        throw wrong("entry %s is encrypted".formatted(quote(name)));
      }
      if (method != STORED && method != DEFLATED) {
        throw wrong(
            "entry %s is packed by method %d, only stored and deflated ones are read"
                .formatted(quote(name), method));
      }
      var wide = wide(in, at + ENTRY_BYTES + nameBytes, extraBytes);
      long size = narrowOrWide(u32(in, at + 24), wide, name);
      long packed = narrowOrWide(u32(in, at + 20), wide, name);
      long header = narrowOrWide(u32(in, at + 42), wide, name);
      return new Listed(name, method, u32(in, at + 16), packed, size, header);
    }

    /**
     * Returns the zip64 field among an entry's extra ones: the numbers that did not fit into 32
     * bits, in order.
     */
    private static ByteBuffer wide(ByteBuffer in, int from, int length) {
      int at = from;
      while (at + 4 <= from + length) {
        int size = Math.min(u16(in, at + 2), from + length - at - 4);
        if (u16(in, at) == ZIP64_FIELD) {
          return in.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN);
        }
        at += 4 + size;
      }
      return ByteBuffer.allocate(0);
    }

    private long narrowOrWide(long narrow, ByteBuffer wide, String name) throws FormatException {
      if (narrow != 0xFFFFFFFFL) {
        return narrow;
      }
      long value = wide.remaining() < Long.BYTES ? -1 : wide.getLong();
      if (value < 0) {
        throw wrong("entry %s has no zip64 size".formatted(quote(name)));
      }
      return value;
    }

    private long dataBegin(Listed entry) throws IOException {
      if (entry.header() > bytes.size() - LOCAL_BYTES) {
        throw wrong(
            "entry %s claims to begin at byte %d, the file has %d"
                .formatted(quote(entry.name()), entry.header(), bytes.size()));
      }
      var header = buffer(entry.header(), LOCAL_BYTES);
      if (header.getInt(0) != LOCAL_SIGNATURE) {
        throw wrong(
            "entry %s does not begin at byte %d, where the directory says"
                .formatted(quote(entry.name()), entry.header()));
      }
      return entry.header() + LOCAL_BYTES + u16(header, 26) + u16(header, 28);
    }

    private void checkOverlaps(List<Range> ranges) throws FormatException {
      ranges.sort(Comparator.comparingLong(Range::begin));
      for (int i = 1; i < ranges.size(); i++) {
        var before = ranges.get(i - 1);
        if (ranges.get(i).begin() < before.end()) {
          throw wrong(
              "entry %s begins inside of entry %s"
                  .formatted(quote(ranges.get(i).name()), quote(before.name())));
        }
      }
    }

    private ByteBuffer buffer(long at, int length) throws IOException {
      var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.read(at, buffer);
      return buffer.flip();
    }

    private static int u16(ByteBuffer in, int at) {
      return in.getShort(at) & 0xFFFF;
    }

    private static long u32(ByteBuffer in, int at) {
      return in.getInt(at) & 0xFFFFFFFFL;
    }

    private FormatException wrong(String problem) {
      return new FormatException(file + ": " + problem);
    }
  }
}
