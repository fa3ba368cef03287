package stride.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tanh;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.engine.Engine;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.image.Pixels;
import stride.kernel.Kernels;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/** The loss of a picture and its gradient, in one piece, in tiles, and by differences. */
class PictureObjectiveTest {
  private static final Normalization NORMALIZATION =
      new Normalization(List.of(0.4, 0.5, 0.6), List.of(0.2, 0.3, 0.25));

  /** Strides, poolings that round up, two branches, filters that are not square. */
  private static Layer layers() {
    return sequential(
        named("a", conv(7, 3).stride(2)),
        named("a2", tanh()),
        maxPool(3).stride(2).ceilMode(),
        named("b", branches(conv(5, 1), sequential(conv(6, 3).padding(1), tanh()))),
        avgPool(2),
        named("c", conv(9, 3).padding(1)),
        named("c2", tanh()));
  }

  private static PictureMaps maps(Engine engine, Layer layers, Set<String> taps, long values) {
    var network = Network.of(Shape.image(48, 48, 3), layers).tapping(taps);
    return new PictureMaps(
        engine, network, Weights.initialized(network.graph(), 3), NORMALIZATION, taps, values);
  }

  private static Pixels picture(int height, int width, long seed) {
    var random = new Random(seed);
    var bytes = new byte[3 * height * width];
    random.nextBytes(bytes);
    return new Pixels(height, width, 3, bytes);
  }

  private static PictureObjective objective(PictureMaps maps, Pixels photo) {
    var style = maps.grams(picture(50, 41, 9), List.of("a2", "b", "c2"));
    var content = maps.maps(photo, List.of("b"));
    var loss =
        new PictureLoss(
            List.of(
                new TapLoss("b", new ContentLoss(content.get("b")), 3),
                new TapLoss("a2", new StyleLoss(style.get("a2")), 200),
                new TapLoss("b", new StyleLoss(style.get("b")), 30),
                new TapLoss("c2", new StyleLoss(style.get("c2")), 1000)));
    return maps.objective(photo, loss, 0.5);
  }

  private static final Set<String> TAPS = new LinkedHashSet<>(List.of("a2", "b", "c2"));

  @ParameterizedTest
  @CsvSource({"150, 97, 3500", "97, 161, 4000", "64, 300, 2500", "203, 203, 9000", "321, 60, 8000"})
  void tilesGiveWhatOnePieceGives(int height, int width, int pixels) {
    try (var engine = Engine.withThreads(2)) {
      var photo = picture(height, width, 5);
      float[] x = picture(height, width, 6).toImage().data();
      var whole = objective(maps(engine, layers(), TAPS, Long.MAX_VALUE), photo);
      var expected = new float[x.length];
      double loss = whole.apply(x, expected);
      var tiled = maps(engine, layers(), TAPS, 12L * pixels);
      var graph = tiled.network().withInput(Shape.image(height, width, 3)).graph();
      long values = graph.nodes().stream().mapToLong(n -> n.output().shape().elements()).sum();
      long each = (long) (12L * pixels / (values / (double) (height * width)));
      int tiles = Tiling.of(graph, TAPS, each).tiles().size();
      assertTrue(tiles > 1, "only one tile");
      var objective = objective(tiled, photo);
      var found = new float[x.length];
      // Twice: what the first time leaves must not count the second time.
      objective.apply(x, found);
      assertEquals(loss, objective.apply(x, found), 1e-6 * loss, tiles + " tiles");
      double most = 0;
      for (float value : expected) {
        most = Math.max(most, Math.abs(value));
      }
      for (int i = 0; i < x.length; i++) {
        assertEquals(expected[i], found[i], 2e-6 * most, tiles + " tiles, value " + i);
      }
    }
  }

  @Test
  void theGradientIsThatOfTheLossByDifferences() {
    try (var engine = Engine.exact(2, Kernels.best())) {
      var photo = picture(23, 31, 5);
      var objective = objective(maps(engine, layers(), TAPS, Long.MAX_VALUE), photo);
      float[] x = picture(23, 31, 6).toImage().data();
      var gradient = new float[x.length];
      objective.apply(x, gradient);
      var random = new Random(7);
      var other = new float[x.length];
      for (int round = 0; round < 20; round++) {
        // Along a direction that is the gradient and noise, so that rounding is small beside it.
        var direction = new float[x.length];
        double slope = 0;
        double length = 0;
        for (int i = 0; i < x.length; i++) {
          direction[i] = (float) (gradient[i] * (1 + random.nextGaussian()));
          length += (double) direction[i] * direction[i];
        }
        float step = (float) (2e-2 / Math.sqrt(length));
        var ahead = x.clone();
        var behind = x.clone();
        for (int i = 0; i < x.length; i++) {
          ahead[i] += step * direction[i];
          behind[i] -= step * direction[i];
          slope += (double) gradient[i] * (ahead[i] - behind[i]);
        }
        double change = objective.apply(ahead, other) - objective.apply(behind, other);
        assertEquals(slope, change, 5e-3 * Math.abs(slope), "round " + round);
      }
    }
  }

  @Test
  void theLossIsTheSumOfItsParts() {
    try (var engine = Engine.withThreads(1)) {
      var photo = picture(30, 30, 5);
      var objective = objective(maps(engine, layers(), TAPS, Long.MAX_VALUE), photo);
      float[] x = photo.toImage().data();
      double loss = objective.apply(x, new float[x.length]);
      double sum = 0;
      for (double value : objective.values()) {
        sum += value;
      }
      assertEquals(loss, sum, 1e-12 * loss);
      assertEquals(0, objective.values()[0], 1e-12, "the photo's own content");
    }
  }

  @Test
  void whatSeesTheWholePictureIsNotCutIntoTiles() {
    var layers = sequential(named("a", conv(4, 3)), relu(), globalAvgPool());
    var graph = Network.of(Shape.image(200, 200, 3), layers).graph();
    assertEquals(1, Tiling.of(graph, List.of("output"), 1000).tiles().size());
  }
}
