package stride.train;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.data.Mixing;
import stride.engine.Engine;
import stride.image.Normalization;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Fills a plan's input with augmented, normalised images; the same numbers for any number of
 * threads. Images in memory are read on the engine's threads, pictures by a {@link Loader}.
 */
final class Batches {
  private final ImageDataset data;
  private final Engine engine;
  private final Shape shape;
  private final List<Mixing> mixings;
  private final boolean changesTargets;
  private final SampleReader[] readers;
  private final @Nullable Loader loader;
  private final float[] spare;
  private final Work work = new Work();

  Batches(
      ImageDataset data, Augmentation augmentation, Normalization normalization, Engine engine) {
    this.data = data;
    this.engine = engine;
    shape = data.shape();
    mixings = augmentation.mixings();
    changesTargets = augmentation.changesTargets();
    readers = new SampleReader[data.readsFiles() ? 0 : engine.threads()];
    Arrays.setAll(readers, _ -> new SampleReader(data, augmentation, normalization));
    loader =
        data.readsFiles() ? new Loader(data, augmentation, normalization, engine.threads()) : null;
    spare = new float[mixings.isEmpty() ? 0 : shape.elements()];
  }

  /**
   * Room for the targets of a batch: classes, or rows of values where these are mixed or changed,
   * or images belong to several classes. Outputs of the network that are no class of the data have
   * the target 0.
   *
   * @param outputs of the network
   * @param several whether an answer says of each class for itself whether an image belongs to it
   * @param batch the most samples
   */
  static Targets targets(
      ImageDataset data, boolean several, Augmentation augmentation, int outputs, int batch) {
    int classes = data.labels().size();
    if (several) {
      return Targets.severalClasses(batch, classes);
    }
    return augmentation.mixings().isEmpty() && !augmentation.changesTargets()
        ? Targets.classes(batch)
        : Targets.values(batch, Math.max(outputs, classes));
  }

  /**
   * Checks that a network takes a data set's images and has an output for each of its classes; and
   * none besides where an image may belong to several.
   */
  static void check(Network network, ImageDataset data) {
    checkShape(network, data);
    int outputs = network.output().elements();
    int classes = data.labels().size();
    boolean binary = outputs == 1 && classes == 2 && !data.isMultiLabel();
    if (!binary && (data.isMultiLabel() ? outputs != classes : outputs < classes)) {
      throw new IllegalArgumentException(
          "the network has %d outputs, the data set %d classes".formatted(outputs, classes));
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
    if (!changesTargets) {
      setTargets(order, first, samples, targets);
    }
    if (loader == null) {
      work.fill(order, first, samples, seed, epoch, into, targets);
    } else {
      loader.fill(order, first, samples, seed, epoch, into, targets);
    }
    if (!mixings.isEmpty()) {
      // No sample's index is below 0, and the order of samples takes -1.
      mix(CounterRandom.key(seed, epoch, -2L - first), samples, into, targets);
    }
  }

  private void setTargets(int[] order, int first, int samples, Targets targets) {
    int classes = data.labels().size();
    for (int n = 0; n < samples; n++) {
      int index = order[first + n];
      if (targets.soft()) {
        for (int i = 0; i < targets.width(); i++) {
          targets.setValue(n, i, i < classes && data.hasLabel(index, i) ? 1 : 0);
        }
      } else {
        targets.setLabel(n, data.label(index));
      }
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

  /** One batch's samples, in as many tasks as there are threads. */
  private final class Work implements Engine.Tasks {
    private int[] order = {};
    private int first;
    private int samples;
    private long seed;
    private int epoch;
    private Buffer into = new Buffer(new float[0], 0, 0);
    private Targets targets = Targets.classes(0);

    void fill(
        int[] order, int first, int samples, long seed, int epoch, Buffer into, Targets targets) {
      this.order = order;
      this.first = first;
      this.samples = samples;
      this.seed = seed;
      this.epoch = epoch;
      this.into = into;
      this.targets = targets;
      engine.forEach(tasks(), this);
    }

    private int tasks() {
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
        if (changesTargets) {
          float[] target = readers[worker].target();
          targets.setRow(n, target, 0, target.length);
        }
      }
    }
  }
}
