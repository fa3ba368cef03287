package stride.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.TensorType;
import stride.graph.WeightLayout;
import stride.layer.Layer;
import stride.layer.PlainLayer;
import stride.tensor.Shape;

/** The check finds wrong backward passes, and only those. */
final class GradientCheckTest {
  private static final Shape IMAGE = Shape.image(5, 4, 3);

  static Stream<Layer> layers() {
    return Stream.of(
        conv(4, 3).padding(1),
        convTranspose(2, 3).stride(2),
        sequential(conv(4, 3), batchNorm(), relu()),
        tanh(),
        gelu(),
        mish(),
        prelu().perChannel(),
        leakyRelu(),
        elu(),
        instanceNorm().withAffine(),
        groupNorm(3),
        layerNorm(),
        maxPool(2),
        upsample(2).bilinear(),
        reflectionPad(1),
        product(sigmoid(), tanh()),
        difference(identity(), softplus()),
        sequential(tap("a", conv(2, 1)), flatten(), dense(3)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void rightGradientsAreRight(Layer layer) {
    var result = GradientCheck.of(layer, IMAGE).run();
    assertTrue(result.isRight(), result::toString);
    assertTrue(result.skipped() < result.compared(), result::toString);
    result.requireRight();
  }

  /** y = w x, with a backward pass that is off by factors. */
  private record Scaled(double inputs, double weights) implements PlainLayer {
    @Override
    public String kind() {
      return "scaled";
    }

    @Override
    public List<Parameter> parameters(TensorType input) {
      return List.of(
          new Parameter(
              "weight", Shape.of(1), new WeightLayout.Plain(), new Initializer.Constant(1)));
    }

    @Override
    public Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      var w = binding.weight(0);
      var dx = binding.inputGradient(0);
      var dy = binding.outputGradient();
      var dw = binding.weightGradient(0);
      int n = y.stride();
      return Step.perSample(
          (from, to, worker) -> {
            for (int i = 0; i < (to - from) * n; i++) {
              y.array()[y.at(from) + i] = w.array()[w.offset()] * x.array()[x.at(from) + i];
            }
          },
          (from, to, worker) -> {
            for (int i = 0; i < (to - from) * n; i++) {
              float g = dy.array()[dy.at(from) + i];
              dw.array()[dw.offset()] += (float) (weights * g * x.array()[x.at(from) + i]);
              dx.array()[dx.at(from) + i] = (float) (inputs * g * w.array()[w.offset()]);
            }
          });
    }
  }

  @Test
  void aWrongGradientIsNamedWithItsNumbers() {
    GradientCheck.of(new Scaled(1, 1), IMAGE).run().requireRight();
    var inputs = GradientCheck.of(new Scaled(1.05, 1), IMAGE).run();
    assertFalse(inputs.isRight());
    assertTrue(inputs.toString().startsWith("the gradient of the input is wrong at "));
    var weights = GradientCheck.of(new Scaled(1, -1), IMAGE).samples(1).seed(5).run();
    assertEquals(1, weights.wrong().size());
    var e = assertThrows(IllegalStateException.class, weights::requireRight);
    assertTrue(
        String.valueOf(e.getMessage())
            .matches(
                "the gradient of 0.weight is wrong at 0: backward gives \\S+, differences of"
                    + " forward \\S+"),
        e.getMessage());
    assertTrue(GradientCheck.of(new Scaled(1.05, 1), IMAGE).tolerance(0.1).run().isRight());
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    var check = GradientCheck.of(tanh(), IMAGE);
    assertThrows(IllegalArgumentException.class, () -> check.samples(0));
    assertThrows(IllegalArgumentException.class, () -> check.tolerance(Double.NaN));
  }
}
