package stride.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import stride.network.Network;
import stride.tensor.Shape;

final class WeightsTest {
  private static final Graph GRAPH =
      Network.of(
              Shape.image(4, 3, 2),
              sequential(conv(5, 3, 2), batchNorm(), flatten(), dense(3), dense(2)))
          .graph();

  /** The memory of a filter is (H, W, I, O), that of a matrix (in, out) with (H, W, C) inputs. */
  @Test
  void memoryHasOutputsInnermost() {
    var filters = new WeightLayout.Filters();
    var shape = Shape.of(5, 2, 3, 4);
    assertEquals(0, filters.memoryIndex(0, shape));
    assertEquals(((2 * 4 + 3) * 2 + 1) * 5 + 4, filters.memoryIndex(119, shape), "the last");
    // o = 1, i = 1, h = 2, w = 3
    assertEquals(
        ((2 * 4 + 3) * 2 + 1) * 5 + 1, filters.memoryIndex(((1 * 2 + 1) * 3 + 2) * 4 + 3, shape));
    var flattened = new WeightLayout.Matrix(Shape.image(3, 4, 2));
    // out = 1; c = 1, h = 2, w = 3 is input (2 * 4 + 3) * 2 + 1 in memory
    assertEquals(
        ((2 * 4 + 3) * 2 + 1) * 5 + 1,
        flattened.memoryIndex(24 + (1 * 3 + 2) * 4 + 3, Shape.of(5, 24)));
    assertEquals(7 * 5 + 2, new WeightLayout.Matrix(null).memoryIndex(2 * 24 + 7, Shape.of(5, 24)));
  }

  @Test
  void everyTensorIsReadAsItWasWritten() {
    var weights = Weights.empty(GRAPH);
    float next = 1;
    for (var entry : weights.table().weights()) {
      var values = new float[entry.parameter().shape().elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = next++;
      }
      weights.write(entry, values);
      assertArrayEquals(values, weights.read(entry), entry.name());
    }
    var all = weights.values().clone();
    Arrays.sort(all);
    for (int i = 1; i <= weights.table().parameterCount(); i++) {
      assertEquals(next - i, all[all.length - i], "each value lies in memory once");
    }
  }

