package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tap;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.graph.TensorType;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.kernel.Kernels;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Features before a network's head, and heads for other classes. */
class HeadTest {
  private static final Shape IMAGE = Shape.image(6, 6, 3);

  private static final Network NETWORK =
      Network.of(
          IMAGE,
          sequential(
              named("conv", conv(5, 3).padding(1)),
              named("bn", batchNorm()),
              relu(),
              globalAvgPool(),
              flatten(),
              dropout(0.5),
              named("fc", dense(4))));

  /** As SqueezeNet's: a convolution makes the scores, which are averaged. */
  private static final Network CONVOLUTIONAL =
      Network.of(
          IMAGE,
          sequential(
              named("conv", conv(5, 3)),
              relu(),
              named("classifier", conv(4, 1)),
              relu(),
              globalAvgPool(),
              flatten()));

  private static Tensor image(long seed) {
    var image = Tensor.zeros(IMAGE);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] =
          CounterRandom.below(CounterRandom.bits(CounterRandom.key(seed, 0, 0), i), 1000) / 1000f;
    }
    return image;
  }

  private static Model model(Network network) {
    var model = Model.initialized(network, 1);
    java.util.Arrays.fill(model.weights().statistics(), 0.5f);
    return model;
  }

  @Test
  void theHeadMadeOfTheFeaturesGivesTheLogits() {
    var model = model(NETWORK);
    var features = model.features(new Image(image(1)));
    assertEquals(Shape.of(5), features.shape());
    float[] logits = model.logits(model.preprocessing().normalize(new Image(image(1)))).data();
    float[] weight = model.weights().tensor("fc.weight").data();
    float[] bias = model.weights().tensor("fc.bias").data();
    for (int c = 0; c < 4; c++) {
      double sum = bias[c];
      for (int f = 0; f < 5; f++) {
        sum += (double) weight[c * 5 + f] * features.data()[f];
      }
      assertEquals(sum, logits[c], 1e-5);
    }
  }

  @Test
  void theFeaturesBeforeAConvolutionAreAnImage() {
    assertEquals(Shape.image(4, 4, 5), model(CONVOLUTIONAL).features(new Image(image(1))).shape());
  }

  @Test
  void featuresOfSomeImagesAreThoseOfEach() {
    var model = model(NETWORK);
    try (var engine = Engine.with(2, Kernels.scalar())) {
      var both = model.features(List.of(new Image(image(1)), new Image(image(2))), engine);
      assertEquals(2, both.size());
      for (int i = 0; i < 2; i++) {
        var alone = model.features(List.of(new Image(image(i + 1))), engine).getFirst();
        assertArrayEquals(alone.data(), both.get(i).data(), 1e-6f);
      }
      assertNotEquals(both.getFirst(), both.getLast());
    }
  }

  @Test
  void picturesAreNormalisedBeforeTheirFeaturesAreTaken(@TempDir Path temp) throws Exception {
    var channels = List.of(0.5, 0.4, 0.3);
    var model =
        model(NETWORK)
            .withPreprocessing(
                new Preprocessing(
                    Preprocessing.none(IMAGE).fit(), IMAGE, new Normalization(channels, channels)));
    var picture = new BufferedImage(6, 6, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(2, 3, 0x80FF10);
    var file = temp.resolve("picture.png");
    ImageIO.write(picture, "png", file.toFile());
    var expected = model.features(model.preprocessing().prepare(picture));
    assertEquals(expected, model.features(picture));
    assertEquals(expected, model.features(file));
    assertEquals(model.classify(file).top(4), model.classify(picture).top(4));
    assertNotEquals(expected, model(NETWORK).features(picture));
  }

  @Test
  void aNewHeadIsFreshAndAllElseIsKept() {
    var model = model(NETWORK).withLabels(List.of("a", "b", "c", "d"));
    var other = model.withHead(7, 3);
    assertEquals(Shape.of(7), other.network().output());
    assertEquals(List.of(), other.labels());
    assertEquals(model.preprocessing(), other.preprocessing());
    assertEquals(model.weights().tensor("conv.weight"), other.weights().tensor("conv.weight"));
    assertEquals(model.features(new Image(image(1))), other.features(new Image(image(1))));
    var fresh = Model.initialized(NETWORK.withHead(7), 3).weights();
    assertEquals(fresh.tensor("fc.weight"), other.weights().tensor("fc.weight"));
    assertEquals(
        other.weights().tensor("fc.bias"), model.withHead(7, 3).weights().tensor("fc.bias"));
    assertNotEquals(
        other.weights().tensor("fc.bias"), model.withHead(7, 4).weights().tensor("fc.bias"));
  }

  @Test
  void aNewHeadForAsManyClassesIsFreshToo() {
    var model = model(NETWORK);
    var other = model.withHead(List.of("w", "x", "y", "z"), 9);
    assertEquals(List.of("w", "x", "y", "z"), other.labels());
    assertNotEquals(model.weights().tensor("fc.weight"), other.weights().tensor("fc.weight"));
  }

  @Test
  void aConvolutionalHeadIsReplacedWithWhatFollowsIt() {
    var other = model(CONVOLUTIONAL).withHead(2, 1);
    assertEquals(Shape.of(2), other.network().output());
    assertEquals(Shape.of(2, 5, 1, 1), other.weights().tensor("classifier.weight").shape());
    assertEquals(2, other.logits(image(1)).data().length);
  }

  @Test
  void auxiliaryHeadsAreReplacedAndFeatureTapsAreNot() {
    var network =
        Network.of(
            IMAGE,
            sequential(
                tap("maps", named("conv", conv(5, 3))),
                flatten(),
                tap("aux", named("aux", dense(4))),
                named("fc", dense(4))));
    var other = network.withHead(3).graph();
    assertEquals(Shape.of(3), other.type(other.output("aux")).shape());
    assertEquals(Shape.image(4, 4, 5), other.type(other.output("maps")).shape());
  }

  @Test
  void withoutTapsOnlyTheLayersOfTheOutputAreLeftAndGiveTheSame() {
    var graph = new Graph.Builder(TensorType.of(IMAGE));
    int conv = named("conv", conv(5, 3)).lower(graph, graph.input());
    int flat = flatten().lower(graph, conv);
    graph.output("aux", sequential(named("aux", dense(4)), relu()).lower(graph, flat));
    graph.output(Graph.OUTPUT, named("fc", dense(3)).lower(graph, flat));
    var network = new Network(graph.build());
    var left = network.withoutTaps();
    assertEquals(
        List.of("conv", "fc"),
        left.graph().nodes().stream().map(Graph.Node::name).filter(n -> n.length() > 1).toList());
    assertEquals(List.of(Graph.OUTPUT), List.copyOf(left.graph().outputs().keySet()));
    var whole = Model.initialized(network, 1);
    var weights =
        left.summary().stream()
            .filter(layer -> !layer.parameters().isEmpty())
            .flatMap(layer -> Stream.of(layer.name() + ".weight", layer.name() + ".bias"))
            .collect(Collectors.toMap(name -> name, name -> whole.weights().tensor(name)));
    assertEquals(whole.logits(image(1)), Model.of(left, weights).logits(image(1)));
  }

  @Test
  void aNetworkWithoutAHeadSaysSo() {
    var network = Network.of(IMAGE, residual(named("conv", conv(3, 3).padding(1))));
    var message =
        assertThrows(IllegalArgumentException.class, () -> network.withHead(2)).getMessage();
    assertEquals(
        "the network has no head: no dense or convolution layer right before its output", message);
    assertThrows(
        IllegalArgumentException.class,
        () -> Model.initialized(network, 1).features(new Image(image(1))));
  }

  @Test
  void aProbabilityOfOneLogitMayBeBelowAHalf() {
    var rectified =
        Network.of(
            IMAGE,
            sequential(
                named("conv", conv(5, 3)),
                relu(),
                named("classifier", conv(1, 1)),
                relu(),
                globalAvgPool(),
                flatten()));
    var signed = rectified.withSignedOutput();
    assertEquals(
        List.of("conv", "relu", "conv", "globalavgpool", "flatten"),
        signed.graph().nodes().stream().map(node -> node.operation().kind()).toList());
    assertEquals(rectified.parameters(), signed.parameters());
    assertEquals(signed, signed.withSignedOutput());
    assertEquals(NETWORK, NETWORK.withSignedOutput());
    var model = Model.initialized(signed, 1).withLabels(List.of("no", "yes"));
    for (var entry : model.weights().table().weights()) {
      if (entry.name().equals("classifier.bias")) {
        model.weights().write(entry, new float[] {-10});
      }
    }
    var no = model.classify(Image.zeros(IMAGE)).top(1).getFirst();
    assertEquals("no", no.label());
  }
}
