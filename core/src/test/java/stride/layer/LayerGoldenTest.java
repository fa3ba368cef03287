package stride.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.Preprocessing;
import stride.network.Model;

/**
 * The outputs and the gradients of single layers are PyTorch's: {@code tools/golden/make} lets this
 * test save its models, inputs and output gradients, and {@code layers.py} computes the rest.
 */
@Tag("kernels")
final class LayerGoldenTest {
  private static final int SAMPLES = 2;
  private static final double TOLERANCE = 4e-6;

  /** Weights up to which a case is stored. */
  private static final int SMALL = 2000;

  /** How the names of the cases begin. */
  private static final List<String> CASES =
      List.of(
          "transposed conv",
          "leaky relu",
          "prelu",
          "elu",
          "gelu",
          "mish",
          "softplus",
          "instance norm",
          "group norm",
          "layer norm",
          "zero padding",
          "reflection padding",
          "replication padding",
          "crop",
          "slice",
          "reshape",
          "upsample",
          "sum",
          "product",
          "difference",
          "maxpool 2x3",
          "maxpool 3x2",
          "avgpool 1x4",
          "avgpool 4x3");

  private static final Engine ENGINE = Engine.withThreads(2);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<LayerCases> cases() {
    return LayerCases.all().stream()
        .filter(layer -> CASES.stream().anyMatch(layer.name()::startsWith))
        .filter(layer -> layer.network().parameters() <= SMALL);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsAndGradientsAreThoseOfPyTorch(LayerCases layer) throws IOException {
    var network = layer.network();
    var graph = network.graph();
    var weights = Rig.randomWeights(graph, 21);
    float[][] x = Rig.random(SAMPLES, network.input().elements(), layer.scale(), 22);
    float[][] dy = Rig.random(SAMPLES, network.output().elements(), 1, 23);
    String name = layer.name().replaceAll("[^a-z0-9]+", "_");
    String folder = System.getProperty("stride.golden");
    if (folder != null) {
      Path layers = Files.createDirectories(Path.of(folder, "layers"));
      new Model(network, weights, List.of(), Preprocessing.none(network.input()))
          .save(layers.resolve(name + ".safetensors"));
      write(layers.resolve(name + ".x.f32"), x);
      write(layers.resolve(name + ".dy.f32"), dy);
    }
    assumeTrue(folder == null, "writing models, not testing");
    float[] expected = read(name);
    var purpose =
        Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
    var rig = new Rig(graph, weights, ENGINE, SAMPLES, SAMPLES, purpose);
    var parts = new ArrayList<float[]>();
    var names = new ArrayList<String>();
    parts.add(flat(rig.forward(x).get(Graph.OUTPUT)));
    names.add("output");
    rig.backward(Map.of(Graph.OUTPUT, dy));
    parts.add(flat(rig.inputGradient()));
    names.add("input's gradient");
    for (var entry : weights.table().weights()) {
      parts.add(rig.gradient(entry));
      names.add("gradient of " + entry.name());
    }
    int at = 0;
    for (int p = 0; p < parts.size(); p++) {
      float[] part = parts.get(p);
      double most = 1e-3;
      for (int i = 0; i < part.length; i++) {
        most = Math.max(most, Math.abs(expected[at + i]));
      }
      for (int i = 0; i < part.length; i++) {
        assertEquals(expected[at + i], part[i], TOLERANCE * most, names.get(p) + " at " + i);
      }
      at += part.length;
    }
    assertEquals(expected.length, at);
    assertTrue(at > 0);
  }

  private static float[] flat(float[][] rows) {
    var flat = new float[rows.length * rows[0].length];
    for (int n = 0; n < rows.length; n++) {
      System.arraycopy(rows[n], 0, flat, n * rows[0].length, rows[0].length);
    }
    return flat;
  }

  private static void write(Path file, float[][] rows) throws IOException {
    float[] values = flat(rows);
    var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }

  private static float[] read(String name) throws IOException {
    String resource = "/stride/golden/layers/%s.f32".formatted(name);
    try (var in =
        Objects.requireNonNull(LayerGoldenTest.class.getResourceAsStream(resource), resource)) {
      var floats =
          ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      var values = new float[floats.remaining()];
      floats.get(values);
      return values;
    }
  }
}
