package stride.distributed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.train.ArrayPart;
import stride.train.Exchange;
import stride.train.ExchangeException;
import stride.train.Ranks;
import stride.train.Shard;

/**
 * What tasks say to each other over TCP. A task owns a shard of the weights, receives that shard of
 * all gradients, and sends it to all once it is updated: every weight travels twice, as in a ring,
 * and a step waits twice for the network, not once for each task. Gradients are sent while those
 * before them are still computed. More than {@value #FLAT} tasks stand in rows, and wait four
 * times.
 *
 * <p>A task that ends, gives no sign of life for the {@linkplain Rendezvous#timeout time-out}, or
 * {@linkplain Rendezvous#stall gets nowhere}, ends the training of all others with a sentence that
 * names it. Connections prove a {@link Secret}, but nothing is encrypted.
 */
public final class TcpExchange implements Exchange, AutoCloseable {
  /** The most tasks that all speak to each other: {@value}. */
  public static final int FLAT = 64;

  /** Units that are sent to all tasks of a row at once, in a frame for each. */
  private static final int TOGETHER = 64;

  /** Frames on their way to a task of the same machine. */
  private static final int ON_THEIR_WAY = 4;

  private final Ranks ranks;
  private final Grid grid;

  private final Links links;

  /** The tasks of this one's row. */
  private final List<Integer> row;

  /** The tasks of other rows for which this one is the relay. */
  private final List<Integer> relayed;

  private final Reduction reduction;

