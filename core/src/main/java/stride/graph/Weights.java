package stride.graph;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of a model: all weights in one flat array, all running statistics in another, and
 * packed forms of the weights that kernels read. Whoever changes weights calls {@link #changed}.
 */
public final class Weights {
  private final Directory directory;
  private final float[] values;
  private final float[] statistics;
  private final Map<String, PackedWeights> packed = new ConcurrentHashMap<>();
  private volatile long version;

  private Weights(Directory directory, float[] values, float[] statistics) {
    this.directory = directory;
    this.values = values;
    this.statistics = statistics;
  }

  /** Weights of zero and statistics at their first values: to be filled from a file. */
  public static Weights empty(Graph graph) {
    var directory = Directory.of(graph);
    var weights =
        new Weights(
            directory, new float[directory.weightFloats()], new float[directory.statisticFloats()]);
    for (var entry : directory.statistics()) {
      int from = entry.offset();
      java.util.Arrays.fill(
          weights.statistics, from, from + entry.statistic().length(), entry.statistic().initial());
    }
    return weights;
  }

  /** Fresh weights by each parameter's initialiser; the same seed gives the same weights. */
  public static Weights initialized(Graph graph, long seed) {
    var weights = empty(graph);
    var random = new SplittableRandom(seed);
    for (var entry : weights.directory.weights()) {
      var parameter = entry.parameter();
      weights.write(entry, parameter.initializer().values(parameter.shape(), random.split()));
    }
    return weights;
  }

  public Directory directory() {
    return directory;
  }

  /** All weights, laid out as {@link #directory} says. */
  public float[] values() {
    return values;
  }

  /** All running statistics, laid out as {@link #directory} says. */
  public float[] statistics() {
    return statistics;
  }

  /** Says that the weights have changed, so that packed forms are packed anew. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread trains a model
  public void changed() {
    version++;
  }

  /** Counts the changes of the weights. */
  public long version() {
    return version;
  }

  /** A weight tensor's values in the file's order and layout. */
  public float[] read(Directory.WeightEntry entry) {
    var shape = entry.parameter().shape();
    var file = new float[shape.elements()];
    for (int i = 0; i < file.length; i++) {
      file[i] = values[entry.offset() + entry.parameter().layout().memoryIndex(i, shape)];
    }
    return file;
  }

  /** Sets a weight tensor from values in the file's order and layout. */
  public void write(Directory.WeightEntry entry, float[] file) {
    var shape = entry.parameter().shape();
    if (file.length != shape.elements()) {
      throw new IllegalArgumentException(
          "%s has %d values (%s), found %d"
              .formatted(entry.name(), shape.elements(), shape, file.length));
    }
    for (int i = 0; i < file.length; i++) {
      values[entry.offset() + entry.parameter().layout().memoryIndex(i, shape)] = file[i];
    }
    changed();
  }

  /** An independent copy. */
  public Weights copy() {
    return new Weights(directory, values.clone(), statistics.clone());
  }

  /**
   * The packed form of the weights under a key, made with {@code length} floats when first asked
   * for.
   */
  public PackedWeights packed(String key, int from, int length, Binding.Packer packer) {
    return packed.computeIfAbsent(key, k -> new PackedWeights(this, from, length, packer));
  }

  /** A packed form of some weights, which knows the version it was packed from. */
  public static final class PackedWeights implements Binding.Packed {
    private final Weights weights;
    private final int from;
    private final float[] data;
    private final Binding.Packer packer;
    private long version = -1;

    private PackedWeights(Weights weights, int from, int length, Binding.Packer packer) {
      this.weights = weights;
      this.from = from;
      this.data = new float[length];
      this.packer = packer;
    }

    @Override
    public float[] data() {
      return data;
    }

    /**
     * Packs if the weights have changed since the last time. Several plans may call this at once.
     */
    public synchronized void refresh() {
      if (version != weights.version) {
        version = weights.version;
        packer.pack(weights.values, from, data);
      }
    }
  }
}
