package stride.distributed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import stride.train.Exchange;
import stride.train.ExchangeException;
import stride.train.Ranks;
import stride.train.Shared;
import stride.train.StoppedException;

/**
 * What tasks say to each other over TCP: each has a connection to each of the others. A task owns a
 * slice of the weights, receives that slice of all gradients, and sends it to all once it is
 * updated: every weight travels twice, as in a ring, and a step waits twice for the network, not
 * once for each task.
 *
 * <p>A task that ends, or gives no sign of life for the {@linkplain Place#timeout time-out}, ends
 * the training of all others with a sentence that names it. Connections prove a {@link Secret}, but
 * nothing is encrypted.
 */
public final class TcpExchange implements Exchange, AutoCloseable {
  private final Ranks ranks;

  /** A connection to each task; null at the place of this one. */
  private final List<@Nullable Connection> tasks;

  /** Why the training has failed; null while it has not. */
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** What this task's ranks have given in this step, in their order. */
  private final List<Given> own = new ArrayList<>();

  private volatile boolean closing;

  private record Given(double[] numbers, List<float[]> slices) {}

  private TcpExchange(Ranks ranks, List<@Nullable Connection> tasks) {
    this.ranks = ranks;
    this.tasks = tasks;
  }

  /**
   * Meets the other tasks of a training.
   *
   * @param place the place of this task
   * @param secret what all tasks know
   * @return the exchange, to be closed
   * @throws ExchangeException if they do not come in time, or one has another secret, another
   *     number of ranks, another version of Stride or Java, or other vectors
   * @throws IOException if the network fails
   */
  public static TcpExchange join(Place place, Secret secret) throws IOException {
    return join(place, secret, Facts.here());
  }

  static TcpExchange join(Place place, Secret secret, Facts facts) throws IOException {
    var met = new Meeting(place, secret, facts).run();
    var connections = met.connections();
    int task = connections.indexOf(null);
    var ranks = new Ranks(place.ranks(), place.first(), place.own(), task, connections.size());
    var exchange = new TcpExchange(ranks, connections);
    for (var connection : exchange.others()) {
      connection.start(met.timeout(), exchange::lost);
    }
    return exchange;
  }

  @Override
  public Ranks ranks() {
    return ranks;
  }

  /** The connections to all other tasks, those behind this one first: not all begin with one. */
  private List<Connection> others() {
    var others = new ArrayList<Connection>();
    for (int i = 1; i < ranks.tasks(); i++) {
      var connection = tasks.get((ranks.task() + i) % ranks.tasks());
      if (connection != null) {
        others.add(connection);
      }
    }
    return others;
  }

  private Connection task(int task) {
    var connection = tasks.get(task);
    if (connection == null) {
      throw new IllegalArgumentException("task %d is this one".formatted(task));
    }
    return connection;
  }

  @Override
  public byte[] share(byte[] message) throws IOException {
    if (ranks.task() > 0) {
      return receive(0, Frame.Type.MESSAGE).bytes();
    }
    for (var other : others()) {
      send(other, Frame.Type.MESSAGE, message, List.of());
    }
    return message;
  }

  @Override
  public void share(float[] values) throws IOException {
    var whole = new Shared(values, 0, values.length);
    if (ranks.task() == 0) {
      for (var other : others()) {
        send(other, Frame.Type.SLICES, new byte[0], List.of(whole));
      }
    } else {
      copy(receive(0, Frame.Type.SLICES), List.of(whole));
    }
  }

  @Override
  public byte[][] all(byte[] message) throws IOException {
    for (var other : others()) {
      send(other, Frame.Type.MESSAGE, message, List.of());
    }
    var all = new byte[ranks.tasks()][];
    for (int task = 0; task < all.length; task++) {
      all[task] = task == ranks.task() ? message : receive(task, Frame.Type.MESSAGE).bytes();
    }
    return all;
  }

  @Override
  public void give(int rank, double[] numbers, List<Shared> arrays) throws IOException {
    var bytes = ByteBuffer.allocate(numbers.length * Double.BYTES);
    bytes.asDoubleBuffer().put(numbers);
    for (int i = 1; i < ranks.tasks(); i++) {
      int task = (ranks.task() + i) % ranks.tasks();
      send(task(task), Frame.Type.GIVEN, bytes.array(), slices(arrays, task));
    }
    var slices =
        slices(arrays, ranks.task()).stream()
            .map(slice -> Arrays.copyOfRange(slice.values(), slice.from(), slice.to()))
            .toList();
    own.add(new Given(numbers.clone(), slices));
  }

  /** A task's slices of arrays. */
  private List<Shared> slices(List<Shared> arrays, int task) {
    return arrays.stream()
        .map(
            array ->
                new Shared(
                    array.values(),
                    array.begin(task, ranks.tasks()),
                    array.end(task, ranks.tasks())))
        .toList();
  }

