package stride.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import stride.box.Ranking;
import stride.data.TrueBox;

/**
 * COCO's measure of detections (Lin et al. 2014, "Microsoft COCO"; pycocotools' {@code COCOeval}):
 * pictures are added one by one, of which 24 bytes a detection stay.
 *
 * <p>Of a picture and class the 100 surest detections count. The surest first, each is matched with
 * the object of its class that it overlaps most, if that is not taken and the IoU reaches the
 * threshold; of equal overlaps the later object is taken. Crowds and ignored objects come last:
 * what matches one, or matches none and is itself not of the measured size, counts neither as right
 * nor as wrong. A crowd may be matched again and again. Over all pictures, detections are ordered
 * by score, and equal ones as they were added.
 */
public final class CocoMeasure {
  private static final int MOST = 100;

  /** IoU thresholds, with the bits of NumPy's linspace(0.5, 0.95, 10). */
  private static final double[] THRESHOLDS = new double[10];

  /** The recalls at which precision is averaged. */
  private static final int RECALLS = 101;

  /** The ranges of areas in square pixels: all, small, medium, large. */
  private static final double[][] AREAS = {{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}};

  private static final int ALL = 0;

  static {
    double step = (0.95 - 0.5) / 9;
    for (int i = 0; i < THRESHOLDS.length; i++) {
      THRESHOLDS[i] = i * step + 0.5;
    }
    THRESHOLDS[9] = 0.95;
  }

  private final Rows[] classes;

  /**
   * Creates a measure without pictures.
   *
   * @param classes the number of classes
   */
  public CocoMeasure(int classes) {
    this.classes = new Rows[classes];
    Arrays.setAll(this.classes, _ -> new Rows());
  }

  /** The detections of a class, a bit of each for each range of areas and threshold. */
  private static final class Rows {
    float[] scores = new float[8];

    /** How many surer ones there are of the same picture and class. */
    byte[] ranks = new byte[8];

    long[] matched = new long[8];
    long[] ignored = new long[8];
    int size;

    /** For each range of areas the number of objects that have to be found. */
    final int[] objects = new int[AREAS.length];

    void add(float score, int rank, long matches, long ignores) {
      if (size == scores.length) {
        scores = Arrays.copyOf(scores, 2 * size);
        ranks = Arrays.copyOf(ranks, 2 * size);
        matched = Arrays.copyOf(matched, 2 * size);
        ignored = Arrays.copyOf(ignored, 2 * size);
      }
      scores[size] = score;
      ranks[size] = (byte) rank;
      matched[size] = matches;
      ignored[size] = ignores;
      size++;
    }
  }

  /**
   * Adds a picture.
   *
   * @param found what was found in it, in any order
   * @param truths what is in it
   * @throws IllegalArgumentException if a class is not one of the measure's
   */
  public void add(List<Detection> found, List<TrueBox> truths) {
    var labels = new BitSet();
    found.forEach(detection -> labels.set(known(detection.label())));
    truths.forEach(truth -> labels.set(known(truth.box().label())));
    labels.stream().forEach(label -> add(label, found, truths));
  }

  private int known(int label) {
    if (label < 0 || label >= classes.length) {
      throw new IllegalArgumentException(
          "there is a box of class %d, the measure has %d classes"
              .formatted(label, classes.length));
    }
    return label;
  }

