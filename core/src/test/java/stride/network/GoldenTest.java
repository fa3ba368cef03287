package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Initializer;
import stride.image.Image;
import stride.layer.Layer;
import stride.layer.normalization.LocalResponseNorm;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Loss;
import stride.train.SoftmaxCrossEntropy;
import stride.train.Targets;

/**
 * The numbers are PyTorch's: {@code tools/golden/make} lets this test save its models, computes
 * their logits and one training step's gradients in Python from those files, and stores them beside
 * this test.
 */
@Tag("kernels")
class GoldenTest {
  private static final int BATCH = 3;
  private static final Shape INPUT = Shape.image(28, 28, 1);

  /** The networks under test; their names are the files'. */
  enum Golden {
    LENET5(
        "2",
        sequential(
            named("conv1", conv(6, 5).padding(2)),
            tanh(),
            avgPool(2),
            named("conv2", conv(16, 5)),
            tanh(),
            avgPool(2),
            flatten(),
            named("fc1", dense(120)),
            tanh(),
            named("fc2", dense(84)),
            tanh(),
            named("fc3", dense(10)))),
    EVERYTHING(
        "19",
        sequential(
            conv(12, 4).same(),
            batchNorm(),
            relu(),
            maxPool(3).stride(2).padding(1).ceilMode(),
            residual(
                sequential(
                    conv(12, 3).groups(3).padding(1).noBias(),
                    batchNorm(),
                    relu6(),
                    conv(12, 3).groups(12).padding(2).dilation(2)),
                conv(12, 1)),
            new LocalResponseNorm(5, 0.1f, 0.75f, 1),
            branches(
                conv(5, 1, 7).padding(0, 3),
                sequential(conv(7, 7, 1).padding(3, 0), sigmoid()),
                avgPool(3).stride(1).padding(1),
                sequential(maxPool(3).stride(1).padding(1), conv(4, 1))),
            conv(20, 3).stride(2).padding(1),
            tanh(),
            avgPool(2).padding(1).countExcludePad(),
            branches(
                sequential(flatten(), dense(9)), sequential(globalAvgPool(), flatten(), dense(11))),
            dropout(0.5),
            dense(10)));

    final Network network;

    /** The last map before the head, which Grad-CAM looks at. */
    final String map;

    Golden(String map, Layer layer) {
      this.map = map;
      network = Network.of(INPUT, layer);
    }

