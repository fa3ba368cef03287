package stride.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Graph;
import stride.graph.Trait;
import stride.graph.WeightTable;
import stride.graph.Weights;

/**
 * Makes a plan of a graph: decides what is fused into what, gives every node its binding, collects
 * the phases to run, and places the buffers.
 */
final class Compilation {
  /** A batch falls into at most this many groups of samples, each with partial sums of its own. */
  private static final int MAX_GROUPS = 16;

  /**
   * Samples to a group, at least, where a batch has enough of them: kernels lay small layers'
   * samples side by side, as many as vectors have lanes.
   */
  private static final int SMALLEST_GROUP = 16;

  /** Groups of that size that a batch has at least, for threads to share out. */
  private static final int MIN_GROUPS = 8;

  /** The same for networks of so few multiply-adds that they gain more from full vectors. */
  private static final int MIN_SMALL_GROUPS = 2;

  static final long SMALL_WORK = 4_000_000;

  final Engine engine;
  final Graph graph;
  final Weights weights;
  final Purpose purpose;
  final Part part;
  final int batch;
  final int groupSize;

  /** Whether a forward pass changes running statistics. */
  final boolean followsBatches;

  /** The nodes whose values this plan computes. */
  private final BitSet computed;

  final Fusion fusion;
  private final Slices slices;
  final MemoryPlanner memory;
  final Buffer[] values;
  final GradientBuffers gradients;

  /** The weights by the names under which nodes have them. */
  final Map<String, List<WeightTable.WeightEntry>> weightsOf;

  /** The running statistics by the same names. */
  final Map<String, List<WeightTable.StatisticEntry>> statisticsOf;

  final Randomness randomness = new Randomness();
  final List<PackedView> packed = new ArrayList<>();
  final List<Runnable> refreshes = new ArrayList<>();
  final Stages forward;
  final Stages backward;
  final List<Stages.Last> last = new ArrayList<>();

  private final List<NodeBinding> bindings = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private float[] weightGradients = {};
  private int scratchFloats;
  private float[] scratch = {};
  private long keptFloats;

  /**
   * The nodes of a plan that are compiled together.
   *
   * @param from the first one: the values of the edges before it are given
   * @param to the node after the last one
   * @param batch the samples that run together, at most
   * @param planned the samples of the whole plan, by which kernels are chosen
   * @param threads that share the work
   */
  record Part(int from, int to, int batch, int planned, int threads) {}

  Compilation(Engine engine, Graph graph, Weights weights, Purpose purpose, Part part) {
    this.engine = engine;
    this.graph = graph;
    this.weights = weights;
    this.purpose = purpose;
    this.part = part;
    batch = part.batch();
    groupSize = groupSize();
    purpose.requireFor(graph);
    weightsOf = byName(weights.table().weights(), WeightTable.WeightEntry::node);
    statisticsOf = byName(weights.table().statistics(), WeightTable.StatisticEntry::node);
    followsBatches =
        graph.nodes().stream()
            .anyMatch(
                node -> statisticsOf.containsKey(node.weights()) && purpose.batchStatistics(node));
    computed = computed();
    boolean[] wanted = GradientBuffers.wanted(graph, purpose);
    fusion = new Fusion(graph, engine.backend(), purpose, wanted);
    slices =
        purpose.gradients() || purpose.observed() || followsBatches
            ? new Slices(graph, engine.backend(), fusion)
            : Slices.find(graph, engine.backend(), fusion, this::computes);
    memory = new MemoryPlanner(batch);
    values = new Buffer[graph.edges()];
    reserveValues();
    gradients = new GradientBuffers(graph, engine.backend(), purpose, wanted, fusion, memory);
    forward = new Stages(0, batch, part.threads());
    for (int n = 0; n < graph.nodes().size(); n++) {
      var binding = new NodeBinding(this, n);
      bindings.add(binding);
      steps.add(step(n, binding));
      forward.add(n, steps.get(n).forward());
    }
    backward = new Stages(forward.stages(), batch, part.threads());
    if (purpose.gradients()) {
      backward();
    }
    useBuffers();
    memory.arrange();
  }

