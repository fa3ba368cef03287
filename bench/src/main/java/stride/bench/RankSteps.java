package stride.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import stride.data.ByteImages;
import stride.distributed.Rendezvous;
import stride.distributed.Secret;
import stride.distributed.TcpExchange;
import stride.engine.Engine;
import stride.train.ArrayPart;
import stride.train.Callback;
import stride.train.Exchange;
import stride.train.Optimizer;
import stride.train.Progress;
import stride.train.Ranks;
import stride.train.Schedule;
import stride.train.Trainer;
import stride.zoo.TrainedOn;
import stride.zoo.Zoo;

/**
 * Prints, as JSON, what a step takes in a process that computes one of several ranks: {@code
 * RankSteps NETWORK BATCH THREADS STEPS RANKS RANK HOST PORT [late]}, each batch of noise. "late":
 * nothing is sent before the backward pass has ended. The network may be a number: then that many
 * floats are exchanged, and nothing is computed.
 */
final class RankSteps {
  /** In the first steps loops are compiled, on all cores. */
  private static final int WARM_UP_STEPS = 25;

  static final int CLASSES = 10;
  private static final Secret SECRET = Secret.of("noise is no secret");

  private RankSteps() {}

  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[3]);
    var place =
        new Rendezvous(
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            1,
            args[6],
            Integer.parseInt(args[7]));
    Measured measured;
    try (var joined = TcpExchange.join(place, SECRET)) {
      var exchange = args.length > 8 && args[8].equals("late") ? new Late(joined) : joined;
      measured =
          args[0].matches("\\d+")
              ? exchange(exchange, Integer.parseInt(args[0]), steps)
              : train(
                  args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), exchange, steps);
    }
    var times = measured.times;
    Collections.sort(times);
    System.out.printf(
        Locale.ROOT,
        "{\"steps\": %d, \"milliseconds\": %.4f, \"fastest\": %.4f, \"spread\": %.4f, \"cpu\":"
            + " %.4f}%n",
        times.size(),
        times.get(times.size() / 2),
        times.getFirst(),
        times.get(3 * times.size() / 4) - times.get(times.size() / 4),
        measured.processor / times.size());
  }

  /**
   * What steps took.
   *
   * @param times the milliseconds of each
   * @param processor the milliseconds of processor time that all of them took, of all threads: it
   *     tells what is spent besides computing also where other processes have the cores
   */
  private record Measured(List<Double> times, double processor) {}

  private static double processorMillis() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() * 1e-6;
  }

  private static Measured train(String name, int batch, int threads, Exchange exchange, int steps)
      throws IOException {
    int all = WARM_UP_STEPS + steps;
    var architecture = Zoo.find(name);
    var network = architecture.network(architecture.input(), CLASSES);
    int count = all * batch * exchange.ranks().all();
    // The same noise again and again: a data set of its own for each step would not fit.
    byte[] pixels = new byte[count * network.input().elements()];
    new Random(1).nextBytes(pixels);
    byte[] classes = new byte[count];
    for (int i = 0; i < count; i++) {
      classes[i] = (byte) (i % CLASSES);
    }
    var labels = new ArrayList<String>();
    for (int i = 0; i < CLASSES; i++) {
      labels.add("class " + i);
    }
    var images =
        new ByteImages(
            pixels,
            classes,
            labels,
            TrainedOn.of(architecture).orElse(TrainedOn.IMAGENET).preprocessing(network.input()));
    var ends = new ArrayList<Long>();
    var processor = new double[1];
    try (var engine = Engine.withThreads(threads)) {
      var _ =
          Trainer.of(network)
              .optimizer(Optimizer.sgd(1e-4).momentum(0.9))
              .schedule(Schedule.constant())
              .epochs(1)
              .batch(batch)
              .seed(1)
              .engine(engine)
              .ranks(exchange)
              .callback(
                  new Callback() {
                    @Override
                    public void step(Progress progress) {
                      ends.add(System.nanoTime());
                      if (ends.size() == WARM_UP_STEPS) {
                        processor[0] = -processorMillis();
                      } else if (ends.size() == all) {
                        processor[0] += processorMillis();
                      }
                    }
                  })
              .fit(images, null);
    }
    var times = new ArrayList<Double>();
    for (int i = WARM_UP_STEPS; i < ends.size(); i++) {
      times.add((ends.get(i) - ends.get(i - 1)) * 1e-6);
    }
    return new Measured(times, processor[0]);
  }

  /** Keeps gradients until all are there, as if nothing overlapped. */
  private record Late(Exchange exchange, List<ArrayPart> parts) implements Exchange {
    Late(Exchange exchange) {
      this(exchange, new ArrayList<>());
    }

    @Override
    public Ranks ranks() {
      return exchange.ranks();
    }

    @Override
    public byte[] share(byte[] message) throws IOException {
      return exchange.share(message);
    }

    @Override
    public void share(float[] values) throws IOException {
      exchange.share(values);
    }

    @Override
    public byte[][] all(byte[] own) throws IOException {
      return exchange.all(own);
    }

    @Override
    public void give(int rank, ArrayPart part) {
      parts.add(part);
    }

    @Override
    public double[][] take(double[][] numbers) throws IOException {
      for (var part : parts) {
        exchange.give(ranks().first(), part);
      }
      parts.clear();
      return exchange.take(numbers);
    }

    @Override
    public void gather(List<ArrayPart> arrays) throws IOException {
      exchange.gather(arrays);
    }

    @Override
    public List<float[]> collect(float[] own) throws IOException {
      return exchange.collect(own);
    }

    @Override
    public void progress() {
      exchange.progress();
    }

    @Override
    public void abort(String reason) {
      exchange.abort(reason);
    }
  }

  private static Measured exchange(Exchange exchange, int floats, int steps) throws IOException {
    var whole = ArrayPart.whole(new float[floats]);
    var numbers = new double[][] {{0, 0}};
    var times = new ArrayList<Double>();
    double processor = 0;
    for (int step = 0; step < 2 * steps; step++) {
      if (step == steps) {
        processor = -processorMillis();
      }
      long start = System.nanoTime();
      for (var bucket : whole.buckets()) {
        exchange.give(exchange.ranks().first(), bucket);
      }
      var _ = exchange.take(numbers);
      exchange.gather(Arrays.asList(whole));
      if (step >= steps) {
        times.add((System.nanoTime() - start) * 1e-6);
      }
    }
    return new Measured(times, processor + processorMillis());
  }
}
