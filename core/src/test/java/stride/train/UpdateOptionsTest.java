package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Network;
import stride.train.log.GradientLog;

/**
 * Clipping, averages, decay, accumulation, batches that grow, and callbacks, by their definitions.
 */
final class UpdateOptionsTest {
  private static final Engine ENGINE = Engine.shared();

  @TempDir Path folder;

  private static Trainer trainer() {
    return Trainer.of(Toy.lenet())
        .optimizer(Optimizer.sgd(0.1))
        .schedule(Schedule.constant())
        .epochs(1)
        .batch(8)
        .engine(ENGINE);
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static float[] difference(float[] a, float[] b) {
    var difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  /** The change of the weights is rate times gradient: it shows the gradient's norm. */
  @Test
  void longGradientsAreScaledDownToTheNorm() throws IOException {
    var images = Toy.images(8, 1);
    float[] before = Model.initialized(Toy.lenet(), 1).weights().values();
    float[] free = difference(trainer().fit(images, null).weights().values(), before);
    double norm = norm(free) / 0.1;
    assertTrue(norm > 0.1, "norm " + norm);
    double limit = norm / 4;
    var clipping = trainer().updateOptions(UpdateOptions.NONE.clipNorm(limit));
    float[] clipped = difference(clipping.fit(images, null).weights().values(), before);
    // clip_grad_norm_: times max_norm / (norm + 1e-6)
    for (int i = 0; i < free.length; i++) {
      assertEquals(free[i] * limit / (norm + 1e-6), clipped[i], 1e-6);
    }
    var loose = trainer().updateOptions(UpdateOptions.NONE.clipNorm(norm * 1.01));
    assertArrayEquals(
        difference(loose.fit(images, null).weights().values(), before), free, "not scaled up");
  }

  @Test
  void theAverageFollowsTheWeightsOfEveryStep() throws IOException {
    var all = new ArrayList<float[]>();
    var model =
        trainer()
            .epochs(3)
            .updateOptions(UpdateOptions.NONE.averaged(0.75))
            .callback(
                new Callback() {
                  @Override
                  public void step(Progress progress) {
                    all.add(progress.weights().values().clone());
                  }
                })
            .fit(Toy.images(24, 1), null);
    assertEquals(9, all.size());
    var average = new double[all.getFirst().length];
    for (int i = 0; i < average.length; i++) {
      average[i] = all.getFirst()[i];
      for (float[] weights : all.subList(1, all.size())) {
        average[i] = 0.75 * average[i] + 0.25 * weights[i];
      }
      assertEquals(average[i], model.weights().values()[i], 1e-6);
    }
    assertNotEquals(model.weights().values()[100], all.getLast()[100], "the model is the average");
  }

  /** Without a gradient, only decay changes weights: images are 0 and outputs equal the targets. */
  @Test
  void biasesAndNormsAreNotDecayedWhereThatIsSaid() throws IOException {
    var images = Toy.images(8, 1);
    var trainer =
        Trainer.of(Toy.modern()).schedule(Schedule.constant()).epochs(1).batch(8).engine(ENGINE);
    var plain = trainer.optimizer(Optimizer.sgd(0.1)).fit(images, null);
    var decay = trainer.optimizer(Optimizer.sgd(0.1).weightDecay(0.5));
    var all = decay.fit(images, null);
    var some = decay.updateOptions(UpdateOptions.NONE.decayMatricesOnly()).fit(images, null);
    float[] first = Model.initialized(Toy.modern(), 1).weights().values();
    for (var entry : plain.weights().table().weights()) {
      float[] before = entry.read(first);
      float[] without = plain.weights().read(entry);
      boolean matrix = entry.parameter().shape().rank() > 1;
      for (int i = 0; i < before.length; i++) {
        float decayed = without[i] - 0.1f * 0.5f * before[i];
        assertEquals(decayed, all.weights().read(entry)[i], 1e-6f, entry.name());
        assertEquals(
            matrix ? decayed : without[i], some.weights().read(entry)[i], 1e-6f, entry.name());
      }
    }
  }

  /** 20 images in batches of 8, two to a step: 16, then 4. */
  @Test
  void gradientsOfSeveralBatchesAddUpToThoseOfOne() throws IOException {
    var images = Toy.images(20, 1);
    var whole = trainer().batch(16).epochs(2).fit(images, null);
    var parts = trainer().batch(8).accumulate(2).epochs(2).fit(images, null);
    var uneven = trainer().batch(6).accumulate(3).epochs(2).fit(images, null);
    var wide = trainer().batch(18).epochs(2).fit(images, null);
    assertArrayEquals(whole.weights().values(), parts.weights().values(), 1e-5f);
    assertArrayEquals(wide.weights().values(), uneven.weights().values(), 1e-5f);
  }

  @Test
  void batchesGrowInEqualPartsOfTheEpochs() throws IOException {
    var steps = new ArrayList<Integer>();
    trainer()
        .batches(4, 8, 24)
        .epochs(6)
        .callback(
            new Callback() {
              @Override
              public void begin(Progress progress) {
                steps.add(progress.stepsPerEpoch());
              }

              @Override
              public void step(Progress progress) {
                if (progress.samples() == 24) {
                  steps.add(progress.step());
                }
              }
            })
        .fit(Toy.images(24, 1), null);
    assertEquals(List.of(6, 6, 6, 3, 3, 1, 1), steps);
  }

  @Test
  void endsWhenEpochsAreNoLongerBetter() throws IOException {
    var results = new ArrayList<EpochResult>();
    var stopping =
        trainer()
            .optimizer(Optimizer.sgd(1e-12))
            .epochs(50)
            .callback(new EarlyStopping(3))
            .callback(collect(results));
    stopping.fit(Toy.images(16, 1), Toy.images(8, 2));
    var best = results.getFirst();
    for (var result : results) {
      best = result.isBetterThan(best) ? result : best;
    }
    assertTrue(results.size() < 50, results.toString());
    assertEquals(best.epoch() + 3, results.size());
  }

  @Test
  void theBestEpochsModelIsKept() throws IOException {
    var file = folder.resolve("best.safetensors");
    var results = new ArrayList<EpochResult>();
    var models = new ArrayList<float[]>();
    trainer()
        .optimizer(Optimizer.sgd(1))
        .epochs(8)
        .callback(new BestModel(file))
        .callback(collect(results))
        .callback(
            new Callback() {
              @Override
              public void step(Progress progress) {
                if (progress.step() == progress.stepsPerEpoch()) {
                  models.add(progress.weights().values().clone());
                }
              }
            })
        .fit(Toy.images(40, 1), Toy.images(40, 2));
    var best = results.getFirst();
    for (var result : results) {
      best = result.isBetterThan(best) ? result : best;
    }
    var saved = Model.load(file);
    assertArrayEquals(models.get(best.epoch() - 1), saved.weights().values());
    assertEquals(best.test().top1(), Evaluation.of(saved, Toy.images(40, 2), ENGINE).top1());
  }

  @Test
  void theGradientsOfLayersAreLogged() throws IOException {
    var network =
        Network.of(
            Toy.SHAPE, sequential(named("one", conv(2, 3)), flatten(), named("two", dense(4))));
    var file = folder.resolve("gradients.jsonl");
    Trainer.of(network)
        .epochs(3)
        .batch(8)
        .engine(ENGINE)
        .callback(new GradientLog(file, network))
        .fit(Toy.images(16, 1), null);
    var lines = Files.readAllLines(file);
    assertEquals(3, lines.size());
    assertTrue(
        lines
            .get(1)
            .matches(
                ".*\"epoch\":2.*|.*\"gradients\":\\{\"one.weight\":[0-9.E-]+,\"two.weight\":[0-9.E-]+\\}.*"),
        lines.get(1));
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
