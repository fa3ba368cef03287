package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.frozenBatchNorm;
import static stride.layer.Layers.instanceNorm;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.reflectionPad;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.replicationPad;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.sigmoid;
import static stride.layer.Layers.upsample;
import static stride.layer.Layers.zeroPad;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.engine.Engine;
import stride.image.Fit;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Picture;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.kernel.Kernels;
import stride.layer.Layer;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What a painter makes of pictures of any size, in one piece and in bands. */
final class PainterTest {
  private static final Shape INPUT = Shape.image(32, 32, 3);

  /** The network of the paper in small, with all that bands know. */
  private static final Layer PAINTER =
      sequential(
          reflectionPad(4),
          conv(8, 9),
          instanceNorm().withAffine(),
          relu(),
          reflectionPad(1),
          conv(12, 3).stride(2),
          instanceNorm().withAffine(),
          relu(),
          conv(16, 3).stride(2).padding(1),
          instanceNorm(),
          relu(),
          block(),
          block(),
          upsample(2),
          replicationPad(1),
          conv(8, 3),
          instanceNorm().withAffine(),
          sigmoid(),
          upsample(2),
          zeroPad(2),
          conv(8, 3).dilation(2),
          batchNorm(),
          relu(),
          reflectionPad(4),
          conv(3, 9));

  private static Layer block() {
    return residual(
        sequential(
            reflectionPad(1),
            conv(16, 3),
            instanceNorm().withAffine(),
            relu(),
            reflectionPad(1),
            conv(16, 3),
            instanceNorm().withAffine()));
  }

  private static Model painter(Layer layer, long seed) {
    var network = Network.of(INPUT, layer);
    var model = Model.initialized(network, seed);
    var random = new SplittableRandom(seed);
    for (var entry : model.weights().table().weights()) {
      if (entry.parameter().shape().rank() == 1) {
        float[] values = model.weights().read(entry);
        for (int i = 0; i < values.length; i++) {
          values[i] += (float) random.nextDouble(-0.4, 0.4);
        }
        model.weights().write(entry, values);
      }
    }
    return new Model(
        network,
        model.weights(),
        Task.IMAGE,
        List.of(),
        new Preprocessing(
            new Fit.Stretch(Resampling.BILINEAR),
            INPUT,
            new Normalization(List.of(0.2, 0.3, 0.4), List.of(0.5, 0.25, 0.125))));
  }

  private static Image image(int height, int width, long seed) {
    var random = new SplittableRandom(seed);
    var values = new float[height * width * 3];
    for (int i = 0; i < values.length; i++) {
      // A gradient from top to bottom, so that the statistics of bands differ.
      values[i] = (float) (random.nextDouble() * 0.5 + 0.5 * i / values.length);
    }
    return new Image(new Tensor(Shape.image(height, width, 3), values));
  }

  @ParameterizedTest
  @CsvSource({"200, 40", "201, 41", "198, 39", "203, 8", "64, 300"})
  void bandsGiveWhatOnePieceGives(int height, int width) {
    var model = painter(PAINTER, height);
    var image = image(height, width, width);
    try (var engine = Engine.exact(2, Kernels.best())) {
      var painter = Painter.of(model, engine);
      assertTrue(BandedPass.isPossible(model.network().graph()));
      float[] whole = painter.memory(Long.MAX_VALUE).paint(image).data();
      for (int rows : new int[] {8, 24, 104}) {
        float[] bands = banded(model, image, engine, rows);
        for (int i = 0; i < whole.length; i++) {
          assertEquals(whole[i], bands[i], 2e-5, "value %d, bands of %d".formatted(i, rows));
        }
      }
    }
  }

  /** The painter's own way, with bands of some rows. */
  private static float[] banded(Model model, Image image, Engine engine, int rows) {
    var shape = image.shape();
    var network = model.network().withInput(shape);
    var output = network.output();
    var painted = new float[shape.elements()];
    var row = new float[shape.width() * 3];
    new BandedPass(engine, network.graph(), model.weights(), rows * (shape.width() + 8) * 8)
        .run(
            (from, to, into, at) -> {
              int n = (to - from) * row.length;
              System.arraycopy(image.data(), from * row.length, into, at, n);
              model.preprocessing().normalization().apply(into, at, n);
            },
            (from, to, values, at) -> {
              for (int y = from; y < Math.min(to, shape.height()); y++) {
                System.arraycopy(values, at + (y - from) * output.width() * 3, row, 0, row.length);
                model.preprocessing().normalization().undo(row, 0, row.length);
                System.arraycopy(row, 0, painted, y * row.length, row.length);
              }
            });
    return painted;
  }

