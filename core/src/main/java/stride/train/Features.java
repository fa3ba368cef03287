package stride.train;

import java.util.Arrays;
import stride.data.Augmentation;
import stride.data.ForwardingImages;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.image.Region;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * The features that a frozen backbone computes of a data set's images, computed once: a data set
 * for the head, which takes these features instead of images.
 */
final class Features extends ForwardingImages {
  /**
   * The largest number of features of all images: 512 MiB, half of the JVM's default heap on a
   * machine with 4 GB. It does not depend on the machine, so that results do not either.
   */
  private static final long MOST = 1L << 27;

  /** The largest number of features in one array. */
  private static final int ROW = 1 << 24;

  private final Shape shape;
  private final int imagesPerRow;
  private final float[][] rows;

  private Features(ImageDataset images, Shape shape) {
    super(images);
    this.shape = shape;
    imagesPerRow = Math.max(1, ROW / shape.elements());
    rows = new float[Math.ceilDiv(images.size(), imagesPerRow)][];
    for (int row = 0; row < rows.length; row++) {
      int count = Math.min(imagesPerRow, images.size() - row * imagesPerRow);
      rows[row] = new float[count * shape.elements()];
    }
  }

  /** Whether the features of a number of images are few enough to be kept. */
  static boolean fit(Network backbone, int images) {
    return (long) images * backbone.output().elements() <= MOST;
  }

  /**
   * Computes the features of the images of some indices; those of others are 0.
   *
   * @param progress called after each batch
   */
  static Features of(
      Network backbone,
      Weights weights,
      ImageDataset images,
      Normalization normalization,
      int from,
      int to,
      Engine engine,
      Runnable progress) {
    var samples = new Samples.Images(images, normalization);
    samples.requireShapes(backbone);
    var features = new Features(images, backbone.output());
    int batch = Evaluation.batch(samples);
    var graph = backbone.graph();
    var plan = engine.plan(graph, weights.part(graph), batch, Purpose.inference());
    var batches = new Batches(samples, Augmentation.none(), engine);
    var targets = Targets.of(samples.targets(), batch);
    int[] order = new int[images.size()];
    Arrays.setAll(order, i -> i);
    for (int first = from; first < to; first += batch) {
      int count = Math.min(batch, to - first);
      batches.fill(order, first, count, 0, 0, plan.inputs(), targets);
      plan.forward(count);
      var output = plan.output(Graph.OUTPUT);
      for (int n = 0; n < count; n++) {
        System.arraycopy(
            output.array(),
            output.at(n),
            features.row(first + n),
            features.at(first + n),
            features.shape.elements());
      }
      progress.run();
    }
    return features;
  }

  private float[] row(int index) {
    return rows[index / imagesPerRow];
  }

  private int at(int index) {
    return index % imagesPerRow * shape.elements();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** Returns false: features are not parts of pictures. */
  @Override
  public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    return false;
  }

  @Override
  public boolean readsFiles() {
    return false;
  }

  @Override
  public void read(int index, float[] into, int offset) {
    System.arraycopy(row(index), at(index), into, offset, shape.elements());
  }
}
