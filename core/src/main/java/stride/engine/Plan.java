package stride.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.tensor.CounterRandom;

/**
 * A graph compiled for one purpose and batches of up to a number of samples. All buffers are
 * allocated when it is made; running it allocates nothing.
 *
 * <p>A plan is used by one thread at a time: a run that finds another one in progress is refused.
 * Plans of one model share its weights, and run at the same time; none of them may run while the
 * weights' values are being changed. {@link Engine#withPlan} lends plans to many threads.
 *
 * <p>To run: fill {@link #input}, call {@link #forward}, read {@link #output}. For gradients, then
 * fill {@link #outputGradient}, call {@link #backward}, read {@link #gradients}.
 */
public final class Plan {
  /** Gradients that a task sets to zero. */
  private static final int CLEARED = 1 << 18;

  private static final int NEVER_PACKED = -1;
  private static final long MEGABYTE = 1 << 20;

  private static final GradientListener NOBODY = from -> {};

  private final Engine engine;
  private final Graph graph;
  private final Weights weights;
  private final Purpose purpose;
  private final int batch;
  private final Compilation compilation;

  /** What runs before the stages, sample by sample, if anything. */
  private final @Nullable SampleBySample first;

  /** All that was compiled: what is packed and refreshed, and has memory. */
  private final List<Compilation> compilations = new ArrayList<>();

  private final List<PackedView> packed = new ArrayList<>();
  private final List<Stage> forward;
  private final BackwardStages backward;
  private final Engine.Tasks packing;
  private final Engine.Tasks clearing;

  /** The version of the weights that the packed forms were last brought up to. */
  private long packedVersion = NEVER_PACKED;

  /** The samples of the forward pass that no backward pass has used up, or 0. */
  private int forwarded;

  /** Whether the weights' gradients are those of a backward pass, to which others may be added. */
  private boolean summed;

  private final AtomicBoolean running = new AtomicBoolean();

  /** Whether the run that is in progress has entered the team. */
  private boolean entered;

  /** Whether it has its memory, and no run has failed. */
  private boolean sound;

  Plan(Engine engine, Graph graph, Weights weights, int batch, Purpose purpose) {
    if (batch < 1) {
      throw new IllegalArgumentException("a plan's batch has at least 1 sample, found " + batch);
    }
    weights.table().requireFor(graph);
    this.engine = engine;
    this.graph = graph;
    this.weights = weights;
    this.purpose = purpose;
    this.batch = batch;
    int threads = engine.threads();
    int nodes = graph.nodes().size();
    int cut = SampleBySample.nodes(graph, engine.backend(), purpose, batch, threads);
    compilation = compile(new Compilation.Part(cut, nodes, batch, batch, threads));
    first =
        cut == 0
            ? null
            : SampleBySample.of(
                graph,
                compilation,
                threads,
                thread -> compile(new Compilation.Part(0, cut, 1, batch, 1)));
    forward = Stage.of(compilation.forward.entries());
    backward = new BackwardStages(compilation);
    compilations.forEach(c -> packed.addAll(c.packed));
    packing = (i, worker) -> packed.get(i).refresh();
    clearing = (i, worker) -> clear(gradients(), i * CLEARED);
  }

  private Compilation compile(Compilation.Part part) {
    var made = new Compilation(engine, graph, weights, purpose, part);
    compilations.add(made);
    return made;
  }

  private static void clear(float[] gradients, int from) {
    Arrays.fill(gradients, from, Math.min(from + CLEARED, gradients.length), 0);
  }

  /** Allocates the buffers; may be tried again. */
  void allocate() {
    compilations.forEach(Compilation::allocate);
    sound = true;
  }

  /** What {@link #allocate} allocates, packed weights not counted, which plans share. */
  long bytes() {
    return compilations.stream().mapToLong(Compilation::bytes).sum();
  }

  /** Whether somebody else may use it: it has its memory, no run has failed, and none goes on. */
  boolean isSound() {
    return sound && !running.get();
  }

  /** Makes it as if it had not been used. */
  void reset() {
    forwarded = 0;
    summed = false;
    randomness(0, 0, 0);
    compilation.gradients.clearOutputs();
  }

  /** Says that there is not enough memory for this plan. */
  OutOfMemoryError outOfMemory(OutOfMemoryError cause) {
    long most = Runtime.getRuntime().maxMemory();
    long packed = compilation.packedBytes() + (first == null ? 0 : first.ofThread(0).packedBytes());
    var error =
        new OutOfMemoryError(
            ("not enough memory for a plan of %d x %s: it takes %s for each caller at the same"
                    + " time, and %s for packed weights; the JVM may use %s in all: start it with"
                    + " more, such as -Xmx%dm, or use a smaller batch")
                .formatted(
                    batch,
                    graph.inputs().stream()
                        .map(input -> input.type().shape().toString())
                        .collect(Collectors.joining(" and ")),
                    megabytes(bytes()),
                    megabytes(packed),
                    megabytes(most),
                    Math.ceilDiv(most + bytes() + packed, MEGABYTE)));
    error.initCause(cause);
    return error;
  }

