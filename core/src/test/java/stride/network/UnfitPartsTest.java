package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.digits.Digit;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.TensorType;
import stride.graph.Weights;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.layer.Layer;
import stride.layer.LayerCases;
import stride.layer.Layers;
import stride.layer.normalization.BatchNorm;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Trainer;

/** Parts of a model that do not belong together are refused, and the first difference is named. */
class UnfitPartsTest {
  private static final Shape IMAGE = Shape.image(4, 4, 2);

  private static Network network(Layer... layers) {
    return Network.of(IMAGE, sequential(layers));
  }

  private static final Network NETWORK =
      network(
          named("conv", conv(3, 3)),
          named("bn", batchNorm()),
          relu(),
          flatten(),
          named("fc", dense(2)));

  static List<Arguments> others() {
    return List.of(
        Arguments.of(
            network(named("conv", conv(3, 3)), named("bn", batchNorm()), flatten()),
            "the network has fc.weight, the weights lack it"),
        Arguments.of(
            network(
                named("conv", conv(3, 3)),
                named("bn", batchNorm()),
                relu(),
                flatten(),
                named("fc", dense(3))),
            "fc.weight is 2x12 in the network, 3x12 among the weights"),
        Arguments.of(
            network(
                named("conv", conv(3, 3).noBias()),
                named("bn", batchNorm()),
                relu(),
                flatten(),
                named("fc", dense(2))),
            "the network has conv.bias, the weights lack it"),
        Arguments.of(
            network(
                named("conv", conv(3, 3)),
                named("norm", batchNorm()),
                relu(),
                flatten(),
                named("fc", dense(2))),
            "the network has bn.weight, the weights lack it"),
        Arguments.of(
            network(
                named("conv", conv(3, 3)),
                named("bn", batchNorm()),
                relu(),
                flatten(),
                named("fc", dense(2)),
                named("last", dense(2))),
            "the weights have last.weight, the network lacks it"),
        Arguments.of(
            network(
                named("conv", conv(3, 3)),
                named("bn", batchNorm()),
                flatten(),
                named("fc", dense(2))),
            "fc.weight stands elsewhere among the weights than in the network"),
        Arguments.of(
            network(
                named("bn", batchNorm()),
                named("conv", conv(3, 3)),
                relu(),
                flatten(),
                named("fc", dense(2))),
            "bn.weight is 3 in the network, 2 among the weights"),
        // As many inputs in another order.
        Arguments.of(
            Network.of(
                IMAGE,
                sequential(
                    named("conv", conv(3, 3)),
                    named("bn", batchNorm()),
                    relu(),
                    globalAvgPool(),
                    conv(12, 1).noBias(),
                    flatten(),
                    named("fc", dense(2)))),
            "fc.weight (2x12) lies in another order among the weights"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void weightsOfAnotherNetworkAreRefused(Network other, String expected) {
    var weights = Weights.initialized(other.graph(), 1);
    assertMessage(
        expected, () -> new Model(NETWORK, weights, List.of(), Preprocessing.none(IMAGE)));
    assertMessage(
        expected,
        () -> Engine.shared().plan(NETWORK.graph(), weights, 2, Purpose.training()).batch());
    var own = Weights.initialized(NETWORK.graph(), 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Model(other, own, List.of(), Preprocessing.none(IMAGE)));
  }

  /** Whatever two networks there are: their weights are taken for each other's only if they are. */
  @Test
  void weightsOfAnyTwoNetworksAreRefusedUnlessTheyAreTheSame() {
    var cases = LayerCases.all();
    int alike = 0;
    for (var one : cases) {
      for (var two : cases) {
        var graph = one.network().graph();
        var weights = Weights.empty(two.network().graph());
        boolean fits = names(weights).equals(names(Weights.empty(graph)));
        try {
          weights.table().requireFor(graph);
          assertTrue(fits, one + " takes the weights of " + two);
          alike++;
        } catch (IllegalArgumentException e) {
          assertTrue(!fits, one + " refuses the weights of " + two + ": " + e.getMessage());
        }
      }
    }
    assertTrue(alike >= cases.size(), "found " + alike);
  }

  private static List<String> names(Weights weights) {
    var names = new ArrayList<String>();
    for (var entry : weights.table().weights()) {
      names.add(
          "%d %s %s %s"
              .formatted(entry.node(), entry.name(), entry.parameter().shape(), entry.order()));
    }
    for (var entry : weights.table().statistics()) {
      names.add("%d %s %d".formatted(entry.node(), entry.name(), entry.statistic().length()));
    }
    return names;
  }

  @Test
  void aPartTakesItsWeightsOutOfTheWhole() {
    var weights = Weights.initialized(NETWORK.graph(), 1);
    var backbone = NETWORK.backbone();
    assertMessage(
        "the weights have fc.weight, the network lacks it: Weights.part takes those of a part",
        () -> new Model(backbone, weights, List.of(), Preprocessing.none(IMAGE)));
    var part = weights.part(backbone.graph());
    var model = new Model(backbone, part, List.of(), Preprocessing.none(IMAGE));
    assertEquals(Shape.of(12), model.logits(Tensor.zeros(IMAGE)).shape());
    var wider = network(named("conv", conv(5, 3)));
    assertMessage(
        "conv.weight is 5x2x3x3 in the network, 3x2x3x3 among the weights",
        () -> weights.part(wider.graph()));
    // Without the ReLU the layers stand elsewhere.
    var signed =
        network(
            named("conv", conv(3, 3)), named("bn", batchNorm()), flatten(), named("fc", dense(2)));
    var moved = weights.part(signed.graph());
    assertEquals(weights.tensor("fc.weight"), moved.tensor("fc.weight"));
    var _ = new Model(signed, moved, List.of(), Preprocessing.none(IMAGE));
  }

  @Test
  void entriesOfOtherWeightsAreRefused() {
    var weights = Weights.empty(NETWORK.graph());
    var other = Weights.empty(network(named("conv", conv(4, 3))).graph());
    var entry = other.table().weight("conv.weight");
    assertMessage("conv.weight (4x2x3x3) is an entry of", () -> weights.read(entry));
    assertMessage(
        "conv.weight (4x2x3x3) is an entry of", () -> weights.write(entry, new float[72]));
  }

  @Test
  void givenWeightsAreWeightsAlone() {
    var mean = Tensor.zeros(Shape.of(3));
    assertMessage(
        "bn.running_mean is a running statistic",
        () -> Weights.of(NETWORK.graph(), Map.of("bn.running_mean", mean)));
    var many = new Layer[12];
    for (int i = 0; i < many.length; i++) {
      many[i] = conv(2, 1).noBias();
    }
    var weights = Weights.empty(network(many).graph());
    assertEquals(
        "no weight is named x; there are 0.weight, 1.weight, 2.weight, 3.weight, 4.weight,"
            + " 5.weight, 6.weight, 7.weight, 8.weight, 9.weight and 2 more",
        assertThrows(IllegalArgumentException.class, () -> weights.tensor("x")).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a,b,c | SINGLE_LABEL   | the network has 2 outputs, found 3 labels
          a     | SINGLE_LABEL   | the network has 2 outputs, found 1 labels
          a,    | SINGLE_LABEL   | label 1 of 2 is empty
          ' ,b' | SINGLE_LABEL   | label 0 of 2 is empty
          a     | SEVERAL_LABELS | the network has 2 outputs, found 1 labels: where a picture may
          a,b,c | VALUES         | the network has 2 outputs, found 3 labels
          a,b   | BINARY         | the output of a network for the task binary is one number, found 2
          a,b   | CLASS_MAP      | for the task class-map is a map of classes (height x width x classes), found 2
          a,b   | IMAGE          | for the task image is an image (height x width x channels), found 2
          a,    | BOXES          | label 1 of 2 is empty
          """)
  void labelsThatDoNotNameTheClassesAreRefused(String labels, Task task, String expected) {
    var weights = Weights.empty(NETWORK.graph());
    var names = List.of(labels.split(",", -1));
    assertMessage(
        expected, () -> new Model(NETWORK, weights, task, names, Preprocessing.none(IMAGE)));
  }

  /** ImageNet has two classes called crane and two called maillot. */
  @Test
  void classesMayHaveTheSameName() {
    var weights = Weights.empty(NETWORK.graph());
    var names = List.of("crane", "crane");
    assertEquals(
        names,
        new Model(NETWORK, weights, Task.SINGLE_LABEL, names, Preprocessing.none(IMAGE)).labels());
  }

  @Test
  void twoLabelsForOneOutputAreOneOfTwo() {
    var network = network(flatten(), dense(1));
    var weights = Weights.empty(network.graph());
    var preprocessing = Preprocessing.none(IMAGE);
    var names = List.of("no", "yes");
    assertEquals(
        2,
        new Model(network, weights, Task.BINARY, names, preprocessing)
            .classify(Image.zeros(IMAGE))
            .top(5)
            .size());
    assertMessage(
        "the network has 1 outputs, found 2 labels: where a picture may have several, each has an"
            + " output",
        () -> new Model(network, weights, Task.SEVERAL_LABELS, names, preprocessing));
  }

  @Test
  void aPreprocessingForOtherInputsIsRefused() {
    var model = Model.initialized(NETWORK, 1);
    var preprocessing = Preprocessing.none(Shape.image(4, 5, 2));
    assertMessage(
        "the network takes inputs of 4x4x2, the preprocessing makes 4x5x2",
        () -> model.withPreprocessing(preprocessing));
    assertMessage(
        "a normalisation of 1 channels does not fit images of 4x4x2",
        () ->
            new Preprocessing(
                Preprocessing.none(IMAGE).fit(), IMAGE, Normalization.grey(0.5, 0.5)));
    assertMessage(
        "digits are prepared as square images of 1 channel, not of 4x4x2",
        () -> new Preprocessing(new Digit(), IMAGE, Normalization.none(2)));
  }

  @Test
  void imagesOfAnotherShapeAreRefusedWithBoth() {
    var model = Model.initialized(NETWORK, 1);
    for (var shape : List.of(Shape.image(4, 5, 2), Shape.image(4, 4, 3), Shape.of(32))) {
      var image = Tensor.zeros(shape);
      for (Executable use :
          List.<Executable>of(
              () -> model.logits(image),
              () -> model.classify(new Image(image)),
              () -> model.classify(List.of(Image.zeros(IMAGE), new Image(image)), Engine.shared()),
              () -> model.features(new Image(image)),
              () -> model.maps(new Image(image), "conv"),
              () -> model.gradCam(new Image(image), 0),
              () -> model.gradients(image, Tensor.zeros(Shape.of(2))))) {
        assertMessage("the network takes inputs of 4x4x2, found " + shape, use);
      }
    }
  }

  @Test
  void headsThatDoNotFitAreRefused() {
    var model = Model.initialized(NETWORK, 1);
    assertMessage("a dense layer has at least 1 unit, found 0", () -> model.withHead(0, 1));
    assertMessage("label 1 of 2 is empty", () -> model.withHead(List.of("a", ""), 1));
    assertMessage(
        "the network has no head", () -> Model.initialized(network(relu()), 1).withHead(2, 1));
    // What follows the head may ask for a number of channels.
    var split = network(conv(4, 1), channelSplit(0, 2));
    assertMessage(
        "1 (split): expects channels that fall into 2 parts, the input has 3 (shape 4x4x3)",
        () -> split.withHead(3));
  }

  @Test
  void aTrainingBeginsWithItsOwnNetworksWeights() {
    var model = Model.initialized(NETWORK, 1);
    var other = Model.initialized(network(flatten(), dense(2)), 1);
    // A model of both cannot be made, and a trainer takes no weights but a model's.
    assertThrows(
        IllegalArgumentException.class,
        () -> Trainer.from(new Model(NETWORK, other.weights(), List.of(), model.preprocessing())));
  }

  // Graphs.

  @Test
  void nodesThatDoNotFitTogetherAreRefused() {
    var input = TensorType.of(Shape.of(4));
    var relu = relu();
    var node = new Graph.Node("a", relu, List.of(0), input);
    assertMessage(
        "a reads edge 1, before it there are 1",
        () -> graph(input, new Graph.Node("a", relu, List.of(1), input)));
    assertMessage(
        "a reads edge -1, before it there are 1",
        () -> graph(input, new Graph.Node("a", relu, List.of(-1), input)));
    assertMessage("two layers are named a", () -> graph(input, node, node));
    assertMessage(
        "a: relu takes 1 input, found 2",
        () -> graph(input, new Graph.Node("a", relu, List.of(0, 0), input)));
    var wider = TensorType.of(Shape.of(5));
    assertMessage("a: gives", () -> graph(input, new Graph.Node("a", relu, List.of(0), wider)));
    assertMessage("has no name", () -> new Graph.Node("", relu, List.of(0), input));
    assertMessage(
        "the output output reads edge 2, before it there are 2",
        () -> new Graph(input, List.of(node), Map.of(Graph.OUTPUT, 2)));
    assertMessage("there is no edge 2, the graph has 0 to 1", () -> graph(input, node).type(2));
    assertMessage("there is no edge -1, the graph has 0 to 1", () -> graph(input, node).type(-1));
    assertMessage(
        "no output is named output",
        () -> new Network(new Graph(input, List.of(node), Map.of("tap", 1))));
    assertMessage(
        "1 (dense): expects a vector",
        () -> new Graph.Builder(TensorType.of(IMAGE)).named("1", dense(2), 0));
  }

  private static Graph graph(TensorType input, Graph.Node... nodes) {
    return new Graph(input, List.of(nodes), Map.of(Graph.OUTPUT, nodes.length));
  }

  @Test
  void aNameWithADotIsThatOfAScope() {
    var layers =
        sequential(
            named("a.b", new BatchNorm(1e-5f, 0.1f)), named("a", Layers.named("b", conv(2, 1))));
    assertMessage("two layers are named a.b", () -> Network.of(IMAGE, layers));
  }

  private static void assertMessage(String expected, Executable refused) {
    var e = assertThrows(IllegalArgumentException.class, refused);
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }
}
