package stride.train;

import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.graph.Buffer;
import stride.image.Normalization;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Fills a plan's input with augmented, normalised images; the same numbers for any number of
 * threads.
 */
final class Batches {
  private final ImageDataset data;
  private final Augmentation augmentation;
  private final Normalization normalization;
  private final Engine engine;
  private final Shape shape;
  private final float[][] scratch;
  private final Work work = new Work();

  Batches(
      ImageDataset data, Augmentation augmentation, Normalization normalization, Engine engine) {
    this.data = data;
    this.augmentation = augmentation;
    this.normalization = normalization;
    this.engine = engine;
    shape = data.shape();
    scratch = new float[engine.threads()][shape.elements()];
  }

  /** Checks that a network takes a data set's images and has an output for each of its classes. */
  static void check(Network network, ImageDataset data) {
    checkShape(network, data);
    int outputs = network.output().elements();
    boolean binary = outputs == 1 && data.labels().size() == 2;
    if (outputs < data.labels().size() && !binary) {
      throw new IllegalArgumentException(
          "the network has %d outputs, the data set %d classes"
              .formatted(outputs, data.labels().size()));
    }
  }

  /** Checks that a network takes a data set's images. */
  static void checkShape(Network network, ImageDataset data) {
    if (!network.input().equals(data.shape())) {
      throw new IllegalArgumentException(
          "the network takes images of %s, the data set has %s"
              .formatted(network.input(), data.shape()));
    }
  }

  /**
   * Fills {@code samples} samples with the images order[first..], as epoch {@code epoch} sees them.
   */
  void fill(
      int[] order, int first, int samples, long seed, int epoch, Buffer into, Targets targets) {
    work.order = order;
    work.first = first;
    work.samples = samples;
    work.seed = seed;
    work.epoch = epoch;
    work.into = into;
    work.targets = targets;
    engine.forEach(work.tasks(), work);
  }

  /** One batch's samples, in as many tasks as there are threads. */
  private final class Work implements Engine.Tasks {
    private int[] order = {};
    private int first;
    private int samples;
    private long seed;
    private int epoch;
    private Buffer into = new Buffer(new float[0], 0, 0);
    private Targets targets = Targets.classes(0);

    int tasks() {
      return Math.min(samples, engine.threads());
    }

    @Override
    public void run(int task, int worker) {
      int from = samples * task / tasks();
      int to = samples * (task + 1) / tasks();
      for (int n = from; n < to; n++) {
        int index = order[first + n];
        float[] image = scratch[worker];
        data.read(index, image, 0);
        augmentation.apply(
            CounterRandom.key(seed, epoch, index), shape, image, 0, into.array(), into.at(n));
        normalization.apply(into.array(), into.at(n), shape.elements());
        targets.setLabel(n, data.label(index));
      }
    }
  }
}
