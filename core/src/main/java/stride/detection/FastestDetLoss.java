package stride.detection;

import stride.engine.Plan;
import stride.network.Network;
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
 * count whose {@linkplain stride.box.Siou SIoU} is above the mean, and the best of each object. The
 * original leaves out the latter, and may never learn of objects much smaller than most: their
 * overlaps are below the mean, and stay there. The losses of boxes and of classes are the means of
 * 1 - SIoU and of -log p over them. The loss of objects is the mean of the smooth L1 distance of
 * the probability of an object from the SIoU of its cell, or from 0, over all cells; those with an
 * object weigh a quarter of the picture's together, each other one three quarters. If two objects
 * share a cell, the one that comes last there counts for its probability.
 *
 * <p>As the mean is that of the batch, a sample's loss depends on the others in its batch.
 *
 * @param rows the cells of a picture from top to bottom
 * @param columns the cells from left to right
 * @param classes the number of classes
 */
public record FastestDetLoss(int rows, int columns, int classes) implements Loss {
  /** The height and width of a cell, in pixels of the network's input. */
  static final int CELL = 16;

  /** The numbers before the classes: that of an object, four of its box. */
  static final int BEFORE_CLASSES = 5;

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
  public Loss forPlan(Network network, Plan plan) {
    return new FastestDetSteps(this, plan.engine()::forEach);
  }

  /** Computes the loss on one thread; {@link #forPlan} uses many. */
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    return new FastestDetSteps(this, Threads.ONE).apply(outputs, targets, samples);
  }

  /** The numbers of a cell. */
  int channels() {
    return BEFORE_CLASSES + classes;
  }
}
