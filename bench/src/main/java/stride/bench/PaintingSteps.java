package stride.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import stride.engine.Engine;
import stride.image.Pixels;
import stride.network.Model;
import stride.style.Style;
import stride.style.StyleSettings;
import stride.style.StyleTransfer;
import stride.zoo.Styles;
import stride.zoo.Zoo;

/**
 * Prints, as JSON, what a step of painting a photo takes: {@code PaintingSteps NETWORK adam|lbfgs
 * HEIGHT WIDTH THREADS STEPS}. Weights are random, pictures noise.
 */
final class PaintingSteps {
  /** In the first steps loops are compiled, and L-BFGS remembers few steps. */
  private static final int WARM_UP_STEPS = 25;

  private PaintingSteps() {}

  public static void main(String[] args) {
    var method = args[1].equals("adam") ? StyleSettings.Method.ADAM : StyleSettings.Method.LBFGS;
    int height = Integer.parseInt(args[2]);
    int width = Integer.parseInt(args[3]);
    int steps = Integer.parseInt(args[5]);
    var model = Model.initialized(Zoo.find(args[0]).network(), 1);
    var ends = new ArrayList<Long>();
    try (var engine = Engine.withThreads(Integer.parseInt(args[4]))) {
      new StyleTransfer(
              model,
              Styles.of(args[0]).orElseThrow(),
              StyleSettings.STANDARD.method(method).steps(WARM_UP_STEPS + steps),
              engine)
          .paint(
              noise(height, width, 1),
              List.of(new Style(noise(height, width, 2), 1)),
              (_, _) -> ends.add(System.nanoTime()));
    }
    var times = new ArrayList<Double>();
    for (int i = WARM_UP_STEPS; i < ends.size(); i++) {
      times.add((ends.get(i) - ends.get(i - 1)) * 1e-9);
    }
    times.sort(null);
    double median = times.get(times.size() / 2);
    System.out.printf(
        Locale.ROOT,
        "{\"steps\": %d, \"seconds_per_step\": %.5f, \"steps_per_second\": %.4f}%n",
        times.size(),
        median,
        1 / median);
  }

  private static Pixels noise(int height, int width, long seed) {
    var data = new byte[3 * height * width];
    new Random(seed).nextBytes(data);
    return new Pixels(height, width, 3, data);
  }
}