  /**
   * Makes the exchange of a task.
   *
   * @param peers all tasks
   * @param links a link to each task that the grid connects with this one
   */
  TcpExchange(Rendezvous place, List<Peer> peers, Grid grid, List<? extends @Nullable Link> links) {
    int task = 0;
    while (peers.get(task).first() != place.first()) {
      task++;
    }
    ranks = new Ranks(place.ranks(), place.first(), place.own(), task, peers.size());
    this.links = new Links(name(), links, place.stall());
    this.grid = grid;
    row = grid.members(grid.row(task));
    relayed = grid.relayed(task);
    reduction = new Reduction(ranks, grid, peers, this.links);
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
  public static TcpExchange join(Rendezvous place, Secret secret) throws IOException {
    return join(place, secret, Facts.here(), FLAT);
  }

  /**
   * Meets the other tasks as {@link #join} does, but sends all over the network, also to tasks of
   * the same machine: so one machine can measure what several would take.
   *
   * @param place the place of this task
   * @param secret what all tasks know
   * @return the exchange, to be closed
   * @throws IOException as {@link #join}
   */
  public static TcpExchange joinWithoutSharedMemory(Rendezvous place, Secret secret)
      throws IOException {
    return start(place, Meeting.of(place, secret, Facts.here(), FLAT), FLAT, false);
  }

  /**
   * @param flat the most tasks that all speak to each other
   */
  static TcpExchange join(Rendezvous place, Secret secret, Facts facts, int flat)
      throws IOException {
    return start(place, Meeting.of(place, secret, facts, flat), flat, true);
  }

  /** Starts the connections of tasks that have met. */
  static TcpExchange start(Rendezvous place, Meeting.Met met, int flat, boolean shares)
      throws IOException {
    var grid = Grid.of(met.peers().size(), flat);
    var exchange = new TcpExchange(place, met.peers(), grid, met.connections());
    int shareable = shares ? ON_THEIR_WAY * exchange.together() * Shard.UNIT : 0;
    try {
      for (var connection : met.connections()) {
        if (connection != null) {
          connection.start(met.timeout(), shareable, exchange.links::lost);
        }
      }
    } catch (Throwable e) {
      exchange.abort(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
      met.close();
      throw e;
    }
    return exchange;
  }

  @Override
  public Ranks ranks() {
    return ranks;
  }

  private boolean isOwn(int task) {
    return task == ranks.task();
  }

  @Override
  public byte[] share(byte[] message) throws IOException {
    links.progress();
    byte[] shared = message;
    if (ranks.task() > 0) {
      shared = links.receive(leader(), Frame.Type.MESSAGE).bytes();
    }
    for (int task : audience()) {
      links.send(task, Frame.Type.MESSAGE, shared, List.of());
    }
    return shared;
  }

  @Override
  public void share(float[] values) throws IOException {
    links.progress();
    var whole = ArrayPart.whole(values).units();
    if (ranks.task() > 0) {
      receiveInto(leader(), whole);
    }
    for (int task : audience()) {
      send(task, whole);
    }
    links.awaitSent();
  }

  /** The task from which this one has what the task of rank 0 tells all. */
  private int leader() {
    return grid.row(ranks.task()) == 0 ? 0 : grid.relay(0, ranks.task());
  }

  /** The tasks that have it from this one. */
  private List<Integer> audience() {
    if (grid.row(ranks.task()) > 0) {
      return List.of();
    }
    var audience = new ArrayList<>(relayed);
    if (ranks.task() == 0) {
      audience.addAll(row.subList(1, row.size()));
    }
    return audience;
  }

  @Override
  public byte[][] all(byte[] message) throws IOException {
    links.progress();
    for (int task : row) {
      if (!isOwn(task)) {
        links.send(task, Frame.Type.MESSAGE, message, List.of());
      }
    }
    var all = new byte[ranks.tasks()][];
    for (int task : row) {
      all[task] = isOwn(task) ? message : links.receive(task, Frame.Type.MESSAGE).bytes();
    }
    byte[] joined = relayed.isEmpty() ? new byte[0] : Messages.join(row, all);
    for (int task : relayed) {
      links.send(task, Frame.Type.MESSAGE, joined, List.of());
    }
    for (int other = 0; other < grid.rows(); other++) {
      if (other != grid.row(ranks.task())) {
        var frame = links.receive(grid.relay(other, ranks.task()), Frame.Type.MESSAGE);
        Messages.split(frame.bytes(), grid.members(other), all);
      }
    }
    return all;
  }

  @Override
  public void give(int rank, ArrayPart part) throws IOException {
    links.progress();
    links.requireSound();
    reduction.give(rank, part);
  }

  @Override
  public double[][] take(double[][] numbers) throws IOException {
    links.progress();
    reduction.take();
    var all = new double[ranks.all()][];
    int rank = 0;
    for (byte[] message : all(Messages.of(numbers))) {
      for (double[] own : Messages.numbers(message)) {
        if (rank < all.length) {
          all[rank] = own;
        }
        rank++;
      }
    }
    if (rank != all.length) {
      throw links.failed("%d ranks have sent numbers, expected %d".formatted(rank, all.length));
    }
    links.awaitSent();
    reduction.clear();
    return all;
  }

  @Override
  public void gather(List<ArrayPart> arrays) throws IOException {
    links.progress();
    var units = arrays.stream().flatMap(array -> array.units().stream()).toList();
    int here = grid.row(ranks.task());
    var own = owned(units, ranks.task());
    for (int other = 0; other < grid.rows(); other++) {
      if (other != here) {
        send(grid.relay(other, ranks.task()), own);
      }
    }
    for (int task : relayed) {
      receiveInto(task, owned(units, task));
    }
    var relays = relayedUnits(units, ranks.task());
    for (int task : row) {
      if (!isOwn(task)) {
        send(task, relays);
      }
    }
    for (int task : row) {
      if (!isOwn(task)) {
        receiveInto(task, relayedUnits(units, task));
      }
    }
    links.awaitSent();
  }

  private List<ArrayPart> owned(List<ArrayPart> units, int task) {
    return units.stream().filter(unit -> owner(unit) == task).toList();
  }

  /** What a task of this one's row hands on to it. */
  private List<ArrayPart> relayedUnits(List<ArrayPart> units, int task) {
    int here = grid.row(ranks.task());
    return units.stream().filter(unit -> grid.relay(here, owner(unit)) == task).toList();
  }

  private int owner(ArrayPart unit) {
    return Shard.owner(unit.from(), ranks.tasks());
  }

  @Override
  public List<float[]> collect(float[] own) throws IOException {
    links.progress();
    int relay = grid.relay(grid.row(ranks.task()), 0);
    var all = new ArrayList<float[]>();
    if (!isOwn(relay)) {
      links.send(relay, Frame.Type.SHARDS, new byte[0], List.of(ArrayPart.whole(own)));
    } else {
      for (int task : row) {
        all.add(isOwn(task) ? own : links.receive(task, Frame.Type.SHARDS).values());
      }
    }
    if (ranks.task() == 0) {
      for (int other = 1; other < grid.rows(); other++) {
        for (int i = 0; i < grid.members(other).size(); i++) {
          all.add(links.receive(grid.relay(other, 0), Frame.Type.SHARDS).values());
        }
      }
    } else {
      for (float[] values : all) {
        links.send(0, Frame.Type.SHARDS, new byte[0], List.of(ArrayPart.whole(values)));
      }
      all.clear();
    }
    links.awaitSent();
    return all;
  }

  private void send(int task, List<ArrayPart> units) {
    for (var some : together(units)) {
      links.send(task, Frame.Type.SHARDS, new byte[0], some);
    }
  }

  private void receiveInto(int task, List<ArrayPart> units) throws IOException {
    for (var some : together(units)) {
      int length = some.stream().mapToInt(ArrayPart::length).sum();
      float[] values = links.receive(task, Frame.Type.SHARDS, length).values();
      int at = 0;
      for (var unit : some) {
        System.arraycopy(values, at, unit.values(), unit.from(), unit.length());
        at += unit.length();
      }
      links.recycle(task, values);
    }
  }

  /** What is sent in one frame: the first values are used while the last ones are on their way. */
  private List<List<ArrayPart>> together(List<ArrayPart> units) {
    var frames = new ArrayList<List<ArrayPart>>();
    for (int from = 0; from < units.size(); from += together()) {
      frames.add(units.subList(from, Math.min(from + together(), units.size())));
    }
    return frames;
  }

  /** The units of a frame. */
  private int together() {
    return Math.max(1, TOGETHER / ranks.tasks());
  }

  private String name() {
    return ranks.own() == 1
        ? "rank " + ranks.first()
        : "ranks %d to %d".formatted(ranks.first(), ranks.first() + ranks.own() - 1);
  }

  @Override
  public void progress() {
    links.progress();
  }

  @Override
  public void abort(String reason) {
    links.abort(reason);
  }

  /**
   * {@return whether a training ended because another task threw an exception, and not because one
   * was lost or hung: such a task still runs}
   *
   * @param end what this task's training ended with
   */
  public static boolean isThrownByAnother(ExchangeException end) {
    return Links.isAbort(String.valueOf(end.getMessage()));
  }

  /** Takes leave of the other tasks: they do not take this one for lost. */
  @Override
  public void close() {
    links.close();
  }
}
