package stride.graph;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import stride.tensor.Numbers;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * The numbers of a model: all weights in one flat array, all running statistics in another, and
 * packed forms of the weights that kernels read.
 *
 * <p>Any number of plans may read them at the same time. Whoever changes values calls {@link
 * #changed} then, and changes none that a running plan reads: to answer requests while a model
 * learns, give them a {@link #copy}.
 */
public final class Weights {
  private final WeightTable table;
  private final float[] values;
  private final float[] statistics;
  private final Use use;

  private Weights(WeightTable table, float[] values, float[] statistics) {
    this(table, values, statistics, new Use());
  }

  private Weights(WeightTable table, float[] values, float[] statistics, Use use) {
    this.table = table;
    this.values = values;
    this.statistics = statistics;
    this.use = use;
  }

  /** What weights and their parts have in common beside the numbers. */
  private static final class Use {
    final AtomicLong version = new AtomicLong();

    /** Plans that are running. */
    final AtomicInteger readers = new AtomicInteger();

    /** Packed forms that a plan still has: with the last of their plans they go. */
    final Map<String, WeakReference<PackedWeights>> packed = new HashMap<>();
  }

  /** Weights of zero and statistics at their first values: to be filled from a file. */
  public static Weights empty(Graph graph) {
    var table = WeightTable.of(graph);
    var weights =
        new Weights(table, new float[table.weightFloats()], new float[table.statisticFloats()]);
    for (var entry : table.statistics()) {
      int from = entry.offset();
      var statistic = entry.statistic();
      if (statistic.counter()) {
        Counter.set(weights.statistics, from, (long) statistic.initial());
      } else {
        Arrays.fill(weights.statistics, from, from + statistic.length(), statistic.initial());
      }
    }
    return weights;
  }

  /** Fresh weights by each parameter's initialiser; the same seed gives the same weights. */
  public static Weights initialized(Graph graph, long seed) {
    var weights = empty(graph);
    var random = new SplittableRandom(seed);
    for (var entry : weights.table.weights()) {
      weights.initialize(entry, random.split());
    }
    return weights;
  }

  /**
   * Given weights, each under its name: "conv1.weight" is (out, in, height, width), a dense layer's
   * "fc.weight" (out, in), as in PyTorch. Running statistics are at their first values.
   *
   * @throws IllegalArgumentException if a weight is missing, unknown or of another shape
   */
  public static Weights of(Graph graph, Map<String, Tensor> tensors) {
    var weights = empty(graph);
    for (String name : tensors.keySet()) {
      if (weights.table.statistics().stream().anyMatch(own -> own.name().equals(name))) {
        throw new IllegalArgumentException(
            "%s is a running statistic, which begins at its first value: give weights alone"
                .formatted(name));
      }
      var _ = weights.table.weight(name);
    }
    for (var entry : weights.table.weights()) {
      var tensor = tensors.get(entry.name());
      var shape = entry.parameter().shape();
      if (tensor == null || !tensor.shape().equals(shape)) {
        throw new IllegalArgumentException(
            "%s has the shape %s, %s"
                .formatted(
                    entry.name(),
                    shape,
                    tensor == null ? "it is missing" : "found " + tensor.shape()));
      }
      weights.write(entry, tensor.data());
    }
    return weights;
  }

  /** Where each weight and statistic lies. */
  public WeightTable table() {
    return table;
  }

  /** All weights, laid out as {@link #table} says. */
  public float[] values() {
    return values;
  }

  /** All running statistics, laid out as {@link #table} says. */
  public float[] statistics() {
    return statistics;
  }

  /** Says that the weights have changed, so that packed forms are packed anew. */
  public void changed() {
    use.version.incrementAndGet();
  }

  /** Counts the changes of the weights. */
  public long version() {
    return use.version.get();
  }

  /**
   * The first tensor that holds NaN, an infinity or a number smaller than it can be, for a message:
   * "bn1.running_var holds -0.25". Empty if all numbers are as they should be.
   */
  public Optional<String> flaw() {
    for (var entry : table.weights()) {
      int elements = entry.parameter().shape().elements();
      int at = Numbers.firstNotFinite(values, entry.offset(), elements);
      if (at >= 0) {
        return Optional.of("%s holds %s".formatted(entry.name(), values[at]));
      }
    }
    for (var entry : table.statistics()) {
      int at = entry.statistic().flaw(statistics, entry.offset());
      if (at >= 0) {
        return Optional.of("%s holds %s".formatted(entry.name(), statistics[at]));
      }
    }
    return Optional.empty();
  }

  /**
   * A weight tensor's values in the file's order and layout.
   *
   * @throws IllegalArgumentException if the entry is of other weights' directory
   */
  public float[] read(WeightTable.WeightEntry entry) {
    requireOwn(entry);
    return entry.read(values);
  }

  /**
   * A copy of a weight tensor under its name, "conv1.weight", in PyTorch's layout.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public Tensor tensor(String name) {
    var entry = table.weight(name);
    return new Tensor(entry.parameter().shape(), read(entry));
  }

  /**
   * Sets a weight tensor from values in the file's order and layout.
   *
   * @throws IllegalArgumentException if there are not as many as the tensor has, or the entry is of
   *     other weights' directory
   */
  public void write(WeightTable.WeightEntry entry, float[] file) {
    requireOwn(entry);
    entry.write(file, values);
    changed();
  }

  /**
   * Gives a weight tensor fresh values by its initialiser.
   *
   * @throws IllegalArgumentException if the entry is of other weights' directory
   */
  public void initialize(WeightTable.WeightEntry entry, RandomGenerator random) {
    requireOwn(entry);
    entry.initialize(random, values);
    changed();
  }

  private void requireOwn(WeightTable.WeightEntry entry) {
    for (var own : table.weights()) {
      if (own == entry || own.equals(entry)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "%s (%s) is an entry of the directory of other weights"
            .formatted(entry.name(), entry.parameter().shape()));
  }

  /**
   * The same numbers for a part of the graph, whose nodes have the names they have in the whole:
   * what changes here changes there, and what is packed for one is for both.
   *
   * @throws IllegalArgumentException if the part has a weight or statistic that the whole has not,
   *     or has in another shape
   */
  public Weights part(Graph part) {
    return new Weights(table.part(part), values, statistics, use);
  }

  /** An independent copy. */
  public Weights copy() {
    return new Weights(table, values.clone(), statistics.clone());
  }

  /**
   * The weights of a similar graph: copies of these where name and shape are the same, others fresh
   * by their initialisers.
   *
   * @param fresh the names of weights that are fresh in any case
   * @param seed the same seed gives the same fresh weights, those of {@link #initialized}
   */
  public Weights movedTo(Graph graph, Set<String> fresh, long seed) {
    var moved = empty(graph);
    var random = new SplittableRandom(seed);
    for (var entry : moved.table.weights()) {
      var own = random.split();
      var copied =
          fresh.contains(entry.name()) ? null : values(entry.name(), entry.parameter().shape());
      if (copied == null) {
        moved.initialize(entry, own);
      } else {
        moved.write(entry, copied);
      }
    }
    for (var entry : moved.table.statistics()) {
      var statistic = entry.statistic();
      for (var own : table.statistics()) {
        if (own.name().equals(entry.name())
            && own.statistic().length() == statistic.length()
            && own.statistic().counter() == statistic.counter()) {
          System.arraycopy(
              statistics, own.offset(), moved.statistics, entry.offset(), statistic.length());
        }
      }
    }
    return moved;
  }

  private float @Nullable [] values(String name, Shape shape) {
    return table.weights().stream()
        .filter(entry -> entry.name().equals(name) && entry.parameter().shape().equals(shape))
        .findFirst()
        .map(this::read)
        .orElse(null);
  }

  /**
   * Says that a plan begins to read: until {@link #endReading}, no packed form is changed that it
   * gets.
   */
  public void beginReading() {
    use.readers.incrementAndGet();
  }

  /** Ends what {@link #beginReading} has begun. */
  public void endReading() {
    use.readers.decrementAndGet();
  }

  /**
   * The packed form of the weights under a key, of {@code length} floats. All who ask while
   * somebody has it get the same one; when nobody has it any more, it is garbage.
   */
  public PackedWeights packed(String key, int from, int length, Packer packer) {
    synchronized (use.packed) {
      var reference = use.packed.get(key);
      var kept = reference == null ? null : reference.get();
      if (kept == null) {
        kept = new PackedWeights(values, use, from, length, packer);
        use.packed.put(key, new WeakReference<>(kept));
      }
      return kept;
    }
  }

  /** The bytes of the packed forms that plans have now. */
  public long packedBytes() {
    synchronized (use.packed) {
      use.packed.values().removeIf(reference -> reference.refersTo(null));
      return use.packed.values().stream()
          .map(WeakReference::get)
          .filter(Objects::nonNull)
          .mapToLong(PackedWeights::bytes)
          .sum();
    }
  }

  /** Writes the packed form of the weights that begin at {@code w[wo]} to {@code packed[po]}. */
  @FunctionalInterface
  public interface Packer {
    /** Writes the packed form. */
    void pack(float[] w, int wo, float[] packed, int po);
  }

  /** A packed form of some weights, which knows the version it was packed from. */
  public static final class PackedWeights {
    private static final long NEVER = -1;

    private final float[] values;
    private final Use use;
    private final int from;
    private final int length;
    private final Packer packer;
    private final ReentrantLock lock = new ReentrantLock();
    private float[] data = {};
    private long version = NEVER;

    private PackedWeights(float[] values, Use use, int from, int length, Packer packer) {
      this.values = values;
      this.use = use;
      this.from = from;
      this.length = WeightTable.ALIGNMENT_OFFSET + length + WeightTable.SLACK;
      this.packer = packer;
    }

    /** The floats it takes. */
    public int floats() {
      return length;
    }

    /** The bytes of its memory, 0 before it is allocated. */
    private long bytes() {
      lock();
      try {
        return (long) Float.BYTES * data.length;
      } finally {
        lock.unlock();
      }
    }

    /** Where the packed form begins in what {@link #refresh} returns. */
    public int offset() {
      return WeightTable.ALIGNMENT_OFFSET;
    }

    /** Allocates its memory, if it has none. */
    public void allocate() {
      lock();
      try {
        if (data.length == 0) {
          data = new float[length];
        }
      } finally {
        lock.unlock();
      }
    }

    /**
     * The packed form of the weights as they are: packed anew if they have changed, and beside the
     * form of before if another plan may be reading that.
     */
    public float[] refresh() {
      allocate();
      lock();
      try {
        long wanted = use.version.get();
        if (version != wanted) {
          boolean isRead = version != NEVER && use.readers.get() > 1;
          float[] packed = isRead ? new float[length] : data;
          if (!isRead) {
            // What is left of a packing that fails is no form of anything.
            version = NEVER;
          }
          packer.pack(values, from, packed, offset());
          data = packed;
          version = wanted;
        }
        return data;
      } finally {
        lock.unlock();
      }
    }

    /** Virtual threads that block here could wait for a carrier for as long as others compute. */
    private void lock() {
      while (!lock.tryLock()) {
        Thread.yield();
      }
    }
  }
}