  private Step step(int n, NodeBinding binding) {
    var operation = graph.nodes().get(n).operation();
    if (!isOwn(n) || operation.isView()) {
      return Step.NOTHING;
    }
    var step = engine.backend().compile(operation, binding);
    if (fusion.producer(n) != n && !step.forward().isEmpty()) {
      // Its input and its output are one buffer, which the producer stores as it likes.
      throw new IllegalArgumentException(
          "%s (%s) can be fused by its traits or its epiloguePart, but the backend %s has a forward pass of its own for it: return a step without one where binding.fusedInput() is 0 or more, or do not name Trait.ELEMENTWISE or a part"
              .formatted(operation.kind(), graph.nodes().get(n).name(), engine.backend().name()));
    }
    return step;
  }

  /** Allocates all that has its size now; may be tried again after a failure. */
  void allocate() {
    memory.allocate();
    weightGradients = new float[weightGradientFloats()];
    scratch = new float[scratchFloats];
    engine.pool().reserveScratch(scratchFloats);
    packed.forEach(PackedView::allocate);
    for (int n = 0; n < graph.nodes().size(); n++) {
      bindings.get(n).placeWeightGradients(weightGradients);
      bindings.get(n).fuse(fusion.of(n).stream().map(steps::get).toList());
    }
  }

  private int weightGradientFloats() {
    return purpose.weightGradients() ? weights.table().weightFloats() : 0;
  }

  /** What a plan has for itself. */
  long bytes() {
    return Float.BYTES * (memory.floats() + weightGradientFloats() + scratchFloats + keptFloats);
  }

  /** What it shares with other plans of the same weights. */
  long packedBytes() {
    return Float.BYTES * packed.stream().mapToLong(PackedView::floats).sum();
  }

  /** The gradients of all weights, laid out as these. */
  float[] weightGradients() {
    return weightGradients;
  }

  /** Floats that a node keeps. */
  float[] keep(int floats) {
    keptFloats += floats;
    return new float[floats];
  }

  void reserveScratch(int floats) {
    scratchFloats = Math.max(scratchFloats, floats);
  }

  /**
   * Scratch for a task. The caller's is the plan's own: a task that runs another plan has another
   * one there.
   */
  float[] scratch(int worker) {
    return worker == 0 ? scratch : engine.pool().scratch(worker);
  }

  /** Whether an edge has its values here. */
  boolean computes(int edge) {
    return graph.isInput(edge)
        || (graph.nodeOf(edge) < part.to() && computed.get(graph.nodeOf(edge)));
  }

  private boolean isOwn(int node) {
    return computed.get(node) && node >= part.from() && node < part.to();
  }

  /** The edges with values that parts before this one have made, and that are read here. */
  int[] given() {
    return read(part.from()).filter(edge -> graph.nodeOf(edge) < part.from()).toArray();
  }

  /** The edges whose values this part makes for the parts after it, or for the caller. */
  int[] handedOn() {
    return read(part.to()).filter(edge -> isOwn(graph.nodeOf(edge))).toArray();
  }

  /** The edges that are read from a node on, or by the caller; inputs are left out. */
  private IntStream read(int from) {
    var edges = new BitSet();
    for (int n = from; n < graph.nodes().size(); n++) {
      if (computed.get(n)) {
        graph.nodes().get(n).inputs().forEach(edges::set);
      }
    }
    graph.outputs().values().stream().filter(this::isComputedSomewhere).forEach(edges::set);
    return edges.stream().filter(edge -> !graph.isInput(edge));
  }

  private boolean isComputedSomewhere(int edge) {
    return graph.isInput(edge) || computed.get(graph.nodeOf(edge));
  }

  private BitSet computed() {
    if (!purpose.observed() && !purpose.outputs().isEmpty()) {
      return graph.behind(purpose.outputs());
    }
    var all = new BitSet();
    all.set(0, graph.nodes().size());
    return all;
  }

  private int groupSize() {
    if (SampleBySample.suits(graph, purpose, part.planned())) {
      return 1;
    }
    int groups = graph.multiplyAdds() <= SMALL_WORK ? MIN_SMALL_GROUPS : MIN_GROUPS;
    int size = Math.ceilDiv(batch, MAX_GROUPS);
    return batch >= groups * SMALLEST_GROUP
        ? Math.ceilDiv(size, SMALLEST_GROUP) * SMALLEST_GROUP
        : size;
  }

