package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reader of PyTorch's checkpoints, the files of torch.save: since 1.6 a zip file with a pickle
 * and a file for each storage, before that pickles followed by the storages. See
 * torch/serialization.py.
 */
final class TorchFile {
  /** The content of the first pickle of a checkpoint before 1.6: an integer of 10 bytes. */
  private static final byte[] LEGACY_MAGIC = {
    (byte) 0x8A,
    10,
    0x6C,
    (byte) 0xFC,
    (byte) 0x9C,
    0x46,
    (byte) 0xF9,
    0x20,
    0x6A,
    (byte) 0xA8,
    0x50
  };

  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long LEGACY_PROTOCOL = 1001;
  private static final String PICKLE = "/data.pkl";
  private static final long LARGEST_PICKLE = 1 << 26;
  private static final int LONGEST_FLAG = 16;

  private TorchFile() {}

  /** Returns whether a file with this beginning is a checkpoint from before 1.6. */
  static boolean isLegacy(byte[] start) {
    int length = LEGACY_MAGIC.length;
    for (int at = 2; at + length <= start.length; at++) {
      if (Arrays.equals(start, at, at + length, LEGACY_MAGIC, 0, length)) {
        return start[0] == (byte) 0x80;
      }
    }
    return false;
  }

  /** Returns whether a zip file is a checkpoint. */
  static boolean isIn(ZipDirectory zip) {
    return zip.entries().keySet().stream().anyMatch(name -> name.endsWith(PICKLE));
  }

  /** Reads a checkpoint that is a zip file. */
  static TensorFile readZip(OpenFile opened, ZipDirectory zip, String lone) throws IOException {
    var file = zip.file();
    var pickles = zip.entries().keySet().stream().filter(name -> name.endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw new FormatException(
          "%s: has %d entries data.pkl, a checkpoint has one".formatted(file, pickles.size()));
    }
    String pickle = pickles.getFirst();
    String folder = pickle.substring(0, pickle.length() - PICKLE.length() + 1);
    if (zip.entries().containsKey(folder + "constants.pkl")) {
      throw new FormatException(
          "%s: is a TorchScript program, not a checkpoint; in Python, torch.jit.load it and"
                  .formatted(file)
              + " torch.save its state_dict()");
    }
    var objects = new TorchObjects(file);
    var bytes = zip.entries().get(pickle);
    if (bytes == null || bytes.size() > LARGEST_PICKLE) {
      throw new FormatException(
          "%s: has a pickle of more than %,d bytes".formatted(file, LARGEST_PICKLE));
    }
    Object root = Pickle.read(file, new PickleInput(file, bytes, 0, LARGEST_PICKLE), objects);
    var order = order(file, zip.entries().get(folder + "byteorder"));
    var places = new LinkedHashMap<String, TorchContents.Place>();
    for (var storage : objects.storages().values()) {
      var entry = zip.entries().get(folder + "data/" + storage.key());
      long expected = storage.numbers() * storage.type().bytes();
      if (entry == null || entry.size() != expected) {
        throw new FormatException(
            "%s: the storage %s of %d bytes %s"
                .formatted(
                    file,
                    quote(storage.key()),
                    expected,
                    entry == null ? "is missing" : "has %d in the file".formatted(entry.size())));
      }
      places.put(storage.key(), new TorchContents.Place(entry, 0, order));
    }
    return TorchContents.of(opened, "pytorch", root, lone, places);
  }

  /**
   * Returns the byte order. Files from before 2.1 do not name it; nearly all machines were
   * little-endian.
   */
  private static ByteOrder order(String file, @Nullable Bytes flag) throws IOException {
    if (flag == null) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    String said =
        flag.size() > LONGEST_FLAG ? "too long" : new String(flag.all(), StandardCharsets.UTF_8);
    return switch (said.strip()) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new FormatException(
              "%s: its byteorder is %s, expected little or big".formatted(file, quote(said)));
    };
  }

  /** Reads a checkpoint from before 1.6. */
  static TensorFile readLegacy(OpenFile opened, String lone) throws IOException {
    var file = opened.file().toString();
    var objects = new TorchObjects(file);
    long at = 0;
    Object[] heads = new Object[5];
    // The magic number, the protocol, the machine that wrote it, the object, its storages' keys.
    for (int i = 0; i < heads.length; i++) {
      var in = new PickleInput(file, opened, at, LARGEST_PICKLE);
      heads[i] = Pickle.read(file, in, objects);
      at = in.position();
    }
    if (!heads[0].equals(MAGIC) || !heads[1].equals(LEGACY_PROTOCOL)) {
      throw new FormatException(
          "%s: is a checkpoint of the protocol %s, expected %d"
              .formatted(file, Pickle.kind(heads[1]), LEGACY_PROTOCOL));
    }
    if (!(heads[4] instanceof List<?> keys)) {
      throw new FormatException(file + ": does not list its storages");
    }
    return TorchContents.of(
        opened, "pytorch-legacy", heads[3], lone, places(opened, at, keys, objects.storages()));
  }

  /** Reads the storages after the pickles: the number of numbers (64 bits), then the numbers. */
  private static Map<String, TorchContents.Place> places(
      OpenFile opened, long begin, List<?> keys, Map<String, TorchObjects.Storage> storages)
      throws IOException {
    var file = opened.file();
    var places = new LinkedHashMap<String, TorchContents.Place>();
    long at = begin;
    for (Object key : keys) {
      var storage = storages.get(String.valueOf(key));
      if (storage == null || places.containsKey(storage.key())) {
        throw new FormatException(
            "%s: lists a storage %s that %s"
                .formatted(
                    file,
                    quote(String.valueOf(key)),
                    storage == null ? "no tensor has" : "it has listed before"));
      }
      long left = opened.size() - at - Long.BYTES;
      long bytes = storage.numbers() * storage.type().bytes();
      if (left < bytes) {
        throw new FormatException(
            "%s: the storage %s of %d bytes begins at byte %d of %d: it is truncated, download it again"
                .formatted(file, quote(storage.key()), bytes, at + Long.BYTES, opened.size()));
      }
      var count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      opened.read(at, count);
      var order = order(file.toString(), storage, count.getLong(0));
      at += Long.BYTES;
      places.put(storage.key(), new TorchContents.Place(opened, at, order));
      at += bytes;
    }
    if (at != opened.size()) {
      throw new FormatException(
          "%s: %d bytes follow the last storage, expected none"
              .formatted(file, opened.size() - at));
    }
    return places;
  }

  /**
   * Returns the order of a storage's numbers, which the count before them shows. The machine that
   * the file names does not: PyTorch has written little-endian numbers on all machines.
   */
  private static ByteOrder order(String file, TorchObjects.Storage storage, long count)
      throws FormatException {
    if (count == storage.numbers()) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    if (Long.reverseBytes(count) == storage.numbers()) {
      return ByteOrder.BIG_ENDIAN;
    }
    throw new FormatException(
        "%s: the storage %s has %d numbers, %d in its description"
            .formatted(file, quote(storage.key()), count, storage.numbers()));
  }
}
