package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tanh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.image.Image;
import stride.layer.Layer;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** NaN and infinities in weights, statistics and images: each is said, none becomes an answer. */
final class NoNumbersTest {
  private static final Shape INPUT = Shape.image(5, 5, 2);
  private static final List<Float> NONE =
      List.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

  @TempDir Path folder;

  private static Network network(Layer activation) {
    return Network.of(
        INPUT,
        sequential(
            named("conv1", conv(4, 3)),
            named("bn1", batchNorm()),
            activation,
            flatten(),
            named("fc", dense(3))));
  }

  private static Network network() {
    return network(relu());
  }

  /** Every tensor with everything that may not be in it. */
  static Stream<Arguments> flaws() {
    var flaws = new ArrayList<Arguments>();
    var table = Model.initialized(network(), 1).weights().table();
    table
        .weights()
        .forEach(entry -> NONE.forEach(none -> flaws.add(Arguments.of(entry.name(), none))));
    for (var entry : table.statistics()) {
      if (!entry.statistic().counter()) {
        NONE.forEach(none -> flaws.add(Arguments.of(entry.name(), none)));
      }
    }
    flaws.add(Arguments.of("bn1.running_var", -1e-3f));
    return flaws.stream();
  }

  /** A model of which one tensor's last number is replaced. */
  private static Model with(String tensor, float value) {
    var model = Model.initialized(network(), 1);
    var weights = model.weights();
    for (var entry : weights.table().weights()) {
      if (entry.name().equals(tensor)) {
        float[] values = weights.read(entry);
        values[values.length - 1] = value;
        weights.write(entry, values);
      }
    }
    for (var entry : weights.table().statistics()) {
      if (entry.name().equals(tensor)) {
        weights.statistics()[entry.offset() + entry.statistic().length() - 1] = value;
      }
    }
    return model;
  }

  /** A file of a model's tensors, written as Python may do it. */
  private Path written(Model model) throws IOException {
    var writer = new SafetensorsWriter();
    var weights = model.weights();
    for (var entry : weights.table().weights()) {
      writer.floats(entry.name(), entry.parameter().shape(), weights.read(entry));
    }
    for (var entry : weights.table().statistics()) {
      if (!entry.statistic().counter()) {
        var shape = Shape.of(entry.statistic().length());
        writer.floats(entry.name(), shape, weights.statistics(), entry.offset());
      }
    }
    var file = folder.resolve("weights.safetensors");
    writer.write(file);
    return file;
  }

  @Test
  void soundWeightsHaveNoFlaw() {
    assertEquals(Optional.empty(), Model.initialized(network(), 1).weights().flaw());
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void filesThatHoldThemAreRefusedWithTheTensor(String tensor, float value) throws IOException {
    var model = with(tensor, value);
    assertEquals(tensor + " holds " + value, model.weights().flaw().orElseThrow());
    var file = written(model);
    var thrown = assertThrows(FormatException.class, () -> Model.of(network(), file));
    String expected = Float.isFinite(value) ? "0 or more" : "finite numbers";
    assertTrue(
        thrown
            .getMessage()
            .matches(
                "\\Q%s: \"%s\" holds %s (its number \\E[0-9]+\\Q), expected %s: \\E.*"
                    .formatted(file, tensor, value, expected)),
        thrown.getMessage());
    // A head that is not read may hold what it will.
    Executable withNewHead = () -> Model.withNewHead(network(), file, 1);
    if (tensor.startsWith("fc.")) {
      assertEquals(Optional.empty(), Model.withNewHead(network(), file, 1).weights().flaw());
    } else {
      assertThrows(FormatException.class, withNewHead);
    }
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void modelsThatHoldThemAreNotSaved(String tensor, float value) {
    var model = with(tensor, value);
    var file = folder.resolve("saved");
    List<Executable> savings = List.of(() -> model.save(file), () -> model.savePyTorch(file));
    for (var saving : savings) {
      var thrown = assertThrows(IllegalArgumentException.class, saving);
      assertTrue(thrown.getMessage().endsWith(tensor + " holds " + value), thrown.getMessage());
      assertFalse(Files.exists(file));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void imagesThatHoldThemAreRefused(float value) {
    var model = Model.initialized(network(), 1);
    var image = Tensor.zeros(INPUT);
    image.data()[17] = value;
    List<Executable> questions =
        List.of(
            () -> model.classify(new Image(image)),
            () -> model.classify(List.of(Image.zeros(INPUT), new Image(image)), Engine.shared()),
            () -> model.features(new Image(image)),
            () -> model.maps(new Image(image), "conv1"),
            () -> model.gradCam(new Image(image), 0));
    for (var question : questions) {
      var thrown = assertThrows(IllegalArgumentException.class, question);
      assertEquals(
          "the image holds %s (its value 17), expected numbers from 0 to 1".formatted(value),
          thrown.getMessage());
    }
  }

  /** Weights that are numbers, but too large to be computed with. */
  @Test
  void answersThatAreNoNumbersAreErrors() {
    for (var activation : List.of(relu(), tanh())) {
      var model = Model.initialized(network(activation), 1);
      Arrays.fill(model.weights().values(), 3e38f);
      model.weights().changed();
      var image = Tensor.zeros(INPUT);
      Arrays.fill(image.data(), 1);
      var thrown =
          assertThrows(IllegalArgumentException.class, () -> model.classify(new Image(image)));
      assertTrue(
          thrown.getMessage().startsWith("the network gives no answer: its output 0 is "),
          thrown.getMessage());
    }
  }

  /** The logarithm of 0 says of a class that it is not there. */
  @Test
  void anOutputOfMinusInfinityIsAProbabilityOf0() {
    var network = Network.of(Shape.of(2), named("fc", dense(2)));
    var weights = Tensor.of(Shape.of(2, 2), -3e38f, -3e38f, 1, 1);
    var model =
        Model.of(network, Map.of("fc.weight", weights, "fc.bias", Tensor.of(Shape.of(2), 0, 0)));
    var answer = model.classify(new Image(Tensor.of(Shape.of(2), 1, 1)));
    assertEquals(List.of(0f, 1f), answer.probabilities());
  }

  @Test
  void theBatchesOfLongTrainingsAreCounted() throws IOException {
    long batches = (1L << 40) + 12_345;
    var model = Model.initialized(network(), 1);
    var writer = new SafetensorsWriter();
    for (var entry : model.weights().table().weights()) {
      var shape = entry.parameter().shape();
      writer.floats(entry.name(), shape, model.weights().read(entry));
    }
    writer.floats("bn1.running_mean", Shape.of(4), new float[4]);
    writer.floats("bn1.running_var", Shape.of(4), new float[] {1, 1, 1, 1});
    writer.longs("bn1.num_batches_tracked", Shape.of(), batches);
    var file = folder.resolve("long.safetensors");
    writer.write(file);
    var saved = folder.resolve("saved.safetensors");
    Model.of(network(), file).save(saved);
    try (var tensors = TensorFile.open(saved)) {
      assertArrayEquals(new long[] {batches}, tensors.longs("bn1.num_batches_tracked"));
    }
  }
}
