package stride.style;

import stride.compute.Buffer;
import stride.engine.Engine;
import stride.tensor.Shape;

/** What is wanted of the maps of one layer: {@link ContentLoss} or {@link StyleLoss}. */
public sealed interface MapLoss permits ContentLoss, StyleLoss {
  /**
   * {@return the loss and its gradient for maps of a shape, for many pictures in turn}
   *
   * @param engine computes them
   * @param whole the shape of the whole maps of a sample
   * @throws IllegalArgumentException if the loss is of maps of another shape
   */
  Measure start(Engine engine, Shape whole);

  /**
   * One picture's loss: {@link #clear}, {@link #add} for each part of its maps, {@link #settle},
   * then {@link #addGradient} for each part.
   */
  sealed interface Measure permits ContentLoss.Difference, StyleLoss.Distance {
    /** Begins a picture. */
    void clear();

    /** Looks at some of its maps. */
    void add(Buffer maps, int sample, MapArea area);

    /**
     * {@return the loss, when all of its maps have been added}
     *
     * @param factor by which {@link #addGradient} multiplies the gradient
     */
    double settle(double factor);

    /**
     * Adds the gradient of the loss, times the factor, at some of its maps.
     *
     * @param gradient of the maps' layout
     */
    void addGradient(Buffer maps, int sample, MapArea area, Buffer gradient);
  }
}
