package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.compute.Binding;
import stride.compute.Step;
import stride.layer.Layer;
import stride.layer.PlainLayer;
import stride.network.Model;
import stride.network.Network;
import stride.network.OperationTypes;

/** Trainings of networks with layers of one's own, whose best model is kept. */
final class OwnLayerTest {
  @TempDir Path folder;

  /** y = by x. */
  private interface Scaling extends PlainLayer {
    double by();

    @Override
    default String kind() {
      return "scaling";
    }

    @Override
    default Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      var dx = binding.inputGradient(0);
      var dy = binding.outputGradient();
      return Step.perSample(
          (from, to, worker) -> {
            for (int i = 0; i < (to - from) * y.stride(); i++) {
              y.array()[y.at(from) + i] = (float) (by() * x.array()[x.at(from) + i]);
            }
          },
          (from, to, worker) -> {
            for (int i = 0; i < (to - from) * dy.stride(); i++) {
              dx.array()[dx.at(from) + i] = (float) (by() * dy.array()[dy.at(from) + i]);
            }
          });
    }
  }

  private record Scaled(double by) implements Scaling {}

  /** Has a component that cannot be written to a file. */
  private record Computed(DoubleUnaryOperator function) implements Scaling {
    @Override
    public double by() {
      return function.applyAsDouble(1);
    }
  }

  /** Has the name of one of Stride's. */
  private static final class Own {
    private record Tanh(double by) implements Scaling {}
  }

  private static Network network(Layer layer) {
    return Network.of(Toy.SHAPE, sequential(flatten(), named("mine", layer), dense(4)));
  }

  @Test
  void theBestModelIsKeptAndReadWithItsLayers() throws IOException {
    Path file = folder.resolve("best.safetensors");
    var network = network(new Scaled(0.7));
    var model =
        Trainer.of(network)
            .epochs(3)
            .callback(new BestModel(file))
            .checkpoint(folder.resolve("checkpoint.safetensors"))
            .fit(Toy.images(40, 1), null);
    var best = Model.load(file, OperationTypes.standard().with(Scaled.class));
    assertEquals(network, best.network());
    assertArrayEquals(model.weights().values(), best.weights().values(), "the last was the best");
  }

  @Test
  void aNameOfItsOwnIsKept() throws IOException {
    Path file = folder.resolve("best.safetensors");
    var types = OperationTypes.standard().with("OwnTanh", Own.Tanh.class, Map.of());
    var network = network(new Own.Tanh(2));
    Trainer.of(network).epochs(1).callback(new BestModel(file, types)).fit(Toy.images(8, 1), null);
    assertEquals(network, Model.load(file, types).network());
  }

  @Test
  void whatCannotBeSavedIsRefusedBeforeTheFirstStep() throws IOException {
    for (Layer layer : List.<Layer>of(new Computed(x -> x / 2), new Own.Tanh(2))) {
      Path file = folder.resolve("best.safetensors");
      int[] steps = {0};
      var trainer =
          Trainer.of(network(layer))
              .epochs(1)
              .callback(
                  new Callback() {
                    @Override
                    public void step(Progress progress) {
                      steps[0]++;
                    }
                  });
      var images = Toy.images(8, 1);
      trainer.fit(images, null);
      assertEquals(1, steps[0], "trains without being saved");
      var kept = trainer.callback(new BestModel(file));
      var e = assertThrows(IllegalArgumentException.class, () -> kept.fit(images, null));
      assertTrue(e.getMessage().startsWith("layer mine: "), e.getMessage());
      assertEquals(1, steps[0]);
      assertFalse(Files.exists(file));
    }
  }

  /** A network that cannot become a model is refused before the training, not after it. */
  @Test
  void classesThatCannotNameAModelsOutputsAreRefusedBeforeTheFirstStep() {
    var images = Toy.images(8, 1);
    var wrong = Toy.images(8, 1, List.of("a", "b", "", "d"));
    int[] steps = {0};
    var trainer =
        Trainer.of(Toy.lenet())
            .callback(
                new Callback() {
                  @Override
                  public void step(Progress progress) {
                    steps[0]++;
                  }
                });
    assertThrows(IllegalArgumentException.class, () -> trainer.fit(wrong, images));
    assertEquals(0, steps[0]);
  }
}
