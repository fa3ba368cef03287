package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.ImageDataset;
import stride.data.augment.RandomShift;
import stride.engine.Engine;
import stride.layer.normalization.BatchNorm;
import stride.network.Model;
import stride.network.Network;

/** Which weights learn, and which stay unchanged, when a model is trained further. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FineTuningTest {
  private static final ImageDataset TRAIN = Toy.images(40, 1);
  private static final ImageDataset TEST = Toy.images(60, 2);
  private static final Engine ENGINE = Engine.shared();

  private Model model;

  @BeforeAll
  void learn() throws IOException {
    model =
        Trainer.of(Toy.modern()).epochs(6).batch(8).engine(ENGINE).fit(Toy.images(160, 3), null);
  }

  private Trainer tuning() {
    return Trainer.from(model.withHead(List.of("rows", "columns", "slope", "spot"), 5))
        .optimizer(Optimizer.sgd(0.05).momentum(0.9).weightDecay(1e-2))
        .epochs(4)
        .batch(8)
        .engine(ENGINE)
        .freezeBackbone();
  }

  /** Weights and statistics of the model, which its fine-tuned form has as they were. */
  private void assertBackboneIs(Model tuned, boolean same) {
    for (var entry : model.weights().table().weights()) {
      if (!entry.name().startsWith(head())) {
        assertEquals(
            same,
            Arrays.equals(model.weights().read(entry), tuned.weights().read(entry)),
            entry.name());
      }
    }
    assertEquals(same, Arrays.equals(model.weights().statistics(), tuned.weights().statistics()));
  }

  private String head() {
    return model.network().head().graph().nodes().getLast().name();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFrozenBackboneStaysAsItIsWhileTheHeadLearns(boolean augmented) throws IOException {
    var results = new ArrayList<EpochResult>();
    var trainer = tuning().callback(collect(results)).epochs(8);
    var tuned = (augmented ? trainer.augmentation(new RandomShift(1)) : trainer).fit(TRAIN, TEST);
    assertBackboneIs(tuned, true);
    assertTrue(results.getLast().test().top1() > 0.9, results.toString());
    assertEquals(
        results.getLast().test().top1(), Evaluation.of(tuned, TEST, ENGINE).top1(), "of the whole");
    assertEquals(List.of("rows", "columns", "slope", "spot"), tuned.labels());
  }

  /**
   * Features that are kept give what a training gives that computes them in every step. Without
   * dropout: it draws by the number of its node, which is another one in the head by itself.
   */
  @Test
  void keptFeaturesChangeNothing() throws IOException {
    var lenet = Model.initialized(Toy.lenet(), 3);
    var tuning = Trainer.from(lenet).epochs(4).batch(8).engine(ENGINE).freezeBackbone();
    float[] kept = tuning.fit(TRAIN, null).weights().values();
    float[] computed = tuning.augmentation(new RandomShift(0)).fit(TRAIN, null).weights().values();
    assertFalse(Arrays.equals(kept, lenet.weights().values()));
    assertArrayEquals(computed, kept, 1e-5f);
  }

  /** A task that computes features for long without a word would count as hanging. */
  @Test
  void computingFeaturesIsProgress() {
    var train = Toy.images(600, 1, TRAIN.labels());
    var test = Toy.images(300, 2, TRAIN.labels());
    var tasks = new ThreadTasks(1, 1);
    var atFirstStep = new AtomicIntegerArray(2);
    var ends =
        tasks.run(
            exchange ->
                tuning()
                    .ranks(exchange)
                    .epochs(1)
                    .callback(
                        new Callback() {
                          @Override
                          public void step(Progress progress) {
                            if (progress.step() == 1) {
                              int task = exchange.ranks().task();
                              atFirstStep.set(task, tasks.progress(task));
                            }
                          }
                        })
                    .fit(train, test));
    for (var end : ends) {
      assertInstanceOf(Model.class, end);
    }
    // 600 images of training take three batches of 256, of which one task computes one, the other
    // two; 300 of the test, in the task of rank 0, take two; the step itself is one.
    assertEquals(1 + 2 + 1, atFirstStep.get(0));
    assertEquals(2 + 1, atFirstStep.get(1));
  }

  @Test
  void anUnfrozenBackboneLearnsFromThatEpochOn() throws IOException {
    assertBackboneIs(
        tuning().fineTuning(FineTuning.HEAD_ONLY.unfreezeAfter(4)).fit(TRAIN, null), true);
    assertBackboneIs(
        tuning().fineTuning(FineTuning.HEAD_ONLY.unfreezeAfter(3)).fit(TRAIN, null), false);
  }

  /** A step of SGD without momentum is rate times gradient: the head's is longer by its factor. */
  @Test
  void theHeadHasARateOfItsOwn() throws IOException {
    var trainer =
        Trainer.from(model).optimizer(Optimizer.sgd(1e-3)).schedule(Schedule.constant()).epochs(1);
    var once = trainer.batch(40).engine(ENGINE).fit(TRAIN, null);
    var faster =
        trainer.batch(40).engine(ENGINE).fineTuning(FineTuning.NONE.headRate(3)).fit(TRAIN, null);
    for (var entry : model.weights().table().weights()) {
      float[] before = model.weights().read(entry);
      float[] a = once.weights().read(entry);
      float[] b = faster.weights().read(entry);
      float factor = entry.name().startsWith(head()) ? 3 : 1;
      for (int i = 0; i < a.length; i++) {
        assertEquals(factor * (a[i] - before[i]), b[i] - before[i], 3e-6f, entry.name());
      }
    }
  }

  @Test
  void frozenNormsKeepTheirStatisticsAndWeights() throws IOException {
    var tuned = tuning().fineTuning(FineTuning.NONE.freezeNorms()).fit(TRAIN, null);
    assertArrayEquals(model.weights().statistics(), tuned.weights().statistics());
    for (var entry : model.weights().table().weights()) {
      boolean norm =
          model.network().graph().nodes().get(entry.node()).operation() instanceof BatchNorm;
      assertEquals(
          norm,
          Arrays.equals(model.weights().read(entry), tuned.weights().read(entry)),
          entry.name());
    }
  }

  /** As in a VGG: the whole classifier learns, and all layers before it stay unchanged. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeadOfSeveralLayersLearnsAlone(boolean augmented) throws IOException {
    var network =
        Network.of(
            Toy.SHAPE,
            sequential(
                named("features", sequential(conv(8, 3).noBias(), batchNorm(), relu(), maxPool(2))),
                flatten(),
                named("classifier", sequential(dense(12), batchNorm(), relu(), dense(4)))));
    var start = Model.initialized(network, 1);
    var fineTuning = FineTuning.HEAD_ONLY.headFrom("classifier").headRate(2);
    var trainer = Trainer.from(start).fineTuning(fineTuning).epochs(2).batch(8).engine(ENGINE);
    var tuned = (augmented ? trainer.augmentation(new RandomShift(1)) : trainer).fit(TRAIN, TEST);
    for (var entry : start.weights().table().weights()) {
      assertEquals(
          entry.name().startsWith("features"),
          Arrays.equals(start.weights().read(entry), tuned.weights().read(entry)),
          entry.name());
    }
  }

  @Test
  void theModelItBeganWithStaysAsItIs() throws IOException {
    float[] before = model.weights().values().clone();
    Trainer.from(model).epochs(1).batch(8).engine(ENGINE).fit(TRAIN, null);
    assertArrayEquals(before, model.weights().values());
  }

  @Test
  void layersAreFrozenByTheirNamesAndOthersLearn() throws IOException {
    var before = model.weights();
    var names = before.table().weights().stream().map(entry -> entry.name()).toList();
    String layer = names.getFirst().replaceAll("\\.[^.]*$", "");
    var tuned =
        Trainer.from(model)
            .fineTuning(FineTuning.NONE.freeze(layer))
            .epochs(1)
            .batch(8)
            .engine(ENGINE)
            .fit(TRAIN, null);
    for (String name : names) {
      boolean same = before.tensor(name).equals(tuned.weights().tensor(name));
      assertEquals(name.startsWith(layer + "."), same, name);
    }
    var unknown = Trainer.from(model).fineTuning(FineTuning.NONE.freeze("nothing"));
    var e = assertThrows(IllegalArgumentException.class, () -> unknown.fit(TRAIN, null));
    assertTrue(
        e.getMessage().startsWith("the network has no layer nothing to freeze; its layers are "),
        e.getMessage());
  }

  private static Settings settings(Trainer trainer) {
    var data = Samples.of(TRAIN);
    return Settings.of(trainer, Goal.of(trainer, data), data, null);
  }

  @Test
  void otherWeightsAreOtherSettings() {
    var other = model.withHead(4, 9);
    assertNotEquals(
        settings(Trainer.from(model)), settings(Trainer.from(other)), "of a checkpoint");
  }

  @Test
  void numbersOutOfRangeAreNamed() {
    assertMessage(
        "the factor of the head's learning rate must be above 0, was 0.0",
        () -> FineTuning.NONE.headRate(0));
    assertMessage(
        "the epochs after which a backbone is unfrozen must be at least 0, was -1",
        () -> FineTuning.HEAD_ONLY.unfreezeAfter(-1));
    assertMessage(
        "a backbone that is not frozen cannot be unfrozen after 2 epochs",
        () -> FineTuning.NONE.unfreezeAfter(2));
    assertMessage(
        "the largest norm of gradients must be above 0, was 0.0",
        () -> UpdateOptions.NONE.clipNorm(0));
    assertMessage(
        "the decay of averaged weights must be in [0, 1), was 1.0",
        () -> UpdateOptions.NONE.averaged(1));
    assertMessage("patience must be at least 1 epoch, was 0", () -> new EarlyStopping(0));
  }

  private static void assertMessage(String message, Runnable wrong) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
  }

  private static Callback collect(List<EpochResult> into) {
    return new Callback() {
      @Override
      public void epoch(EpochResult result) {
        into.add(result);
      }
    };
  }
}
