package stride.style;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.ShapeException;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.image.Pixels;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * What some layers of a network make of pictures of any size, tile by tile where their maps are
 * large.
 *
 * @param network its outputs are the layers that are looked at
 * @param weights those of the network, or of one that it is a part of
 * @param tileValues values of all maps of a tile together, about
 */
record PictureMaps(
    Engine engine,
    Network network,
    Weights weights,
    Normalization normalization,
    Set<String> taps,
    long tileValues) {

  /** Looks at a part of a layer's maps. */
  private interface Look {
    void at(String tap, Buffer maps, MapArea area);
  }

  /** {@return the Gram matrix of each of some layers} */
  Map<String, GramMatrix> grams(Pixels picture, Collection<String> layers) {
    var graph = graph(picture);
    var sums = new LinkedHashMap<String, GramSums>();
    for (var layer : layers) {
      sums.put(layer, new GramSums(engine, graph.type(graph.output(layer)).shape().channels()));
    }
    look(
        graph,
        picture,
        layers,
        (tap, maps, area) -> requireNonNull(sums.get(tap)).add(maps, 0, area));
    var grams = new LinkedHashMap<String, GramMatrix>();
    sums.forEach((layer, sum) -> grams.put(layer, sum.mean()));
    return grams;
  }

  /** {@return the maps of each of some layers, (H, W, C)} */
  Map<String, float[]> maps(Pixels picture, Collection<String> layers) {
    var graph = graph(picture);
    var values = new LinkedHashMap<String, float[]>();
    for (var layer : layers) {
      values.put(layer, new float[graph.type(graph.output(layer)).shape().elements()]);
    }
    look(
        graph,
        picture,
        layers,
        (tap, maps, area) -> {
          int length = area.width() * area.maps().channels();
          for (int row = 0; row < area.height(); row++) {
            System.arraycopy(
                maps.array(),
                area.at(maps, 0, row),
                requireNonNull(values.get(tap)),
                area.atWhole(0, row),
                length);
          }
        });
    return values;
  }

  /**
   * {@return the loss of pictures of a size}
   *
   * @param variation the weight of the total variation
   */
  PictureObjective objective(Pixels size, PictureLoss loss, double variation) {
    var graph = graph(size);
    return new PictureObjective(
        engine, graph, weights, normalization, loss, variation, tiling(graph, loss.outputs()));
  }

  private void look(Graph graph, Pixels picture, Collection<String> layers, Look look) {
    if (layers.isEmpty()) {
      return;
    }
    var tiling = tiling(graph, layers);
    var part = tiling.part(graph);
    var names = layers.toArray(String[]::new);
    var purpose = Purpose.inference().withOutputs(names[0], names);
    float[] x = picture.toImage().data();
    engine.withPlan(
        part,
        weights.part(part),
        1,
        purpose,
        plan -> {
          for (var tile : tiling.tiles()) {
            tiling.write(tile, x, 3 * picture.width(), normalization, engine, plan.input());
            plan.forward(1);
            tile.areas().forEach((tap, area) -> look.at(tap, plan.output(tap), area));
          }
          return tiling.tiles().size();
        });
  }

  private Tiling tiling(Graph graph, Collection<String> layers) {
    var input = graph.input().shape();
    long values = 0;
    for (var node : graph.nodes()) {
      values += node.output().shape().elements();
    }
    long pixels = (long) input.height() * input.width();
    return Tiling.of(graph, layers, (long) (tileValues / (values / (double) pixels)));
  }

  /** The network for a picture. */
  private Graph graph(Pixels picture) {
    try {
      return network.withInput(Shape.image(picture.height(), picture.width(), 3)).graph();
    } catch (ShapeException e) {
      throw new IllegalArgumentException(
          "a picture of %dx%d pixels is too small for the network's layers (%s): take a larger one"
              .formatted(picture.width(), picture.height(), e.getMessage()),
          e);
    }
  }
}
