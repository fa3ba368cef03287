package stride.distributed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import stride.train.ArrayPart;

/**
 * Floats on their way from one process to another of the same machine, in memory that both have:
 * each float is copied twice, where a connection of the network copies it five times. One process
 * puts floats in, the other takes them out in the same order; the connection between them says when
 * there are some. The memory is a file in {@link #FOLDER} without a name once both have it, so it
 * ends with them, however they end.
 */
final class SharedRing implements AutoCloseable {
  /** Where Linux keeps files that are memory; other systems have none. */
  private static final Path FOLDER = Path.of("/dev/shm");

  private static final String PREFIX = "stride-";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN = 32;

  // What both write is apart, so that one does not take the other's cache line: first the token,
  // then how many floats were put in and taken out since the beginning, then the floats.
  private static final long PUT = 128;
  private static final long TAKEN = 256;
  private static final long FLOATS = 4096;

  private static final long PAUSE_NANOS = 50_000;
  private static final VarHandle COUNTER = ValueLayout.JAVA_LONG.varHandle();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final Path file;
  private final byte[] token;
  private final int capacity;

  /** The floats that this side has put in or taken out. */
  private long done;

  private SharedRing(Path file, byte[] token, FileChannel channel) throws IOException {
    this.file = file;
    this.token = token;
    try {
      memory = channel.map(MapMode.READ_WRITE, 0, channel.size(), arena);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
    capacity = Math.toIntExact((memory.byteSize() - FLOATS) / Float.BYTES);
  }

  /** Whether this machine has memory for processes to share. */
  static boolean isPossible() {
    return Files.isDirectory(FOLDER) && Files.isWritable(FOLDER);
  }

  /**
   * Makes a ring to put floats into. All of its memory is taken now: a process that touches a page
   * that a full machine cannot give ends at once.
   *
   * @param floats the most floats that are on their way at once
   * @throws IOException if there is no memory for it
   */
  static SharedRing create(int floats) throws IOException {
    byte[] token = new byte[TOKEN];
    RANDOM.nextBytes(token);
    byte[] name = new byte[TOKEN / 2];
    RANDOM.nextBytes(name);
    var file = FOLDER.resolve(PREFIX + HexFormat.of().formatHex(name));
    try (var channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      write(channel, ByteBuffer.wrap(token));
      for (long left = FLOATS + (long) Float.BYTES * floats - TOKEN; left > 0; ) {
        int part = (int) Math.min(left, 1 << 20);
        write(channel, ByteBuffer.allocate(part));
        left -= part;
      }
      return new SharedRing(file, token, channel);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** What the other process needs to {@link #open} it. */
  byte[] offer() {
    byte[] name = file.getFileName().toString().getBytes(UTF_8);
    return ByteBuffer.allocate(TOKEN + name.length).put(token).put(name).array();
  }

  /**
   * Opens another process's ring to take floats out. Its file has no name afterwards.
   *
   * @param offer what the other process has said of it
   * @throws IOException if it is not here: the other process sees other files
   */
  static SharedRing open(byte[] offer) throws IOException {
    if (offer.length <= TOKEN) {
      throw new IOException("an offer of memory is damaged");
    }
    var bytes = ByteBuffer.wrap(offer);
    byte[] token = new byte[TOKEN];
    bytes.get(token);
    var name = UTF_8.decode(bytes).toString();
    if (!name.matches(PREFIX + "[0-9a-f]+")) {
      throw new IOException("an offer of memory names the file " + name);
    }
    var file = FOLDER.resolve(name);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var found = ByteBuffer.allocate(TOKEN);
      channel.read(found);
      if (!MessageDigest.isEqual(found.array(), token) || channel.size() <= FLOATS) {
        throw new IOException(file + " is not the memory that was offered");
      }
      var ring = new SharedRing(file, token, channel);
      ring.forget();
      return ring;
    }
  }

  /** Takes away the file's name, if it still has one; the memory stays. */
  private void forget() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Whether a frame of this many floats fits into the ring. */
  boolean holds(int floats) {
    return floats <= capacity;
  }

  /**
   * Puts floats in, as soon as there is room.
   *
   * @param parts the floats, one part after another; no more than the ring {@link #holds}
   * @param ended tells that nobody takes any out any more
   * @throws IOException if that is so
   */
  void put(List<ArrayPart> parts, BooleanSupplier ended) throws IOException {
    int count = Frame.count(parts);
    while (done + count - counter(TAKEN) > capacity) {
      if (ended.getAsBoolean()) {
        throw new IOException("the connection has ended");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    for (var part : parts) {
      move(part.values(), part.from(), part.length(), true);
    }
    COUNTER.setRelease(memory, PUT, done);
  }

  /**
   * Takes floats out.
   *
   * @param values receives them
   * @throws IOException if fewer floats than that are in the ring
   */
  void take(float[] values) throws IOException {
    if (counter(PUT) - done < values.length) {
      throw new IOException(
          "%,d values were announced in shared memory that has %,d"
              .formatted(values.length, counter(PUT) - done));
    }
    move(values, 0, values.length, false);
    COUNTER.setRelease(memory, TAKEN, done);
  }

  private long counter(long at) {
    return (long) COUNTER.getAcquire(memory, at);
  }

  /** Copies floats into the ring or out of it, in two pieces where they pass its end. */
  private void move(float[] values, int from, int count, boolean in) {
    for (int moved = 0; moved < count; ) {
      int place = (int) (done % capacity);
      int piece = Math.min(count - moved, capacity - place);
      long at = FLOATS + (long) Float.BYTES * place;
      if (in) {
        MemorySegment.copy(values, from + moved, memory, FLOAT, at, piece);
      } else {
        MemorySegment.copy(memory, FLOAT, at, values, from + moved, piece);
      }
      moved += piece;
      done += piece;
    }
  }

  /** Gives back this process's part of the memory. */
  @Override
  public void close() {
    try {
      forget();
    } catch (IOException e) {
      // Its name stays; whoever cleans the folder finds it.
    }
    arena.close();
  }
}