  @Override
  public double[][] take(List<Shared> sums) throws IOException {
    var numbers = new double[ranks.all()][];
    var slices = slices(sums, ranks.task());
    int rank = 0;
    for (int task = 0; task < ranks.tasks(); task++) {
      int count = task == ranks.task() ? ranks.own() : task(task).peer.own();
      for (int i = 0; i < count; i++) {
        var given = task == ranks.task() ? own.get(i) : given(receive(task, Frame.Type.GIVEN));
        numbers[rank] = given.numbers;
        add(given.slices, slices, rank == 0);
        rank++;
      }
    }
    own.clear();
    return numbers;
  }

  private static Given given(Frame frame) {
    var numbers = new double[frame.bytes().length / Double.BYTES];
    ByteBuffer.wrap(frame.bytes()).asDoubleBuffer().get(numbers);
    return new Given(numbers, frame.arrays());
  }

  private void add(List<float[]> given, List<Shared> sums, boolean first) throws IOException {
    requireSame(given, sums);
    for (int i = 0; i < sums.size(); i++) {
      float[] values = given.get(i);
      float[] sum = sums.get(i).values();
      int from = sums.get(i).from();
      if (first) {
        System.arraycopy(values, 0, sum, from, values.length);
      } else {
        for (int j = 0; j < values.length; j++) {
          sum[from + j] += values[j];
        }
      }
    }
  }

  private void requireSame(List<float[]> received, List<Shared> expected) throws IOException {
    boolean same = received.size() == expected.size();
    for (int i = 0; same && i < expected.size(); i++) {
      same = received.get(i).length == expected.get(i).to() - expected.get(i).from();
    }
    if (!same) {
      throw failed("a task has sent arrays of other lengths than this one expects");
    }
  }

  @Override
  public void gather(List<Shared> arrays) throws IOException {
    var slices = slices(arrays, ranks.task());
    for (var other : others()) {
      send(other, Frame.Type.SLICES, new byte[0], slices);
    }
    for (int task = 0; task < ranks.tasks(); task++) {
      if (task != ranks.task()) {
        copy(receive(task, Frame.Type.SLICES), slices(arrays, task));
      }
    }
  }

  private void copy(Frame frame, List<Shared> into) throws IOException {
    requireSame(frame.arrays(), into);
    for (int i = 0; i < into.size(); i++) {
      float[] values = frame.arrays().get(i);
      System.arraycopy(values, 0, into.get(i).values(), into.get(i).from(), values.length);
    }
  }

  private void send(Connection to, Frame.Type type, byte[] bytes, List<Shared> parts)
      throws IOException {
    try {
      to.send(type, bytes, parts);
    } catch (IOException e) {
      to.awaitLastWords();
      lost(to, "the connection to %s is lost: %s".formatted(to.peer, e.getMessage()));
      throw failed("the connection is lost");
    }
  }

  private Frame receive(int task, Frame.Type type) throws IOException {
    try {
      var frame = task(task).receive();
      // What a task has sent before it failed still counts: it may say more.
      if (frame.type() == Frame.Type.ENDED) {
        throw failed("%s has ended before the training has".formatted(task(task).peer));
      }
      if (frame.type() != type) {
        throw failed(
            "%s has sent %s, expected %s: the tasks are not at the same place of the training"
                .formatted(task(task).peer, frame.type(), type));
      }
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException("interrupted while it waited for " + task(task).peer);
    }
  }

  /** The failure that is known, else a given one. */
  private ExchangeException failed(String otherwise) {
    fail(otherwise, otherwise, null);
    return new ExchangeException(String.valueOf(failure.get()));
  }

  /** Called when nothing more comes from a task. */
  private void lost(Connection task, String why) {
    if (!closing) {
      fail(why, why, task);
    }
  }

  @Override
  public void abort(String reason) {
    String who =
        ranks.own() == 1
            ? "rank " + ranks.first()
            : "ranks %d to %d".formatted(ranks.first(), ranks.first() + ranks.own() - 1);
    fail(reason, "%s has failed: %s".formatted(who, reason), null);
  }

  /**
   * Ends the training in all tasks; only the first failure counts.
   *
   * @param here why, in this task
   * @param others why, as the others are told
   * @param gone the task that counts as lost; it is told too, as it may go on later
   */
  private void fail(String here, String others, @Nullable Connection gone) {
    if (!failure.compareAndSet(null, here)) {
      return;
    }
    closing = true;
    for (var other : others()) {
      other.end();
    }
    for (var other : others()) {
      if (other != gone) {
        other.sendLast(Frame.of(Frame.Type.FAILED, others));
      }
    }
    if (gone != null) {
      gone.sendLast(Frame.of(Frame.Type.FAILED, others));
      gone.close();
    }
  }

  /** Takes leave of the other tasks: they do not take this one for lost. */
  @Override
  public void close() {
    closing = true;
    for (var other : others()) {
      if (failure.get() == null) {
        other.sendLast(Frame.of(Frame.Type.ENDED, ""));
      }
    }
  }
}
