package stride.distributed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import stride.kernel.Kernels;

/** The option that is named has to be the one with which all machines compute alike. */
final class NarrowestVectorsTest {
  @Test
  void theNarrowestIsNamedWhereverItStands() {
    assertEquals(
        "-XX:MaxVectorSize=32",
        NarrowestVectors.option(List.of("vector, 512 bits", "vector, 256 bits")));
    assertEquals(
        "-XX:MaxVectorSize=16",
        NarrowestVectors.option(
            List.of("vector, 256 bits", "vector, 128 bits", "vector, 512 bits")));
    assertEquals(
        "-Dstride.kernels=scalar", NarrowestVectors.option(List.of("vector, 512 bits", "scalar")));
  }

  /** The names are those that the kernels have. */
  @Test
  void thisMachinesKernelsAreUnderstood() {
    String name = Kernels.best().name();
    String option = NarrowestVectors.option(List.of(name));
    assertTrue(
        name.equals("scalar")
            ? option.equals("-Dstride.kernels=scalar")
            : name.equals("vector, %d bits".formatted(8 * bytes(option))),
        option);
  }

  private static int bytes(String option) {
    return Integer.parseInt(option.substring(option.indexOf('=') + 1));
  }
}
