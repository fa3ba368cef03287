package stride.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import stride.graph.Buffer;
import stride.graph.Graph;
import stride.graph.Weights;

/**
 * A graph compiled for one purpose and batches of up to a number of samples. All buffers are
 * allocated when it is made; running it allocates nothing. A plan is used by one thread at a time;
 * plans of one model share its weights.
 *
 * <p>To run: fill {@link #input}, call {@link #forward}, read {@link #output}. For gradients, then
 * fill {@link #outputGradient}, call {@link #backward}, read {@link #gradients}.
 */
public final class Plan {
  /** Gradients that a task sets to zero. */
  private static final int CLEARED = 1 << 18;

  private final Engine engine;
  private final Graph graph;
  private final Weights weights;
  private final Purpose purpose;
  private final int batch;
  private final Compilation compilation;
  private final List<Region> forward;
  private final List<Region> backward;
  private final Engine.Tasks packing;
  private final Engine.Tasks clearing;

  /** The version of the weights that the packed forms were last brought up to. */
  private long packedVersion = -1;

  /** Whether there is a forward pass that no backward pass has used up. */
  private boolean forwarded;

  Plan(Engine engine, Graph graph, Weights weights, int batch, Purpose purpose) {
    if (batch < 1) {
      throw new IllegalArgumentException("a plan's batch has at least 1 sample, found " + batch);
    }
    weights.directory().requireFor(graph);
    this.engine = engine;
    this.graph = graph;
    this.weights = weights;
    this.purpose = purpose;
    this.batch = batch;
    compilation = new Compilation(engine, graph, weights, batch, purpose);
    forward = Region.of(compilation.forward.entries(), List.of());
    backward = Region.of(compilation.backward.entries(), compilation.last);
    packing = (i, worker) -> compilation.packed.get(i).refresh();
    float[] gradients = compilation.weightGradients;
    clearing =
        (i, worker) ->
            Arrays.fill(gradients, i * CLEARED, Math.min((i + 1) * CLEARED, gradients.length), 0);
  }

  /** The largest number of samples of a run. */
  public int batch() {
    return batch;
  }

  boolean isFor(Graph graph, Weights weights, int batch, Purpose purpose) {
    return this.graph.equals(graph)
        && this.weights == weights
        && this.batch == batch
        && this.purpose.equals(purpose);
  }

  /** What this plan runs on. */
  public Engine engine() {
    return engine;
  }

  public Purpose purpose() {
    return purpose;
  }

  /** The weights this plan reads. */
  public Weights weights() {
    return weights;
  }

  /** The batch of inputs, to be filled before {@link #forward}. */
  public Buffer input() {
    return compilation.values[Graph.INPUT];
  }

  /** A named output of the last {@link #forward}; {@link Graph#OUTPUT} is the network's own. */
  public Buffer output(String name) {
    int edge = graph.output(name);
    if (!compilation.computes(edge)) {
      throw new IllegalStateException(
          "this plan computes the network's own output alone: make it for inference to read "
              + name);
    }
    return compilation.values[edge];
  }

  /** The gradient at a named output, to be filled before {@link #backward}; zero until then. */
  public Buffer outputGradient(String name) {
    return compilation.gradients.ofOutput(name);
  }

  /** The gradients at all outputs behind which this plan wants any. */
  public Collection<Buffer> outputGradients() {
    return compilation.gradients.ofOutputs();
  }

  /** The gradients of all weights after {@link #backward}, laid out as the weights. */
  public float[] gradients() {
    return compilation.weightGradients;
  }

  /** The gradient of the inputs after {@link #backward}, if the plan's purpose has it. */
  public Buffer inputGradient() {
    return compilation.gradients.ofInput();
  }

  /**
   * Sets what random layers draw from.
   *
   * @param firstSample the place of the batch's first sample in the epoch
   */
  public void randomness(long seed, int epoch, long firstSample) {
    compilation.randomness.seed = seed;
    compilation.randomness.epoch = epoch;
    compilation.randomness.firstSample = firstSample;
  }

  /** Computes the outputs of the first {@code samples} inputs. */
  public void forward(int samples) {
    prepare(samples);
    run(forward, samples);
    forwarded = true;
    if (compilation.followsBatches) {
      // Running statistics have changed, which other plans fold into their convolutions.
      weights.changed();
    }
  }

  /**
   * Computes the gradients for the samples of the last {@link #forward}; once, since it computes
   * them in the place of what the forward pass left for it.
   */
  public void backward(int samples) {
    backward(samples, false);
  }

  /**
   * The same, adding to the weights' gradients of the backward pass before: batches that do not fit
   * into memory at once are learned from in parts.
   */
  public void backwardAdding(int samples) {
    backward(samples, true);
  }

  private void backward(int samples, boolean adding) {
    checkSamples(samples);
    if (!purpose.gradients()) {
      throw new IllegalStateException("this plan was made without gradients");
    }
    if (!forwarded) {
      throw new IllegalStateException("call forward before every backward");
    }
    forwarded = false;
    if (!adding) {
      engine.forEach(Math.ceilDiv(compilation.weightGradients.length, CLEARED), clearing);
    }
    run(backward, samples);
  }

  /** A profile of this plan: how long each layer takes. */
  public Profile profile() {
    return new Profile(this, compilation);
  }

  /** Brings what was made of the weights up to date. */
  void prepare(int samples) {
    checkSamples(samples);
    if (packedVersion != weights.version()) {
      packedVersion = weights.version();
      compilation.refreshes.forEach(Runnable::run);
      engine.forEach(compilation.packed.size(), packing);
    }
  }

  private void checkSamples(int samples) {
    if (samples < 1 || samples > batch) {
      throw new IllegalArgumentException(
          "this plan runs 1 to %d samples, asked for %d".formatted(batch, samples));
    }
  }

  private void run(List<Region> regions, int samples) {
    for (int i = 0; i < regions.size(); i++) {
      run(regions.get(i), samples);
    }
  }

  void run(Region region, int samples) {
    region.run(engine.team(), samples, compilation.groupSize);
  }
}
