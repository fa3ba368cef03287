package stride.distributed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import stride.train.ExchangeException;

/**
 * How tasks find each other: all call that of rank 0, which tells each of them where the others
 * listen once all are there; then each calls those before it. Callers that do not prove the secret
 * are sent away without a word, and do not disturb the others.
 */
final class Meeting {
  private static final int RETRY_MILLIS = 200;

  private final Place place;
  private final Secret secret;
  private final Facts facts;
  private final long deadline;

  Meeting(Place place, Secret secret, Facts facts) {
    this.place = place;
    this.secret = secret;
    this.facts = facts;
    deadline = System.nanoTime() + place.patience().toNanos();
  }

  /**
   * The tasks of a training that have met.
   *
   * @param connections a connection to each task, in their order; null at the place of this one
   * @param timeout after how much silence a task counts as lost: the smallest that one was told, as
   *     all send signs of life as often as that needs
   */
  record Met(List<@Nullable Connection> connections, Duration timeout) {}

  /**
   * Meets the other tasks.
   *
   * @return their connections
   * @throws ExchangeException if they do not come in time, or do not fit
   */
  Met run() throws IOException {
    if (place.own() == place.ranks()) {
      var alone = new ArrayList<@Nullable Connection>();
      alone.add(null);
      return new Met(alone, place.timeout());
    }
    return place.first() == 0 ? lead() : join();
  }

  private Met lead() throws IOException {
    var tasks = new ArrayList<Connection>();
    int timeout = timeoutMillis();
    try (var arrivals = new Arrivals(listen(), secret)) {
      while (ranks(tasks) < place.ranks()) {
        var task = next(arrivals, () -> missing(tasks));
        // One that was killed while it waited, and was started again, comes twice.
        removeGone(tasks);
        var difference = check(task.hello(), tasks);
        if (difference.isPresent()) {
          tasks.add(task.connection());
          fail(tasks, difference.get());
        }
        tasks.add(task.connection().to(task.hello().peer()));
        timeout = Math.min(timeout, task.hello().timeout());
        removeGone(tasks);
      }
      tasks.sort(Comparator.comparingInt(task -> task.peer.first()));
      byte[] table = table(tasks, timeout);
      for (var task : tasks) {
        task.send(Frame.of(Frame.Type.TABLE, table));
      }
      var all = new ArrayList<@Nullable Connection>();
      all.add(null);
      all.addAll(tasks);
      return new Met(all, Duration.ofMillis(timeout));
    } catch (IOException | RuntimeException e) {
      tasks.forEach(Connection::close);
      throw e;
    }
  }

  /** The number of ranks that are here. */
  private int ranks(List<Connection> tasks) {
    return place.own() + tasks.stream().mapToInt(task -> task.peer.own()).sum();
  }

  private static void removeGone(List<Connection> tasks) {
    for (var task : List.copyOf(tasks)) {
      if (task.gone()) {
        task.close();
        tasks.remove(task);
      }
    }
  }

  private int timeoutMillis() {
    return Math.toIntExact(place.timeout().toMillis());
  }

