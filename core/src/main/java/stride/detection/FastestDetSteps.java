package stride.detection;

import java.util.Arrays;
import stride.box.Siou;
import stride.compute.Buffer;
import stride.data.Box;
import stride.graph.Graph;
import stride.train.Loss;
import stride.train.Targets;

/**
 * {@link FastestDetLoss} step by step, in buffers that are kept: the cells that may say boxes of a
 * batch are compared with them by many threads. Sums are added in order: the same bits for any
 * number of threads.
 */
final class FastestDetSteps implements Loss {
  private static final int[] RIGHT = {0, 1, 0, 1};
  private static final int[] DOWN = {0, 0, 1, 1};

  private static final double BOX_WEIGHT = 8;
  private static final double OBJECT_WEIGHT = 16;
  private static final double BACKGROUND = 0.75;
  private static final double FOREGROUND = 0.25;

  /** Candidates that one task compares. */
  private static final int PART = 64;

  private final Threads threads;
  private final int rows;
  private final int columns;
  private final int classes;
  private final int channels;

  private int count;
  private int objectCount;
  private int[] sample = new int[PART];
  private int[] place = new int[PART];

  /** The number of the object, over the whole batch. */
  private int[] object = new int[PART];

  /** For each object its best candidate, or -1. */
  private int[] best = {};

  private Box[] box = new Box[PART];
  private boolean[] counts = new boolean[PART];
  private double[] siou = new double[PART];

  /** Four for each candidate: the derivatives of SIoU by the network's numbers. */
  private double[] derivatives = new double[4 * PART];

  /** For each cell of the batch the last candidate that counts, or -1. */
  private int[] last = {};

  /** For each sample the number of candidates that count, and the loss of its objects. */
  private int[] ofSample = {};

  private double[] sums = {};

  FastestDetSteps(FastestDetLoss loss, Threads threads) {
    this.threads = threads;
    rows = loss.rows();
    columns = loss.columns();
    classes = loss.classes();
    channels = loss.channels();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    var output = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    if (sums.length < samples) {
      sums = new double[samples];
      ofSample = new int[samples];
      last = new int[samples * rows * columns];
    }
    count = 0;
    addAll(targets, samples);
    threads.forEach(
        Math.ceilDiv(count, PART),
        (task, worker) -> compare(output, task * PART, Math.min(count, (task + 1) * PART)));
    int good = choose(samples);
    threads.forEach(samples, (n, worker) -> sums[n] = objects(output, gradient, n, samples));
    double sum = 0;
    for (int n = 0; n < samples; n++) {
      sum += sums[n];
    }
    for (int i = 0; i < count; i++) {
      if (counts[i]) {
        sum += BOX_WEIGHT * (1 - siou[i]) / good;
        addBox(gradient, i, -BOX_WEIGHT / good);
        sum += addClass(output, gradient, i, good);
      }
    }
    return sum;
  }

  private void addAll(Targets targets, int samples) {
    for (int neighbour = 0; neighbour < RIGHT.length; neighbour++) {
      objectCount = 0;
      for (int n = 0; n < samples; n++) {
        for (var own : targets.boxes(n)) {
          requireClass(own);
          int x = (int) ((own.left() + own.right()) / 2 / FastestDetLoss.CELL) + RIGHT[neighbour];
          int y = (int) ((own.top() + own.bottom()) / 2 / FastestDetLoss.CELL) + DOWN[neighbour];
          if (x > 0 && y > 0 && x < columns && y < rows) {
            add(n, y * columns + x, own);
          }
          objectCount++;
        }
      }
    }
  }

  private void requireClass(Box own) {
    if (own.label() >= classes) {
      throw new IllegalArgumentException(
          "a box is of class %d, the network has %d classes".formatted(own.label(), classes));
    }
  }

  private void add(int ofSample, int atPlace, Box own) {
    if (count == sample.length) {
      sample = Arrays.copyOf(sample, 2 * count);
      place = Arrays.copyOf(place, 2 * count);
      object = Arrays.copyOf(object, 2 * count);
      box = Arrays.copyOf(box, 2 * count);
      counts = Arrays.copyOf(counts, 2 * count);
      siou = Arrays.copyOf(siou, 2 * count);
      derivatives = Arrays.copyOf(derivatives, 8 * count);
    }
    sample[count] = ofSample;
    place[count] = atPlace;
    object[count] = objectCount;
    box[count++] = own;
  }

