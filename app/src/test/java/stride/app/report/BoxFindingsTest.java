package stride.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import stride.data.Box;
import stride.data.TrueBox;
import stride.detection.Detection;

/** What counts as right, as a false alarm, as confused and as missed. */
final class BoxFindingsTest {
  private static Detection found(int label, double score, float left) {
    return new Detection(label, (float) score, left, 0, left + 100, 100);
  }

  private static TrueBox truth(int label, float left, boolean ignored) {
    return new TrueBox(new Box(label, left, 0, left + 100, 100), 10000, false, ignored);
  }

  private static BoxFindings.Collector sorted(List<Detection> found, List<TrueBox> truths) {
    var collector = new BoxFindings.Collector(0.25);
    collector.add(0, found, truths);
    return collector;
  }

  private static void require(
      BoxFindings.Collector found, int right, int falseAlarms, int confused, int missed) {
    assertEquals(
        List.of(right, falseAlarms, confused, missed),
        List.of(found.right, found.falseAlarms.size(), found.confused.size(), found.missed.size()));
  }

  @Test
  void eachDetectionIsOneOfThem() {
    require(sorted(List.of(found(0, 0.9, 10)), List.of(truth(0, 0, false))), 1, 0, 0, 0);
    require(sorted(List.of(found(0, 0.9, 70)), List.of(truth(0, 0, false))), 0, 1, 0, 1);
    require(sorted(List.of(found(1, 0.9, 10)), List.of(truth(0, 0, false))), 0, 0, 1, 1);
    require(sorted(List.of(found(0, 0.2, 10)), List.of(truth(0, 0, false))), 0, 0, 0, 1);
    require(sorted(List.of(found(0, 0.9, 10)), List.of(truth(0, 0, true))), 0, 0, 0, 0);
    require(sorted(List.of(), List.of(truth(0, 0, true))), 0, 0, 0, 0);
  }

  @Test
  void theSurestTakesTheObjectAndTheSecondIsAFalseAlarm() {
    var both = sorted(List.of(found(0, 0.5, 0), found(0, 0.9, 20)), List.of(truth(0, 0, false)));
    require(both, 1, 1, 0, 0);
    assertEquals(0.5f, both.falseAlarms.getFirst().found().score());
  }

  @Test
  void eachTakesTheObjectThatItOverlapsMost() {
    require(
        sorted(
            List.of(found(0, 0.9, 18), found(0, 0.8, 2)),
            List.of(truth(0, 0, false), truth(0, 20, false))),
        2,
        0,
        0,
        0);
  }
}
