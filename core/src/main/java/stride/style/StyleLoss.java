package stride.style;

import stride.compute.Buffer;
import stride.engine.Engine;
import stride.tensor.Shape;

/**
 * How far the Gram matrix of a layer's maps is from a painting's: the sum of (G - A)^2 / (4 N^2)
 * (Gatys, Ecker and Bethge 2016, equation 4).
 *
 * @param gram the painting's Gram matrix A
 */
public record StyleLoss(GramMatrix gram) implements MapLoss {
  @Override
  public Measure start(Engine engine, Shape whole) {
    if (whole.channels() != gram.filters()) {
      throw new IllegalArgumentException(
          "the style's Gram matrix is of %d filters, the layer has %d"
              .formatted(gram.filters(), whole.channels()));
    }
    return new Distance(engine, gram);
  }

  /** The loss of one picture. */
  static final class Distance implements Measure {
    private final GramMatrix wanted;
    private final GramSums sums;

    private Distance(Engine engine, GramMatrix wanted) {
      this.wanted = wanted;
      sums = new GramSums(engine, wanted.filters());
    }

    @Override
    public void clear() {
      sums.clear();
    }

    @Override
    public void add(Buffer maps, int sample, MapArea area) {
      sums.add(maps, sample, area);
    }

    @Override
    public double settle(double factor) {
      double[] g = sums.mean().values();
      double[] a = wanted.values();
      sums.multiplyBy(Formulas.styleGradient(g, a, wanted.filters(), sums.pixels(), factor));
      return Formulas.style(g, a, wanted.filters());
    }

    @Override
    public void addGradient(Buffer maps, int sample, MapArea area, Buffer gradient) {
      sums.addProduct(maps, sample, area, gradient);
    }
  }
}
