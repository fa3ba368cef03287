package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tanh;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import stride.engine.Engine;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.Shape;

class InputGradientTest {
  private static final Network NETWORK =
      Network.of(
          Shape.image(7, 6, 2),
          sequential(
              named("first", conv(4, 3)),
              tanh(),
              named("block", sequential(conv(3, 1), tanh())),
              conv(5, 2)));

  /** Half of the squares of all values at two layers, the mean over the samples. */
  private static Loss squares() {
    return new Loss() {
      @Override
      public Set<String> outputs() {
        return Set.of("first", "block");
      }

      @Override
      public double apply(Outputs outputs, Targets targets, int samples) {
        double sum = 0;
        for (var name : outputs()) {
          var value = outputs.value(name);
          var gradient = outputs.gradient(name);
          for (int i = 0; i < samples * value.stride(); i++) {
            float v = value.array()[value.offset() + i];
            sum += 0.5 * v * v / samples;
            gradient.array()[gradient.offset() + i] = v / samples;
          }
        }
        return sum;
      }
    };
  }

  @Test
  void theInputsGradientIsThatOfTheLossByDifferences() {
    var network = NETWORK.tapping(List.of("block", "first"));
    try (var engine = Engine.withThreads(2)) {
      var weights = Weights.initialized(NETWORK.graph(), 4);
      var gradient = InputGradient.of(network, weights, squares(), 2, engine);
      var x = new float[2][network.input().elements()];
      for (int n = 0; n < 2; n++) {
        for (int i = 0; i < x[n].length; i++) {
          x[n][i] = (float) Math.sin(3 * i + n);
        }
      }
      loss(gradient, x);
      var found = new float[][] {gradient.gradient().read(0), gradient.gradient().read(1)};
      float h = 1e-2f;
      for (int n = 0; n < 2; n++) {
        for (int i = 0; i < x[n].length; i++) {
          float before = x[n][i];
          x[n][i] = before + h;
          double ahead = loss(gradient, x);
          x[n][i] = before - h;
          double behind = loss(gradient, x);
          x[n][i] = before;
          assertEquals((ahead - behind) / (2 * h), found[n][i], 1e-3, n + ", " + i);
        }
      }
    }
  }

  private static double loss(InputGradient gradient, float[][] x) {
    gradient.input().write(0, x[0]);
    gradient.input().write(1, x[1]);
    return gradient.apply(Targets.classes(2), 2);
  }

  @Test
  void aLayerThatIsNotThereIsNamed() {
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> NETWORK.tapping(List.of("first", "last")));
    assertEquals(
        "the network has no layer last; it has first, 0, block.0, block.1, 1", thrown.getMessage());
  }
}
