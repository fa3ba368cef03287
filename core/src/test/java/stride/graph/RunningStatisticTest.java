package stride.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.batchNorm;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** Counters count beyond what a float does. */
class RunningStatisticTest {
  private static final Network NETWORK = Network.of(Shape.of(2), batchNorm());
  private static final String NAME = "0.num_batches_tracked";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 16_777_215, 16_777_216, 16_777_217, 1L << 40, Counter.MAX - 1})
  void aCountIsReadAsItIsSet(long count) throws Exception {
    var statistics = new float[5];
    Counter.set(statistics, 2, count);
    assertEquals(count, Counter.value(statistics, 2));
    Counter.increment(statistics, 2);
    assertEquals(count + 1, Counter.value(statistics, 2));

    var weights = Weights.empty(NETWORK.graph());
    int at = at(weights);
    Counter.set(weights.statistics(), at, count);
    var plan = Engine.shared().plan(NETWORK.graph(), weights, 2, Purpose.training());
    plan.forward(2);
    assertEquals(count + 1, Counter.value(weights.statistics(), at), "a batch more");
    Path file = folder.resolve("model.safetensors");
    new Model(NETWORK, weights, List.of(), Preprocessing.none(Shape.of(2))).save(file);
    try (var tensors = TensorFile.open(file)) {
      assertEquals(count + 1, tensors.longs(NAME)[0]);
    }
    var read = Model.load(file).weights();
    assertEquals(count + 1, Counter.value(read.statistics(), at));
    var moved = read.movedTo(NETWORK.graph(), java.util.Set.of(), 1);
    assertEquals(count + 1, Counter.value(moved.statistics(), at));
  }

  private static int at(Weights weights) {
    return weights.table().statistics().getLast().offset();
  }

  @Test
  void aCounterStopsAtItsEnd() {
    var statistics = new float[2];
    Counter.set(statistics, 0, Counter.MAX);
    Counter.increment(statistics, 0);
    assertEquals(Counter.MAX, Counter.value(statistics, 0));
    var e =
        assertThrows(IllegalArgumentException.class, () -> Counter.set(statistics, 0, 1L << 48));
    assertEquals(
        "a counter counts from 0 to 281474976710655, found 281474976710656", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE})
  void aFilesCountThatIsNoneIsRefused(long count) throws Exception {
    Path file = folder.resolve("counts.safetensors");
    var two = Shape.of(2);
    new SafetensorsWriter()
        .floats("0.weight", two, new float[2])
        .floats("0.bias", two, new float[2])
        .floats("0.running_mean", two, new float[2])
        .floats("0.running_var", two, new float[2])
        .longs(NAME, Shape.of(), count)
        .write(file);
    var e = assertThrows(FormatException.class, () -> Model.of(NETWORK, file));
    assertEquals(
        "%s: \"%s\" counts from 0 to 281474976710655, found %d".formatted(file, NAME, count),
        e.getMessage());
  }

  @Test
  void statisticsHaveNumbers() {
    assertThrows(IllegalArgumentException.class, () -> RunningStatistic.of("mean", 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new RunningStatistic("count", 1, 0, 0, true));
  }
}