  private ServerSocket listen() throws IOException {
    var server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(listening());
      return server;
    } catch (IOException e) {
      server.close();
      throw new ExchangeException(
          "rank 0 cannot listen at %s: %s".formatted(place.address(), e.getMessage()), e);
    }
  }

  private InetSocketAddress address() throws IOException {
    var address = new InetSocketAddress(place.host(), place.port());
    if (address.isUnresolved()) {
      throw new ExchangeException("no machine is named " + place.host());
    }
    return address;
  }

  /**
   * Where rank 0 listens. Where this machine's own name means an address that only it can reach, as
   * Debian's list of hosts has it, that is all of its addresses.
   */
  private InetSocketAddress listening() throws IOException {
    var address = address();
    var host = address.getAddress();
    boolean meant =
        place.host().equalsIgnoreCase("localhost") || host.getHostAddress().equals(place.host());
    return host.isLoopbackAddress() && !meant ? new InetSocketAddress(place.port()) : address;
  }

  /** Says who is still awaited. */
  private interface Missing {
    String text();
  }

  private Arrivals.Arrival next(Arrivals arrivals, Missing missing) throws IOException {
    while (true) {
      var arrival = arrivals.next(millisLeft(missing));
      if (arrival != null) {
        return arrival;
      }
    }
  }

  private int millisLeft(Missing missing) throws ExchangeException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new ExchangeException(
          "%s within %d s: start a process for each (--rank), with the same secret, or wait longer (--patience)"
              .formatted(missing.text(), place.patience().toSeconds()));
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  private String missing(List<Connection> tasks) {
    for (int rank = place.own(); rank < place.ranks(); rank++) {
      int own = rank;
      if (tasks.stream().noneMatch(task -> task.peer.has(own))) {
        return "rank %d did not come to %s".formatted(rank, place.address());
      }
    }
    return "not all ranks came to " + place.address();
  }

  /** Why a task cannot take part, as a sentence. */
  private Optional<String> check(Hello hello, List<Connection> tasks) {
    var peer = hello.peer();
    if (hello.ranks() != place.ranks()) {
      return Optional.of(
          "%s was started with --ranks %d, rank 0 with --ranks %d"
              .formatted(peer, hello.ranks(), place.ranks()));
    }
    for (int rank = peer.first(); rank < peer.first() + peer.own(); rank++) {
      int own = rank;
      if (rank < place.own() || tasks.stream().anyMatch(task -> task.peer.has(own))) {
        return Optional.of(
            "rank %d was started twice: each process needs a --rank of its own".formatted(rank));
      }
    }
    return hello.facts().difference(peer, facts);
  }

  private static void fail(List<Connection> tasks, String sentence) throws ExchangeException {
    for (var task : tasks) {
      task.sendLast(Frame.of(Frame.Type.FAILED, sentence));
    }
    throw new ExchangeException(sentence);
  }

  private byte[] table(List<Connection> tasks, int timeout) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(timeout);
    out.writeInt(tasks.size() + 1);
    new Peer(0, place.own(), place.host(), place.port()).write(out);
    for (var task : tasks) {
      task.peer.write(out);
    }
    return bytes.toByteArray();
  }

  private Met join() throws IOException {
    var connections = new ArrayList<@Nullable Connection>();
    try (var arrivals = new Arrivals(new ServerSocket(0), secret)) {
      var leader = call(address(), place.address());
      connections.add(leader);
      var own = new Peer(place.first(), place.own(), "", arrivals.port());
      var hello = new Hello(place.ranks(), timeoutMillis(), own, facts);
      leader.send(hello.frame());
      var table = readTable(leader);
      var peers = table.peers();
      connections.set(0, leader.to(peers.getFirst()));
      int task = 0;
      while (peers.get(task).first() != place.first()) {
        task++;
      }
      for (int other = 1; other < task; other++) {
        var peer = peers.get(other);
        var connection =
            call(new InetSocketAddress(peer.host(), peer.port()), peer.toString()).to(peer);
        connections.add(connection);
        connection.send(hello.frame());
      }
      while (connections.size() < peers.size()) {
        connections.add(null);
      }
      for (int awaited = peers.size() - task - 1; awaited > 0; awaited--) {
        awaitCaller(arrivals, peers, task, connections);
      }
      return new Met(connections, table.timeout());
    } catch (IOException | RuntimeException e) {
      for (var connection : connections) {
        if (connection != null) {
          connection.close();
        }
      }
      throw e;
    }
  }

  /** Waits until one of the tasks behind this one calls that has not called yet. */
  private void awaitCaller(
      Arrivals arrivals, List<Peer> peers, int task, List<@Nullable Connection> connections)
      throws IOException {
    while (true) {
      var arrival = next(arrivals, () -> "the other ranks did not connect to each other");
      for (int other = task + 1; other < peers.size(); other++) {
        if (peers.get(other).first() == arrival.hello().peer().first()
            && connections.get(other) == null) {
          connections.set(other, arrival.connection().to(peers.get(other)));
          return;
        }
      }
      arrival.connection().close();
    }
  }

  private Connection call(InetSocketAddress address, String where) throws IOException {
    while (true) {
      var socket = new Socket();
      try {
        socket.connect(address, millisLeft(() -> "nobody listened at " + where));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(millisLeft(() -> "the task at %s did not answer".formatted(where)));
        Handshake.call(socket, secret, where);
        return new Connection(socket, new Peer(0, 1, where, 0));
      } catch (ConnectException | SocketTimeoutException e) {
        // The task of rank 0 may not have been started yet.
        socket.close();
        pause();
      } catch (UnknownHostException e) {
        socket.close();
        throw new ExchangeException("no machine is named " + address.getHostString(), e);
      } catch (IOException e) {
        socket.close();
        throw e instanceof ExchangeException
            ? e
            : new ExchangeException("cannot reach %s: %s".formatted(where, e.getMessage()), e);
      }
    }
  }

  private static void pause() throws ExchangeException {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while it waited for rank 0", e);
    }
  }

  /** What rank 0 tells all: the tasks, and after how much silence one counts as lost. */
  private record Table(Duration timeout, List<Peer> peers) {}

  private Table readTable(Connection leader) throws IOException {
    Frame frame;
    try {
      frame = leader.read(Duration.ofMillis(millisLeft(() -> "rank 0 did not answer")));
    } catch (IOException e) {
      throw new ExchangeException(
          "rank 0 at %s has ended, or not all ranks came: its own output may say why"
              .formatted(place.address()),
          e);
    }
    if (frame.type() != Frame.Type.TABLE) {
      throw new ExchangeException(frame.text());
    }
    var in = new DataInputStream(new ByteArrayInputStream(frame.bytes()));
    int timeout = in.readInt();
    var peers = new ArrayList<Peer>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      peers.add(Peer.read(in));
    }
    return new Table(Duration.ofMillis(timeout), peers);
  }
}
