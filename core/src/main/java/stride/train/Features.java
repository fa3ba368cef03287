package stride.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** The features that all tasks together send at once: 16 MiB. */
  private static final int TOGETHER = 1 << 22;

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
   * @param exchange is told that this task gets on
   */
  static Features of(
      Network backbone,
      Weights weights,
      ImageDataset images,
      Normalization normalization,
      int from,
      int to,
      Engine engine,
      Exchange exchange) {
    var samples = new Samples.Images(images, normalization);
    samples.requireShapes(backbone);
    var features = new Features(images, backbone.output());
    features.compute(backbone, weights, samples, from, to, engine, exchange);
    return features;
  }

  /**
   * Computes the features of all images together with the other tasks of a training, each of a
   * share of them. Shares are whole batches, so that the bits are those of one task.
   *
   * @param exchange sends each share to all
   * @throws IOException if another task cannot be reached
   */
  static Features shared(
      Network backbone,
      Weights weights,
      ImageDataset images,
      Normalization normalization,
      Engine engine,
      Exchange exchange)
      throws IOException {
    int batch = Evaluation.batch(new Samples.Images(images, normalization));
    int tasks = exchange.ranks().tasks();
    int[] begins = new int[tasks + 1];
    long batches = Math.ceilDiv(images.size(), batch);
    for (int task = 0; task <= tasks; task++) {
      begins[task] = (int) Math.min(images.size(), batches * task / tasks * batch);
    }
    int own = exchange.ranks().task();
    var features =
        of(
            backbone,
            weights,
            images,
            normalization,
            begins[own],
            begins[own + 1],
            engine,
            exchange);
    features.exchange(begins, exchange);
    return features;
  }

  private void compute(
      Network backbone,
      Weights weights,
      Samples.Images samples,
      int from,
      int to,
      Engine engine,
      Exchange exchange) {
    int batch = Evaluation.batch(samples);
    var graph = backbone.graph();
    var plan = engine.plan(graph, weights.part(graph), batch, Purpose.inference());
    var batches = new Batches(samples, Augmentation.none(), engine);
    var targets = Targets.of(samples.targets(), batch);
    int[] order = new int[samples.size()];
    Arrays.setAll(order, i -> i);
    for (int first = from; first < to; first += batch) {
      int count = Math.min(batch, to - first);
      batches.fill(order, first, count, 0, 0, plan.inputs(), targets);
      plan.forward(count);
      var output = plan.output(Graph.OUTPUT);
      for (int n = 0; n < count; n++) {
        System.arraycopy(
            output.array(), output.at(n), row(first + n), at(first + n), shape.elements());
      }
      exchange.progress();
    }
  }

  /**
   * Sends what this task has computed to all others, and receives theirs, a stretch at a time.
   *
   * @param begins the first image of each task, and the number of all
   */
  private void exchange(int[] begins, Exchange exchange) throws IOException {
    int tasks = begins.length - 1;
    int own = exchange.ranks().task();
    int most = 0;
    for (int task = 0; task < tasks; task++) {
      most = Math.max(most, begins[task + 1] - begins[task]);
    }
    int stretch = Math.max(1, TOGETHER / tasks / shape.elements());
    for (int done = 0; done < most; done += stretch) {
      byte[][] all = exchange.all(bytes(begins[own] + done, begins[own + 1], stretch));
      for (int task = 0; task < tasks; task++) {
        if (task != own) {
          read(all[task], begins[task] + done);
        }
      }
    }
  }

  /** The features of at most {@code most} images from one on, before another. */
  private byte[] bytes(int from, int end, int most) {
    int to = Math.min(end, from + most);
    var bytes =
        ByteBuffer.allocate(Math.max(0, to - from) * shape.elements() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    var floats = bytes.asFloatBuffer();
    for (int image = from; image < to; image++) {
      floats.put(row(image), at(image), shape.elements());
    }
    return bytes.array();
  }

  /** Reads the features of images from one on. */
  private void read(byte[] bytes, int from) {
    var floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int image = from; floats.hasRemaining(); image++) {
      floats.get(row(image), at(image), shape.elements());
    }
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
