package stride.engine;

import java.util.List;
import java.util.function.Supplier;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Graph;
import stride.graph.TensorType;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;
import stride.tensor.CounterRandom;

/** What one node sees of the plan that is being made. */
final class NodeBinding implements Binding {
  private final Compilation plan;
  private final int n;
  private final Graph.Node node;
  private final List<WeightTable.WeightEntry> ownWeights;
  private final List<WeightTable.StatisticEntry> ownStatistics;
  private final List<Buffer> weightGradients;
  private final NodeRandom random;
  private Epilogue epilogue = Epilogue.NONE;
  private Epilogue gradientEpilogue = Epilogue.NONE;

  NodeBinding(Compilation plan, int n) {
    this.plan = plan;
    this.n = n;
    node = plan.graph.nodes().get(n);
    // Below zero, where augmentation and shuffling have the epoch: their draws are not ours.
    random =
        sample ->
            CounterRandom.key(
                plan.randomness.seed,
                ~(((long) plan.randomness.epoch << 32) | n),
                plan.randomness.firstSample + sample);
    ownWeights = plan.weightsOf.getOrDefault(node.weights(), List.of());
    ownStatistics = plan.statisticsOf.getOrDefault(node.weights(), List.of());
    weightGradients =
        ownWeights.stream()
            .map(entry -> Buffer.ofSamples(entry.parameter().shape().elements()))
            .toList();
  }

  /** Says where the gradients of all weights are. */
  void placeWeightGradients(float[] all) {
    for (int k = 0; k < ownWeights.size(); k++) {
      weightGradients.get(k).place(all, ownWeights.get(k).offset());
    }
  }

  /** Fuses what follows, now that all buffers have their place. */
  void fuse(List<Step> consumers) {
    for (var consumer : consumers) {
      epilogue = consumer.epilogue().apply(epilogue);
    }
    var addend = node.inputs().isEmpty() ? null : plan.gradients.addend(n, 0);
    if (addend != null) {
      gradientEpilogue = gradientEpilogue.withResidual(addend.array(), addend.offset());
    }
  }

  @Override
  public Kernels kernels() {
    return plan.engine.kernels();
  }

  @Override
  public Convolution convolution(ConvGeometry geometry) {
    var engine = plan.engine;
    var part = plan.part;
    var usage =
        new Kernels.Usage(
                part.planned(), part.batch(), plan.groupSize, part.threads(), engine.exact())
            .withPitches(input(0).pitch(0), output().pitch(0))
            .withLearning(plan.purpose.weightGradients(node));
    return engine.kernels().convolutions().of(geometry, usage);
  }

  @Override
  public Supplier<Epilogue> epilogue(Epilogue own) {
    epilogue = own;
    return () -> epilogue;
  }

  @Override
  public int fusedInput() {
    return plan.fusion.input(n);
  }

  @Override
  public boolean fusesGradient() {
    return plan.gradients.fusesGradient(n);
  }

  @Override
  public void onWeightsChange(Runnable refresh) {
    plan.refreshes.add(refresh);
  }

  @Override
  public Supplier<Epilogue> gradientEpilogue(int i) {
    return () -> gradientEpilogue;
  }

  @Override
  public int batch() {
    return plan.batch;
  }

  @Override
  public int groupSize() {
    return plan.groupSize;
  }

  @Override
  public int inputs() {
    return node.inputs().size();
  }

  @Override
  public TensorType inputType(int i) {
    return plan.graph.type(node.inputs().get(i));
  }

  @Override
  public TensorType outputType() {
    return node.output();
  }

  @Override
  public Buffer input(int i) {
    return plan.values[node.inputs().get(i)];
  }

  @Override
  public Buffer output() {
    return plan.values[plan.graph.edgeOf(n)];
  }

  @Override
  public boolean wantsInputGradient(int i) {
    return plan.gradients.wants(node.inputs().get(i)) && plan.gradients.wants(plan.graph.edgeOf(n));
  }

  @Override
  public boolean wantsWeightGradients() {
    return plan.purpose.weightGradients(node)
        && plan.gradients.wants(plan.graph.edgeOf(n))
        && !ownWeights.isEmpty();
  }

  @Override
  public Buffer inputGradient(int i) {
    return plan.gradients.ofInput(n, i);
  }

  @Override
  public Buffer outputGradient() {
    return plan.gradients.ofOutput(n);
  }

  @Override
  public Buffer weight(int k) {
    var entry = ownWeights.get(k);
    return new Buffer(plan.weights.values(), entry.offset(), entry.parameter().shape().elements());
  }

  @Override
  public Buffer weightGradient(int k) {
    return weightGradients.get(k);
  }

  @Override
  public Buffer statistic(int k) {
    var entry = ownStatistics.get(k);
    return new Buffer(plan.weights.statistics(), entry.offset(), entry.statistic().length());
  }

  @Override
  public boolean batchStatistics() {
    return plan.purpose.batchStatistics(node);
  }

  @Override
  public boolean dropout() {
    return plan.purpose.dropout(node);
  }

  @Override
  public Buffer keep(int perSample) {
    return plan.memory.reserveForGood(perSample);
  }

  @Override
  public float[] keepForBatch(int floats) {
    return plan.keep(floats + WeightTable.SLACK);
  }

  @Override
  public Scratch scratch(int floats) {
    plan.reserveScratch(floats);
    return plan::scratch;
  }

  @Override
  public Packed packed(int k, String form, int length, Weights.Packer packer) {
    var entry = ownWeights.get(k);
    var packed =
        new PackedView(
            plan.weights.packed(
                "%s/%s".formatted(entry.name(), form), entry.offset(), length, packer));
    plan.packed.add(packed);
    return packed;
  }

  @Override
  public NodeRandom random() {
    return random;
  }
}
