package stride.zoo;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.Normalization;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Task;
import stride.style.ContentLoss;
import stride.style.GramMatrix;
import stride.style.MapLoss;
import stride.style.Painting;
import stride.style.PictureLoss;
import stride.style.Style;
import stride.style.StyleLayers;
import stride.style.StyleLoss;
import stride.style.StyleSettings;
import stride.style.StyleTransfer;
import stride.style.TapLoss;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.InputGradient;
import stride.train.Targets;

/** Style transfer against PyTorch, which {@code tools/golden/style.py} had compute in double. */
final class StyleGoldenTest {
  /** Of the largest number, or of the loss. */
  private static final double TOLERANCE = 1e-4;

  /**
   * A network, its layers and pictures as the script has them, and what PyTorch computed.
   *
   * @param picture a third picture, as large as the photo
   */
  private record Case(
      Model model,
      StyleLayers layers,
      Pixels photo,
      Pixels painting,
      Pixels picture,
      List<String> lines) {
    String line(String begin) {
      return lines.stream()
          .filter(line -> line.startsWith(begin + " "))
          .findFirst()
          .orElseThrow()
          .substring(begin.length() + 1);
    }

    Tensor maps(Pixels picture, String layer) {
      var shape = Shape.image(picture.height(), picture.width(), 3);
      var graph = model.network().tapping(List.of(layer)).withInput(shape).graph();
      return Engine.shared()
          .withPlan(
              graph,
              model.weights().part(graph),
              1,
              Purpose.inference(),
              plan -> {
                plan.input().write(0, normalized(picture));
                plan.forward(1);
                return new Tensor(
                    graph.type(graph.output(Graph.OUTPUT)).shape(),
                    plan.output(Graph.OUTPUT).read(0));
              });
    }
  }

  /** Blocks of 8x8 pixels of one colour, and a quarter of noise over them. */
  private static Pixels picture(int of, int height, int width) {
    int columns = Math.ceilDiv(width, 8);
    long blocks = CounterRandom.key(7, of, 0);
    long noise = CounterRandom.key(7, -of, 0);
    var data = new byte[3 * height * width];
    for (int i = 0; i < data.length; i++) {
      int row = i / 3 / width;
      int column = i / 3 % width;
      int block = 3 * (row / 8 * columns + column / 8) + i % 3;
      data[i] = (byte) ((3 * number(blocks, block) + number(noise, i)) / 4);
    }
    return new Pixels(height, width, 3, data);
  }

  private static float[] normalized(Pixels picture) {
    float[] values = picture.toImage().data();
    Normalization.IMAGENET.apply(values, 0, values.length);
    return values;
  }

  private static int number(long key, long i) {
    return (int) (CounterRandom.bits(key, i) >>> 56);
  }

  private static Case of(String network) throws IOException {
    var lines = requireNonNull(Golden.paragraphs("style.txt").get(network));
    boolean squeezenet = network.equals("squeezenet1_1");
    return new Case(
        squeezenet
            ? Zoo.find(network).load(shared("imagenet/squeezenet1_1.safetensors"))
            : golden(network, lines.getFirst()),
        squeezenet
            ? layers(0.01, "features.3", "features.1", "features.4", "features.6", "features.7")
            : layers(
                10,
                "features.22",
                "features.1",
                "features.6",
                "features.11",
                "features.20",
                "features.29"),
        squeezenet ? picture(1, 64, 56) : picture(1, 32, 40),
        squeezenet ? picture(2, 72, 48) : picture(2, 48, 32),
        squeezenet ? picture(3, 64, 56) : picture(3, 32, 40),
        lines);
  }

  private static StyleLayers layers(double weight, String content, String... style) {
    var weights = new LinkedHashMap<String, Double>();
    for (String layer : style) {
      weights.put(layer, weight);
    }
    return new StyleLayers(Map.of(content, 1.0), weights, 10);
  }

  private static Model golden(String name, String exponents) {
    var network = Zoo.find(name).network(Shape.image(224, 224, 3), Golden.CLASSES);
    return new Model(
        network,
        Golden.weights(network.graph(), exponents),
        Task.SINGLE_LABEL,
        List.of(),
        Preprocessing.imageNet(224));
  }

