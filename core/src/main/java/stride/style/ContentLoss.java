package stride.style;

import java.util.Arrays;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.tensor.Shape;

/**
 * How far a layer's maps are from those of a photo: the mean of (F - P)^2 / 2 over pixels and
 * filters (Gatys, Ecker and Bethge 2016, equation 1).
 *
 * @param maps the photo's maps P, (H, W, C), those of several samples one after another; shared, so
 *     that they may be overwritten from step to step
 */
public record ContentLoss(float[] maps) implements MapLoss {
  @Override
  public Measure start(Engine engine, Shape whole) {
    if (maps.length % whole.elements() != 0) {
      throw new IllegalArgumentException(
          "the content's maps have %d values, those of the picture are %s"
              .formatted(maps.length, whole));
    }
    return new Difference(engine, maps, whole);
  }

  /** The loss of one picture. */
  static final class Difference implements Measure {
    private final Engine engine;
    private final float[] maps;
    private final Shape whole;

    /** One for each row of the whole maps, so that they are added in one order. */
    private final double[] rows;

    /** By which differences are multiplied for the gradient. */
    private float share;

    private Difference(Engine engine, float[] maps, Shape whole) {
      this.engine = engine;
      this.maps = maps;
      this.whole = whole;
      rows = new double[whole.height()];
    }

    @Override
    public void clear() {
      Arrays.fill(rows, 0);
    }

    @Override
    public void add(Buffer f, int sample, MapArea area) {
      int length = area.width() * area.maps().channels();
      engine.forEach(
          area.height(),
          (row, worker) ->
              rows[area.down() + row] +=
                  Formulas.content(
                      f.array(), area.at(f, sample, row), maps, area.atWhole(sample, row), length));
    }

    @Override
    public double settle(double factor) {
      share = (float) (factor / whole.elements());
      return Arrays.stream(rows).sum() / whole.elements();
    }

    @Override
    public void addGradient(Buffer f, int sample, MapArea area, Buffer gradient) {
      int length = area.width() * area.maps().channels();
      engine.forEach(
          area.height(),
          (row, worker) ->
              Formulas.contentGradient(
                  f.array(),
                  area.at(f, sample, row),
                  maps,
                  area.atWhole(sample, row),
                  share,
                  gradient.array(),
                  area.at(gradient, sample, row),
                  length));
    }
  }
}