  @Test
  void littleMemoryPaintsInBands() {
    var model = painter(PAINTER, 4);
    var image = image(400, 300, 1);
    var painter = Painter.of(model);
    float[] whole = painter.memory(Long.MAX_VALUE).paint(image).data();
    float[] bands = painter.memory(1).paint(image).data();
    assertFalse(java.util.Arrays.equals(whole, bands), "bands round in other ways");
    assertArrayEquals(whole, bands, 1e-4f);
  }

  @ParameterizedTest
  @CsvSource({"32, 32", "33, 47", "35, 34", "9, 61"})
  void thePaintedPictureHasThePhotosSize(int height, int width) {
    var picture = new Pixels(height, width, 3, new byte[height * width * 3]);
    var painted =
        Painter.of(painter(PAINTER, 1)).paint(Picture.of(picture.toImage().toBufferedImage()));
    assertEquals(height, painted.height());
    assertEquals(width, painted.width());
    assertEquals(3, painted.channels());
  }

  /** The bytes are those of the image's values. */
  @Test
  void aPictureIsPaintedAsTheImageOfItIs() {
    var random = new SplittableRandom(3);
    byte[] bytes = new byte[21 * 18 * 3];
    random.nextBytes(bytes);
    var pixels = new Pixels(21, 18, 3, bytes);
    var painter = Painter.of(painter(PAINTER, 2));
    assertArrayEquals(
        painter.paint(pixels.toImage()).toPixels().data(),
        painter.paint(Picture.of(pixels.toImage().toBufferedImage())).data());
  }

  @Test
  void aNetworkThatDoublesPicturesDoublesThem() {
    var model = painter(sequential(upsample(2), conv(3, 3).padding(1)), 1);
    var painted = Painter.of(model).paint(image(11, 7, 1));
    assertEquals(Shape.image(22, 14, 3), painted.shape());
  }

  /** A pooling is no part of bands, and of what they are made of all values are seen. */
  @Test
  void otherLayersAreComputedInOnePiece() {
    var model = painter(sequential(maxPool(3).stride(1).padding(1), conv(3, 3).padding(1)), 1);
    assertFalse(BandedPass.isPossible(model.network().graph()));
    var image = image(40, 30, 1);
    assertArrayEquals(
        Painter.of(model).paint(image).data(), Painter.of(model).memory(1).paint(image).data());
  }

  /** Bands give instance norms statistics of their own, in the form of frozen ones. */
  @Test
  void frozenNormsAndNormsOfOneMapAreComputedInOnePiece() {
    var frozen = sequential(conv(4, 3).padding(1), frozenBatchNorm(), conv(3, 3).padding(1));
    var shared =
        sequential(
            conv(4, 3).padding(1),
            branches(instanceNorm().withAffine(), instanceNorm()),
            conv(3, 3).padding(1));
    for (var layer : List.of(frozen, shared)) {
      assertFalse(BandedPass.isPossible(painter(layer, 1).network().graph()));
    }
  }

  @Test
  void whatCannotBePaintedIsSaid() {
    var painter = Painter.of(painter(PAINTER, 1));
    assertMessage(
        "the network cannot paint a picture of 20x4: 0 (pad): a reflection is smaller than the"
            + " image, found left 4, right 4, top 4, bottom 4 for 4x20x3",
        () -> painter.paint(image(4, 20, 1)));
    assertMessage(
        "the network takes images of 3 channels, found 20x20x1",
        () -> painter.paint(Image.zeros(Shape.image(20, 20, 1))));
    var wrong = image(20, 20, 1);
    wrong.data()[5] = Float.NaN;
    assertMessage(
        "the image holds NaN (its value 5), expected numbers from 0 to 1",
        () -> painter.paint(wrong));
    assertMessage(
        "the model does not paint: its task is single-label, that of a painter is image",
        () -> Painter.of(Model.initialized(Network.of(INPUT, conv(3, 3)), 1)));
    assertMessage(
        "the network makes 32x32x1 of 32x32x3: a painter gives as many channels as it takes",
        () -> Painter.of(painter(conv(1, 3).padding(1), 1)));
    assertMessage(
        "the network makes 18x18x3 of a picture of 20x20, which is not of the same size nor a"
            + " multiple of it",
        () -> Painter.of(painter(conv(3, 3), 1)).paint(image(20, 20, 1)));
  }

  @Test
  void paintedNumbersThatAreNoneAreSaid() {
    var model = painter(conv(3, 1), 1);
    model.weights().values()[model.weights().table().weights().getFirst().offset()] = Float.NaN;
    model.weights().changed();
    assertMessage(
        "the network paints NaN at row 0, column 0, as weights that are too large make it; take the"
            + " model of an earlier epoch, or train with a smaller learning rate",
        () -> Painter.of(model).paint(image(20, 20, 1)));
  }

  private static void assertMessage(
      String expected, org.junit.jupiter.api.function.Executable wrong) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, wrong).getMessage());
  }
}
