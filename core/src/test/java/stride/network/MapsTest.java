package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.adaptiveAvgPool;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import org.junit.jupiter.api.Test;
import stride.engine.Engine;
import stride.image.Image;
import stride.kernel.Kernels;
import stride.layer.Layer;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What layers in the middle make of an image. */
class MapsTest {
  private static final Shape IMAGE = Shape.image(9, 7, 3);

  private static Layer body() {
    return sequential(named("conv", conv(5, 3).padding(1)));
  }

  private static Tensor image() {
    var image = Tensor.zeros(IMAGE);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = CounterRandom.uniform(CounterRandom.bits(CounterRandom.key(3, 1, 0), i));
    }
    return image;
  }

  @Test
  void aLayersMapIsWhatItPutsOutBeforeBatchNormAndReluAreFusedIntoIt() {
    var alone = Model.initialized(Network.of(IMAGE, body()), 5);
    var followed =
        Model.initialized(
            Network.of(
                IMAGE,
                sequential(
                    body(), named("bn", batchNorm()), relu(), flatten(), named("fc", dense(4)))),
            5);
    followed.weights().statistics()[0] = 0.25f;
    followed.weights().changed();
    try (var engine = Engine.with(1, Kernels.scalar())) {
      float[] expected = alone.logits(java.util.List.of(image()), engine).getFirst().data();
      assertArrayEquals(expected, followed.maps(new Image(image()), "conv", engine).data());
      float[] rectified = followed.maps(new Image(image()), "0", engine).data();
      float[] normalised = followed.maps(new Image(image()), "bn", engine).data();
      for (int i = 0; i < rectified.length; i++) {
        assertEquals(Math.max(0, normalised[i]), rectified[i], 1e-6);
      }
      assertTrue(normalised[1] != expected[1], "batch norm's map is not the convolution's");
    }
  }

  @Test
  void anUnknownLayerIsNamedWithThoseThatThereAre() {
    var model = Model.initialized(Network.of(IMAGE, body()), 5);
    var failure =
        assertThrows(IllegalArgumentException.class, () -> model.maps(new Image(image()), "conv9"));
    assertEquals("the network has no layer conv9; it has conv", failure.getMessage());
  }

  @Test
  void gradCamLooksAtMapsBeforeTheyArePooled() {
    var vgg =
        Model.initialized(
            Network.of(
                IMAGE,
                sequential(
                    named("conv", conv(4, 3).padding(1)),
                    named("relu", relu()),
                    maxPool(2),
                    named("avgpool", adaptiveAvgPool(2)),
                    flatten(),
                    dense(4))),
            5);
    assertEquals("relu", vgg.gradCam(new Image(image()), 0).layer());
  }

  @Test
  void gradCamNeedsAMapAndAClass() {
    var dense =
        Model.initialized(Network.of(IMAGE, sequential(flatten(), named("fc", dense(4)))), 5);
    assertEquals(
        "Grad-CAM looks at maps, and the network has no layer with one before its head",
        assertThrows(IllegalArgumentException.class, () -> dense.gradCam(new Image(image()), 0))
            .getMessage());
    assertEquals(
        "the network tells 4 classes apart, asked for class 4",
        assertThrows(IllegalArgumentException.class, () -> dense.gradCam(new Image(image()), 4))
            .getMessage());
  }

  @Test
  void oneLogitSpeaksForTheSecondClassAndAgainstTheFirst() {
    var binary =
        Model.initialized(
            Network.of(IMAGE, sequential(body(), relu(), flatten(), named("fc", dense(1)))), 5);
    var no = binary.gradCam(new Image(image()), 0).map().data();
    var yes = binary.gradCam(new Image(image()), 1).map().data();
    boolean any = false;
    for (int i = 0; i < no.length; i++) {
      assertTrue(no[i] == 0 || yes[i] == 0, "a pixel speaks for both classes");
      any |= no[i] != yes[i];
    }
    assertTrue(any);
  }
}