  private static String megabytes(long bytes) {
    return Math.ceilDiv(bytes, MEGABYTE) + " MB";
  }

  /** Learns during a backward pass which gradients are final. */
  @FunctionalInterface
  public interface GradientListener {
    /**
     * Called when more gradients of the weights are final.
     *
     * @param from all gradients from this index on are final; smaller at every call
     */
    void ready(int from);
  }

  /** The largest number of samples of a run. */
  public int batch() {
    return batch;
  }

  boolean isFor(Graph graph, Weights weights, int batch, Purpose purpose) {
    // Parts of weights that are made anew for each use have the same values.
    return this.weights.values() == weights.values()
        && this.batch == batch
        && this.purpose.equals(purpose)
        && this.graph.equals(graph);
  }

  /** What this plan runs on. */
  public Engine engine() {
    return engine;
  }

  /** What this plan was made for. */
  public Purpose purpose() {
    return purpose;
  }

  /** The weights this plan reads. */
  public Weights weights() {
    return weights;
  }

  /**
   * The batch of the only input, to be filled before {@link #forward}.
   *
   * @throws IllegalArgumentException if the graph has several inputs
   */
  public Buffer input() {
    var _ = graph.input();
    return compilation.values[0];
  }

  /**
   * The batch of a named input, to be filled before {@link #forward}.
   *
   * @throws IllegalArgumentException if there is no input of this name
   */
  public Buffer input(String name) {
    return compilation.values[graph.input(name)];
  }

  /** The batches of all inputs, in the graph's order. */
  public List<Buffer> inputs() {
    return List.of(compilation.values).subList(0, graph.inputs().size());
  }

  /**
   * The values of a node after {@link #forward}, in a plan whose purpose is {@linkplain
   * Purpose#observing observing}.
   *
   * @param node its name, such as "layer1.0.conv1"
   * @throws IllegalArgumentException if there is no node of this name
   * @throws IllegalStateException if the plan is not for observing
   */
  public Buffer value(String node) {
    if (!purpose.observed()) {
      throw new IllegalStateException(
          "this plan does not keep the values of %s: make it for Purpose.observing()"
              .formatted(node));
    }
    for (int n = 0; n < graph.nodes().size(); n++) {
      if (graph.nodes().get(n).name().equals(node)) {
        return compilation.values[graph.edgeOf(n)];
      }
    }
    throw new IllegalArgumentException("the network has no layer named " + node);
  }

  /** A named output of the last {@link #forward}; {@link Graph#OUTPUT} is the network's own. */
  public Buffer output(String name) {
    int edge = graph.output(name);
    if (!compilation.computes(edge)) {
      throw new IllegalStateException(
          "this plan computes %s alone: make it for a purpose with the output %s"
              .formatted(String.join(", ", new TreeSet<>(purpose.outputs())), name));
    }
    return compilation.values[edge];
  }

  /**
   * The gradient at a named output, to be filled before {@link #backward}; zero until then, and
   * zero again after it.
   */
  public Buffer outputGradient(String name) {
    return compilation.gradients.ofOutput(name);
  }

  /** The gradients at all outputs that lead to a gradient that this plan computes. */
  public Collection<Buffer> outputGradients() {
    return compilation.gradients.ofOutputs();
  }

  /** The gradients of all weights after {@link #backward}, laid out as the weights. */
  public float[] gradients() {
    return compilation.weightGradients();
  }

  /**
   * The gradient of the only input after {@link #backward}; empty if the plan's purpose does not
   * want it.
   *
   * @throws IllegalArgumentException if the graph has several inputs
   */
  public Buffer inputGradient() {
    var _ = graph.input();
    return compilation.gradients.ofInput(0);
  }

  /**
   * The gradient of a named input after {@link #backward}; empty if the plan's purpose does not
   * want it.
   *
   * @throws IllegalArgumentException if there is no input of this name
   */
  public Buffer inputGradient(String name) {
    return compilation.gradients.ofInput(graph.input(name));
  }

  /**
   * Sets the seed and the position that dropout and other random layers use in the next runs.
   *
   * @param firstSample the place of the batch's first sample in the epoch
   */
  public void randomness(long seed, int epoch, long firstSample) {
    compilation.randomness.seed = seed;
    compilation.randomness.epoch = epoch;
    compilation.randomness.firstSample = firstSample;
  }

  /**
   * The key of a sample of the batch for random numbers that depend on the seed and the sample's
   * place, as {@link #randomness} set them, and on nothing else.
   */
  public long randomKey(int sample) {
    var randomness = compilation.randomness;
    return CounterRandom.key(randomness.seed, randomness.epoch, randomness.firstSample + sample);
  }

