package stride.engine;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import stride.compute.Backend;
import stride.graph.Graph;
import stride.tensor.Shape;

/**
 * The first nodes of an inference plan for a large batch, run sample by sample: a thread takes one
 * sample through all of them, without a barrier, and its maps stay in its cache. The nodes after
 * them, whose weights outweigh their maps, run once for the whole batch.
 */
final class SampleBySample implements Engine.Tasks {
  /** Samples of a plan, from which on it is worth while. */
  private static final int FEWEST = 4;

  /** Values of a filter that {@code WinogradPass} does not keep in its transformed form. */
  private static final long LARGE_FILTER = 9 << 15;

  private final Graph graph;
  private final Compilation rest;

  /** The first nodes for each thread: its own buffers and scratch. */
  private final List<Compilation> first;

  private final List<List<Stage>> stages;
  private final int[] handedOn;

  private SampleBySample(Graph graph, List<Compilation> first, Compilation rest) {
    this.graph = graph;
    this.first = first;
    this.rest = rest;
    stages = first.stream().map(c -> Stage.of(c.forward.entries())).toList();
    handedOn = first.getFirst().handedOn();
  }

  /**
   * Whether a plan may run sample by sample. It decides about kernels, so it does not depend on the
   * threads.
   */
  static boolean suits(Graph graph, Purpose purpose, int batch) {
    return batch >= FEWEST
        && !purpose.gradients()
        && !purpose.observed()
        && !purpose.batchStatistics()
        && !purpose.dropout()
        && graph.multiplyAdds() > Compilation.SMALL_WORK;
  }

  /**
   * How many nodes run sample by sample: up to where the reading of weights for every sample costs
   * more than the maps' way through memory for the whole batch. Nothing is fused across the cut.
   */
  static int nodes(Graph graph, Backend backend, Purpose purpose, int batch, int threads) {
    // Each thread has two samples at least, or none waits for the others.
    if (!suits(graph, purpose, batch) || (batch < 2 * threads && batch % threads != 0)) {
      return 0;
    }
    var fusion = new Fusion(graph, backend, purpose, new boolean[graph.edges()]);
    long gain = 0;
    long best = 0;
    int cut = 0;
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      var inputs = graph.inputTypes(node);
      gain += fusion.producer(n) == n ? node.output().shape().elements() : 0;
      gain += inputs.stream().mapToLong(type -> type.shape().elements()).sum();
      gain -=
          node.operation().parameters(inputs).stream()
              .mapToLong(parameter -> reading(parameter.shape()))
              .sum();
      if (gain > best && !isFusedInto(fusion, graph, n + 1)) {
        best = gain;
        cut = n + 1;
      }
    }
    return cut;
  }

  /**
   * What the values of a parameter cost for each sample, in values read. A large 3 x 3 filter is
   * transformed anew (Winograd): as long as reading four times as many takes.
   */
  private static long reading(Shape shape) {
    long values = shape.elements();
    boolean transformed =
        shape.rank() == 4 && shape.size(2) == 3 && shape.size(3) == 3 && values >= LARGE_FILTER;
    return transformed ? 4 * values : values;
  }

  /** Whether a node from {@code cut} on is fused into one before it. */
  private static boolean isFusedInto(Fusion fusion, Graph graph, int cut) {
    return IntStream.range(cut, graph.nodes().size())
        .anyMatch(n -> fusion.producer(n) < cut && fusion.producer(n) != n);
  }

  /**
   * Compiles the first nodes for each thread.
   *
   * @param compile compiles a part of the plan
   */
  static SampleBySample of(
      Graph graph, Compilation rest, int threads, IntFunction<Compilation> compile) {
    return new SampleBySample(graph, IntStream.range(0, threads).mapToObj(compile).toList(), rest);
  }

  /** The first nodes, compiled for a thread. */
  Compilation ofThread(int thread) {
    return first.get(thread);
  }

  /** Runs the first nodes for some samples. */
  void run(WorkerPool pool, int samples) {
    pool.run(samples, this, 0);
  }

  @Override
  public void run(int sample, int worker) {
    begin(sample, worker);
    var chain = stages.get(worker);
    for (int i = 0; i < chain.size(); i++) {
      chain.get(i).runAlone(1);
    }
    end(sample, worker);
  }

  /** Brings a sample's inputs to a thread. */
  void begin(int sample, int worker) {
    for (int edge = 0; edge < graph.inputs().size(); edge++) {
      copy(rest, edge, sample, first.get(worker), 0);
    }
  }

  /** Brings the values that are read later to the batch. */
  void end(int sample, int worker) {
    for (int edge : handedOn) {
      copy(first.get(worker), edge, 0, rest, sample);
    }
  }

  private void copy(Compilation from, int edge, int sample, Compilation to, int place) {
    var x = from.values[edge];
    var y = to.values[edge];
    var shape = graph.type(edge).shape();
    int channels = shape.channels();
    from.engine
        .kernels()
        .channelwise()
        .copy(
            x.array(),
            x.at(sample),
            x.pitch(channels),
            y.array(),
            y.at(place),
            y.pitch(channels),
            shape.elements() / channels,
            channels);
  }
}
