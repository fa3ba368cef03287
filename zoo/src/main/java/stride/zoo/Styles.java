package stride.zoo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stride.style.StyleLayers;

/**
 * Where networks look for content and style, with weights that were chosen by looking at what they
 * paint.
 */
public final class Styles {
  private Styles() {}

  /**
   * {@return the layers of a network; empty for networks of which none are known to be good}
   *
   * @param network its name in the zoo
   */
  public static Optional<StyleLayers> of(String network) {
    return switch (network) {
      // Gatys, Ecker and Bethge 2016: the ReLUs behind conv1_1, conv2_1, ... and conv4_2.
      case "vgg19" -> Optional.of(vgg(22, 1, 6, 11, 20, 29));
      case "vgg16" -> Optional.of(vgg(20, 1, 6, 11, 18, 25));
      case "squeezenet1_1" -> Optional.of(squeezenet());
      default -> Optional.empty();
    };
  }

  /**
   * {@return where a network looks that judges what another one learns to paint: the layers of
   * style that {@link #of} has, and one of content, each with the weight 1; empty for networks of
   * which none are known to be good}
   *
   * @param network its name in the zoo
   */
  public static Optional<StyleLayers> judging(String network) {
    String content = network.equals("squeezenet1_1") ? "features.3" : "features.8";
    return of(network)
        .map(
            known ->
                new StyleLayers(
                    Map.of(content, 1.0), weighted(List.copyOf(known.style().keySet()), 1), 1));
  }

  private static StyleLayers vgg(int content, int... styles) {
    var style = new LinkedHashMap<String, Double>();
    for (int layer : styles) {
      style.put("features." + layer, 100.0);
    }
    return new StyleLayers(Map.of("features." + content, 1.0), style, 10);
  }

  /** The layers of Stanford's course CS231n, and the relations of its weights. */
  private static StyleLayers squeezenet() {
    var style = new LinkedHashMap<String, Double>();
    style.put("features.1", 1.6);
    style.put("features.4", 0.04);
    style.put("features.6", 0.001);
    style.put("features.7", 0.0001);
    return new StyleLayers(Map.of("features.3", 1.0), style, 10);
  }

  /**
   * {@return layers that the caller names, each with the same weight}
   *
   * @param content the names of layers
   * @param style the names of layers
   */
  public static StyleLayers named(List<String> content, List<String> style) {
    return new StyleLayers(weighted(content, 1), weighted(style, 100), 10);
  }

  private static Map<String, Double> weighted(List<String> layers, double weight) {
    var weighted = new LinkedHashMap<String, Double>();
    layers.forEach(layer -> weighted.put(layer, weight));
    return weighted;
  }
}