  /**
   * Computes the outputs of the first {@code samples} inputs.
   *
   * @throws IllegalStateException if the plan is running, or its engine is closed
   */
  public void forward(int samples) {
    checkSamples(samples);
    begin();
    try {
      forwarded = 0;
      prepare();
      if (first != null) {
        first.run(engine.pool(), samples);
      }
      run(forward, samples);
      forwarded = samples;
    } finally {
      end(forwarded == samples);
      if (compilation.followsBatches) {
        // Running statistics have changed, which other plans fold into their convolutions.
        weights.changed();
      }
    }
  }

  /**
   * Computes the gradients for the samples of the last {@link #forward}. Call it once per forward
   * pass: it overwrites the values that the pass has stored.
   *
   * @param samples as many as in the forward pass
   * @throws IllegalArgumentException if the plan does not run that many samples
   * @throws IllegalStateException if there was no forward pass of as many samples, or the plan was
   *     made without gradients, is running, or its engine is closed
   */
  public void backward(int samples) {
    backward(samples, false, NOBODY);
  }

  /**
   * Computes the gradients as {@link #backward(int)} does, but adds those of the weights to what is
   * already there: for batches that are too large for memory.
   *
   * @param samples as many as in the forward pass
   * @throws IllegalArgumentException as {@link #backward(int)} does
   * @throws IllegalStateException as {@link #backward(int)} does
   */
  public void backwardAdding(int samples) {
    backward(samples, true, NOBODY);
  }

  /**
   * Computes the gradients as {@link #backward(int)} does, and says meanwhile which of them are
   * final.
   *
   * @param samples as many as in the forward pass
   * @param adding whether the weights' gradients are added to what is already there
   * @param listener is told, on this thread, while other threads wait; what it throws ends the pass
   *     and is thrown by this method, and the gradients are then undefined
   * @throws IllegalArgumentException as {@link #backward(int)} does
   * @throws IllegalStateException as {@link #backward(int)} does
   */
  public void backward(int samples, boolean adding, GradientListener listener) {
    checkSamples(samples);
    if (!purpose.gradients()) {
      throw new IllegalStateException("this plan was made without gradients");
    }
    if (forwarded == 0) {
      throw new IllegalStateException("call forward before every backward");
    }
    if (forwarded != samples) {
      throw new IllegalStateException(
          "the last forward pass had %d samples, the backward pass is asked for %d"
              .formatted(forwarded, samples));
    }
    begin();
    boolean done = false;
    try {
      forwarded = 0;
      if (!adding || !summed) {
        runTasks(Math.ceilDiv(gradients().length, CLEARED), clearing);
      }
      summed = true;
      int ready = gradients().length;
      for (int i = 0; i < backward.stages.size(); i++) {
        run(backward.stages.get(i), samples);
        if (backward.ready[i] < ready) {
          ready = backward.ready[i];
          listener.ready(ready);
        }
      }
      done = true;
    } finally {
      compilation.gradients.clearOutputs();
      end(done);
    }
  }

  /** Begins a run: until it ends, nobody else runs this plan, or writes what it reads. */
  void begin() {
    if (!running.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "this plan is running: one thread at a time uses a plan, others make one of their own or"
              + " borrow one from the engine");
    }
    try {
      entered = engine.pool().enter();
    } catch (IllegalStateException e) {
      running.set(false);
      throw e;
    }
    weights.beginReading();
  }

  /**
   * Ends a run.
   *
   * @param done whether it has not failed
   */
  void end(boolean done) {
    sound &= done;
    weights.endReading();
    if (entered) {
      engine.pool().leave();
    }
    running.set(false);
  }

  /** A profile of this plan: how long each layer takes. */
  public Profile profile() {
    return new Profile(this, compilation, first);
  }

  /** Brings what was made of the weights up to date. */
  void prepare() {
    long version = weights.version();
    if (packedVersion != version) {
      packedVersion = NEVER_PACKED;
      compilations.forEach(c -> c.refreshes.forEach(Runnable::run));
      runTasks(packed.size(), packing);
      packedVersion = version;
    }
  }

  void checkSamples(int samples) {
    if (samples < 1 || samples > batch) {
      throw new IllegalArgumentException(
          "this plan runs 1 to %d samples, asked for %d".formatted(batch, samples));
    }
  }

  private void run(List<Stage> stages, int samples) {
    for (int i = 0; i < stages.size(); i++) {
      run(stages.get(i), samples);
    }
  }

  void run(Stage stage, int samples) {
    stage.run(engine.pool(), samples, compilation.groupSize);
  }

  private void runTasks(int count, Engine.Tasks tasks) {
    engine.pool().run(count, tasks, 0);
  }
}