  /** Computes the SIoU of some candidates, and its derivatives. */
  private void compare(Buffer output, int from, int to) {
    var predicted = new double[4];
    var known = new double[4];
    var gradient = new double[4];
    for (int i = from; i < to; i++) {
      int at = at(output, i) + 1;
      float[] values = output.array();
      double x = Math.tanh(values[at]);
      double y = Math.tanh(values[at + 1]);
      double width = sigmoid(values[at + 2]);
      double height = sigmoid(values[at + 3]);
      int row = place[i] / columns;
      int column = place[i] % columns;
      predicted[0] = column + x;
      predicted[1] = row + y;
      predicted[2] = width * columns;
      predicted[3] = height * rows;
      var own = box[i];
      known[0] = ((double) own.left() + own.right()) / 2 / FastestDetLoss.CELL;
      known[1] = ((double) own.top() + own.bottom()) / 2 / FastestDetLoss.CELL;
      known[2] = ((double) own.right() - own.left()) / FastestDetLoss.CELL;
      known[3] = ((double) own.bottom() - own.top()) / FastestDetLoss.CELL;
      siou[i] = Siou.of(predicted, known, gradient);
      derivatives[4 * i] = gradient[0] * (1 - x * x);
      derivatives[4 * i + 1] = gradient[1] * (1 - y * y);
      derivatives[4 * i + 2] = gradient[2] * predicted[2] * (1 - width);
      derivatives[4 * i + 3] = gradient[3] * predicted[3] * (1 - height);
    }
  }

  private int at(Buffer output, int candidate) {
    return output.at(sample[candidate]) + place[candidate] * channels;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * Says which candidates count, those that are better than the mean and the best of each object,
   * and returns how many.
   */
  private int choose(int samples) {
    if (best.length < objectCount) {
      best = new int[objectCount];
    }
    Arrays.fill(best, 0, objectCount, -1);
    for (int i = 0; i < count; i++) {
      int other = best[object[i]];
      if (other < 0 || siou[i] > siou[other]) {
        best[object[i]] = i;
      }
    }
    double mean = Arrays.stream(siou, 0, count).average().orElse(0);
    for (int i = 0; i < count; i++) {
      counts[i] = siou[i] > mean || best[object[i]] == i;
    }
    Arrays.fill(last, 0, samples * rows * columns, -1);
    Arrays.fill(ofSample, 0, samples, 0);
    int good = 0;
    for (int i = 0; i < count; i++) {
      if (counts[i]) {
        last[sample[i] * rows * columns + place[i]] = i;
        ofSample[sample[i]]++;
        good++;
      }
    }
    return good;
  }

  private void addBox(Buffer gradient, int candidate, double weight) {
    int at = at(gradient, candidate) + 1;
    for (int i = 0; i < 4; i++) {
      gradient.array()[at + i] += (float) (weight * derivatives[4 * candidate + i]);
    }
  }

  private double addClass(Buffer output, Buffer gradient, int candidate, int of) {
    int label = FastestDetLoss.BEFORE_CLASSES + box[candidate].label();
    // A probability of 0 would have an infinite loss.
    double p = Math.max(output.array()[at(output, candidate) + label], (double) Float.MIN_NORMAL);
    gradient.array()[at(gradient, candidate) + label] -= (float) (1 / p / of);
    return -Math.log(p) / of;
  }

  /** Returns the loss of the probabilities of a sample's objects, with a gradient from 0 on. */
  private double objects(Buffer output, Buffer gradient, int n, int samples) {
    int cells = rows * columns;
    Arrays.fill(gradient.array(), gradient.at(n), gradient.at(n) + cells * channels, 0);
    double weight = OBJECT_WEIGHT / ((double) samples * cells);
    double foreground = FOREGROUND * cells / Math.max(1, ofSample[n]);
    double sum = 0;
    for (int i = 0; i < cells; i++) {
      int candidate = last[n * cells + i];
      int at = output.at(n) + i * channels;
      double difference = output.array()[at] - (candidate < 0 ? 0 : siou[candidate]);
      double distance = Math.abs(difference);
      double own = weight * (candidate < 0 ? BACKGROUND : foreground);
      double slope = own * Math.clamp(difference, -1, 1);
      sum += own * (distance < 1 ? difference * difference / 2 : distance - 0.5);
      gradient.array()[gradient.at(n) + i * channels] += (float) slope;
      if (candidate >= 0) {
        addBox(gradient, candidate, -slope);
      }
    }
    return sum;
  }
}
