package stride.onnx.export;

import java.util.ArrayList;
import java.util.List;
import stride.graph.Graph;
import stride.graph.WeightTable.WeightEntry;
import stride.graph.Weights;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Weights that make outputs differ from picture to picture, of layers of any number: filters that
 * keep a ReLU's scale, from which a part of their mean is taken off, and norms whose four tensors
 * all differ.
 */
public final class GeneratedWeights {
  private static final int SEED = 7;

  private GeneratedWeights() {}

  /**
   * Weights of a graph.
   *
   * @param gain what filters are larger by
   */
  public static Weights of(Graph graph, double gain) {
    var weights = Weights.empty(graph);
    for (var entry : weights.table().weights()) {
      var operation = graph.nodes().get(entry.node()).operation();
      boolean norm = operation instanceof BatchNorm || operation instanceof GroupNorm;
      int length = entry.parameter().shape().elements();
      weights.write(
          entry,
          entry.parameter().shape().rank() > 1
              ? filters(entry, gain)
              : norm && entry.name().endsWith(".weight")
                  ? uniform(entry.name().hashCode(), length, 0.5, 1.5)
                  : uniform(entry.name().hashCode(), length, -0.25, 0.25));
    }
    for (var entry : weights.table().statistics()) {
      if (!entry.statistic().counter()) {
        boolean frozen = graph.nodes().get(entry.node()).operation() instanceof FrozenBatchNorm;
        boolean above =
            entry.name().endsWith("_var") || (frozen && entry.name().endsWith(".weight"));
        float[] values =
            uniform(
                entry.name().hashCode(),
                entry.statistic().length(),
                above ? 0.5 : -0.25,
                above ? 2 : 0.25);
        System.arraycopy(values, 0, weights.statistics(), entry.offset(), values.length);
      }
    }
    weights.changed();
    return weights;
  }

  private static float[] filters(WeightEntry entry, double gain) {
    var shape = entry.parameter().shape();
    int length = shape.elements() / shape.size(0);
    double bound = gain * Math.sqrt(6.0 / length);
    float[] values = uniform(entry.name().hashCode(), shape.elements(), -bound, bound);
    for (int from = 0; shape.size(1) > 1 && from < values.length; from += length) {
      double sum = 0;
      for (int i = from; i < from + length; i++) {
        sum += values[i];
      }
      for (int i = from; i < from + length; i++) {
        values[i] -= (float) (sum / (4 * length));
      }
    }
    return values;
  }

  private static float[] uniform(long of, int length, double low, double high) {
    long key = CounterRandom.key(SEED, of, 0);
    var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (low + (high - low) * ((CounterRandom.bits(key, i) >>> 40) * 0x1p-24));
    }
    return values;
  }

  /** Images of noise, each around a colour of its own. */
  public static List<Tensor> images(Shape shape, int count) {
    var images = new ArrayList<Tensor>();
    for (int image = 1; image <= count; image++) {
      float[] values = uniform(image, shape.elements(), -1, 1);
      float[] colour = uniform(-image, shape.channels(), -2, 2);
      for (int i = 0; i < values.length; i++) {
        values[i] += colour[i % shape.channels()];
      }
      images.add(new Tensor(shape, values));
    }
    return images;
  }
}
