package stride.train;

import java.util.Arrays;
import java.util.List;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.data.Mixing;
import stride.data.Sample;
import stride.engine.Engine;
import stride.graph.Buffer;
import stride.image.Normalization;
import stride.image.Region;
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
  private final List<Mixing> mixings;
  private final Reader[] readers;
  private final float[] spare;
  private final Work work = new Work();

  Batches(
      ImageDataset data, Augmentation augmentation, Normalization normalization, Engine engine) {
    this.data = data;
    this.augmentation = augmentation;
    this.normalization = normalization;
    this.engine = engine;
    shape = data.shape();
    mixings = augmentation.mixings();
    readers = new Reader[engine.threads()];
    Arrays.setAll(readers, _ -> new Reader());
    spare = new float[mixings.isEmpty() ? 0 : shape.elements()];
  }

  /**
   * Room for the targets of a batch: classes, or rows of values where images are mixed.
   *
   * @param batch the most samples
   */
  static Targets targets(ImageDataset data, Augmentation augmentation, int batch) {
    return augmentation.mixings().isEmpty()
        ? Targets.classes(batch)
        : Targets.values(batch, data.labels().size());
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
    if (!mixings.isEmpty()) {
      // No sample's index is below 0, and the order of samples takes -1.
      mix(CounterRandom.key(seed, epoch, -2L - first), samples, into, targets);
    }
  }

  private void mix(long key, int samples, Buffer into, Targets targets) {
    int which = CounterRandom.below(CounterRandom.bits(key, 0), mixings.size());
    double own =
        mixings
            .get(which)
            .mix(CounterRandom.bits(key, 1), shape, into.array(), into.at(0), samples, spare);
    for (int i = 0; i < targets.width(); i++) {
      float last = targets.value(samples - 1, i);
      for (int n = samples - 1; n >= 0; n--) {
        float other = n == 0 ? last : targets.value(n - 1, i);
        targets.setValue(n, i, (float) (own * targets.value(n, i) + (1 - own) * other));
      }
    }
  }

  /** Reads and varies one sample at a time, on one thread. */
  private final class Reader implements Region.Choice {
    private final Sample sample = new Sample(shape, normalization);
    private final boolean crops = augmentation.crops();
    private long key;

    void read(int index, long key, float[] into, int at) {
      this.key = key;
      sample.setCropped(crops && data.readPart(index, this, sample.image(), 0));
      if (!sample.isCropped()) {
        data.read(index, sample.image(), 0);
      }
      augmentation.apply(key, sample);
      System.arraycopy(sample.image(), 0, into, at, shape.elements());
      normalization.apply(into, at, shape.elements());
    }

    @Override
    public Region of(int height, int width) {
      var region = augmentation.region(key, height, width);
      return region == null ? new Region(0, 0, height, width) : region;
    }
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
        readers[worker].read(
            index, CounterRandom.key(seed, epoch, index), into.array(), into.at(n));
        if (targets.soft()) {
          for (int i = 0; i < targets.width(); i++) {
            targets.setValue(n, i, i == data.label(index) ? 1 : 0);
          }
        } else {
          targets.setLabel(n, data.label(index));
        }
      }
    }
  }
}
