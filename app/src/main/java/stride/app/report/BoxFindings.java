package stride.app.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import stride.data.BoxPictures;
import stride.data.TrueBox;
import stride.detection.Detection;
import stride.detection.Detector;

/**
 * What a detector got right and wrong in pictures, at an overlap (IoU) of a half and with
 * detections that are sure enough. The surest detection first, each takes the object of its class
 * that it overlaps most. What takes none was confused if it overlaps an object of another class,
 * and else was a false alarm, a second box on the same object among them; what lies in a crowd or
 * on an ignored object is neither. An object that nothing takes was missed.
 *
 * @param pictures where that was found
 * @param scores how well the detector does by COCO's measure
 * @param minScore less sure detections do not count here
 * @param right how many detections took an object
 * @param falseAlarms the surest first
 * @param confused the surest first
 * @param missed the largest first
 */
public record BoxFindings(
    BoxPictures pictures,
    BoxScores scores,
    double minScore,
    int right,
    List<FalseAlarm> falseAlarms,
    List<Confused> confused,
    List<Missed> missed) {
  private static final double OVERLAP = 0.5;

  /** Of less sure boxes most are wrong, and nobody asks for them. */
  private static final double LEAST_SCORE = 0.25;

  /** A detection where there is no object, or one that is found already. */
  public record FalseAlarm(int picture, Detection found) {}

  /** A detection on an object of another class. */
  public record Confused(int picture, Detection found, TrueBox truth) {}

  /** An object that was not found. */
  public record Missed(int picture, TrueBox truth) {}

  /**
   * Looks at all pictures.
   *
   * @param pictures with the detector's classes
   * @param progress hears how many are done
   * @throws java.io.UncheckedIOException if a picture cannot be read; the message names it
   */
  public static BoxFindings of(Detector detector, BoxPictures pictures, IntConsumer progress) {
    double minScore = Math.max(LEAST_SCORE, detector.limits().minScore());
    var collector = new Collector(minScore);
    var scores = BoxScores.of(detector, pictures, progress, collector::add);
    collector.falseAlarms.sort(Comparator.comparingDouble(one -> -one.found.score()));
    collector.confused.sort(Comparator.comparingDouble(one -> -one.found.score()));
    collector.missed.sort(Comparator.comparingDouble(one -> -one.truth.area()));
    return new BoxFindings(
        pictures,
        scores,
        minScore,
        collector.right,
        List.copyOf(collector.falseAlarms),
        List.copyOf(collector.confused),
        List.copyOf(collector.missed));
  }

  /** Sorts out one picture after the other. */
  static final class Collector {
    private final double minScore;
    int right;
    final List<FalseAlarm> falseAlarms = new ArrayList<>();
    final List<Confused> confused = new ArrayList<>();
    final List<Missed> missed = new ArrayList<>();

    Collector(double minScore) {
      this.minScore = minScore;
    }

    void add(int picture, List<Detection> found, List<TrueBox> truths) {
      var taken = new boolean[truths.size()];
      found.stream()
          .filter(one -> one.score() > minScore)
          .sorted(Comparator.comparingDouble(one -> -one.score()))
          .forEach(one -> add(picture, one, truths, taken));
      for (int i = 0; i < taken.length; i++) {
        if (!taken[i] && truths.get(i).isLearned()) {
          missed.add(new Missed(picture, truths.get(i)));
        }
      }
    }

    private void add(int picture, Detection found, List<TrueBox> truths, boolean[] taken) {
      int own = -1;
      int other = -1;
      boolean ignored = false;
      double[] overlaps = truths.stream().mapToDouble(found::overlap).toArray();
      for (int i = 0; i < overlaps.length; i++) {
        var truth = truths.get(i);
        boolean same = truth.box().label() == found.label();
        if (overlaps[i] < OVERLAP) {
          continue;
        } else if (!truth.isLearned()) {
          ignored |= same;
        } else if (same) {
          own = !taken[i] && (own < 0 || overlaps[i] > overlaps[own]) ? i : own;
        } else {
          other = other < 0 || overlaps[i] > overlaps[other] ? i : other;
        }
      }
      boolean again =
          Arrays.stream(range(overlaps.length))
              .anyMatch(
                  i ->
                      taken[i]
                          && truths.get(i).box().label() == found.label()
                          && overlaps[i] >= OVERLAP);
      if (own >= 0) {
        taken[own] = true;
        right++;
      } else if (!ignored && other >= 0 && !again) {
        confused.add(new Confused(picture, found, truths.get(other)));
      } else if (!ignored) {
        falseAlarms.add(new FalseAlarm(picture, found));
      }
    }

    private static int[] range(int count) {
      var range = new int[count];
      Arrays.setAll(range, i -> i);
      return range;
    }
  }
}