    String file() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void logitsAreThoseOfPyTorch(Golden golden) throws IOException {
    var model = model(golden.network);
    String folder = System.getProperty("stride.golden");
    if (folder != null) {
      model.save(Path.of(folder, golden.file() + ".safetensors"));
      write(Path.of(folder, "inputs.f32"), inputs());
    }
    assumeTrue(folder == null, "writing models, not testing");
    float[] expected = read(golden.file() + ".logits.f32");
    try (var engine = Engine.withThreads(2)) {
      var logits = model.logits(inputs(), engine);
      double most = 0;
      for (float value : expected) {
        most = Math.max(most, Math.abs(value));
      }
      for (int n = 0; n < BATCH; n++) {
        double apart = 0;
        for (int j = 0; j < 10; j++) {
          assertEquals(
              expected[n * 10 + j],
              logits.get(n).data()[j],
              1e-4 * most,
              "logit %d of input %d".formatted(j, n));
          apart =
              Math.max(apart, Math.abs(expected[n * 10 + j] - expected[(n + 1) % BATCH * 10 + j]));
        }
        assertTrue(apart > 0.05 * most, "inputs %d and the next hardly differ".formatted(n));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradCamIsThatOfPyTorch(Golden golden) throws IOException {
    assumeTrue(System.getProperty("stride.golden") == null, "writing models, not testing");
    var model = model(golden.network);
    float[] expected = read(golden.file() + ".gradcam.f32");
    try (var engine = Engine.withThreads(2)) {
      int at = 0;
      for (int n = 0; n < BATCH; n++) {
        var cam = model.gradCam(new Image(inputs().get(n)), n, engine);
        assertEquals(golden.map, cam.layer());
        double most = 0;
        for (int i = 0; i < cam.map().data().length; i++) {
          most = Math.max(most, expected[at + i]);
        }
        assertTrue(most > 0, "class %d is seen nowhere in input %d".formatted(n, n));
        for (float value : cam.map().data()) {
          assertEquals(expected[at++], value, 1e-4 * most, "input %d at %d".formatted(n, at));
        }
      }
      assertEquals(expected.length, at);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTrainingStepsGradientsAreThoseOfPyTorch(Golden golden) throws IOException {
    assumeTrue(System.getProperty("stride.golden") == null, "writing models, not testing");
    var model = model(golden.network);
    float[] expected = read(golden.file() + ".gradients.f32");
    try (var engine = Engine.withThreads(2)) {
      var training = Purpose.training().withDropout(false);
      var plan = engine.plan(golden.network.graph(), model.weights(), BATCH, training);
      var targets = Targets.classes(BATCH);
      for (int n = 0; n < BATCH; n++) {
        plan.input().write(n, inputs().get(n).data());
        targets.setLabel(n, n);
      }
      plan.forward(BATCH);
      new SoftmaxCrossEntropy().apply(Loss.Outputs.of(plan), targets, BATCH);
      plan.backward(BATCH);
      int at = 0;
      for (var entry : model.weights().table().weights()) {
        float[] gradient = entry.read(plan.gradients());
        double most = 0;
        for (int i = 0; i < gradient.length; i++) {
          most = Math.max(most, Math.abs(expected[at + i]));
        }
        for (int i = 0; i < gradient.length; i++) {
          assertEquals(
              expected[at + i], gradient[i], 1e-3 * most + 1e-6, entry.name() + " at " + i);
        }
        at += gradient.length;
      }
      assertEquals(expected.length, at);
    }
  }

  /** Weights that forgive nothing: uniform around 0, batch norm's four tensors around 1.25. */
  private static Model model(Network network) {
    var weights = new HashMap<String, Tensor>();
    var fresh = Model.initialized(network, 1).weights();
    for (var entry : fresh.table().weights()) {
      var shape = entry.parameter().shape();
      boolean norm = entry.parameter().initializer() instanceof Initializer.Constant;
      double bound =
          shape.rank() == 1 ? 0.5 : 1.5 / Math.sqrt((double) shape.elements() / shape.size(0));
      weights.put(
          entry.name(),
          random(entry.name().hashCode(), shape, norm ? 0.5 : -bound, norm ? 2 : bound));
    }
    var model = Model.of(network, Map.copyOf(weights));
    for (var entry : model.weights().table().statistics()) {
      if (!entry.statistic().counter()) {
        float[] values =
            random(entry.name().hashCode(), Shape.of(entry.statistic().length()), 0.5, 2).data();
        System.arraycopy(values, 0, model.weights().statistics(), entry.offset(), values.length);
      }
    }
    return model;
  }

  private static List<Tensor> inputs() {
    return List.of(random(1, INPUT, -1, 1), random(2, INPUT, 0, 2), random(3, INPUT, -2, 0.5));
  }

  private static Tensor random(long key, Shape shape, double from, double to) {
    var tensor = Tensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      float u = CounterRandom.uniform(CounterRandom.bits(CounterRandom.key(7, key, 0), i));
      tensor.data()[i] = (float) (from + (to - from) * u);
    }
    return tensor;
  }

  private static void write(Path file, List<Tensor> tensors) throws IOException {
    var bytes =
        ByteBuffer.allocate(4 * tensors.size() * INPUT.elements()).order(ByteOrder.LITTLE_ENDIAN);
    for (var tensor : tensors) {
      for (float value : tensor.data()) {
        bytes.putFloat(value);
      }
    }
    Files.write(file, bytes.array());
  }

  private static float[] read(String name) throws IOException {
    try (var in =
        Objects.requireNonNull(
            GoldenTest.class.getResourceAsStream("/stride/golden/" + name), name)) {
      var floats =
          ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      var values = new float[floats.remaining()];
      floats.get(values);
      return values;
    }
  }
}