  private void add(int label, List<Detection> found, List<TrueBox> truths) {
    var detections = surest(found, label);
    var objects =
        truths.stream().filter(truth -> truth.box().label() == label).toArray(TrueBox[]::new);
    var overlaps = new double[detections.length][objects.length];
    for (int d = 0; d < detections.length; d++) {
      for (int o = 0; o < objects.length; o++) {
        overlaps[d][o] = detections[d].overlap(objects[o]);
      }
    }
    var matched = new long[detections.length];
    var ignored = new long[detections.length];
    for (int area = 0; area < AREAS.length; area++) {
      var order = new int[objects.length];
      int counting = countingFirst(objects, area, order);
      classes[label].objects[area] += counting;
      for (int t = 0; t < THRESHOLDS.length; t++) {
        int[] matches = match(overlaps, objects, order, counting, THRESHOLDS[t]);
        long bit = bit(area, t);
        for (int d = 0; d < matches.length; d++) {
          boolean ignores =
              matches[d] < 0 ? !isWithin(detections[d].area(), area) : matches[d] >= counting;
          matched[d] |= matches[d] < 0 ? 0 : bit;
          ignored[d] |= ignores ? bit : 0;
        }
      }
    }
    for (int d = 0; d < detections.length; d++) {
      classes[label].add(detections[d].score(), d, matched[d], ignored[d]);
    }
  }

  private static long bit(int area, int threshold) {
    return 1L << (area * THRESHOLDS.length + threshold);
  }

  /** Returns the surest detections of a class, in order. */
  private static Detection[] surest(List<Detection> found, int label) {
    var own = found.stream().filter(detection -> detection.label() == label).toList();
    var scores = new float[own.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = own.get(i).score();
    }
    return Arrays.stream(Ranking.best(scores, 0, scores.length, MOST))
        .mapToObj(own::get)
        .toArray(Detection[]::new);
  }

  private static boolean isWithin(double area, int range) {
    return area >= AREAS[range][0] && area <= AREAS[range][1];
  }

  /**
   * Writes the objects' numbers, first of those that have to be found, and returns how many these
   * are.
   */
  private static int countingFirst(TrueBox[] objects, int area, int[] order) {
    int at = 0;
    int counting = 0;
    for (boolean counts : new boolean[] {true, false}) {
      for (int o = 0; o < objects.length; o++) {
        if ((objects[o].isLearned() && isWithin(objects[o].area(), area)) == counts) {
          order[at++] = o;
        }
      }
      counting = counts ? at : counting;
    }
    return counting;
  }

  /**
   * Returns for each detection the place in the order of the object that it matches; -1 for none.
   */
  private static int[] match(
      double[][] overlaps, TrueBox[] objects, int[] order, int counting, double threshold) {
    var matches = new int[overlaps.length];
    var taken = new boolean[order.length];
    for (int d = 0; d < matches.length; d++) {
      double best = Math.min(threshold, 1 - 1e-10);
      int match = -1;
      for (int i = 0; i < order.length; i++) {
        int object = order[i];
        if (taken[i] && !objects[object].crowd()) {
          continue;
        }
        if (match >= 0 && match < counting && i >= counting) {
          break;
        }
        if (overlaps[d][object] >= best) {
          best = overlaps[d][object];
          match = i;
        }
      }
      matches[d] = match;
      if (match >= 0) {
        taken[match] = true;
      }
    }
    return matches;
  }

  /** {@return the measure of all pictures so far} */
  public CocoScores scores() {
    // For each range of areas and threshold, the sum over the classes that have objects.
    var precision = new double[AREAS.length][THRESHOLDS.length];
    var recall = new double[AREAS.length][THRESHOLDS.length];
    var recallOfOne = new double[THRESHOLDS.length];
    var recallOfTen = new double[THRESHOLDS.length];
    var counts = new int[AREAS.length];
    var ofClasses = new ArrayList<CocoScores.OfClass>();
    for (int label = 0; label < classes.length; label++) {
      var rows = classes[label];
      int[] order = order(rows);
      var own = new double[THRESHOLDS.length];
      Arrays.fill(own, Double.NaN);
      for (int area = 0; area < AREAS.length; area++) {
        if (rows.objects[area] == 0) {
          continue;
        }
        counts[area]++;
        for (int t = 0; t < THRESHOLDS.length; t++) {
          var curve = curve(rows, order, area, t);
          double mean = averagePrecision(curve);
          precision[area][t] += mean;
          recall[area][t] += share(rows, area, t, MOST);
          if (area == ALL) {
            own[t] = mean;
            recallOfOne[t] += share(rows, area, t, 1);
            recallOfTen[t] += share(rows, area, t, 10);
          }
        }
      }
      ofClasses.add(
          new CocoScores.OfClass(
              label, Arrays.stream(own).average().orElse(0), own[0], rows.objects[ALL]));
    }
    return new CocoScores(
        mean(precision[ALL], counts[ALL]),
        precision[ALL][0] / counts[ALL],
        precision[ALL][5] / counts[ALL],
        mean(precision[1], counts[1]),
        mean(precision[2], counts[2]),
        mean(precision[3], counts[3]),
        mean(recallOfOne, counts[ALL]),
        mean(recallOfTen, counts[ALL]),
        mean(recall[ALL], counts[ALL]),
        mean(recall[1], counts[1]),
        mean(recall[2], counts[2]),
        mean(recall[3], counts[3]),
        ofClasses);
  }

