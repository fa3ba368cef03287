package stride.bench;

import java.util.Locale;
import stride.app.bench.ClusterModel;
import stride.app.bench.GradientTiming;
import stride.app.bench.Mode;
import stride.app.bench.Workload;
import stride.engine.Engine;
import stride.zoo.Zoo;

/**
 * Prints, as JSON, what the model of {@code stride bench --simulate-workers} says of processes that
 * were measured: {@code RankPrediction NETWORK BATCH THREADS PROCESSES STEP SPREAD EXCHANGE
 * GBIT/S}, with the milliseconds of a step alone, of their interquartile range, and of an exchange
 * between two processes without a network. The times at which gradients are final are measured
 * here; so this runs with as much of the machine as each of the processes has.
 */
final class RankPrediction {
  private static final int WARM_UP_STEPS = 10;

  private RankPrediction() {}

  public static void main(String[] args) {
    int batch = Integer.parseInt(args[1]);
    int processes = Integer.parseInt(args[3]);
    var architecture = Zoo.find(args[0]);
    var network = architecture.network(architecture.input(), RankSteps.CLASSES);
    try (var engine = Engine.withThreads(Integer.parseInt(args[2]))) {
      var workload = Workload.of(Mode.TRAINING, network, batch, 1, engine);
      for (int i = 0; i < WARM_UP_STEPS; i++) {
        workload.step().run();
      }
      var model =
          new ClusterModel(
              seconds(args[4]),
              seconds(args[5]),
              GradientTiming.of(workload.plan()),
              seconds(args[6]),
              Double.parseDouble(args[7]) * 1e9 / Byte.SIZE,
              0);
      System.out.printf(
          Locale.ROOT,
          "{\"milliseconds\": %.4f, \"exchange\": %.4f, \"parameters\": %d}%n",
          1e3 * model.seconds(processes),
          1e3 * model.exchange(processes),
          network.parameters());
    }
  }

  private static double seconds(String milliseconds) {
    return 1e-3 * Double.parseDouble(milliseconds);
  }
}