  private <E> Map<String, List<E>> byName(List<E> entries, ToIntFunction<E> node) {
    return entries.stream()
        .collect(
            Collectors.groupingBy(entry -> graph.nodes().get(node.applyAsInt(entry)).weights()));
  }

  /** Views have their input's values, producers those of the last that is fused into them. */
  private void reserveValues() {
    for (int edge = 0; edge < graph.inputs().size(); edge++) {
      values[edge] = memory.reserveForGood(elements(edge));
    }
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      int edge = graph.edgeOf(n);
      if (node.operation().isView()) {
        values[edge] = values[node.inputs().getFirst()];
      } else if (fusion.producer(n) != n) {
        values[edge] = values[graph.edgeOf(fusion.producer(n))];
      } else if (purpose.observed()) {
        values[edge] = memory.reserveForGood(elements(edge));
      } else {
        values[edge] = buffer(edge);
      }
    }
  }

  /** A buffer for an edge, which may be a slice of one that a later node stores. */
  private Buffer buffer(int edge) {
    if (values[edge] != null) {
      return values[edge];
    }
    int whole = slices.whole(edge);
    if (whole < 0) {
      return memory.reserve(elements(edge));
    }
    values[whole] = buffer(whole);
    return values[whole].slice(slices.first(edge), graph.type(whole).shape().channels());
  }

  private int elements(int edge) {
    return graph.type(edge).shape().elements();
  }

  private void backward() {
    var kernels = engine.kernels().elementwise();
    var rounds = new HashMap<String, Integer>();
    for (var sum : gradients.outputSums()) {
      backward.add(-1, List.of(GradientBuffers.phase(sum, kernels)));
    }
    for (int n = graph.nodes().size() - 1; n >= 0; n--) {
      if (!gradients.wants(graph.edgeOf(n))) {
        continue;
      }
      if (!gradients.isFused(n)) {
        backward.add(n, steps.get(n).backward());
      }
      if (!steps.get(n).last().isEmpty()) {
        int round = rounds.merge(graph.nodes().get(n).weights(), 1, Integer::sum) - 1;
        for (var tasks : steps.get(n).last()) {
          last.add(new Stages.Last(n, round, tasks));
        }
      }
      for (var sum : gradients.sums(n)) {
        if (sum != null) {
          int stage = backward.add(n, List.of(GradientBuffers.phase(sum, kernels)));
          memory.use(sum.a(), stage);
          memory.use(sum.b(), stage);
          memory.use(sum.y(), stage);
        }
      }
    }
  }

  /** Says when each buffer is in use. */
  private void useBuffers() {
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      int producer = fusion.producer(n);
      use(forward, producer, values[graph.edgeOf(n)]);
      for (int edge : node.inputs()) {
        use(forward, producer, values[edge]);
      }
      if (!gradients.wants(graph.edgeOf(n))) {
        continue;
      }
      var traits = engine.backend().traits(node.operation());
      if (gradients.readsOutput(n)) {
        use(backward, gradients.isFused(n) ? producer : n, values[graph.edgeOf(n)]);
      }
      use(backward, n, gradients.ofOutput(n));
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!traits.contains(Trait.FORGETS_INPUT)) {
          use(backward, n, values[node.inputs().get(i)]);
        }
        use(backward, n, gradients.ofInput(n, i));
        var addend = gradients.addend(n, i);
        if (addend != null) {
          use(backward, n, addend);
        }
      }
    }
    for (int edge : given()) {
      memory.use(values[edge], 0);
    }
    // Outputs are read when all is done.
    for (int edge : handedOn()) {
      memory.use(values[edge], Integer.MAX_VALUE);
    }
    graph.outputs().values().stream()
        .filter(this::computes)
        .forEach(edge -> memory.use(values[edge], Integer.MAX_VALUE));
  }

  private void use(Stages pass, int node, Buffer buffer) {
    if (pass.contains(node)) {
      memory.use(buffer, pass.first(node));
      memory.use(buffer, pass.last(node));
    }
  }

  /** What random layers draw from; set before each forward pass. */
  static final class Randomness {
    long seed;
    int epoch;
    long firstSample;
  }
}
