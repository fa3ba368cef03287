package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.instanceNorm;
import static stride.layer.Layers.named;
import static stride.layer.Layers.reflectionPad;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.softplus;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.Example;
import stride.data.Examples;
import stride.data.Target;
import stride.data.TargetType;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.format.FormatException;
import stride.graph.Weights;
import stride.image.Fit;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.kernel.Kernels;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Loss;
import stride.train.Optimizer;
import stride.train.StoppedException;
import stride.train.Targets;
import stride.train.Trainer;

/** The loss of one-pass painting against its definition in double, and trainings by it. */
final class PerceptualLossTest {
  private static final Shape PICTURE = Shape.image(12, 16, 3);
  private static final Normalization PAINTED =
      new Normalization(List.of(0.0, 0.1, 0.2), List.of(1 / 255.0, 1 / 128.0, 1 / 64.0));
  private static final Normalization JUDGED =
      new Normalization(List.of(0.4, 0.5, 0.6), List.of(0.2, 0.3, 0.25));

  private static final StyleLayers LAYERS =
      new StyleLayers(Map.of("b", 3.0), Map.of("a", 2.0, "b", 5.0), 0.7);

  private static Model judge() {
    var network =
        Network.of(
            PICTURE,
            sequential(
                named("a0", conv(5, 3).padding(1)),
                named("a", softplus()),
                named("b0", conv(6, 3).stride(2)),
                named("b", softplus())));
    return new Model(
        network,
        Weights.initialized(network.graph(), 4),
        Task.VALUES,
        List.of(),
        new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), PICTURE, JUDGED));
  }

  private static Image picture(Shape shape, long seed) {
    var random = new SplittableRandom(seed);
    var values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return new Image(new Tensor(shape, values));
  }

  private static PerceptualLoss loss(StyleLayers layers) {
    return new PerceptualLoss(
        judge(), PAINTED, layers, picture(Shape.image(20, 14, 3), 8), Engine.shared());
  }

  private static Tensor painted(long seed) {
    float[] values = picture(PICTURE, seed).data().clone();
    PAINTED.apply(values, 0, values.length);
    return new Tensor(PICTURE, values);
  }

  /** Which comparisons of what a model paints with steps from the photo depend on. */
  @Test
  void aStyleTransferWithItsLayersHasTheSameLoss() {
    var painting = picture(Shape.image(20, 14, 3), 8).toPixels();
    var photo = picture(PICTURE, 21).toPixels();
    var painted = picture(PICTURE, 22).toPixels();
    var loss = new PerceptualLoss(judge(), PAINTED, LAYERS, painting.toImage(), Engine.shared());
    var transfer =
        new StyleTransfer(judge(), loss.layers(), StyleSettings.STANDARD, Engine.shared());
    var expected = measured(loss, List.of(normalized(painted)), List.of(normalized(photo))).loss;
    var styles = List.of(new Style(painting, 1));
    assertEquals(expected, transfer.losses(photo, styles, painted).total(), 1e-5 * expected);
    assertThrows(
        IllegalArgumentException.class,
        () -> transfer.losses(photo, styles, picture(Shape.image(16, 12, 3), 1).toPixels()));
  }

  private static Tensor normalized(Pixels picture) {
    float[] values = picture.toImage().data();
    PAINTED.apply(values, 0, values.length);
    return new Tensor(PICTURE, values);
  }

  /** A network whose output is its input, so that a loss sees what it is given. */
  private static final Network SAME = Network.of(PICTURE, conv(3, 1).noBias());

  private record Measured(double loss, List<float[]> gradients) {}

  private static Measured measured(PerceptualLoss loss, List<Tensor> outputs, List<Tensor> photos) {
    var weights = Weights.empty(SAME.graph());
    var entry = weights.table().weights().getFirst();
    weights.write(entry, new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1});
    try (var engine = Engine.exact(2, Kernels.best())) {
      var plan = engine.plan(SAME.graph(), weights, 2, Purpose.training());
      var targets = Targets.of(new TargetType.Image(PICTURE), 2);
      for (int n = 0; n < outputs.size(); n++) {
        plan.input().write(n, outputs.get(n).data());
        targets.set(n, Target.image(photos.get(n)));
      }
      plan.forward(outputs.size());
      double value = loss.forPlan(SAME, plan).apply(Loss.Outputs.of(plan), targets, outputs.size());
      var gradients = new ArrayList<float[]>();
      for (int n = 0; n < outputs.size(); n++) {
        gradients.add(plan.outputGradient("output").read(n));
      }
      return new Measured(value, gradients);
    }
  }

  /** Maps of pixels in [0, 1], in double. */
  private static double[][] maps(Model judge, float[] colours, int height, int width) {
    var x = new double[colours.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (colours[i] - JUDGED.mean().get(i % 3)) / JUDGED.standardDeviation().get(i % 3);
    }
    var a = layer(judge, "a0", x, height, width, 3, 5, 1, 1);
    var b = layer(judge, "b0", a, height, width, 5, 6, 2, 0);
    return new double[][] {a, b};
  }

  private static double[] layer(
      Model judge, String name, double[] x, int h, int w, int in, int out, int stride, int pad) {
    float[] weights = judge.weights().tensor(name + ".weight").data();
    float[] biases = judge.weights().tensor(name + ".bias").data();
    int oh = (h + 2 * pad - 3) / stride + 1;
    int ow = (w + 2 * pad - 3) / stride + 1;
    var y = new double[oh * ow * out];
    for (int r = 0; r < oh; r++) {
      for (int c = 0; c < ow; c++) {
        for (int o = 0; o < out; o++) {
          double sum = biases[o];
          for (int i = 0; i < in; i++) {
            for (int dy = 0; dy < 3; dy++) {
              for (int dx = 0; dx < 3; dx++) {
                int yy = r * stride + dy - pad;
                int xx = c * stride + dx - pad;
                if (yy >= 0 && yy < h && xx >= 0 && xx < w) {
                  sum += weights[((o * in + i) * 3 + dy) * 3 + dx] * x[(yy * w + xx) * in + i];
                }
              }
            }
          }
          y[(r * ow + c) * out + o] = Math.log1p(Math.exp(sum));
        }
      }
    }
    return y;
  }

  private static double content(double[] f, double[] p) {
    double sum = 0;
    for (int i = 0; i < f.length; i++) {
      sum += (f[i] - p[i]) * (f[i] - p[i]);
    }
    return sum / 2 / f.length;
  }

  private static double[] gram(double[] f, int filters) {
    var g = new double[filters * filters];
    int pixels = f.length / filters;
    for (int i = 0; i < filters; i++) {
      for (int j = 0; j < filters; j++) {
        for (int p = 0; p < pixels; p++) {
          g[i * filters + j] += f[p * filters + i] * f[p * filters + j] / pixels;
        }
      }
    }
    return g;
  }

  private static double squares(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  private static double definition(StyleLayers layers, Tensor output, Tensor photo) {
    var judge = judge();
    float[] seen = output.data().clone();
    float[] wanted = photo.data().clone();
    PAINTED.undo(seen, 0, seen.length);
    PAINTED.undo(wanted, 0, wanted.length);
    var own = maps(judge, seen, 12, 16);
    var photos = maps(judge, wanted, 12, 16);
    var painting = maps(judge, picture(Shape.image(20, 14, 3), 8).data(), 20, 14);
    int[] filters = {5, 6};
    double loss = 0;
    for (int l = 0; l < 2; l++) {
      String name = l == 0 ? "a" : "b";
      double contentWeight = layers.content().getOrDefault(name, 0.0);
      loss +=
          contentWeight
              * content(own[l], photos[l])
              / content(painting[l], new double[painting[l].length]);
      double[] target = gram(painting[l], filters[l]);
      double styleWeight = layers.style().getOrDefault(name, 0.0);
      loss +=
          styleWeight
              * squares(gram(own[l], filters[l]), target)
              / squares(target, new double[target.length]);
    }
    double variation = 0;
    for (int r = 0; r < 12; r++) {
      for (int c = 0; c < 16; c++) {
        for (int k = 0; k < 3; k++) {
          int at = (r * 16 + c) * 3 + k;
          double right = c < 15 ? seen[at + 3] - seen[at] : 0;
          double below = r < 11 ? seen[at + 48] - seen[at] : 0;
          variation += right * right + below * below;
        }
      }
    }
    return loss + layers.variation() * variation / (PICTURE.height() * PICTURE.width());
  }

  @Test
  void theLossIsItsDefinition() {
    var outputs = List.of(painted(1), painted(2));
    var photos = List.of(painted(3), painted(4));
    double expected =
        (definition(LAYERS, outputs.get(0), photos.get(0))
                + definition(LAYERS, outputs.get(1), photos.get(1)))
            / 2;
    assertEquals(expected, measured(loss(LAYERS), outputs, photos).loss, 2e-5 * expected);
  }

  @Test
  void theGradientIsThatOfTheDefinitionByDifferences() {
    var outputs = List.of(painted(1), painted(2));
    var photos = List.of(painted(3), painted(4));
    var measured = measured(loss(LAYERS), outputs, photos);
    var random = new SplittableRandom(5);
    for (int n = 0; n < 2; n++) {
      float[] gradient = measured.gradients.get(n);
      double most = 0;
      for (float value : gradient) {
        most = Math.max(most, Math.abs(value));
      }
      for (int round = 0; round < 40; round++) {
        int i = random.nextInt(gradient.length);
        // The colours are of sides of hundreds: a step of a half is small.
        float step = 0.5f;
        double slope =
            (definition(LAYERS, moved(outputs.get(n), i, step), photos.get(n))
                    - definition(LAYERS, moved(outputs.get(n), i, -step), photos.get(n)))
                / (2 * step)
                / 2;
        assertEquals(slope, gradient[i], 2e-3 * most, "picture %d, value %d".formatted(n, i));
      }
    }
  }

  private static Tensor moved(Tensor tensor, int i, float step) {
    float[] values = tensor.data().clone();
    values[i] += step;
    return new Tensor(tensor.shape(), values);
  }

  private static Model painter() {
    var network =
        Network.of(
            PICTURE,
            sequential(
                reflectionPad(1),
                conv(6, 3),
                instanceNorm().withAffine(),
                relu(),
                reflectionPad(1),
                conv(3, 3)));
    return new Model(
        network,
        Weights.initialized(network.graph(), 2),
        Task.IMAGE,
        List.of(),
        new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), PICTURE, PAINTED));
  }

  private static Examples photos() {
    return Examples.of(
        6,
        i -> {
          var photo = painted(i + 20);
          return Example.of(photo, Target.image(photo));
        });
  }

  private static Trainer trainer() {
    return Trainer.from(painter())
        .loss(loss(LAYERS))
        .metrics()
        .optimizer(Optimizer.adam(0.1))
        .batch(2)
        .epochs(8);
  }

  @Test
  void aNetworkLearnsByItAndKeepsItsPreprocessing() throws IOException {
    var history = new ArrayList<Double>();
    var model =
        trainer()
            .callback(
                new Callback() {
                  @Override
                  public void epoch(EpochResult result) {
                    history.add(result.loss());
                  }
                })
            .fit(photos());
    assertTrue(history.getLast() < 0.5 * history.getFirst(), history::toString);
    assertEquals(Task.IMAGE, model.task());
    assertEquals(PAINTED, model.preprocessing().normalization());
  }

  @Test
  void aStoppedTrainingGoesOnToTheSameBits(@TempDir Path folder) throws IOException {
    float[] whole = trainer().fit(photos()).weights().values();
    var checkpoint = folder.resolve("checkpoint.safetensors");
    var steps = new int[1];
    assertThrows(
        StoppedException.class,
        () -> trainer().checkpoint(checkpoint).stopWhen(() -> ++steps[0] == 11).fit(photos()));
    float[] resumed = trainer().checkpoint(checkpoint).resume().fit(photos()).weights().values();
    assertArrayEquals(whole, resumed);
    var other = loss(LAYERS.strength(2));
    var thrown =
        assertThrows(
            FormatException.class,
            () -> trainer().loss(other).checkpoint(checkpoint).resume().fit(photos()));
    assertTrue(String.valueOf(thrown.getMessage()).contains("loss"), thrown::getMessage);
  }

  @Test
  void whatItDependsOnIsInItsText() {
    assertEquals(loss(LAYERS).toString(), loss(LAYERS).toString());
    assertNotEquals(loss(LAYERS).toString(), loss(LAYERS.strength(2)).toString());
  }

  @Test
  void aPaintingOfNothingIsRefused() {
    var judge = judge();
    Arrays.fill(judge.weights().values(), Float.NEGATIVE_INFINITY);
    judge.weights().changed();
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> new PerceptualLoss(judge, PAINTED, LAYERS, picture(PICTURE, 1), Engine.shared()));
    assertTrue(thrown.getMessage().contains("sees nothing in the painting at"), thrown::getMessage);
  }
}
