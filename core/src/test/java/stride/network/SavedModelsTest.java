package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.box.DefaultBoxes;
import stride.compute.Binding;
import stride.compute.Step;
import stride.data.digits.Digit;
import stride.detection.Limits;
import stride.detection.SsdMethod;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.graph.Initializer;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.Layer;
import stride.layer.Layers;
import stride.layer.PlainLayer;
import stride.layer.Rearrange;
import stride.layer.Rig;
import stride.layer.Size;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.spatial.SpaceToDepth;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Model files of every version of the format, each in a folder of the version's number, with the
 * logits that were computed when they were written. They are read for ever: a folder, once it is
 * there, stays as it is. A new version gets its own with {@code -Dstride.saved=FOLDER}, which makes
 * this test write its models there.
 */
@Tag("kernels")
class SavedModelsTest {
  private static final int INPUTS = 2;

  /** A layer of one's own: y = by x. */
  private interface Scaling extends PlainLayer {
    float by();

    @Override
    default String kind() {
      return "scaling";
    }

    @Override
    default Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      return Step.perSample(
          (from, to, worker) -> {
            for (int i = 0; i < (to - from) * y.stride(); i++) {
              y.array()[y.at(from) + i] = by() * x.array()[x.at(from) + i];
            }
          },
          (from, to, worker) -> {});
    }
  }

  private record Scaled(
      float by, int times, boolean exact, String note, Size window, Initializer initializer)
      implements Scaling {}

  private enum Edge {
    ZERO,
    REFLECT
  }

  private record Part(double power, Edge edge) {}

  /** All kinds of components. */
  private record Everything(
      float by,
      long many,
      double exact,
      Edge edge,
      Shape shape,
      Part part,
      List<Part> parts,
      List<List<Integer>> lists,
      float most,
      @Nullable Size nothing)
      implements Scaling {}

  private static final OperationTypes TYPES =
      OperationTypes.standard().with(Scaled.class).with(Everything.class);

  /** Every operation of Stride, each component with a value that is not the usual one. */
  private static Model layers() {
    var input = Shape.image(9, 8, 3);
    var network =
        Network.of(
            input,
            sequential(
                named("stem", sequential(conv(6, 3).same().noBias(), batchNorm(1e-3), relu6())),
                residual(
                    sequential(
                        conv(6, 3).groups(3).padding(1),
                        new BatchNorm(1e-4f, 0.2f),
                        relu(),
                        stochasticDepth(0.25),
                        conv(6, 3).dilation(2).padding(2))),
                branches(channelSplit(0, 2), sequential(channelSplit(1, 2), hardSwish())),
                channelShuffle(3),
                gated(sequential(globalAvgPool(), conv(2, 1), silu(), conv(6, 1), hardSigmoid())),
                tap("middle", new LocalResponseNorm(3, 0.5f, 0.75f, 2)),
                branches(
                    maxPool(3).stride(2).padding(1),
                    maxPool(2).ceilMode(),
                    avgPool(3).stride(2).padding(1).countExcludePad()),
                aside("aux", sequential(adaptiveAvgPool(2), flatten(), dense(4))),
                avgPool(2).stride(1).ceilMode(),
                subsample(2, 20),
                conv(5, 1, 3).stride(1, 2).padding(0, 1),
                sigmoid(),
                new AdaptiveAvgPool(new Size(2, 3)),
                flatten(),
                dropout(0.3),
                dense(7).noBias(),
                tanh(),
                dense(4),
                softmax()));
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 7),
        List.of("cat", "dog", "Käuzchen", "a \"quoted\" name"),
        new Preprocessing(new Fit.Center(12, Resampling.BICUBIC), input, Normalization.IMAGENET));
  }

  /** The operations that came after those of {@link #layers}. */
  private static Model more() {
    var input = Shape.image(6, 7, 4);
    var network =
        Network.of(
            input,
            sequential(
                convTranspose(6, 3).stride(2).padding(1).outputPadding(1).groups(2).noBias(),
                new InstanceNorm(1e-3f, true),
                leakyRelu(0.2),
                sum(new GroupNorm(3, 1e-4f, true), prelu(), prelu().perChannel()),
                upsampleTo(5, 9).bilinear(),
                product(elu(0.7), gelu(), identity()),
                zeroPad(1, 0, 2, 1),
                reflectionPad(2),
                difference(mish(), softplus(1.5, 9)),
                replicationPad(0, 1, 1, 0),
                crop(1, 2, 6, 7),
                new LayerNorm(true, 1e-3f, true),
                geluTanh(),
                slice(1, 5),
                upsample(1.5).bilinearAligned(),
                upsample(0.5),
                reshape(2, 5, 8),
                new LayerNorm(false, 1e-4f, true),
                maxPool(2, 1),
                flatten(),
                dense(3)));
    return untrained(network, Task.VALUES, List.of("x", "y", "z"));
  }

  /** What other frameworks' files need. */
  private static Model foreign() {
    var network =
        Network.of(
            Shape.image(4, 6, 2),
            sequential(
                new SpaceToDepth(2, SpaceToDepth.Order.COLUMNS),
                upsampleTo(3, 7).bilinearAsymmetric(),
                flatten(),
                dense(3)));
    return untrained(network, Task.VALUES, List.of("x", "y", "z"));
  }

  /** What detectors from other frameworks' files need. */
  private static Model boxes() {
    var network =
        Network.of(
            Shape.image(4, 6, 2),
            sequential(
                pixelRow(conv(3, 3).padding(1), conv(3, 2)),
                fixedAffine(),
                exp(),
                new Rearrange(List.of(39, 3), List.of(1, 0), Shape.image(3, 13, 3)),
                flatten(),
                dense(3)));
    return untrained(network, Task.VALUES, List.of("x", "y", "z"));
  }

  private static Model digit() {
    var input = Shape.image(8, 8, 1);
    var network = Network.of(input, sequential(conv(2, 3), relu(), flatten(), dense(1)));
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 8),
        List.of("even", "odd"),
        new Preprocessing(new Digit(), input, Normalization.grey(0.1307, 0.3081)));
  }

  private static Model several() {
    var input = Shape.image(4, 5, 3);
    var network = Network.of(input, sequential(maxPool(2), flatten(), dense(3)));
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 9),
        Task.SEVERAL_LABELS,
        List.of("sun", "sea", "sand"),
        new Preprocessing(
            new Fit.Stretch(Resampling.LANCZOS), input, new Normalization(THIRDS, THIRDS)));
  }

  private static Model map() {
    var network = Network.of(Shape.image(5, 4, 3), conv(2, 1));
    return untrained(network, Task.CLASS_MAP, List.of("sky", "ground"));
  }

  private static Model values() {
    var network = Network.of(Shape.image(5, 4, 3), sequential(flatten(), dense(2)));
    return untrained(network, Task.VALUES, List.of("x", "y"));
  }

  private static Model image() {
    return untrained(Network.of(Shape.image(5, 4, 3), conv(3, 1)), Task.IMAGE, List.of());
  }

  /** Two inputs, and a layer that is shared. */
  private static Model inputs() {
    var tower = shared("tower", sequential(conv(2, 3), relu(), flatten(), dense(3)));
    var picture = Shape.image(5, 4, 1);
    var network =
        Network.of(
            Map.of("left", picture, "right", picture, "table", Shape.of(3)),
            sequential(
                branches(
                    sequential(input("left"), tower),
                    sequential(input("right"), tower),
                    sequential(input("table"), tanh())),
                dense(2)));
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 13),
        Task.VALUES,
        List.of(),
        Preprocessing.none(picture));
  }

  private static Model untrained(Network network, Task task, List<String> labels) {
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 12),
        task,
        labels,
        Preprocessing.none(network.input()));
  }

  private static final List<Double> THIRDS = List.of(1 / 3.0, 2 / 3.0, 0.1);

  /** A detector with its method, and the layers that came with detectors. */
  private static Model detector() {
    var network =
        Network.of(
            Shape.image(8, 8, 3),
            (graph, edge) -> {
              int map = sequential(conv(5, 3).stride(4), frozenBatchNorm()).lower(graph, edge);
              int normal = graph.named("norm", scaledL2Norm(20), map);
              graph.output("classes0", graph.named("classes", conv(12, 1), normal));
              int boxes = graph.named("boxes", conv(16, 1), normal);
              graph.output("boxes0", boxes);
              return boxes;
            });
    var method =
        new SsdMethod(
            new DefaultBoxes(List.of(List.of(2.5f)), List.of(0.25, 0.75), List.of(4), true),
            0.4,
            50,
            new Limits(0.02, 9),
            0);
    return untrained(network, Task.VALUES, List.of()).withMethod(method, List.of("cat", "dog"));
  }

  private static Model own() {
    return own(
        named(
            "scaled",
            new Scaled(0.3f, -7, true, "a note", new Size(3, 4), Layers.DEFAULT_INITIALIZER)));
  }

  private static Model components() {
    return own(
        new Everything(
            -0.7f,
            1L << 40,
            1 / 3.0,
            Edge.REFLECT,
            Shape.of(2, 3),
            new Part(0.5, Edge.ZERO),
            List.of(new Part(1e300, Edge.REFLECT)),
            List.of(List.of(1, 2), List.of()),
            Float.NEGATIVE_INFINITY,
            null));
  }

  private static Model own(Layer layer) {
    var network = Network.of(Shape.of(5), sequential(layer, dense(3)));
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 10),
        List.of(),
        Preprocessing.none(network.input()));
  }

  /** A model of a version of the format, and what it was when it was written. */
  private record Saved(int version, String name, Model model) {
    @Override
    public String toString() {
      return name + " of version " + version;
    }
  }

  private static List<Saved> saved() {
    return List.of(
        new Saved(1, "layers", layers()),
        new Saved(1, "digit", digit()),
        new Saved(1, "several", several()),
        new Saved(1, "own", own()),
        new Saved(2, "layers", layers()),
        new Saved(2, "digit", digit()),
        new Saved(2, "several", several()),
        new Saved(2, "own", own()),
        new Saved(2, "components", components()),
        new Saved(3, "layers", layers()),
        new Saved(3, "digit", digit()),
        new Saved(3, "several", several()),
        new Saved(3, "own", own()),
        new Saved(3, "components", components()),
        new Saved(3, "map", map()),
        new Saved(3, "values", values()),
        new Saved(3, "image", image()),
        new Saved(3, "more", more()),
        new Saved(3, "inputs", inputs()),
        new Saved(4, "layers", layers()),
        new Saved(4, "digit", digit()),
        new Saved(4, "several", several()),
        new Saved(4, "own", own()),
        new Saved(4, "components", components()),
        new Saved(4, "map", map()),
        new Saved(4, "more", more()),
        new Saved(4, "foreign", foreign()),
        new Saved(4, "boxes", boxes()),
        new Saved(4, "inputs", inputs()),
        new Saved(4, "detector", detector()));
  }

  static Stream<Arguments> cases() {
    return saved().stream().map(Arguments::of);
  }

  @Test
  void writesModels() throws IOException {
    String folder = System.getProperty("stride.saved");
    assumeTrue(folder != null, "testing, not writing models");
    var lines = new ArrayList<String>();
    for (var saved : saved()) {
      if (saved.version == ModelFile.VERSION) {
        saved.model.save(Path.of(folder, saved.name + ".safetensors"), TYPES);
        lines.add(
            saved.name
                + logits(saved.model).map(value -> " " + value).collect(Collectors.joining()));
      }
    }
    Files.write(Path.of(folder, "logits.txt"), lines);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aModelOfEveryVersionIsReadAndGivesItsLogits(Saved saved) throws Exception {
    var read = Model.load(file(saved.version, saved.name + ".safetensors"), TYPES);
    assertEquals(saved.model.network(), read.network());
    assertEquals(saved.model.labels(), read.labels());
    assertEquals(saved.model.task(), read.task());
    assertEquals(saved.model.preprocessing(), read.preprocessing());
    assertEquals(saved.model.method(), read.method());
    var expected = expected(saved);
    var logits = logits(read).toList();
    assertEquals(expected.size(), logits.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), logits.get(i), 1e-5 * (1 + Math.abs(expected.get(i))));
    }
  }

  /** A model that lacks an operation would say nothing about it. */
  @Test
  void everyOperationOfStrideIsInAModel() {
    var found =
        saved().stream()
            .flatMap(saved -> saved.model.network().graph().nodes().stream())
            .map(node -> node.operation().getClass())
            .collect(Collectors.toSet());
    for (var type : OperationTypes.standard().classes()) {
      assertTrue(found.contains(type), type.getName());
    }
  }

  private static Stream<Float> logits(Model model) {
    if (model.network().inputs().size() > 1) {
      var values = new LinkedHashMap<String, Tensor>();
      model
          .network()
          .inputs()
          .forEach(
              (name, shape) ->
                  values.put(name, new Tensor(shape, Rig.random(1, shape.elements(), 1, 11)[0])));
      float[] output = Objects.requireNonNull(model.outputs(values).get(Graph.OUTPUT)).data();
      return IntStream.range(0, output.length).mapToObj(i -> output[i]);
    }
    var shape = model.network().input();
    var inputs =
        Arrays.stream(Rig.random(INPUTS, shape.elements(), 1, 11))
            .map(values -> new Tensor(shape, values))
            .toList();
    try (var engine = Engine.withThreads(1)) {
      return model.logits(inputs, engine).stream()
          .flatMap(
              logits -> {
                var values = new ArrayList<Float>();
                for (float value : logits.data()) {
                  values.add(value);
                }
                return values.stream();
              });
    }
  }

  private static List<Float> expected(Saved saved) throws Exception {
    return Files.readAllLines(file(saved.version, "logits.txt")).stream()
        .filter(line -> line.startsWith(saved.name + " "))
        .flatMap(line -> Stream.of(line.split(" ", -1)).skip(1).map(Float::valueOf))
        .toList();
  }

  private static Path file(int version, String name) throws URISyntaxException {
    String resource = "/stride/network/saved/%d/%s".formatted(version, name);
    return Path.of(
        Objects.requireNonNull(SavedModelsTest.class.getResource(resource), resource).toURI());
  }
}
