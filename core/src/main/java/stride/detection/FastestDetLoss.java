package stride.detection;

import java.util.Arrays;
import stride.box.Siou;
import stride.compute.Buffer;
import stride.data.Box;
import stride.graph.Graph;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * FastestDet's loss (Ma 2022, github.com/dog-qiuqiu/FastestDet): 8 times that of boxes, 16 times
 * that of objects, and once that of classes. The network's output is (H, W, 5 + classes): the
 * probability of an object, four numbers of its box, and the probabilities of the classes, of which
 * a cell in column x and row y means the centre (x + tanh a, y + tanh b) and the sides (W sigmoid
 * c, H sigmoid d), in cells.
 *
 * <p>The box of an object may be said by the cell of its centre and those to the right of it, below
 * and both; cells of the first column and row say none. Of all these candidates in a batch, those
 * count whose {@linkplain Siou SIoU} is above the mean, and the best of each object. The original
 * leaves out the latter, and may never learn of objects much smaller than most: their overlaps are
 * below the mean, and stay there. The losses of boxes and of classes are the means of 1 - SIoU and
 * of -log p over them. The loss of objects is the mean of the smooth L1 distance of the probability
 * of an object from the SIoU of its cell, or from 0, over all cells; those with an object weigh a
 * quarter of the picture's together, each other one three quarters. If two objects share a cell,
 * the one that comes last there counts for its probability.
 *
 * <p>As the mean is that of the batch, a sample's loss depends on the others in its batch.
 *
 * @param rows the cells of a picture from top to bottom
 * @param columns the cells from left to right
 * @param classes the number of classes
 */
public record FastestDetLoss(int rows, int columns, int classes) implements Loss {
  /** The height and width of a cell, in pixels of the network's input. */
  private static final int CELL = 16;

  private static final double BOX_WEIGHT = 8;
  private static final double OBJECT_WEIGHT = 16;
  private static final double BACKGROUND = 0.75;
  private static final double FOREGROUND = 0.25;

  /** The numbers before the classes: that of an object, four of its box. */
  private static final int BEFORE_CLASSES = 5;

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  public FastestDetLoss {
    if (rows < 1 || columns < 1 || classes < 1) {
      throw new IllegalArgumentException(
          "the loss of FastestDet is of at least 1 row, 1 column and 1 class, was %d, %d and %d"
              .formatted(rows, columns, classes));
    }
  }

  /**
   * {@return the loss of a network}
   *
   * @param output the shape of the network's output, (H, W, 5 + classes)
   * @throws IllegalArgumentException if it is another one
   */
  public static FastestDetLoss of(Shape output) {
    if (!output.isImage() || output.channels() <= BEFORE_CLASSES) {
      throw new IllegalArgumentException(
          "the output of FastestDet is (H, W, 5 + classes), was " + output);
    }
    return new FastestDetLoss(output.height(), output.width(), output.channels() - BEFORE_CLASSES);
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    var output = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int length = rows * columns * channels();
    for (int n = 0; n < samples; n++) {
      Arrays.fill(gradient.array(), gradient.at(n), gradient.at(n) + length, 0);
    }
    var candidates = new Candidates();
    candidates.add(targets, samples);
    candidates.compare(output);
    return candidates.loss(output, gradient, samples);
  }

  private int channels() {
    return BEFORE_CLASSES + classes;
  }

  /** The cells that may say boxes of a batch. */
  private final class Candidates {
    private static final int[] RIGHT = {0, 1, 0, 1};
    private static final int[] DOWN = {0, 0, 1, 1};

    private int count;
    private int objectCount;
    private int[] sample = new int[64];
    private int[] place = new int[64];

    /** The number of the object, over the whole batch. */
    private int[] object = new int[64];

    private Box[] box = new Box[64];
    private double[] siou = {};

    /** Four for each candidate: the derivatives of SIoU by the network's numbers. */
    private double[] derivatives = {};

