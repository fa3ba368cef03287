package stride.app.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.network.Network;

/**
 * How fast a training would be on several machines like this one. {@code stride bench} has it as
 * {@code @Mixin}.
 */
public final class SimulatedWorkers {
  @Option(
      names = "--simulate-workers",
      split = ",",
      paramLabel = "N",
      description =
          "How fast training would be on these numbers of machines like this one, such as"
              + " 2,16,128,1024: the step is measured here, and what the exchange costs besides"
              + " the network; the rest is reckoned.")
  private @Nullable List<Integer> workers;

  @Option(
      names = "--bandwidth",
      paramLabel = "GBIT/S",
      description = "Of each machine's network, for --simulate-workers. Default: 10.")
  private @Nullable Double bandwidth;

  @Option(
      names = "--latency",
      paramLabel = "MICROSECONDS",
      description = "Of that network, in one direction. Default: 50.")
  private @Nullable Double latency;

  /** Whether workers are to be simulated. */
  public boolean areGiven() {
    return workers != null;
  }

  /**
   * Checks the numbers.
   *
   * @throws UsageException if one is out of range, or goes with others that are missing
   */
  public void check() {
    if (workers == null) {
      if (bandwidth != null || latency != null) {
        throw new UsageException(
            "%s goes with --simulate-workers"
                .formatted(bandwidth != null ? "--bandwidth" : "--latency"));
      }
      return;
    }
    workers.forEach(number -> CommonOptions.atLeastOne("--simulate-workers", number));
    if (bandwidth != null && !(bandwidth > 0 && bandwidth < Double.POSITIVE_INFINITY)) {
      throw new UsageException("--bandwidth takes Gbit/s above 0, found " + bandwidth);
    }
    if (latency != null && !(latency >= 0 && latency < Double.POSITIVE_INFINITY)) {
      throw new UsageException("--latency takes microseconds from 0 on, found " + latency);
    }
  }

  /**
   * What is reckoned.
   *
   * @param json for programs
   * @param text for people
   */
  public record Report(Map<String, @Nullable Object> json, String text) {}

  /**
   * Reckons how fast a training would be on several machines.
   *
   * @param network its name
   * @param workload of a training step
   * @param batch the samples of a worker's step
   * @param timing of a training step on this machine
   * @param threads that it took
   */
  public Report report(
      String network, Network made, Workload workload, int batch, Timing timing, int threads)
      throws IOException, InterruptedException {
    double gigabits = bandwidth == null ? 10 : bandwidth;
    double microseconds = latency == null ? 50 : latency;
    long weights = made.parameters();
    var exchange = ExchangeTiming.of(Math.toIntExact(weights));
    var model =
        new ClusterModel(
            timing.median(),
            timing.spread(),
            GradientTiming.of(workload.plan()),
            exchange.median(),
            gigabits * 1e9 / Byte.SIZE,
            microseconds * 1e-6);
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("network", network);
    json.put("input", made.input().sizes());
    json.put("batch", batch);
    json.put("threads", threads);
    json.put("gigabits_per_second", gigabits);
    json.put("latency_microseconds", microseconds);
    json.put("milliseconds", 1e3 * timing.median());
    json.put("spread", 1e3 * timing.spread());
    json.put("exchange_here_milliseconds", 1e3 * exchange.median());
    var rows = new ArrayList<Map<String, Object>>();
    var table =
        Table.of(
            ">workers",
            ">images to a step",
            ">ms a step",
            ">of exchange",
            ">images/s",
            ">efficiency");
    for (int number : Objects.requireNonNull(workers)) {
      double images = (double) number * batch;
      var row = new LinkedHashMap<String, Object>();
      row.put("workers", number);
      row.put("milliseconds", 1e3 * model.seconds(number));
      row.put("exchange_milliseconds", 1e3 * model.exchange(number));
      row.put("images_per_second", images / model.seconds(number));
      row.put("efficiency", model.efficiency(number));
      rows.add(row);
      table.row(
          Figures.count(number),
          Figures.format("%,.0f", images),
          Figures.format("%,.1f", 1e3 * model.seconds(number)),
          Figures.format("%,.1f", 1e3 * model.exchange(number)),
          Figures.format("%,.1f", images / model.seconds(number)),
          Figures.percent(model.efficiency(number)));
    }
    json.put("workers", rows);
    return new Report(
        json,
        Figures.format(
            "%s, %s, batches of %,d of %s: %,.1f ms a step here (spread %,.1f ms)%n"
                + "%,d weights, exchanged by two tasks on this machine in %,.1f ms%n"
                + "With a network of %s Gbit/s and %s microseconds:%n%n%s",
            network,
            Figures.count(threads, "thread"),
            batch,
            made.input(),
            1e3 * timing.median(),
            1e3 * timing.spread(),
            weights,
            1e3 * exchange.median(),
            gigabits,
            microseconds,
            table));
  }
}
