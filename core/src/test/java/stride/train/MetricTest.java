package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import stride.compute.Buffer;
import stride.train.loss.OneOutput;
import stride.train.metric.TopK;

final class MetricTest {
  private static final float NAN = Float.NaN;

  @Test
  void theClassIsAmongTheLargest() {
    float[] z = {0.5f, 4, -1, 3};
    assertTrue(inTop(1, 1, z));
    assertFalse(inTop(1, 3, z));
    assertTrue(inTop(2, 3, z));
    assertFalse(inTop(2, 0, z));
    assertTrue(inTop(3, 0, z));
    assertFalse(inTop(3, 2, z));
    assertTrue(inTop(4, 2, z));
    assertTrue(inTop(5, 2, z), "k may exceed the classes");
  }

  @Test
  void theFirstOfEqualsIsTheLarger() {
    float[] z = {3, 5, 5, 5};
    assertTrue(inTop(1, 1, z));
    assertFalse(inTop(1, 2, z));
    assertTrue(inTop(2, 2, z));
    assertFalse(inTop(2, 3, z));
    assertFalse(inTop(3, 0, z));
    float[] same = {0, 0, 0};
    assertTrue(inTop(1, 0, same), "a network that says nothing is right by chance only");
    assertFalse(inTop(1, 1, same));
    assertFalse(inTop(1, 2, same));
  }

  @Test
  void nanIsNeverRight() {
    assertFalse(inTop(1, 0, NAN, 1, 2));
    assertFalse(inTop(5, 0, NAN, 1, 2));
    assertFalse(inTop(1, 2, NAN, 1, 2), "as PyTorch's topk, NaN is larger than all numbers");
    assertTrue(inTop(2, 2, NAN, 1, 2));
    assertFalse(inTop(3, 1, NAN, NAN, NAN));
    assertTrue(inTop(1, 1, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY));
  }

  @Test
  void countsTheBatchsSamplesOnly() {
    var outputs = new Buffer(new float[] {9, 9, 1, 0, 0, 1, 1, 0, 0, 1}, 2, 2);
    var targets = Targets.classes(4);
    targets.setLabel(1, 1);
    assertEquals(1, value(Metric.accuracy(), outputs, targets, 3));
    assertEquals(0.75, value(Metric.accuracy(), outputs, targets, 4));
    assertEquals(1, value(Metric.top(2), outputs, targets, 4));
    assertEquals(1, value(Metric.accuracy(), outputs, targets, 1));
  }

  private static double value(Metric metric, Buffer outputs, Targets targets, int samples) {
    var sums = new double[metric.sums()];
    metric.add(new OneOutput(outputs, outputs), targets, samples, sums);
    return metric.value(sums);
  }

  private static boolean inTop(int k, int label, float... z) {
    return TopK.isIn(k, new Buffer(z, 0, z.length), 0, label);
  }
}
