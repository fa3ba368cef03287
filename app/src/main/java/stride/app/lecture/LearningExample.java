package stride.app.lecture;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import stride.engine.Purpose;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Loss;
import stride.train.MeanSquaredError;
import stride.train.Optimizer;
import stride.train.Targets;

/** A network that is shown images and their edges finds the filter by itself. */
final class LearningExample {
  private static final int IMAGES = 32;
  private static final int STEPS = 400;
  private static final double RATE = 0.2;
  private static final Set<Integer> SNAPSHOTS = Set.of(0, 15, 60, STEPS);

  private LearningExample() {}

  static void edges(LecturePage page) {
    var network = Network.of(Shape.image(12, 12, 1), named("conv", conv(1, 3).noBias()));
    var teacher = Model.of(network, Map.of("conv.weight", EdgesExample.VERTICAL));
    var images = randomImages(network.input(), page.seed());
    var edgeMaps = Targets.ofValues(teacher.logits(images, page.engine()));

    // The student begins with nine random numbers.
    var filter = Model.initialized(network, page.seed()).weights();
    var plan = page.engine().plan(network.graph(), filter, IMAGES, Purpose.training());
    for (int n = 0; n < IMAGES; n++) {
      plan.input().write(n, images.get(n).data());
    }
    var descent = Optimizer.sgd(RATE).start(filter.values().length);
    var loss = new MeanSquaredError();
    var snapshots = new ArrayList<Grid>();
    var losses = new ArrayList<Double>();
    for (int step = 0; step <= STEPS; step++) {
      plan.forward(IMAGES);
      double error = loss.apply(Loss.Outputs.of(plan), edgeMaps, IMAGES);
      if (SNAPSHOTS.contains(step)) {
        snapshots.add(Grid.roundedFilter("step " + step, filter.tensor("conv.weight")));
        losses.add(error);
      }
      plan.backward(IMAGES);
      descent.update(plan, RATE, step + 1);
    }
    var learned = filter.tensor("conv.weight");

    page.show(snapshots.toArray());
    page.say(
        "mean squared error: "
            + losses.stream().map("%.2g"::formatted).collect(Collectors.joining(", ")));
    page.number("filter", learned);
    page.number("losses", losses);
    page.check(
        "nine random numbers have become the vertical-edge filter, to 0.001",
        distance(learned) < 1e-3);
  }

  /** The largest difference to the filter that made the edge maps. */
  private static double distance(Tensor filter) {
    double distance = 0;
    for (int i = 0; i < filter.data().length; i++) {
      distance = Math.max(distance, Math.abs(filter.data()[i] - EdgesExample.VERTICAL.data()[i]));
    }
    return distance;
  }

  private static List<Tensor> randomImages(Shape shape, long seed) {
    var random = new SplittableRandom(seed);
    var images = new ArrayList<Tensor>();
    for (int n = 0; n < IMAGES; n++) {
      var image = Tensor.zeros(shape);
      for (int i = 0; i < image.data().length; i++) {
        image.data()[i] = random.nextFloat();
      }
      images.add(image);
    }
    return images;
  }
}
