package stride.train;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.network.Network;
import stride.train.loss.NamedOutputs;

/**
 * The plan, buffers and weight update of consecutive epochs in which the same weights learn. If
 * only the head learns and images are not augmented, only the head runs, on features that are
 * computed once.
 *
 * @param headOnly whether only the head learns
 * @param inputs the plan's inputs, in the network's order
 * @param measured the outputs that metrics read
 * @param outputs the outputs that the loss reads
 * @param loss the loss of this plan's outputs
 */
record TrainingSetup(
    boolean headOnly,
    Plan plan,
    List<Buffer> inputs,
    Loss.Outputs measured,
    Loss.Outputs outputs,
    Loss loss,
    Batches batches,
    Targets targets,
    WeightUpdate update,
    Evaluation.@Nullable Evaluator evaluator) {

  /**
   * Creates the setup of an epoch.
   *
   * @param tested the weights to test: those that are trained, or their average
   * @param from the first of the training samples that this task learns from
   * @param to the index after the last of them
   * @param begun the number of steps done before this setup
   * @throws IOException if another task cannot be reached
   */
  static TrainingSetup of(
      Trainer trainer,
      Engine engine,
      TrainingState state,
      Weights tested,
      Goal goal,
      Samples train,
      int from,
      int to,
      @Nullable Samples test,
      long begun)
      throws IOException {
    var network = trainer.network;
    var fineTuning = trainer.fineTuning;
    boolean headOnly = fineTuning.headOnly(state.epoch);
    var builder = new Builder(trainer, engine, state, tested, goal, begun);
    if (headOnly
        && trainer.augmentation.equals(Augmentation.none())
        && train instanceof Samples.Images images
        && keepsFeatures(network, fineTuning, train, test)) {
      var backbone = fineTuning.backbone(network);
      boolean together = !trainer.ownSamples && trainer.exchange.ranks().tasks() > 1;
      return builder.build(
          fineTuning.head(network),
          together
              ? features(
                  Features.shared(
                      backbone,
                      state.weights,
                      images.data(),
                      images.normalization(),
                      engine,
                      trainer.exchange))
              : features(trainer, backbone, state.weights, images, from, to, engine),
          test instanceof Samples.Images tests
              ? features(trainer, backbone, state.weights, tests, 0, tests.size(), engine)
              : null);
    }
    return builder.build(network, train, test);
  }

  private static Samples features(
      Trainer trainer,
      Network backbone,
      Weights weights,
      Samples.Images images,
      int from,
      int to,
      Engine engine) {
    return features(
        Features.of(
            backbone,
            weights,
            images.data(),
            images.normalization(),
            from,
            to,
            engine,
            trainer.exchange));
  }

  private static Samples features(Features features) {
    return new Samples.Images(features, Normalization.none(1));
  }

  private static boolean keepsFeatures(
      Network network, FineTuning fineTuning, Samples train, @Nullable Samples test) {
    int images = Math.addExact(train.size(), test == null ? 0 : test.size());
    return network.graph().outputs().size() == 1
        && Features.fit(fineTuning.backbone(network), images);
  }

  private record Builder(
      Trainer trainer, Engine engine, TrainingState state, Weights tested, Goal goal, long begun) {

    /**
     * Builds the setup.
     *
     * @param network the trainer's own, or its head
     */
    TrainingSetup build(Network network, Samples train, @Nullable Samples test) {
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
      boolean tensors = state.optimizer.hasTensorRates();
      var groups =
          !tensors && fineTuning.equals(FineTuning.NONE) && trainer.updateOptions.decaysAll()
              ? ParameterGroup.all(weights.values().length)
              : ParameterGroup.of(
                  graph,
                  weights.table(),
                  frozen,
                  heads(),
                  begun,
                  fineTuning,
                  trainer.updateOptions,
                  tensors);
      var evaluated = whole ? tested : tested == state.weights ? weights : tested.part(graph);
      var augmentation = whole ? trainer.augmentation : Augmentation.none();
      return new TrainingSetup(
          fineTuning.headOnly(state.epoch),
          plan,
          plan.inputs(),
          Loss.Outputs.of(plan),
          new NamedOutputs(Loss.Outputs.of(plan), goal.loss().outputs()),
          goal.loss().forPlan(network, plan),
          new Batches(train, augmentation, engine),
          Targets.of(train.batchTargets(goal.task(), augmentation, network.output()), batch),
          new WeightUpdate(
              plan,
              state.optimizer,
              groups,
              trainer.updateOptions.clipNorm(),
              trainer.exchange.ranks().shard()),
          test == null ? null : new Evaluation.Evaluator(network, evaluated, test, goal, engine));
    }

    /** Returns the names of the nodes that learn with the head's rate. */
    private Set<String> heads() {
      return trainer.fineTuning.headRate() == 1 && !trainer.fineTuning.frozenBackbone()
          ? Set.of()
          : trainer.fineTuning.headNodes(trainer.network);
    }
  }
}
