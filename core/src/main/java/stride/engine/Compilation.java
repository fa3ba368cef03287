package stride.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.graph.Binding;
import stride.graph.Buffer;
import stride.graph.Directory;
import stride.graph.Graph;
import stride.graph.Step;
import stride.graph.TensorType;
import stride.graph.Weights;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;
import stride.tensor.CounterRandom;

/**
 * Makes a plan of a graph: gives every edge its buffer and every node its binding, and collects the
 * phases to run.
 */
final class Compilation {
  /** A batch falls into at most this many groups of samples, each with partial sums of its own. */
  private static final int MOST_GROUPS = 16;

  final Buffer[] values;
  final Gradients gradients;
  final float[] weightGradients;
  final int groupSize;
  final List<Weights.PackedWeights> packed = new ArrayList<>();
  final List<Step.Phase> forward = new ArrayList<>();
  final List<Step.Phase> backward = new ArrayList<>();
  final List<Step.Tasks> last = new ArrayList<>();
  final Randomness randomness = new Randomness();

  private final Engine engine;
  private final Graph graph;
  private final Weights weights;
  private final Purpose purpose;
  private final int batch;
  private final float[][] scratch;
  private final Map<Integer, List<Directory.WeightEntry>> weightsOfNode;
  private final Map<Integer, List<Directory.StatisticEntry>> statisticsOfNode;

  Compilation(Engine engine, Graph graph, Weights weights, int batch, Purpose purpose) {
    this.engine = engine;
    this.graph = graph;
    this.weights = weights;
    this.purpose = purpose;
    this.batch = batch;
    groupSize = Math.ceilDiv(batch, MOST_GROUPS);
    scratch = new float[engine.threads()][0];
    weightGradients = new float[purpose.weightGradients() ? weights.directory().weightFloats() : 0];
    weightsOfNode = byNode(weights.directory().weights(), Directory.WeightEntry::node);
    statisticsOfNode = byNode(weights.directory().statistics(), Directory.StatisticEntry::node);
    values = values(graph, batch);
    gradients = new Gradients(graph, batch, purpose);
    compileNodes();
  }

  private static <E> Map<Integer, List<E>> byNode(List<E> entries, Function<E, Integer> node) {
    return entries.stream().collect(Collectors.groupingBy(node));
  }

  private static Buffer[] values(Graph graph, int batch) {
    var values = new Buffer[graph.nodes().size() + 1];
    values[Graph.INPUT] = Buffers.allocate(graph.input().shape().elements(), batch);
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      values[n + 1] =
          node.operation().isView()
              ? values[node.inputs().getFirst()]
              : Buffers.allocate(node.output().shape().elements(), batch);
    }
    return values;
  }

  private void compileNodes() {
    var steps = new ArrayList<Step>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      var step = graph.nodes().get(n).operation().compile(new NodeBinding(n));
      steps.add(step);
      forward.addAll(step.forward());
    }
    var kernels = engine.kernels().elementwise();
    for (int n = graph.nodes().size() - 1; n >= 0; n--) {
      if (gradients.wants(n + 1)) {
        backward.addAll(gradients.summing(n + 1, kernels));
        backward.addAll(steps.get(n).backward());
        last.addAll(steps.get(n).last());
      }
    }
    backward.addAll(gradients.summing(Graph.INPUT, kernels));
  }

  /** What random layers draw from; set before each forward pass. */
  static final class Randomness {
    long seed;
    int epoch;
    long firstSample;
  }

  /** What one node sees of the plan. */
  private final class NodeBinding implements Binding {
    private final int n;
    private final Graph.Node node;
    private final List<Directory.WeightEntry> ownWeights;
    private final List<Directory.StatisticEntry> ownStatistics;

    NodeBinding(int n) {
      this.n = n;
      node = graph.nodes().get(n);
      ownWeights = weightsOfNode.getOrDefault(n, List.of());
      ownStatistics = statisticsOfNode.getOrDefault(n, List.of());
    }

    @Override
    public Kernels kernels() {
      return engine.kernels();
    }

    @Override
    public Convolution convolution(ConvGeometry geometry) {
      return engine.kernels().convolutions().of(geometry, batch, engine.exact());
    }

    @Override
    public Supplier<Epilogue> epilogue(@Nullable Buffer bias) {
      var epilogue = bias == null ? Epilogue.NONE : Epilogue.bias(bias.array(), bias.offset());
      return () -> epilogue;
    }

    @Override
    public Supplier<Epilogue> gradientEpilogue(int i) {
      return () -> Epilogue.NONE;
    }

    @Override
    public int batch() {
      return batch;
    }

    @Override
    public int groupSize() {
      return groupSize;
    }

    @Override
    public int inputs() {
      return node.inputs().size();
    }

    @Override
    public TensorType inputType(int i) {
      return graph.type(node.inputs().get(i));
    }

    @Override
    public TensorType outputType() {
      return node.output();
    }

    @Override
    public Buffer input(int i) {
      return values[node.inputs().get(i)];
    }

    @Override
    public Buffer output() {
      return values[n + 1];
    }

    @Override
    public boolean wantsInputGradient(int i) {
      return gradients.wants(node.inputs().get(i)) && gradients.wants(n + 1);
    }

    @Override
    public boolean wantsWeightGradients() {
      return purpose.weightGradients() && gradients.wants(n + 1) && !ownWeights.isEmpty();
    }

    @Override
    public Buffer inputGradient(int i) {
      return gradients.ofInput(n, i);
    }

    @Override
    public Buffer outputGradient() {
      return gradients.ofEdge(n + 1);
    }

    @Override
    public Buffer weight(int k) {
      return view(weights.values(), k);
    }

    @Override
    public Buffer weightGradient(int k) {
      return view(weightGradients, k);
    }

    private Buffer view(float[] array, int k) {
      var entry = ownWeights.get(k);
      return new Buffer(array, entry.offset(), entry.parameter().shape().elements());
    }

    @Override
    public Buffer statistic(int k) {
      var entry = ownStatistics.get(k);
      return new Buffer(weights.statistics(), entry.offset(), entry.statistic().length());
    }

    @Override
    public boolean batchStatistics() {
      return purpose.batchStatistics();
    }

    @Override
    public boolean dropout() {
      return purpose.dropout();
    }

    @Override
    public Buffer keep(int perSample) {
      return Buffers.allocate(perSample, batch);
    }

    @Override
    public int[] keepIntegers(int perSample) {
      return new int[Math.multiplyExact(perSample, batch)];
    }

    @Override
    public float[] keepForBatch(int floats) {
      return new float[floats + Directory.SLACK];
    }

    @Override
    public Scratch scratch(int floats) {
      for (int worker = 0; worker < scratch.length; worker++) {
        if (scratch[worker].length < floats) {
          scratch[worker] = new float[floats];
        }
      }
      return worker -> scratch[worker];
    }

    @Override
    public Packed packed(int k, String purpose, int length, Packer packer) {
      var entry = ownWeights.get(k);
      var kept =
          weights.packed(
              entry.name() + "/" + purpose + "/" + engine.kernels().name(),
              entry.offset(),
              length,
              packer);
      packed.add(kept);
      return kept;
    }

    @Override
    public NodeRandom random() {
      // Below zero, where augmentation and shuffling have the epoch: their draws are not ours.
      return sample ->
          CounterRandom.key(
              randomness.seed,
              ~(((long) randomness.epoch << 32) | n),
              randomness.firstSample + sample);
    }
  }
}
