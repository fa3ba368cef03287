package stride.zoo;

import static stride.layer.Layers.named;
import static stride.layer.Layers.sequential;

import java.util.List;
import stride.layer.Layer;

/**
 * Layers one after another, each named by its number, as in PyTorch's Sequential: the blocks of
 * "layer1" are "layer1.0" and "layer1.1".
 */
final class Numbered {
  private Numbered() {}

  static Layer sequence(String name, List<? extends Layer> layers) {
    return named(name, sequence(layers));
  }

  static Layer sequence(List<? extends Layer> layers) {
    return sequence(layers, 0);
  }

  /**
   * @param first the number of the first layer
   */
  static Layer sequence(List<? extends Layer> layers, int first) {
    var numbered = new Layer[layers.size()];
    for (int i = 0; i < numbered.length; i++) {
      numbered[i] = named(Integer.toString(first + i), layers.get(i));
    }
    return sequential(numbered);
  }
}
