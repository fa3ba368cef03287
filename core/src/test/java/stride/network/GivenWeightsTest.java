package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.named;
import static stride.layer.Layers.sequential;

import java.util.Map;
import org.junit.jupiter.api.Test;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Models with given weights, and the gradients of one input. */
final class GivenWeightsTest {
  private static final Network DENSE = Network.of(Shape.of(3), named("fc", dense(2)));

  private static final Tensor W = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
  private static final Tensor B = Tensor.of(Shape.of(2), 10, 20);

  private static String refusal(Map<String, Tensor> weights) {
    return assertThrows(IllegalArgumentException.class, () -> Model.of(DENSE, weights))
        .getMessage();
  }

  @Test
  void weightsAreGivenAndReadInPyTorchsLayout() {
    var network =
        Network.of(
            Shape.image(2, 2, 2),
            sequential(
                named("conv", conv(2, 1).noBias()), flatten(), named("fc", dense(1).noBias())));
    // Filter 0 takes channel 0 ten times, filter 1 channel 1 a hundred times.
    var filters = Tensor.of(Shape.of(2, 2, 1, 1), 10, 0, 0, 100);
    // In (C, H, W) order: the second pixel of channel 0 and the third of channel 1.
    var matrix = Tensor.of(Shape.of(1, 8), 0, 1, 0, 0, 0, 0, 1, 0);
    var model = Model.of(network, Map.of("conv.weight", filters, "fc.weight", matrix));

    float[][] channel0 = {{1, 2}, {3, 4}};
    float[][] channel1 = {{5, 6}, {7, 8}};
    var output = model.logits(Tensor.image(channel0, channel1));
    assertArrayEquals(new float[] {2 * 10 + 7 * 100}, output.data());
    assertEquals(filters, model.weights().tensor("conv.weight"));
    assertEquals(matrix, model.weights().tensor("fc.weight"));
  }

  @Test
  void aWeightReadIsACopy() {
    var model = Model.of(DENSE, Map.of("fc.weight", W, "fc.bias", B));
    model.weights().tensor("fc.bias").data()[0] = 99;
    assertEquals(B, model.weights().tensor("fc.bias"));
  }

  @Test
  void everyWeightIsGivenUnderItsNameWithItsShape() {
    assertEquals("fc.bias has the shape 2, it is missing", refusal(Map.of("fc.weight", W)));
    assertEquals(
        "fc.weight has the shape 2x3, found 3x2",
        refusal(Map.of("fc.weight", W.reshape(Shape.of(3, 2)), "fc.bias", B)));
    assertEquals(
        "no weight is named fc1.weight; there are fc.weight, fc.bias",
        refusal(Map.of("fc1.weight", W, "fc.bias", B)));
    var model = Model.of(DENSE, Map.of("fc.weight", W, "fc.bias", B));
    assertThrows(IllegalArgumentException.class, () -> model.weights().tensor("fc"));
  }

  @Test
  void gradientsOfADenseLayer() {
    var model = Model.of(DENSE, Map.of("fc.weight", W, "fc.bias", B));
    var x = Tensor.of(Shape.of(3), 1, -1, 2);
    var gradients = model.gradients(x, Tensor.of(Shape.of(2), 10, -1));
    // dx = W^T dy, dW = dy x^T, db = dy.
    assertEquals(Tensor.of(Shape.of(3), 10 - 4, 20 - 5, 30 - 6), gradients.input());
    assertEquals(Tensor.of(Shape.of(2, 3), 10, -10, 20, -1, 1, -2), gradients.weight("fc.weight"));
    assertEquals(Tensor.of(Shape.of(2), 10, -1), gradients.weight("fc.bias"));
    assertThrows(IllegalArgumentException.class, () -> gradients.weight("fc"));
  }

  @Test
  void gradientsUseRunningStatisticsAndLeaveThem() {
    var network = Network.of(Shape.image(1, 2, 1), named("bn", batchNorm()));
    var two = Tensor.of(Shape.of(1), 2);
    var model = Model.of(network, Map.of("bn.weight", two, "bn.bias", Tensor.of(Shape.of(1), 0)));
    float[] before = model.weights().statistics().clone();
    var x = Tensor.image(new float[][] {{3, 5}});
    var gradients = model.gradients(x, Tensor.image(new float[][] {{1, 10}}));
    // With a mean of 0 and a variance of 1 it is a product with 2 / sqrt(1 + 1e-5).
    assertArrayEquals(new float[] {2, 20}, gradients.input().data(), 1e-3f);
    assertArrayEquals(new float[] {3 + 50}, gradients.weight("bn.weight").data(), 1e-2f);
    assertArrayEquals(before, model.weights().statistics());
  }

  @Test
  void gradientsNeedShapesThatFit() {
    var model = Model.of(DENSE, Map.of("fc.weight", W, "fc.bias", B));
    var dy = Tensor.zeros(Shape.of(2));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> model.gradients(Tensor.zeros(Shape.of(4)), dy));
    assertEquals("the network takes inputs of 3, found 4", e.getMessage());
    var x = Tensor.zeros(Shape.of(3));
    e = assertThrows(IllegalArgumentException.class, () -> model.gradients(x, x));
    assertEquals("the network's output is 2, the gradient at it is 3", e.getMessage());
  }
}
