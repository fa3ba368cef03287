package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.compute.Buffer;
import stride.data.ByteImages;
import stride.data.ImageDataset;
import stride.data.augment.Mixup;
import stride.engine.Engine;
import stride.image.Preprocessing;
import stride.network.Network;
import stride.train.loss.OneOutput;

/** A training that learns nothing says so, once; one that learns is not spoken ill of. */
final class LearningWatchTest {
  private static final Engine ENGINE = Engine.withThreads(1);

  private static List<String> warnings(Trainer trainer, ImageDataset images) throws IOException {
    var said = new ArrayList<String>();
    trainer.engine(ENGINE).warnings(said::add).fit(images, null);
    return said;
  }

  /** Saturated: no gradient comes through the tanh any more. */
  @ParameterizedTest
  @ValueSource(doubles = {30, 1e4, 1e10, 1e30})
  void weightsThatRunAwayAreSaidInTheFirstEpoch(double rate) throws IOException {
    var said =
        warnings(
            Trainer.of(Toy.lenet()).optimizer(Optimizer.sgd(rate)).epochs(3), Toy.images(800, 1));
    assertEquals(1, said.size(), said.toString());
    assertTrue(
        said.getFirst()
            .matches(
                "the weights have run away: in epoch 1 the loss is \\S+, that of guessing 1\\.3863;"
                    + " a learning rate below "
                    + rate
                    + " may help \\(--lr; lr-find suggests one\\)"),
        said.getFirst());
  }

  /** Few images, so few steps an epoch: it takes more of them. */
  @Test
  void epochsOfOneStepAreAddedUp() throws IOException {
    var trainer = Trainer.of(Toy.lenet()).optimizer(Optimizer.sgd(1e6)).batch(16);
    var said = warnings(trainer.epochs(12).schedule(Schedule.constant()), Toy.images(16, 1));
    assertEquals(1, said.size(), said.toString());
    assertEquals(
        List.of(), warnings(trainer.epochs(3).schedule(Schedule.constant()), Toy.images(16, 1)));
  }

  /** Images of noise: there is nothing to be learned but them themselves. */
  private static ImageDataset noise(int count) {
    var random = new SplittableRandom(3);
    var pixels = new byte[count * Toy.SHAPE.elements()];
    random.nextBytes(pixels);
    var classes = new byte[count];
    for (int i = 0; i < count; i++) {
      classes[i] = (byte) (i % 4);
    }
    var like = Toy.images(4, 1);
    return new ByteImages(pixels, classes, like.labels(), like.preprocessing());
  }

  static List<Loss> losses() {
    return List.of(
        new SoftmaxCrossEntropy(),
        new SoftmaxCrossEntropy().smoothing(0.1),
        new SoftmaxCrossEntropy().weights(List.of(1.0, 4.0, 0.5, 1.0)));
  }

  private static Trainer slow(Loss loss) {
    return Trainer.of(Toy.lenet())
        .loss(loss)
        .optimizer(Optimizer.sgd(1e-3))
        .schedule(Schedule.constant())
        .batch(8);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aLossLikeThatOfGuessingIsSaid(Loss loss) throws IOException {
    var said = warnings(slow(loss).epochs(3), noise(800));
    assertEquals(1, said.size(), said.toString());
    assertTrue(
        said.getFirst()
            .matches(
                "the network learns nothing: in epoch 1 the loss is \\S+, that of guessing \\S+;"
                    + " another learning rate than 0\\.001 may help \\(--lr; lr-find suggests"
                    + " one\\)"),
        said.getFirst());
  }

  @Test
  void aFewStepsAndAWarmUpAreNoReasonToSpeak() throws IOException {
    var softmax = new SoftmaxCrossEntropy();
    assertEquals(List.of(), warnings(slow(softmax).epochs(1), noise(400)), "50 steps");
    assertEquals(1, warnings(slow(softmax).epochs(2), noise(400)).size(), "100 steps");
    Schedule rising = (step, steps) -> step < 200 ? 0.4 : 1;
    var warmingUp = slow(softmax).schedule(rising);
    assertEquals(List.of(), warnings(warmingUp.epochs(2), noise(800)), "low rates");
    var said = warnings(warmingUp.epochs(4), noise(800));
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().contains("in epoch 3"), said.getFirst());
  }

  @Test
  void oneOutputForTwoClassesHasItsOwnChance() throws IOException {
    var binary =
        Trainer.of(Network.of(Toy.SHAPE, sequential(flatten(), dense(1))))
            .loss(new BinaryCrossEntropy())
            .optimizer(Optimizer.sgd(1e-4))
            .schedule(Schedule.constant())
            .batch(4);
    var two = new ByteImages(new byte[64 * 400], halves(400), List.of("a", "b"), grey());
    assertEquals(1, warnings(binary.epochs(1), two).size());
  }

  private static byte[] halves(int count) {
    var classes = new byte[count];
    for (int i = 0; i < count; i++) {
      classes[i] = (byte) (i % 2);
    }
    return classes;
  }

  private static Preprocessing grey() {
    return Toy.images(4, 1).preprocessing();
  }

  static List<Trainer> learning() {
    var trainers = new ArrayList<Trainer>();
    for (var network : List.of(Toy.lenet(), Toy.modern())) {
      var trainer = Trainer.of(network).batch(8);
      trainers.add(trainer);
      trainers.add(trainer.optimizer(Optimizer.adam(0.01)));
      trainers.add(trainer.augmentation(new Mixup(0.4)));
      trainers.add(trainer.updateOptions(UpdateOptions.NONE.averaged(0.9)));
      losses().forEach(loss -> trainers.add(trainer.loss(loss)));
    }
    return trainers;
  }

  @ParameterizedTest
  @MethodSource("learning")
  void aTrainingThatLearnsIsNotSpokenIllOf(Trainer trainer) throws IOException {
    for (int epochs : List.of(1, 3)) {
      assertEquals(List.of(), warnings(trainer.epochs(epochs), Toy.images(1000, 1)));
    }
  }

  /** The best constant answer, by the losses themselves: no other is better. */
  @ParameterizedTest
  @MethodSource("losses")
  void chanceIsTheLossOfTheBestConstantAnswer(Loss loss) {
    var data = Toy.images(22, 1);
    var chance = Objects.requireNonNull(Chance.of(loss, data, false, 4));
    var random = new SplittableRandom(5);
    double least = Double.POSITIVE_INFINITY;
    for (int trial = 0; trial < 20_000; trial++) {
      least = Math.min(least, constant(loss, data, random));
    }
    assertTrue(least >= chance.loss() - 1e-9, least + " is better than " + chance);
    assertEquals(chance.loss(), least, 0.01);
    assertEquals(6 / 22.0, chance.accuracy(), 1e-12);
  }

  /** The loss of a random answer that is the same for all images. */
  private static double constant(Loss loss, ImageDataset data, SplittableRandom random) {
    var logits = new float[4];
    for (int j = 0; j < 4; j++) {
      logits[j] = (float) random.nextDouble(-1.5, 1.5);
    }
    var values = new float[4 * data.size()];
    var targets = Targets.classes(data.size());
    for (int n = 0; n < data.size(); n++) {
      System.arraycopy(logits, 0, values, 4 * n, 4);
      targets.setLabel(n, data.label(n));
    }
    var outputs =
        new OneOutput(new Buffer(values, 0, 4), new Buffer(new float[values.length], 0, 4));
    return loss.apply(outputs, targets, data.size());
  }
}