  @Test
  void aTensorOfAnotherSizeIsRefused() {
    var weights = Weights.empty(GRAPH);
    var entry = weights.table().weights().getFirst();
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> weights.write(entry, new float[59]));
    assertEquals("0.weight has 60 values (5x2x3x2), found 59", thrown.getMessage());
  }

  @Test
  void theSameSeedGivesTheSameWeights() {
    float[] one = Weights.initialized(GRAPH, 1).values();
    assertArrayEquals(one, Weights.initialized(GRAPH, 1).values());
    assertFalse(Arrays.equals(one, Weights.initialized(GRAPH, 2).values()));
  }

  @Test
  void batchNormBeginsAsTheIdentity() {
    var weights = Weights.initialized(GRAPH, 1);
    for (var entry : weights.table().weights()) {
      if (entry.name().startsWith("1.")) {
        var expected = new float[5];
        Arrays.fill(expected, entry.name().equals("1.weight") ? 1 : 0);
        assertArrayEquals(expected, weights.read(entry));
      }
    }
    for (var entry : weights.table().statistics()) {
      assertEquals(
          entry.name().equals("1.running_var") ? 1 : 0,
          weights.statistics()[entry.offset()],
          entry.name());
    }
  }

  @Test
  void aCopyIsIndependent() {
    var weights = Weights.initialized(GRAPH, 1);
    var copy = weights.copy();
    assertArrayEquals(weights.values(), copy.values());
    copy.values()[20] += 1;
    copy.statistics()[12] += 1;
    assertFalse(Arrays.equals(weights.values(), copy.values()));
    assertFalse(Arrays.equals(weights.statistics(), copy.statistics()));
  }

  @Test
  void copiesToMemoryAndBackFollowTheIndex() {
    var shape = Shape.of(19, 3, 2, 5);
    var layout = new WeightLayout.Filters();
    var file = new float[shape.elements()];
    for (int i = 0; i < file.length; i++) {
      file[i] = i;
    }
    var memory = new float[7 + file.length];
    layout.order(shape).toMemory(file, memory, 7);
    for (int i = 0; i < file.length; i++) {
      assertEquals(file[i], memory[7 + layout.memoryIndex(i, shape)]);
    }
    var back = new float[file.length];
    layout.order(shape).toFile(memory, 7, back);
    assertArrayEquals(file, back);

    var inStretches = new float[memory.length];
    int filter = 3 * 2 * 5;
    for (int[] stretch : new int[][] {{17, 19}, {0, 1}, {1, 17}}) {
      var filters = Arrays.copyOfRange(file, stretch[0] * filter, stretch[1] * filter);
      layout.order(shape).toMemory(filters, stretch[0], stretch[1], inStretches, 7);
    }
    assertArrayEquals(memory, inStretches);
  }

  @Test
  void packedFormsFollowTheWeights() {
    var weights = Weights.initialized(GRAPH, 1);
    int[] packings = {0};
    var packed =
        weights.packed(
            "key",
            12,
            1,
            (w, wo, to, at) -> {
              packings[0]++;
              to[at] = 2 * w[wo];
            });
    packed.refresh();
    assertEquals(2 * weights.values()[12], packed.refresh()[packed.offset()]);
    assertEquals(1, packings[0], "packed once a version");
    weights.values()[12] = 5;
    weights.changed();
    assertEquals(10, packed.refresh()[packed.offset()]);
    assertTrue(
        packed == weights.packed("key", 12, 1, (w, wo, to, at) -> {}), "shared by all plans");
    var part = weights.part(GRAPH);
    assertTrue(packed == part.packed("key", 12, 1, (w, wo, to, at) -> {}), "and by parts");
    weights.values()[12] = 6;
    part.changed();
    assertEquals(12, packed.refresh()[packed.offset()], "whoever changes them");
  }

  @Test
  void aFailedPackingIsTriedAgain() {
    var weights = Weights.initialized(GRAPH, 1);
    boolean[] fails = {true};
    var packed =
        weights.packed(
            "key",
            12,
            1,
            (w, wo, to, at) -> {
              to[at] = 0;
              if (fails[0]) {
                throw new IllegalStateException("no packing");
              }
              to[at] = w[wo];
            });
    for (int version = 0; version < 3; version++) {
      fails[0] = true;
      weights.changed();
      for (int i = 0; i < 2; i++) {
        assertThrows(IllegalStateException.class, packed::refresh);
      }
      fails[0] = false;
      assertEquals(weights.values()[12], packed.refresh()[packed.offset()]);
    }
  }

  /** What a plan has begun to read stays as it is, whether the next packing fails or not. */
  @Test
  void aPackedFormThatIsReadIsNotRewritten() {
    var weights = Weights.initialized(GRAPH, 1);
    boolean[] fails = {false};
    var packed =
        weights.packed(
            "key",
            12,
            1,
            (w, wo, to, at) -> {
              to[at] = Float.NaN;
              if (fails[0]) {
                throw new IllegalStateException("no packing");
              }
              to[at] = w[wo];
            });
    weights.beginReading();
    float[] alone = packed.refresh();
    weights.values()[12] = 2;
    weights.changed();
    assertSame(alone, packed.refresh(), "without other readers it is packed in its place");
    assertEquals(2, alone[packed.offset()]);

    weights.beginReading();
    weights.values()[12] = 3;
    weights.changed();
    fails[0] = true;
    for (int i = 0; i < 2; i++) {
      assertThrows(IllegalStateException.class, packed::refresh);
      assertEquals(2, alone[packed.offset()]);
    }
    fails[0] = false;
    float[] beside = packed.refresh();
    assertEquals(3, beside[packed.offset()]);
    assertEquals(2, alone[packed.offset()]);
    assertSame(beside, packed.refresh());
    weights.endReading();
    weights.endReading();
  }

  /** Plans come and go, with forms of their own: with the last of its plans a form goes. */
  @Test
  void aPackedFormThatNobodyHasIsForgotten() throws InterruptedException {
    var weights = Weights.initialized(GRAPH, 1);
    var gone = new WeakReference<>(weights.packed("key", 12, 1, (w, wo, to, at) -> {}).refresh());
    var kept = weights.packed("other", 12, 1, (w, wo, to, at) -> {});
    for (int tries = 0; gone.get() != null && tries < 200; tries++) {
      System.gc();
      Thread.sleep(10);
    }
    assertNull(gone.get());
    assertSame(kept, weights.packed("other", 12, 1, (w, wo, to, at) -> {}));
  }
}
