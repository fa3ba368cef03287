package stride.distributed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import stride.train.ExchangeException;

/**
 * What both sides of a meeting know. All tasks call that of rank 0, the {@link Host}, which tells
 * each of them where the others listen once all are there; then each {@link Guest} calls those
 * before it to which it will speak. Callers that do not prove the secret are sent away without a
 * word, and do not disturb the others.
 *
 * @param place how this task meets the others
 * @param facts what it runs on
 * @param flat the most tasks that all speak to each other
 * @param deadline when it gives up, as {@link System#nanoTime} counts
 */
record Meeting(Rendezvous place, Secret secret, Facts facts, int flat, long deadline) {
  /**
   * The tasks of a training that have met.
   *
   * @param peers all tasks, in their order
   * @param connections a connection to each to which this one speaks; null at the places of others
   * @param timeout after how much silence a task counts as lost: the smallest that one was told, as
   *     all send signs of life as often as that needs
   */
  record Met(List<Peer> peers, List<@Nullable Connection> connections, Duration timeout) {
    void close() {
      for (var connection : connections) {
        if (connection != null) {
          connection.close();
        }
      }
    }
  }

  /** What rank 0 tells all. */
  record Table(Duration timeout, List<Peer> peers) {
    byte[] bytes() throws IOException {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.writeInt(Math.toIntExact(timeout.toMillis()));
      out.writeInt(peers.size());
      for (var peer : peers) {
        peer.write(out);
      }
      return bytes.toByteArray();
    }

    static Table of(byte[] bytes) throws IOException {
      var in = new DataInputStream(new ByteArrayInputStream(bytes));
      int timeout = in.readInt();
      var peers = new ArrayList<Peer>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        peers.add(Peer.read(in));
      }
      return new Table(Duration.ofMillis(timeout), peers);
    }

    /** This task's table, with a place for a connection to each of them. */
    Met met() {
      return new Met(peers, new ArrayList<>(Arrays.asList(new Connection[peers.size()])), timeout);
    }
  }

  /**
   * Meets the other tasks.
   *
   * @throws ExchangeException if they do not come in time, or do not fit
   */
  static Met of(Rendezvous place, Secret secret, Facts facts, int flat) throws IOException {
    long deadline = System.nanoTime() + place.patience().toNanos();
    var meeting = new Meeting(place, secret, facts, flat, deadline);
    if (place.own() == place.ranks()) {
      return new Table(place.timeout(), List.of(meeting.self(place.host(), place.port()))).met();
    }
    return place.first() == 0 ? new Host(meeting).meet() : new Guest(meeting).meet();
  }

  /** This task, where it listens. */
  Peer self(String host, int port) {
    return new Peer(place.first(), place.own(), host, port);
  }

  InetSocketAddress address() throws IOException {
    var address = new InetSocketAddress(place.host(), place.port());
    if (address.isUnresolved()) {
      throw new ExchangeException("no machine is named " + place.host());
    }
    return address;
  }

  /**
   * The next task that comes.
   *
   * @param missing says who is still awaited
   */
  Arrivals.Arrival next(Arrivals arrivals, Supplier<String> missing) throws IOException {
    while (true) {
      var arrival = arrivals.next(millisLeft(missing));
      if (arrival != null) {
        return arrival;
      }
    }
  }

  /** How long this task goes on waiting. */
  int millisLeft(Supplier<String> missing) throws ExchangeException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new ExchangeException(
          "%s within %d s: start a process for each (--rank), with the same secret, or wait longer (--patience)"
              .formatted(missing.get(), place.patience().toSeconds()));
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }
}