  /** Returns the mean over thresholds and classes; NaN without classes. */
  private static double mean(double[] sums, int count) {
    return Arrays.stream(sums).average().orElse(0) / count;
  }

  /**
   * {@return precision against recall of a class; empty if none of its objects has to be found}
   *
   * @param label the class
   */
  public PrecisionRecall curve(int label) {
    var rows = classes[known(label)];
    return rows.objects[ALL] == 0
        ? new PrecisionRecall(new float[0], new float[0], new float[0])
        : curve(rows, order(rows), ALL, 0).asFloats();
  }

  /** Returns the numbers of the detections, the surest first. */
  private static int[] order(Rows rows) {
    return Ranking.best(rows.scores, 0, rows.size, rows.size);
  }

  /** What precision and recall are after each detection that counts. */
  private record Curve(double[] recall, double[] precision, float[] scores, int size) {
    PrecisionRecall asFloats() {
      var r = new float[size];
      var p = new float[size];
      for (int i = 0; i < size; i++) {
        r[i] = (float) recall[i];
        p[i] = (float) precision[i];
      }
      return new PrecisionRecall(r, p, Arrays.copyOf(scores, size));
    }
  }

  private static Curve curve(Rows rows, int[] order, int area, int threshold) {
    var curve =
        new Curve(new double[order.length], new double[order.length], new float[order.length], 0);
    long bit = bit(area, threshold);
    int size = 0;
    int right = 0;
    for (int row : order) {
      if ((rows.ignored[row] & bit) == 0) {
        right += (rows.matched[row] & bit) == 0 ? 0 : 1;
        curve.recall[size] = (double) right / rows.objects[area];
        curve.precision[size] = right / (size + 1 + Math.ulp(1.0));
        curve.scores[size] = rows.scores[row];
        size++;
      }
    }
    return new Curve(curve.recall, curve.precision, curve.scores, size);
  }

  /**
   * Returns the mean over recalls of 0, 0.01 ... 1 of the largest precision at that recall or more.
   */
  private static double averagePrecision(Curve curve) {
    double sum = 0;
    double largest = 0;
    int at = curve.size - 1;
    for (int i = RECALLS - 1; i >= 0; i--) {
      double recall = i == RECALLS - 1 ? 1 : i * 0.01;
      for (; at >= 0 && curve.recall[at] >= recall; at--) {
        largest = Math.max(largest, curve.precision[at]);
      }
      sum += largest;
    }
    return sum / RECALLS;
  }

  /** Returns the share of the objects that the first detections of each picture find. */
  private static double share(Rows rows, int area, int threshold, int most) {
    long bit = bit(area, threshold);
    int right = 0;
    for (int row = 0; row < rows.size; row++) {
      right +=
          rows.ranks[row] < most && (rows.matched[row] & ~rows.ignored[row] & bit) != 0 ? 1 : 0;
    }
    return (double) right / rows.objects[area];
  }
}
