package stride.codecs.webp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cut and damaged pictures: what PIL refuses is refused, and what it reads is read with its bytes.
 */
final class DamagedWebPTest {
  static List<List<String>> cuts() throws IOException {
    return Golden.lines("cut.txt");
  }

  static List<List<String>> mutants() throws IOException {
    return Golden.lines("mutants.txt");
  }

  /** One of a file's chunks loses its end, and all sizes are mended. */
  @ParameterizedTest
  @MethodSource("cuts")
  void aChunkCutAnywhereIsPils(List<String> line) throws IOException {
    byte[] file = Golden.file(line.getFirst());
    int chunk = Integer.parseInt(line.get(1));
    int length = 0;
    // Each outcome stands behind the number of lengths that have it.
    for (var run : line.subList(2, line.size())) {
      var parts = run.split("\\*", 2);
      for (int i = 0; i < Integer.parseInt(parts[0]); i++, length++) {
        String which = "%s, chunk %d of %d bytes".formatted(line.getFirst(), chunk, length);
        assertEquals(parts[1], Golden.outcome(cut(file, chunk, length)), which);
      }
    }
    assertTrue(length > 0);
  }

  private static byte[] cut(byte[] file, int which, int length) {
    var in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    var out = new ByteArrayOutputStream();
    out.write(file, 0, 12);
    for (int at = 12, i = 0; at < file.length; i++) {
      int size = in.getInt(at + 4);
      int left = i == which ? length : size;
      out.write(file, at, 4);
      writeNumber(out, left);
      out.write(file, at + 8, left);
      if (left % 2 == 1) {
        out.write(0);
      }
      at += 8 + size + size % 2;
    }
    byte[] all = out.toByteArray();
    return ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putInt(4, all.length - 8).array();
  }

  private static void writeNumber(ByteArrayOutputStream out, int number) {
    for (int shift = 0; shift < Integer.SIZE; shift += 8) {
      out.write(number >> shift);
    }
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void whatIsDamagedAtRandomIsPils(List<String> line) throws IOException {
    byte[] file = Golden.file(line.getFirst());
    var numbers = new Numbers(Golden.sum(file));
    for (int i = 1; i < line.size(); i++) {
      byte[] mutant = file.clone();
      for (int changes = 1 + numbers.below(4); changes > 0; changes--) {
        int bound = numbers.below(3) == 0 ? Math.min(mutant.length, 40) : mutant.length;
        mutant[numbers.below(bound)] ^= (byte) (1 + numbers.below(255));
      }
      String found = Golden.outcome(mutant);
      // Some headers that claim too much are refused before PIL has a look at the pixels.
      if (!line.get(i).equals("large") || !found.equals("-")) {
        assertEquals(line.get(i), found, "%s, mutant %d".formatted(line.getFirst(), i));
      }
    }
  }

  /** The generator of tools/golden/webp.py. */
  private static final class Numbers {
    private int state;

    Numbers(long seed) {
      state = (int) seed;
    }

    int below(int bound) {
      state = state * 1664525 + 1013904223;
      return (state >>> 8) % bound;
    }
  }

  /** Whatever the bytes are, it ends soon, and with nothing but a refusal. */
  @Test
  void mutantsOfAllPicturesBringOutNothingButARefusal() throws IOException {
    long begin = System.nanoTime();
    List<String> outcomes = new ArrayList<>();
    for (var golden : Golden.all()) {
      byte[] original = golden.file();
      for (int seed = 0; seed < 10; seed++) {
        var random = new SplittableRandom(seed);
        byte[] mutant = Arrays.copyOf(original, original.length + random.nextInt(3) - 1);
        for (int changes = random.nextInt(1, 9); changes > 0; changes--) {
          int bound = random.nextBoolean() ? Math.min(mutant.length, 64) : mutant.length;
          mutant[random.nextInt(bound)] = (byte) random.nextInt();
        }
        if (mutant.length >= original.length && random.nextBoolean()) {
          // The frame's own data, of which more gets through than of the file's structure.
          System.arraycopy(original, 0, mutant, 0, Math.min(36, original.length));
        }
        try {
          outcomes.add(Golden.outcome(mutant));
        } catch (Throwable e) {
          throw new AssertionError("%s, seed %d: %s".formatted(golden, seed, e), e);
        }
      }
    }
    long refused = outcomes.stream().filter("-"::equals).count();
    assertTrue(refused > outcomes.size() / 4 && refused < outcomes.size(), refused + " refused");
    assertTrue(System.nanoTime() - begin < 60e9, "too slow");
  }
}
