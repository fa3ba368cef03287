package stride.style;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.style.Tiling.Tile;

/**
 * The loss of a picture, and how it changes with each of its values: the losses of its maps, and
 * its total variation. A picture of several tiles goes twice through the network, once for the sums
 * over all of its maps, and once for the gradients, which depend on these.
 */
final class PictureObjective {
  /** Values that a task sets to zero. */
  private static final int CLEARED = 1 << 16;

  private final Engine engine;
  private final Plan plan;
  private final PictureLoss loss;
  private final List<MapLoss.Measure> measures;
  private final Tiling tiling;
  private final Normalization normalization;
  private final double variation;
  private final int height;
  private final int rowLength;
  private final double[] variations;

  /** The weighted losses of the parts, then the total variation's. */
  private final double[] values;

  /**
   * @param graph of the whole picture, with the loss's outputs
   * @param variation the weight of the mean squared difference between neighbouring pixels
   */
  PictureObjective(
      Engine engine,
      Graph graph,
      Weights weights,
      Normalization normalization,
      PictureLoss loss,
      double variation,
      Tiling tiling) {
    this.engine = engine;
    this.loss = loss;
    this.tiling = tiling;
    this.normalization = normalization;
    this.variation = variation;
    var part = tiling.part(graph);
    var names = loss.outputs().toArray(String[]::new);
    var purpose = Purpose.inference().withOutputs(names[0], names).withInputGradient();
    plan = engine.plan(part, weights.part(part), 1, purpose);
    measures = loss.start(engine, graph);
    var whole = graph.input().shape();
    height = whole.height();
    rowLength = whole.width() * whole.channels();
    variations = new double[height];
    values = new double[measures.size() + 1];
  }

  /**
   * Computes the loss and its gradient.
   *
   * @param x a picture (H, W, C) with values about from 0 to 1
   * @param gradient of the same size; overwritten
   * @return the loss
   */
  double apply(float[] x, float[] gradient) {
    vary(x, gradient);
    measures.forEach(MapLoss.Measure::clear);
    for (var tile : tiling.tiles()) {
      forward(x, tile);
      for (int i = 0; i < measures.size(); i++) {
        measures.get(i).add(maps(i), 0, area(tile, i));
      }
    }
    double total = values[measures.size()];
    for (int i = 0; i < measures.size(); i++) {
      double weight = loss.parts().get(i).weight();
      values[i] = weight * measures.get(i).settle(weight);
      total += values[i];
    }
    for (var tile : tiling.tiles()) {
      if (tiling.tiles().size() > 1) {
        forward(x, tile);
      }
      for (int i = 0; i < measures.size(); i++) {
        var tap = loss.parts().get(i).tap();
        measures.get(i).addGradient(maps(i), 0, area(tile, i), plan.outputGradient(tap));
      }
      plan.backward(1);
      addGradient(gradient, tile);
    }
    return total;
  }

  /** The weighted losses of the last picture, one a part, then that of its total variation. */
  double[] values() {
    return values.clone();
  }

  private Buffer maps(int part) {
    return plan.output(loss.parts().get(part).tap());
  }

  private MapArea area(Tile tile, int part) {
    return requireNonNull(tile.areas().get(loss.parts().get(part).tap()));
  }

  /** Total variation; its gradient is the first that is written. */
  private void vary(float[] x, float[] gradient) {
    engine.forEach(
        Math.ceilDiv(gradient.length, CLEARED),
        (i, worker) ->
            Arrays.fill(gradient, i * CLEARED, Math.min((i + 1) * CLEARED, gradient.length), 0));
    int channels = normalization.channels();
    double share = variation / ((double) height * rowLength / channels);
    engine.forEach(
        height,
        (row, worker) ->
            variations[row] =
                Formulas.variation(x, height, rowLength, channels, row, (float) share, gradient));
    double sum = 0;
    for (double row : variations) {
      sum += row;
    }
    values[measures.size()] = share * sum;
  }

  private void forward(float[] x, Tile tile) {
    tiling.write(tile, x, rowLength, normalization, engine, plan.input());
    plan.forward(1);
  }

  /** Normalised values change by 1 / deviation as fast as the picture's. */
  private void addGradient(float[] gradient, Tile tile) {
    int channels = normalization.channels();
    int length = tiling.shape().width() * channels;
    var from = plan.inputGradient();
    engine.forEach(
        tiling.shape().height(),
        (row, worker) -> {
          int at = (tile.top() + row) * rowLength + tile.left() * channels;
          int read = from.offset() + row * length;
          for (int c = 0; c < channels; c++) {
            float deviation = normalization.standardDeviation().get(c).floatValue();
            int source = normalization.blueFirst() ? channels - 1 - c : c;
            for (int i = 0; i < length; i += channels) {
              gradient[at + i + c] += from.array()[read + i + source] / deviation;
            }
          }
        });
  }
}