  private static Path shared(String file) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path data = folder.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data.resolve(file);
      }
    }
    assumeTrue(false, "skipped: ../shared/data is not there, nor " + file + " in it");
    throw new AssertionError("not reached");
  }

  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1", "vgg19"})
  void gramMatricesAreThoseOfPyTorch(String network) throws IOException {
    var golden = of(network);
    for (String layer : golden.layers.style().keySet()) {
      var gram = GramMatrix.of(golden.maps(golden.painting, layer), Engine.shared());
      check(golden.line("gram " + layer), gram.toTensor().data(), layer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1", "vgg19"})
  void lossesAndTheirGradientsInThePixelsAreThoseOfPyTorchAtEveryLayer(String network)
      throws IOException {
    var golden = of(network);
    for (String layer : golden.layers.content().keySet()) {
      var loss = new ContentLoss(golden.maps(golden.photo, layer).data());
      checkGradient(golden, "content " + layer, layer, loss);
    }
    for (String layer : golden.layers.style().keySet()) {
      var gram = GramMatrix.of(golden.maps(golden.painting, layer), Engine.shared());
      checkGradient(golden, "style " + layer, layer, new StyleLoss(gram));
    }
  }

  private static void checkGradient(Case golden, String what, String layer, MapLoss loss) {
    var network =
        golden
            .model
            .network()
            .tapping(List.of(layer))
            .withInput(Shape.image(golden.photo.height(), golden.photo.width(), 3));
    var gradient =
        InputGradient.of(
            network,
            golden.model.weights(),
            new PictureLoss(List.of(new TapLoss(layer, loss, 1))),
            1,
            Engine.shared());
    gradient.input().write(0, normalized(golden.picture));
    double value = gradient.apply(Targets.classes(1), 1);
    float[] pixels = gradient.gradient().read(0);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] /= Normalization.IMAGENET.standardDeviation().get(i % 3).floatValue();
    }
    var line = golden.line(what).split(" ", 2);
    double expected = Double.parseDouble(line[0]);
    assertEquals(expected, value, TOLERANCE * expected, what);
    check(line[1], pixels, what);
  }

  /** Compares a norm, the largest number, and four numbers. */
  private static void check(String line, float[] found, String what) {
    double[] expected = Golden.numbers(line);
    double squares = 0;
    double largest = 0;
    for (float value : found) {
      squares += (double) value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    double error = TOLERANCE * expected[1];
    assertEquals(expected[0], Math.sqrt(squares), TOLERANCE * expected[0], what + ": norm");
    assertEquals(expected[1], largest, error, what + ": largest");
    for (int i = 0; i < 4; i++) {
      int at = (int) (i * 7919L % found.length);
      assertEquals(expected[2 + i], found[at], error, what + " at " + at);
    }
  }

  private static Painting paint(Case golden, StyleSettings settings) {
    return new StyleTransfer(golden.model, golden.layers, settings, Engine.shared())
        .paint(golden.photo, List.of(new Style(golden.painting, 1)), (progress, picture) -> true);
  }

  @Test
  void thirtyStepsOfAdamEndAtPyTorchsPicture() throws IOException {
    var golden = of("squeezenet1_1");
    var losses = new ArrayList<Painting.Losses>();
    var painting =
        new StyleTransfer(
                golden.model,
                golden.layers,
                StyleSettings.STANDARD.method(StyleSettings.Method.ADAM).steps(30),
                Engine.shared())
            .paint(
                golden.photo,
                List.of(new Style(golden.painting, 1)),
                (progress, picture) -> losses.add(progress.losses()));
    double[] start = Golden.numbers(golden.line("start"));
    assertEquals(start[0], losses.getFirst().content(), 1e-9);
    assertEquals(start[1], losses.getFirst().style(), TOLERANCE * start[1]);
    assertEquals(start[2], losses.getFirst().variation(), TOLERANCE * start[2]);
    byte[] packed = Base64.getDecoder().decode(golden.line("picture"));
    byte[] expected = new InflaterInputStream(new ByteArrayInputStream(packed)).readAllBytes();
    float[] found = painting.image().data();
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      int value = (expected[2 * i] & 0xFF) | (expected[2 * i + 1] & 0xFF) << 8;
      sum += Math.abs(value / 65535.0 - found[i]);
    }
    assertTrue(sum / found.length < 1e-3, "mean difference " + sum / found.length);
  }

  @Test
  void aHundredStepsOfLbfgsGetAsFarAsPyTorchs() throws IOException {
    var golden = of("squeezenet1_1");
    double loss = paint(golden, StyleSettings.STANDARD.steps(100)).losses().total();
    double expected = Double.parseDouble(golden.line("lbfgs"));
    assertTrue(loss <= 1.02 * expected, "%s, PyTorch's is %s".formatted(loss, expected));
  }
}
