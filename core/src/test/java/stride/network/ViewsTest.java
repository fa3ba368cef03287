package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import stride.engine.Engine;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What a model is asked for besides its logits. */
class ViewsTest {
  private static final Shape IMAGE = Shape.image(6, 6, 3);

  private static final Network NETWORK =
      Network.of(
          IMAGE,
          sequential(
              named("conv", conv(5, 3).padding(1)),
              tap("middle", relu()),
              aside("aux", sequential(globalAvgPool(), flatten(), named("aux_fc", dense(3)))),
              globalAvgPool(),
              flatten(),
              dropout(0.5),
              named("fc", dense(2))));

  private static Model model() {
    return Model.initialized(NETWORK, 1)
        .withPreprocessing(Preprocessing.none(IMAGE).normalization(Normalization.IMAGENET));
  }

  private static Image image() {
    var image = Image.zeros(IMAGE);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = CounterRandom.uniform(CounterRandom.bits(4, i));
    }
    return image;
  }

  @Test
  void outputsHaveTheirNames() {
    var model = model();
    var input = model.preprocessing().normalize(image());
    var outputs = model.outputs(input);
    assertEquals(Set.of("output", "middle", "aux"), outputs.keySet());
    assertArrayEquals(
        model.logits(input).data(), outputs.getOrDefault("output", input).data(), 1e-6f);
    assertEquals(Shape.image(6, 6, 5), outputs.getOrDefault("middle", input).shape());
    assertEquals(Shape.of(3), outputs.getOrDefault("aux", input).shape());
    assertEquals(
        "the network takes inputs of 6x6x3, found 5",
        assertThrows(IllegalArgumentException.class, () -> model.outputs(Tensor.zeros(Shape.of(5))))
            .getMessage());
  }

  @Test
  void chosenOutputsAreComputedByThemselves() {
    var model = model();
    var input = model.preprocessing().normalize(image());
    var all = model.outputs(input);
    var names = List.of("aux", "conv");
    try (var engine = Engine.withThreads(1)) {
      var chosen = model.outputs(input, names, engine);
      assertEquals(names, List.copyOf(chosen.keySet()));
      assertEquals(all.get("aux"), chosen.get("aux"));
      assertEquals(model.maps(image(), "conv", engine), chosen.get("conv"));
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class,
                  () -> model.outputs(input, List.of("head"), engine))
              .getMessage()
              .startsWith("the network has no layer head; it has conv, "));
    }
  }

  @Test
  void logitsBecomeAClassification() {
    var model = model().withLabels(List.of("cat", "dog"));
    var logits = model.logits(model.preprocessing().normalize(image()));
    assertEquals(model.classify(image()), model.classifier().classification(logits));
    assertEquals(
        "the network's output is 2, found 3",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.classifier().classification(Tensor.zeros(Shape.of(3))))
            .getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"VALUES", "BOXES"})
  void whatDoesNotClassifyIsNotAskedForClasses(Task task) {
    var model = model().withTask(task);
    assertEquals(
        "the model does not classify images, its task is %s; logits or outputs give its numbers"
            .formatted(task.key()),
        assertThrows(IllegalArgumentException.class, () -> model.classify(image())).getMessage());
    assertEquals(Shape.of(5), model.features(image()).shape());
  }

  @Test
  void theEmbeddingIsTheNetworkBeforeItsHead() {
    var model = model();
    var embedding = model.embedding();
    assertEquals(Task.VALUES, embedding.task());
    assertArrayEquals(
        model.features(image()).data(),
        embedding.logits(embedding.preprocessing().normalize(image())).data(),
        1e-6f);
  }

  @Test
  void aSnapshotStaysAsItIs() {
    var model = model().withLabels(List.of("cat", "dog"));
    var snapshot = model.snapshot();
    var before = model.classify(image());
    assertEquals(before, snapshot.classify(image()));
    java.util.Arrays.fill(model.weights().values(), 0.25f);
    java.util.Arrays.fill(model.weights().statistics(), 0.25f);
    model.weights().changed();
    assertNotEquals(before, model.classify(image()));
    assertEquals(before, snapshot.classify(image()));
  }

  @Test
  void heatGlowsWhereTheClassIsSeen() {
    var map = Tensor.zeros(Shape.image(2, 2, 1));
    map.data()[3] = 5;
    var cam = new GradCam(map, 0, "conv");
    for (int channels : new int[] {1, 3, 4}) {
      var grey = Image.zeros(Shape.image(8, 8, channels));
      java.util.Arrays.fill(grey.data(), 0.5f);
      var drawn = cam.over(grey);
      assertEquals(Shape.image(8, 8, 3), drawn.shape());
      // Nothing is seen above on the left: the picture in darker grey.
      assertEquals(96 / 255f, drawn.at(0, 0, 0));
      assertEquals(drawn.at(0, 0, 0), drawn.at(0, 0, 2));
      assertTrue(drawn.at(7, 7, 0) > drawn.at(0, 0, 0) + 0.2, "it does not glow");
      assertTrue(drawn.at(7, 7, 0) > drawn.at(7, 7, 2), "heat is yellow");
    }
    assertThrows(IllegalArgumentException.class, () -> cam.over(Image.zeros(Shape.of(5))));
  }

  @Test
  void viewsComputeOnTheEngineTheyAreGiven() {
    try (var engine = Engine.withThreads(1)) {
      var model = model();
      assertEquals(
          model.classifier(engine).classify(List.of(image())),
          model.classify(List.of(image()), engine));
      assertEquals(
          model.featureExtractor(engine).maps(image(), "conv"),
          model.maps(image(), "conv", engine));
    }
  }

  @Test
  void eachPixelHasItsLargestLogitsClass() {
    var network = Network.of(Shape.image(2, 3, 3), identity());
    var pixels = Tensor.of(network.input(), 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0);
    var model =
        Model.of(network, java.util.Map.of())
            .withTask(Task.CLASS_MAP)
            .withLabels(List.of("sky", "sea", "sand"));
    var map = model.segment(new Image(pixels));
    assertEquals(new ClassMap(2, 3, model.labels(), new int[] {0, 1, 2, 0, 1, 0}), map);
    assertEquals(2, map.at(0, 2));
    assertEquals(0.5, map.share(0));
    var drawn = map.toImage();
    assertEquals(0, drawn.at(0, 0, 1));
    assertNotEquals(drawn.at(0, 1, 0), drawn.at(0, 2, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> map.at(1, 3));
    assertEquals(
        "the model does not classify pixels, its task is values, not class-map",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.withTask(Task.VALUES).segment(new Image(pixels)))
            .getMessage());
  }

  /** The logits of all pixels are summed: as if they were averaged before they are scores. */
  @Test
  void gradCamOfAMapLooksAtAllPixels() {
    var body = sequential(named("conv", conv(4, 3).padding(1)), relu());
    var map = Network.of(IMAGE, sequential(body, named("head", conv(2, 1))));
    var pooled =
        Network.of(IMAGE, sequential(body, named("head", conv(2, 1)), globalAvgPool(), flatten()));
    var model = Model.initialized(map, 3).withTask(Task.CLASS_MAP);
    var mean =
        new Model(
            pooled,
            model.weights().movedTo(pooled.graph(), Set.of(), 1),
            List.of(),
            model.preprocessing());
    for (int index = 0; index < 2; index++) {
      assertArrayEquals(
          mean.gradCam(image(), index).scaled().data(),
          model.gradCam(image(), index).scaled().data(),
          1e-5f);
    }
    assertEquals(
        "the network tells 2 classes apart, asked for class 2",
        assertThrows(IllegalArgumentException.class, () -> model.gradCam(image(), 2)).getMessage());
  }

  @Test
  void oneChannelTellsTwoClassesApart() {
    var network = Network.of(Shape.image(1, 3, 1), identity());
    var model = Model.of(network, java.util.Map.of()).withTask(Task.CLASS_MAP);
    var map = model.segment(new Image(Tensor.of(network.input(), -1, 0, 1)));
    assertEquals(new ClassMap(1, 3, List.of("0", "1"), new int[] {0, 0, 1}), map);
  }

  @Test
  void aFreshHeadKeepsTheTask() {
    var model = model();
    for (var task : List.of(Task.SINGLE_LABEL, Task.SEVERAL_LABELS, Task.VALUES)) {
      assertEquals(task, model.withTask(task).withHead(7, 1).task());
    }
    var binary = model.withHead(1, 1).withLabels(List.of("no", "yes"));
    assertEquals(Task.BINARY, binary.task());
    assertEquals(Task.SINGLE_LABEL, binary.withHead(List.of("a", "b", "c"), 1).task());
    assertEquals(
        Task.CLASS_MAP,
        Model.initialized(Network.of(IMAGE, conv(2, 1)), 1)
            .withTask(Task.CLASS_MAP)
            .withHead(4, 1)
            .task());
  }
}
