package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.ImageDataset;
import stride.data.augment.Mixup;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Tensor;

/** Losses that look at other outputs than the network's own, in training and in its tests. */
final class TestedLossTest {
  /** A tap that is wider than the output, and a head. */
  private static final Network NETWORK =
      Network.of(
          Toy.SHAPE,
          sequential(tap("map", conv(3, 3)), tanh(), flatten(), aside("aux", dense(4)), dense(4)));

  private static final Loss SOFTMAX = new SoftmaxCrossEntropy();
  private static final Loss AUXILIARY = new AuxiliaryLoss(SOFTMAX, 0.5, List.of("aux"));

  /** Half of another loss. */
  private record Half(Loss loss) implements Loss {
    @Override
    public Set<String> outputs() {
      return loss.outputs();
    }

    @Override
    public double apply(Outputs outputs, Targets targets, int samples) {
      double value = loss.apply(outputs, targets, samples) / 2;
      for (var name : List.of(Graph.OUTPUT, "aux")) {
        var gradient = outputs.gradient(name);
        for (int i = gradient.at(0); i < gradient.at(samples); i++) {
          gradient.array()[i] /= 2;
        }
      }
      return value;
    }
  }

  /** The mean square of a map's values besides the loss of the output. */
  private static double small(Loss.Outputs outputs, Targets targets, int samples) {
    double loss = SOFTMAX.apply(outputs, targets, samples);
    var map = outputs.value("map");
    var gradient = outputs.gradient("map");
    double count = (double) samples * map.stride();
    double squares = 0;
    for (int n = 0; n < samples; n++) {
      for (int i = 0; i < map.stride(); i++) {
        float value = map.array()[map.at(n) + i];
        squares += (double) value * value;
        gradient.array()[gradient.at(n) + i] = (float) (2 * value / count);
      }
    }
    return loss + squares / count;
  }

  static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of("of the output", SOFTMAX, SOFTMAX),
        Arguments.of("of heads", AUXILIARY, SOFTMAX),
        Arguments.of("of heads in heads", new AuxiliaryLoss(AUXILIARY, 0, List.of()), SOFTMAX),
        Arguments.of("wrapped", new Half(AUXILIARY), new Half(AUXILIARY)),
        Arguments.of("a lambda", loss(TestedLossTest::small), loss(TestedLossTest::small)));
  }

  private static Loss loss(Loss loss) {
    return loss.reading(Graph.OUTPUT, "map");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void theTestsLossIsThatOfItsDefinition(String name, Loss loss, Loss tested) throws IOException {
    var results = new ArrayList<EpochResult>();
    // More test images than a batch of a test has, and a last batch of a few.
    var test = Toy.images(253, 2);
    Model model =
        Trainer.of(NETWORK)
            .epochs(2)
            .loss(loss)
            .callback(
                new Callback() {
                  @Override
                  public void epoch(EpochResult result) {
                    results.add(result);
                  }
                })
            .fit(Toy.images(64, 1), test);
    double expected = 0;
    for (int i = 0; i < test.size(); i++) {
      expected += loss(model, tested, test, i);
    }
    var last = Objects.requireNonNull(results.getLast().test());
    assertEquals(expected / test.size(), last.loss(), 1e-4, name);
  }

  /** The loss of one image, all outputs computed one by one. */
  private static double loss(Model model, Loss loss, ImageDataset data, int index) {
    var image = data.get(index).image();
    var values = new java.util.HashMap<String, Tensor>();
    values.put(Graph.OUTPUT, model.logits(model.preprocessing().normalize(image)));
    var nodes = NETWORK.graph().nodes();
    for (var output : Map.of("aux", NETWORK.graph().output("aux"), "map", 1).entrySet()) {
      values.put(
          output.getKey(),
          model.maps(image, nodes.get(output.getValue() - 1).name(), Engine.shared()));
    }
    var outputs =
        new Loss.Outputs() {
          @Override
          public stride.compute.Buffer value(String name) {
            float[] data = Objects.requireNonNull(values.get(name)).data();
            return new stride.compute.Buffer(data, 0, data.length);
          }

          @Override
          public stride.compute.Buffer gradient(String name) {
            int length = Objects.requireNonNull(values.get(name)).data().length;
            return new stride.compute.Buffer(new float[length], 0, length);
          }
        };
    return loss.apply(outputs, Targets.ofClasses(data.label(index)), 1);
  }

  /** An output that a loss reads and does not name would be missing in its first test. */
  @Test
  void anOutputThatALossDoesNotNameIsRefusedInTheFirstStep() {
    var trainer = Trainer.of(NETWORK).epochs(1).loss(TestedLossTest::small);
    var e = assertThrows(IllegalArgumentException.class, () -> trainer.fit(Toy.images(8, 1), null));
    assertEquals(
        "the loss reads the output map, which is not among its outputs() [output]: name it there,"
            + " or give loss.reading(...) to the trainer",
        e.getMessage());
  }

  @Test
  void meanSquaredErrorLearnsClassesAsRowsWithAOne() throws IOException {
    var losses = new ArrayList<Double>();
    Trainer.of(Toy.lenet())
        .epochs(6)
        .loss(new MeanSquaredError())
        .callback(
            new Callback() {
              @Override
              public void epoch(EpochResult result) {
                losses.add(result.loss());
              }
            })
        .fit(Toy.images(64, 1), Toy.images(16, 2));
    assertTrue(losses.getLast() < 0.9 * losses.getFirst(), losses.toString());
  }

  /** A network of more outputs than the data has classes learns from mixed images too. */
  @Test
  void outputsThatAreNoClassHaveTheTargetZero() throws IOException {
    var network = Network.of(Toy.SHAPE, sequential(flatten(), dense(7)));
    var losses = new ArrayList<Double>();
    Trainer.of(network)
        .epochs(4)
        .augmentation(new Mixup(0.2))
        .callback(
            new Callback() {
              @Override
              public void epoch(EpochResult result) {
                losses.add(result.loss());
              }
            })
        .fit(Toy.images(64, 1), Toy.images(16, 2));
    assertEquals(4, losses.size());
    assertTrue(losses.getLast() < losses.getFirst(), losses.toString());
  }
}
