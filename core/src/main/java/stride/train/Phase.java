package stride.train;

import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.network.Network;

/**
 * The epochs in which the same weights learn, and what they run on. Where the head alone learns and
 * images are not augmented, the head is all that runs, on features that are computed once.
 *
 * @param headOnly whether the head alone learns
 */
record Phase(
    boolean headOnly,
    Plan plan,
    Loss.Outputs outputs,
    Batches batches,
    Targets targets,
    WeightUpdate update,
    Evaluation.@Nullable Evaluator evaluator) {

  /**
   * @param tested the weights to be tested: those that are learned, or their average
   * @param begun the steps that are over when this phase begins
   */
  static Phase of(
      Trainer trainer,
      Engine engine,
      TrainingState state,
      Weights tested,
      ImageDataset train,
      @Nullable ImageDataset test,
      long begun) {
    var network = trainer.network;
    var fineTuning = trainer.fineTuning;
    boolean headOnly = fineTuning.headOnly(state.epoch);
    var normalization = train.preprocessing().normalization();
    if (headOnly
        && trainer.augmentation.equals(Augmentation.none())
        && keepsFeatures(network, fineTuning, train, test)) {
      var backbone = fineTuning.backbone(network);
      return new Builder(trainer, engine, state, tested, begun)
          .build(
              fineTuning.head(network),
              Features.of(backbone, state.weights, train, normalization, engine),
              test == null
                  ? null
                  : Features.of(backbone, state.weights, test, normalization, engine),
              Normalization.none(1));
    }
    return new Builder(trainer, engine, state, tested, begun)
        .build(network, train, test, normalization);
  }

  private static boolean keepsFeatures(
      Network network, FineTuning fineTuning, ImageDataset train, @Nullable ImageDataset test) {
    int images = Math.addExact(train.size(), test == null ? 0 : test.size());
    return network.graph().outputs().size() == 1
        && Features.fit(fineTuning.backbone(network), images);
  }

  private record Builder(
      Trainer trainer, Engine engine, TrainingState state, Weights tested, long begun) {

    /**
     * @param network the trainer's own, or its head
     */
    Phase build(
        Network network,
        ImageDataset train,
        @Nullable ImageDataset test,
        Normalization normalization) {
      var graph = network.graph();
      var fineTuning = trainer.fineTuning;
      boolean whole = network.equals(trainer.network);
      var weights = whole ? state.weights : state.weights.part(graph);
      var frozen = fineTuning.frozen(trainer.network, state.epoch);
      int batch = 1;
      for (int size : trainer.batches) {
        batch = Math.max(batch, size);
      }
      batch = Math.min(batch, train.size());
      var plan = engine.plan(graph, weights, batch, Purpose.training().freezing(frozen));
      var stretches =
          fineTuning.equals(FineTuning.NONE) && trainer.refinements.decaysAll()
              ? WeightStretch.all(weights.values().length)
              : WeightStretch.of(
                  graph,
                  weights.directory(),
                  frozen,
                  heads(),
                  begun,
                  fineTuning,
                  trainer.refinements);
      var evaluated = whole ? tested : tested == state.weights ? weights : tested.part(graph);
      var augmentation = whole ? trainer.augmentation : Augmentation.none();
      return new Phase(
          fineTuning.headOnly(state.epoch),
          plan,
          Loss.Outputs.of(plan),
          new Batches(train, augmentation, normalization, engine),
          Batches.targets(
              train, train.isMultiLabel(), augmentation, network.output().elements(), batch),
          new WeightUpdate(plan, state.optimizer, stretches, trainer.refinements.clipNorm()),
          test == null
              ? null
              : new Evaluation.Evaluator(
                  network,
                  evaluated,
                  normalization,
                  test,
                  test.isMultiLabel(),
                  trainer.loss,
                  engine));
    }

    /** The names of the nodes that learn with the head's rate. */
    private Set<String> heads() {
      return trainer.fineTuning.headRate() == 1 && !trainer.fineTuning.frozenBackbone()
          ? Set.of()
          : trainer.fineTuning.head(trainer.network).graph().nodes().stream()
              .map(Graph.Node::name)
              .collect(Collectors.toUnmodifiableSet());
    }
  }
}
