package stride.layer.regularization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.Layer;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

final class DropoutTest {
  private static final Purpose DROPPING =
      Purpose.inference().withAllOutputs().withDropout(true).withInputGradient();
  private static final int LENGTH = 5000;
  private static final int SAMPLES = 7;

  @Test
  void dropsItsPartAndScalesTheOthersSoThatTheMeanStays() {
    float[][] y = ones(rig(dropout(0.3), 1), 1, 0, 0);
    double sum = 0;
    int dropped = 0;
    for (float[] sample : y) {
      for (float value : sample) {
        assertTrue(value == 0 || value == 1 / (1 - 0.3f), "found " + value);
        sum += value;
        dropped += value == 0 ? 1 : 0;
      }
    }
    int n = SAMPLES * LENGTH;
    assertEquals(0.3, dropped / (double) n, 4 * Math.sqrt(0.3 * 0.7 / n));
    assertEquals(1, sum / n, 4 * Math.sqrt(0.3 / 0.7 / n));
  }

  @Test
  void theGradientPassesWhereTheValuePassed() {
    var rig = rig(dropout(0.5), 2);
    float[][] y = ones(rig, 1, 2, 3);
    rig.backward(Map.of(Graph.OUTPUT, filled(1)));
    assertArrayEquals(y, rig.inputGradient());
  }

  @Test
  void passesAllWhereThePlanDoesNotDrop() {
    var network = Network.of(Shape.of(LENGTH), dropout(0.5));
    var weights = Weights.empty(network.graph());
    var purpose =
        Purpose.training().withDropout(false).withWeightGradients(false).withInputGradient();
    var rig = new Rig(network.graph(), weights, Engine.shared(), SAMPLES, SAMPLES, purpose);
    assertArrayEquals(filled(1), ones(rig, 1, 0, 0));
    rig.backward(Map.of(Graph.OUTPUT, filled(3)));
    assertArrayEquals(filled(3), rig.inputGradient());
  }

  @Test
  void probabilityZeroDropsNothing() {
    assertArrayEquals(filled(1), ones(rig(dropout(0), 1), 1, 0, 0));
  }

  @Test
  void theMaskIsAFunctionOfSeedEpochAndPlaceInTheEpochAlone() {
    float[][] mask = ones(rig(dropout(0.5), 1), 1, 2, 100);
    assertArrayEquals(mask, ones(rig(dropout(0.5), 3), 1, 2, 100), "threads");
    assertFalse(Arrays.deepEquals(mask, ones(rig(dropout(0.5), 1), 9, 2, 100)), "seed");
    assertFalse(Arrays.deepEquals(mask, ones(rig(dropout(0.5), 1), 1, 3, 100)), "epoch");
    float[][] later = ones(rig(dropout(0.5), 1), 1, 2, 102);
    for (int n = 0; n < SAMPLES - 2; n++) {
      assertArrayEquals(mask[n + 2], later[n], "the same sample in another batch");
    }
    assertFalse(Arrays.equals(mask[0], mask[1]), "two samples");
  }

  @Test
  void twoDropoutsOfANetworkDrawApart() {
    var network =
        Network.of(Shape.of(LENGTH), sequential(tap("first", dropout(0.5)), dropout(0.5)));
    var rig =
        new Rig(
            network.graph(),
            Weights.empty(network.graph()),
            Engine.shared(),
            SAMPLES,
            SAMPLES,
            DROPPING);
    rig.plan().randomness(1, 0, 0);
    var outputs = rig.forward(filled(1));
    int first = count(outputs.get("first")[0]);
    int both = count(outputs.get(Graph.OUTPUT)[0]);
    assertEquals(0.5, both / (double) first, 0.05);
  }

  @Test
  void stochasticDepthDropsWholeSamplesForwardAndBackward() {
    int dropped = 0;
    var rig = rig(stochasticDepth(0.3), 2);
    for (int epoch = 0; epoch < 200; epoch++) {
      float[][] y = ones(rig, 1, epoch, 0);
      for (float[] sample : y) {
        for (float value : sample) {
          assertEquals(sample[0], value);
        }
        assertTrue(sample[0] == 0 || sample[0] == 1 / (1 - 0.3f), "found " + sample[0]);
        dropped += sample[0] == 0 ? 1 : 0;
      }
      rig.backward(Map.of(Graph.OUTPUT, filled(1)));
      assertArrayEquals(y, rig.inputGradient());
    }
    int n = 200 * SAMPLES;
    assertEquals(0.3, dropped / (double) n, 4 * Math.sqrt(0.3 * 0.7 / n));
  }

  private static int count(float[] values) {
    int passed = 0;
    for (float value : values) {
      passed += value == 0 ? 0 : 1;
    }
    return passed;
  }

  private static Rig rig(Layer layer, int threads) {
    var network = Network.of(Shape.of(LENGTH), layer);
    return new Rig(
        network.graph(),
        Weights.empty(network.graph()),
        Engine.withThreads(threads),
        SAMPLES,
        SAMPLES,
        DROPPING);
  }

  private static float[][] ones(Rig rig, long seed, int epoch, long first) {
    rig.plan().randomness(seed, epoch, first);
    return rig.forward(filled(1)).get(Graph.OUTPUT);
  }

  private static float[][] filled(float value) {
    var rows = new float[SAMPLES][LENGTH];
    for (float[] row : rows) {
      Arrays.fill(row, value);
    }
    return rows;
  }
}
