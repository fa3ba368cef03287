package stride.train;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.TargetType;
import stride.data.augment.BatchMixing;
import stride.engine.Engine;
import stride.tensor.CounterRandom;

/**
 * Fills a plan's inputs with augmented, normalised samples. The values do not depend on the number
 * of threads. Samples in memory are read on the engine's threads, files by a {@link Loader}.
 */
final class Batches {
  private final Engine engine;
  private final BatchMixing mixing;
  private final TargetType readTargets;
  private final SampleReader[] readers;
  private final @Nullable Loader loader;
  private final Work work = new Work();

  /** Takes targets into those of the last batch; the same as long as these are. */
  private TargetRows rows;

  Batches(Samples data, Augmentation augmentation, Engine engine) {
    this.engine = engine;
    mixing = new BatchMixing(augmentation, data.shapes().getFirst());
    readTargets = data.readTargets(augmentation);
    rows = new TargetRows(readTargets, Targets.classes(0));
    readers = new SampleReader[data.readsFiles() ? 0 : engine.threads()];
    Arrays.setAll(readers, _ -> new SampleReader(data, augmentation));
    loader = data.readsFiles() ? new Loader(data, augmentation, engine.threads()) : null;
  }

  /** Fills the buffers with samples whose place in the epoch is that in {@code order}. */
  void fill(
      int[] order,
      int first,
      int samples,
      long seed,
      int epoch,
      List<Buffer> into,
      Targets targets) {
    fill(order, first, first, samples, seed, epoch, into, targets);
  }

  /**
   * Fills the buffers with {@code samples} samples, order[first..], augmented for epoch {@code
   * epoch}.
   *
   * @param place the place of the first sample in the epoch, which determines how a batch is mixed
   * @param into a buffer for each input
   * @param targets receives the targets; of the type that {@link Samples#batchTargets} returns
   */
  void fill(
      int[] order,
      int first,
      int place,
      int samples,
      long seed,
      int epoch,
      List<Buffer> into,
      Targets targets) {
    if (!rows.areFor(targets)) {
      rows = new TargetRows(readTargets, targets);
    }
    if (loader == null) {
      work.fill(order, first, samples, seed, epoch, into, rows);
    } else {
      loader.fill(order, first, samples, seed, epoch, into, rows);
    }
    if (!mixing.isEmpty()) {
      var images = into.getFirst();
      double own = mixing.mix(seed, epoch, place, images.array(), images.at(0), samples);
      mix(own, samples, targets);
    }
  }

  private static void mix(double own, int samples, Targets targets) {
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
