package stride.style;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a network looks for content and for style, and how much each counts. Deep layers know what
 * is where in a picture, shallow ones how it is painted.
 *
 * @param content layers and the weights of their {@link ContentLoss}
 * @param style layers and the weights of their {@link StyleLoss}
 * @param variation the weight of the mean squared difference between neighbouring pixels, of values
 *     from 0 to 1: more makes the picture smoother
 */
public record StyleLayers(
    Map<String, Double> content, Map<String, Double> style, double variation) {
  /**
   * Layers with weights that may be.
   *
   * @throws IllegalArgumentException if there are none, or a weight is below 0 or no number
   */
  public StyleLayers {
    content = Collections.unmodifiableMap(new LinkedHashMap<>(content));
    style = Collections.unmodifiableMap(new LinkedHashMap<>(style));
    if (content.isEmpty() && style.isEmpty()) {
      throw new IllegalArgumentException("name a layer for the content or for the style");
    }
    content.values().forEach(weight -> require("a content layer's weight", weight));
    style.values().forEach(weight -> require("a style layer's weight", weight));
    require("the weight of total variation", variation);
  }

  private static void require(String what, double weight) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("%s is 0 or more, found %s".formatted(what, weight));
    }
  }

  /**
   * {@return these layers with other weights of the style}
   *
   * @param factor what they are multiplied by, 0 or more
   */
  public StyleLayers strength(double factor) {
    return weighted(1, factor, 1);
  }

  /**
   * {@return these layers with all weights multiplied}
   *
   * @param contentFactor for those of the content, 0 or more
   * @param styleFactor for those of the style, 0 or more
   * @param variationFactor for that of the total variation, 0 or more
   */
  public StyleLayers weighted(double contentFactor, double styleFactor, double variationFactor) {
    return new StyleLayers(
        scaled(content, contentFactor), scaled(style, styleFactor), variationFactor * variation);
  }

  private static Map<String, Double> scaled(Map<String, Double> weights, double factor) {
    var scaled = new LinkedHashMap<String, Double>();
    weights.forEach((layer, weight) -> scaled.put(layer, factor * weight));
    return scaled;
  }
}
