package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Callback;
import stride.train.Optimizer;
import stride.train.Progress;
import stride.train.Schedule;
import stride.train.Trainer;
import stride.train.UpdateOptions;

/**
 * A whole training against PyTorch's, in double there: twelve steps of SGD with momentum, weight
 * decay that spares biases and norms, and one cycle of the rate; then what the trained network
 * answers, with the statistics that batch norm has gathered. Each step takes the same three images,
 * so that their order in it does not matter.
 */
final class TrainingGoldenTest {
  private static final double RATE = 0.001;
  private static final double WEIGHT_DECAY = 0.2;

  /** Of a loss, or of the largest logit; PyTorch's own float differs from its double by 1e-5. */
  private static final double TOLERANCE = 1e-4;

  /**
   * What PyTorch computed.
   *
   * @param losses of each step
   * @param logits of each image in the end
   */
  record Training(String name, int images, double[] losses, List<double[]> logits) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Training> trainings() {
    return Golden.paragraphs("trainings.txt").entrySet().stream()
        .map(
            entry -> {
              var lines = entry.getValue();
              return new Training(
                  entry.getKey(),
                  Integer.parseInt(lines.get(0).substring("images ".length())),
                  Golden.numbers(lines.get(1).substring("losses ".length())),
                  lines.subList(2, lines.size()).stream().map(Golden::numbers).toList());
            });
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void lossesAndTrainedNetworkAreThoseOfPyTorch(Training expected) throws IOException {
    var architecture = Zoo.find(expected.name);
    var network = architecture.network(architecture.input(), Golden.CLASSES);
    var images = Golden.images(expected.images, architecture.input());
    var losses = new ArrayList<Double>();
    try (var engine = Engine.withThreads(2)) {
      var trained =
          Trainer.from(
                  new Model(
                      network,
                      Golden.logits().get(expected.name).passing(network.graph()),
                      List.of(),
                      Preprocessing.none(network.input())))
              .engine(engine)
              .optimizer(Optimizer.sgd(RATE).momentum(0.9).weightDecay(WEIGHT_DECAY))
              .schedule(Schedule.oneCycle())
              .updateOptions(new UpdateOptions(Double.POSITIVE_INFINITY, 0, false))
              .epochs(expected.losses.length)
              .batch(images.size())
              .callback(
                  new Callback() {
                    @Override
                    public void step(Progress progress) {
                      losses.add(progress.stepLoss());
                    }
                  })
              .fit(eachOfItsOwnClass(images), null);
      for (int i = 0; i < expected.losses.length; i++) {
        assertEquals(
            expected.losses[i],
            losses.get(i),
            TOLERANCE * expected.losses[i],
            "loss of step " + (i + 1));
      }
      var logits = trained.logits(images, engine);
      double largest =
          expected.logits.stream().flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
      for (int n = 0; n < images.size(); n++) {
        for (int i = 0; i < Golden.CLASSES; i++) {
          assertEquals(
              expected.logits.get(n)[i],
              logits.get(n).data()[i],
              TOLERANCE * largest,
              "logit %d of image %d".formatted(i, n));
        }
      }
    }
  }

  private static ImageDataset eachOfItsOwnClass(List<Tensor> images) {
    return new ImageDataset() {
      @Override
      public Shape shape() {
        return images.getFirst().shape();
      }

      @Override
      public int size() {
        return images.size();
      }

      @Override
      public List<String> labels() {
        return IntStream.range(0, Golden.CLASSES).mapToObj(Integer::toString).toList();
      }

      @Override
      public Preprocessing preprocessing() {
        return Preprocessing.none(shape());
      }

      @Override
      public int label(int index) {
        return index;
      }

      @Override
      public void read(int index, float[] into, int offset) {
        float[] image = images.get(index).data();
        System.arraycopy(image, 0, into, offset, image.length);
      }
    };
  }
}
