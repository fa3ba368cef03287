package stride.style;

import stride.compute.Buffer;
import stride.engine.Engine;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Which filters of a layer answer together, wherever in a picture: G = F'F / M of maps F of M
 * pixels and N filters (Gatys, Ecker and Bethge 2016, equation 3, divided by M).
 *
 * @param filters N
 * @param values N x N, symmetric, one row after another; shared, not copied
 */
public record GramMatrix(int filters, double[] values) {
  /**
   * A matrix of values that fit.
   *
   * @throws IllegalArgumentException if they are not N x N
   */
  public GramMatrix {
    if (filters < 1 || values.length != (long) filters * filters) {
      throw new IllegalArgumentException(
          "a Gram matrix of %d filters has %d values, found %d"
              .formatted(filters, (long) filters * filters, values.length));
    }
  }

  /**
   * {@return the Gram matrix of maps}
   *
   * @param maps (H, W, C)
   * @param engine computes it
   */
  public static GramMatrix of(Tensor maps, Engine engine) {
    var sums = new GramSums(engine, maps.shape().channels());
    var buffer = new Buffer(maps.data(), 0, maps.data().length);
    sums.add(buffer, 0, MapArea.all(maps.shape()));
    return sums.mean();
  }

  /**
   * {@return a weighted sum of this matrix and another one of as many filters}
   *
   * @param weight of this one
   * @param otherWeight of the other one
   */
  public GramMatrix mixed(double weight, GramMatrix other, double otherWeight) {
    if (other.filters != filters) {
      throw new IllegalArgumentException(
          "a Gram matrix of %d filters cannot be added to one of %d"
              .formatted(other.filters, filters));
    }
    var mixed = new double[values.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = weight * values[i] + otherWeight * other.values[i];
    }
    return new GramMatrix(filters, mixed);
  }

  /** {@return a matrix (N, N) of floats} */
  public Tensor toTensor() {
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return new Tensor(Shape.of(filters, filters), floats);
  }
}
