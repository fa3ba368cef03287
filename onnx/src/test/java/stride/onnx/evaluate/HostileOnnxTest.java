package stride.onnx.evaluate;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import stride.format.FormatException;
import stride.onnx.engine.InputShapes;
import stride.onnx.engine.NetworkReader;
import stride.onnx.engine.Placement;
import stride.onnx.graph.GraphReader;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.Samples;

/** Damaged files are refused with one sentence, or read; nothing else happens. */
final class HostileOnnxTest {
  private static final int MUTANTS = 10_000;
  private static final long MOST_BYTES = 256L << 20;
  private static final long[] EXTREME = {
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL, Long.MAX_VALUE, -1
  };

  @Test
  void mutantsAreRefusedOrRead() {
    byte[] original = OnnxFile.bytes(Samples.everything());
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    for (int seed = 0; seed < MUTANTS; seed++) {
      byte[] mutant = mutant(original, new SplittableRandom(seed));
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        OnnxGraph graph = GraphReader.read(ByteBuffer.wrap(mutant), "mutant");
        Evaluator.of(Folding.fold(graph));
        Placement.of(graph, InputShapes.OF_FILE);
        NetworkReader.read(graph, InputShapes.OF_FILE, Path.of("mutant"));
      } catch (FormatException | IllegalArgumentException e) {
        refused++;
        assertTrue(e.getMessage() != null, "seed " + seed + ": no message");
        assertFalse(e.getMessage().contains("\n"), "seed " + seed + ": " + e.getMessage());
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(
          allocated < MOST_BYTES, "seed %d: %,d bytes were allocated".formatted(seed, allocated));
    }
    assertTrue(refused > MUTANTS / 4, "hardly any mutant was refused: " + refused);
  }

  private static byte[] mutant(byte[] original, SplittableRandom random) {
    byte[] mutant = original.clone();
    int damages = 1 + random.nextInt(4);
    for (int i = 0; i < damages; i++) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutant[at] = (byte) random.nextInt();
        case 2 -> mutant = Arrays.copyOf(mutant, Math.max(1, at));
        case 3 -> {
          // A number of extreme value in the format's own form.
          long rest = EXTREME[random.nextInt(EXTREME.length)];
          for (int k = at; k < mutant.length && (rest != 0 || k == at); k++) {
            mutant[k] = (byte) (rest & 0x7F | (rest >>> 7 == 0 ? 0 : 0x80));
            rest >>>= 7;
          }
        }
        default -> {
          // Bytes of another place.
          int from = random.nextInt(mutant.length);
          int count = Math.min(random.nextInt(16), mutant.length - Math.max(from, at));
          System.arraycopy(mutant.clone(), from, mutant, at, count);
        }
      }
    }
    return mutant;
  }
}