    void add(Targets targets, int samples) {
      for (int neighbour = 0; neighbour < RIGHT.length; neighbour++) {
        objectCount = 0;
        for (int n = 0; n < samples; n++) {
          for (var own : targets.boxes(n)) {
            requireClass(own);
            int x = (int) ((own.left() + own.right()) / 2 / CELL) + RIGHT[neighbour];
            int y = (int) ((own.top() + own.bottom()) / 2 / CELL) + DOWN[neighbour];
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
      }
      sample[count] = ofSample;
      place[count] = atPlace;
      object[count] = objectCount;
      box[count++] = own;
    }

    /** Computes the SIoU of each, and its derivatives. */
    void compare(Buffer output) {
      siou = new double[count];
      derivatives = new double[4 * count];
      var predicted = new double[4];
      var known = new double[4];
      var gradient = new double[4];
      for (int i = 0; i < count; i++) {
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
        known[0] = ((double) own.left() + own.right()) / 2 / CELL;
        known[1] = ((double) own.top() + own.bottom()) / 2 / CELL;
        known[2] = ((double) own.right() - own.left()) / CELL;
        known[3] = ((double) own.bottom() - own.top()) / CELL;
        siou[i] = Siou.of(predicted, known, gradient);
        derivatives[4 * i] = gradient[0] * (1 - x * x);
        derivatives[4 * i + 1] = gradient[1] * (1 - y * y);
        derivatives[4 * i + 2] = gradient[2] * predicted[2] * (1 - width);
        derivatives[4 * i + 3] = gradient[3] * predicted[3] * (1 - height);
      }
    }

    private int at(Buffer output, int candidate) {
      return output.at(sample[candidate]) + place[candidate] * channels();
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    double loss(Buffer output, Buffer gradient, int samples) {
      var counts = good();
      var last = new int[samples * rows * columns];
      Arrays.fill(last, -1);
      var ofSample = new int[samples];
      int good = 0;
      for (int i = 0; i < count; i++) {
        if (counts[i]) {
          last[sample[i] * rows * columns + place[i]] = i;
          ofSample[sample[i]]++;
          good++;
        }
      }
      double sum = objects(output, gradient, samples, last, ofSample);
      for (int i = 0; i < count; i++) {
        if (counts[i]) {
          sum += BOX_WEIGHT * (1 - siou[i]) / good;
          addBox(gradient, i, -BOX_WEIGHT / good);
          sum += addClass(output, gradient, i, good);
        }
      }
      return sum;
    }

    /** Returns which candidates are better than the mean, or the best of their object. */
    private boolean[] good() {
      var best = new int[objectCount];
      Arrays.fill(best, -1);
      for (int i = 0; i < count; i++) {
        int other = best[object[i]];
        if (other < 0 || siou[i] > siou[other]) {
          best[object[i]] = i;
        }
      }
      double mean = Arrays.stream(siou).average().orElse(0);
      var good = new boolean[count];
      for (int i = 0; i < count; i++) {
        good[i] = siou[i] > mean || best[object[i]] == i;
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
      int label = BEFORE_CLASSES + box[candidate].label();
      // A probability of 0 would have an infinite loss.
      double p = Math.max(output.array()[at(output, candidate) + label], (double) Float.MIN_NORMAL);
      gradient.array()[at(gradient, candidate) + label] -= (float) (1 / p / of);
      return -Math.log(p) / of;
    }

    /**
     * Returns the loss of the probabilities of objects.
     *
     * @param last for each cell of the batch its last candidate, or -1
     * @param ofSample for each sample its number of candidates that count
     */
    private double objects(
        Buffer output, Buffer gradient, int samples, int[] last, int[] ofSample) {
      int cells = rows * columns;
      double weight = OBJECT_WEIGHT / ((double) samples * cells);
      double sum = 0;
      for (int n = 0; n < samples; n++) {
        double foreground = FOREGROUND * cells / Math.max(1, ofSample[n]);
        for (int i = 0; i < cells; i++) {
          int candidate = last[n * cells + i];
          int at = output.at(n) + i * channels();
          double difference = output.array()[at] - (candidate < 0 ? 0 : siou[candidate]);
          double distance = Math.abs(difference);
          double own = weight * (candidate < 0 ? BACKGROUND : foreground);
          double slope = own * Math.clamp(difference, -1, 1);
          sum += own * (distance < 1 ? difference * difference / 2 : distance - 0.5);
          gradient.array()[gradient.at(n) + i * channels()] += (float) slope;
          if (candidate >= 0) {
            addBox(gradient, candidate, -slope);
          }
        }
      }
      return sum;
    }
  }
}
