package stride.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import stride.train.ArrayPart;

/** Floats that pass from process to process through memory that both have. */
@Timeout(60)
final class SharedRingTest {
  private static final int CAPACITY = 1000;
  private static final int TOKEN = 32;

  @BeforeEach
  void memoryCanBeShared() {
    assumeTrue(SharedRing.isPossible(), "this system has no /dev/shm");
  }

  private static float[] numbers(long from, int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (from + i) % (1 << 24);
    }
    return values;
  }

  private static Path file(SharedRing ring) {
    byte[] offer = ring.offer();
    return Path.of("/dev/shm")
        .resolve(new String(offer, TOKEN, offer.length - TOKEN, StandardCharsets.UTF_8));
  }

  /** Lengths that end anywhere in the ring, and fill all of it, while the reader is behind. */
  @Test
  void floatsComeInTheirOrder() throws Exception {
    try (var in = SharedRing.create(CAPACITY);
        var out = SharedRing.open(in.offer());
        var writer = Executors.newSingleThreadExecutor()) {
      var lengths = new SplittableRandom(1).ints(5000, 1, CAPACITY + 1).toArray();
      lengths[7] = CAPACITY;
      var written = new Semaphore(0);
      var all =
          writer.submit(
              () -> {
                long from = 0;
                for (int length : lengths) {
                  var values = numbers(from, length);
                  int cut = length / 3;
                  in.put(
                      List.of(
                          new ArrayPart(values, 0, cut), new ArrayPart(values, cut, values.length)),
                      () -> false);
                  from += length;
                  written.release();
                }
                return from;
              });
      long from = 0;
      for (int length : lengths) {
        written.acquire();
        var values = new float[length];
        out.take(values);
        assertArrayEquals(numbers(from, length), values);
        from += length;
      }
      assertEquals(from, all.get());
    }
  }

  @Test
  void whoWaitsForRoomIsToldThatNobodyReadsAnyMore() throws IOException {
    try (var ring = SharedRing.create(CAPACITY)) {
      var whole = List.of(ArrayPart.whole(new float[CAPACITY]));
      ring.put(whole, () -> false);
      assertThrows(IOException.class, () -> ring.put(whole, () -> true));
    }
  }

  @Test
  void floatsThatAreNotThereAreNotTaken() throws IOException {
    try (var in = SharedRing.create(CAPACITY);
        var out = SharedRing.open(in.offer())) {
      in.put(List.of(ArrayPart.whole(new float[5])), () -> false);
      assertThrows(IOException.class, () -> out.take(new float[6]));
    }
  }

  @Test
  void theFileHasNoNameOnceBothHaveIt() throws IOException {
    try (var ring = SharedRing.create(CAPACITY)) {
      assertTrue(Files.exists(file(ring)));
      SharedRing.open(ring.offer()).close();
      assertFalse(Files.exists(file(ring)));
    }
    var alone = SharedRing.create(CAPACITY);
    alone.close();
    assertFalse(Files.exists(file(alone)));
  }

  @Test
  void onlyMemoryThatWasOfferedIsOpened() throws IOException {
    try (var ring = SharedRing.create(CAPACITY)) {
      byte[] offer = ring.offer();
      byte[] other = offer.clone();
      other[0] ^= 1;
      assertThrows(IOException.class, () -> SharedRing.open(other));
      assertThrows(IOException.class, () -> SharedRing.open(Arrays.copyOf(offer, TOKEN)));
      assertThrows(
          IOException.class, () -> SharedRing.open(Arrays.copyOf(offer, offer.length - 1)));
      for (var name : List.of("../../etc/passwd", "stride-../x", "stride-", "x")) {
        byte[] bad = Arrays.copyOf(offer, TOKEN + name.length());
        System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, bad, TOKEN, name.length());
        assertThrows(IOException.class, () -> SharedRing.open(bad), name);
      }
      assertTrue(Files.exists(file(ring)), "an offer that is refused takes nothing away");
    }
  }
}
