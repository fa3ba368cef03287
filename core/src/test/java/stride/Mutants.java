package stride;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;

/** Damages files at random, and checks that a reader says so instead of breaking. */
public final class Mutants {
  private static final long[] EXTREME = {
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFFL,
    0x80000000L,
    0xFFFFFFFFL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1L
  };

  private Mutants() {}

  /** Reads one damaged file. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] file) throws Exception;
  }

  /**
   * Feeds a reader with damaged copies of a file. It may accept them or throw {@code refusal};
   * anything else fails, and so do a message of several lines, more than {@code mostBytes} of
   * allocation, and more than a minute in all.
   */
  public static void check(
      byte[] original,
      int mutants,
      long seed,
      long mostBytes,
      Class<? extends Exception> refusal,
      Reader reader) {
    int refused = checkAny(original, mutants, seed, mostBytes, refusal, reader);
    Assertions.assertTrue(
        refused > mutants / 4, "hardly any mutant was refused: " + refused + " of " + mutants);
  }

  /**
   * The same for formats most of whose bytes may have any value, such as samples.
   *
   * @return how many mutants were refused
   */
  public static int checkAny(
      byte[] original,
      int mutants,
      long seed,
      long mostBytes,
      Class<? extends Exception> refusal,
      Reader reader) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    int refused = 0;
    for (int i = 0; i < mutants; i++) {
      byte[] mutant = mutate(original, new SplittableRandom(seed * 1_000_003 + i));
      String which = "seed %d, mutant %d".formatted(seed, i);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        reader.read(mutant);
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        if (!refusal.isInstance(e)) {
          throw new AssertionError(which + " brought out " + e, e);
        }
        Assertions.assertEquals(1, e.getMessage().lines().count(), which + ": " + e.getMessage());
        refused++;
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      Assertions.assertTrue(
          allocated <= mostBytes, () -> which + " allocated " + allocated + " bytes");
      Assertions.assertTrue(System.nanoTime() - start < 60e9, () -> "too slow at " + which);
    }
    return refused;
  }

  private static byte[] mutate(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
      // Most of what can go wrong stands at the beginning.
      int bound = random.nextInt(3) == 0 ? Math.min(bytes.length, 64) : bytes.length;
      int at = random.nextInt(bound);
      switch (random.nextInt(8)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(40));
        case 4 -> extreme(bytes, at, random);
        case 5 -> bytes = spliced(bytes, at, at + random.nextInt(bytes.length - at + 1), at);
        case 6 -> {
          int from = random.nextInt(bytes.length);
          int length = random.nextInt(Math.min(32, bytes.length - from) + 1);
          bytes = spliced(bytes, from, from + length, at);
        }
        default -> {
          // A digit for a digit keeps a text valid and changes what it says.
          for (int i = at; i < bytes.length; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
              bytes[i] = (byte) ('0' + random.nextInt(10));
              break;
            }
          }
        }
      }
    }
    return bytes;
  }

  /** Writes a number that readers get wrong, 1 to 8 bytes long, in either order. */
  private static void extreme(byte[] bytes, int at, SplittableRandom random) {
    long value = EXTREME[random.nextInt(EXTREME.length)];
    int length = 1 << random.nextInt(4);
    boolean little = random.nextBoolean();
    for (int i = 0; i < length && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >>> (8 * (little ? i : length - 1 - i)));
    }
  }

  /**
   * The bytes with those of [from, to) put in once more at {@code at}; cut out where {@code at ==
   * from}.
   */
  private static byte[] spliced(byte[] bytes, int from, int to, int at) {
    var out = new java.io.ByteArrayOutputStream();
    out.write(bytes, 0, at);
    if (at == from) {
      out.write(bytes, to, bytes.length - to);
    } else {
      out.write(bytes, from, to - from);
      out.write(bytes, at, bytes.length - at);
    }
    return out.toByteArray();
  }
}
