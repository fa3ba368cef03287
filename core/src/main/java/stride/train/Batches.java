package stride.train;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.TargetType;
import stride.data.augment.Mixing;
import stride.engine.Engine;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Fills a plan's inputs with augmented, normalised samples. The values do not depend on the number
 * of threads. Samples in memory are read on the engine's threads, files by a {@link Loader}.
 */
final class Batches {
  private final Engine engine;
  private final Shape shape;
  private final List<Mixing> mixings;
  private final TargetType readTargets;
  private final SampleReader[] readers;
  private final @Nullable Loader loader;
  private final float[] spare;
  private final Work work = new Work();

  Batches(Samples data, Augmentation augmentation, Engine engine) {
    this.engine = engine;
    shape = data.shapes().getFirst();
    mixings = augmentation.mixings();
    readTargets = data.readTargets(augmentation);
    readers = new SampleReader[data.readsFiles() ? 0 : engine.threads()];
    Arrays.setAll(readers, _ -> new SampleReader(data, augmentation));
    loader = data.readsFiles() ? new Loader(data, augmentation, engine.threads()) : null;
    spare = new float[mixings.isEmpty() ? 0 : shape.elements()];
  }

  /**
   * Fills the buffers with {@code samples} samples, order[first..], augmented for epoch {@code
   * epoch}.
   *
   * @param into a buffer for each input
   * @param targets receives the targets; of the type that {@link Samples#batchTargets} returns
   */
  void fill(
      int[] order,
      int first,
      int samples,
      long seed,
      int epoch,
      List<Buffer> into,
      Targets targets) {
    var rows = new TargetRows(readTargets, targets);
    if (loader == null) {
      work.fill(order, first, samples, seed, epoch, into, rows);
    } else {
      loader.fill(order, first, samples, seed, epoch, into, rows);
    }
    if (!mixings.isEmpty()) {
      // No sample has an index below 0, and -1 is the key of the samples' order.
      mix(CounterRandom.key(seed, epoch, -2L - first), samples, into.getFirst(), targets);
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

  /** Fills one batch, with one task per thread. */
  private final class Work implements Engine.Tasks {
    private int[] order = {};
    private int first;
    private int samples;
    private long seed;
    private int epoch;
    private List<Buffer> into = List.of();
    private TargetRows targets = new TargetRows(readTargets, Targets.classes(0));

    void fill(
        int[] order,
        int first,
        int samples,
        long seed,
        int epoch,
        List<Buffer> into,
        TargetRows targets) {
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
        var reader = readers[worker];
        reader.read(index, CounterRandom.key(seed, epoch, index));
        for (int i = 0; i < into.size(); i++) {
          reader.copyInput(i, into.get(i).array(), into.get(i).at(n));
        }
        targets.set(n, reader.target(), 0);
      }
    }
  }
}
