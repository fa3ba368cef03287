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
  /** The time that a caller has to prove that it is a task. */
  private static final int PROOF_MILLIS = 5_000;

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
   * Meets the other tasks.
   *
   * @return a connection to each task, in their order; null at the place of this one
   * @throws ExchangeException if they do not come in time, or do not fit
   */
  List<@Nullable Connection> run() throws IOException {
    if (place.own() == place.ranks()) {
      var alone = new ArrayList<@Nullable Connection>();
      alone.add(null);
      return alone;
    }
    return place.first() == 0 ? lead() : join();
  }

  /** What a task says of itself. */
  private record Hello(int ranks, Peer peer, Facts facts) {
    byte[] bytes() throws IOException {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.writeInt(ranks);
      write(out, peer);
      out.writeUTF(facts.text());
      return bytes.toByteArray();
    }

    static Hello of(byte[] bytes, String host) throws IOException {
      var in = new DataInputStream(new ByteArrayInputStream(bytes));
      int ranks = in.readInt();
      var peer = readPeer(in);
      return new Hello(
          ranks, new Peer(peer.first(), peer.own(), host, peer.port()), Facts.of(in.readUTF()));
    }
  }

  private static void write(DataOutputStream out, Peer peer) throws IOException {
    out.writeInt(peer.first());
    out.writeInt(peer.own());
    out.writeUTF(peer.host());
    out.writeInt(peer.port());
  }

  private static Peer readPeer(DataInputStream in) throws IOException {
    return new Peer(in.readInt(), in.readInt(), in.readUTF(), in.readInt());
  }

  private List<@Nullable Connection> lead() throws IOException {
    var tasks = new ArrayList<Connection>();
    try (var server = listen()) {
      int missing = place.ranks() - place.own();
      while (missing > 0) {
        var task = accept(server, () -> missing(tasks));
        var difference = check(task.hello(), tasks);
        if (difference.isPresent()) {
          tasks.add(task.connection());
          fail(tasks, difference.get());
        }
        tasks.add(task.connection().to(task.hello().peer()));
        missing -= task.hello().peer().own();
      }
      tasks.sort(Comparator.comparingInt(task -> task.peer.first()));
      byte[] table = table(tasks);
      for (var task : tasks) {
        task.send(Frame.of(Frame.Type.TABLE, table));
      }
      var all = new ArrayList<@Nullable Connection>();
      all.add(null);
      all.addAll(tasks);
      return all;
    } catch (IOException | RuntimeException e) {
      tasks.forEach(Connection::close);
      throw e;
    }
  }

  private ServerSocket listen() throws IOException {
    var server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(address());
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

  /** A task that has come. */
  private record Arrival(Connection connection, Hello hello) {}

  /** Says who is still awaited. */
  private interface Missing {
    String text();
  }

  private Arrival accept(ServerSocket server, Missing missing) throws IOException {
    while (true) {
      server.setSoTimeout(millisLeft(missing));
      Socket socket;
      try {
        socket = server.accept();
      } catch (SocketTimeoutException e) {
        continue;
      }
      try {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PROOF_MILLIS);
        if (Handshake.answer(socket, secret)) {
          String host = socket.getInetAddress().getHostAddress();
          var connection = new Connection(socket, new Peer(0, 1, host, 0));
          var hello = Hello.of(connection.read(Duration.ofMillis(PROOF_MILLIS)).bytes(), host);
          return new Arrival(connection, hello);
        }
        socket.close();
      } catch (IOException e) {
        // No task, or one that has given up: the others do not wait for it here.
        socket.close();
      }
    }
  }

  private int millisLeft(Missing missing) throws ExchangeException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new ExchangeException(
          "%s within %d s: start a process for each (--rank), with the same secret"
              .formatted(missing.text(), place.patience().toSeconds()));
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  private String missing(List<Connection> tasks) {
    for (int rank = place.own(); rank < place.ranks(); rank++) {
      int own = rank;
      if (tasks.stream().noneMatch(task -> has(task.peer, own))) {
        return "rank %d did not come to %s".formatted(rank, place.address());
      }
    }
    return "not all ranks came to " + place.address();
  }

  private static boolean has(Peer peer, int rank) {
    return rank >= peer.first() && rank < peer.first() + peer.own();
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
      if (rank < place.own() || tasks.stream().anyMatch(task -> has(task.peer, own))) {
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

  private byte[] table(List<Connection> tasks) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(tasks.size() + 1);
    write(out, new Peer(0, place.own(), place.host(), place.port()));
    for (var task : tasks) {
      write(out, task.peer);
    }
    return bytes.toByteArray();
  }

  private List<@Nullable Connection> join() throws IOException {
    var connections = new ArrayList<@Nullable Connection>();
    try (var server = new ServerSocket(0)) {
      var leader = call(address(), place.address());
      connections.add(leader);
      var own = new Peer(place.first(), place.own(), "", server.getLocalPort());
      leader.send(Frame.of(Frame.Type.HELLO, new Hello(place.ranks(), own, facts).bytes()));
      var table = readTable(leader);
      connections.set(0, leader.to(table.getFirst()));
      int task = 0;
      while (table.get(task).first() != place.first()) {
        task++;
      }
      for (int other = 1; other < task; other++) {
        var peer = table.get(other);
        var connection =
            call(new InetSocketAddress(peer.host(), peer.port()), peer.toString()).to(peer);
        connection.send(Frame.of(Frame.Type.HELLO, new Hello(place.ranks(), own, facts).bytes()));
        connections.add(connection);
      }
      connections.add(null);
      while (connections.size() < table.size()) {
        connections.add(null);
      }
      for (int awaited = table.size() - task - 1; awaited > 0; ) {
        var arrival = accept(server, () -> "the other ranks did not connect to each other");
        for (int other = task + 1; other < table.size(); other++) {
          if (table.get(other).first() == arrival.hello().peer().first()
              && connections.get(other) == null) {
            connections.set(other, arrival.connection().to(table.get(other)));
            awaited--;
          }
        }
      }
      return connections;
    } catch (IOException | RuntimeException e) {
      for (var connection : connections) {
        if (connection != null) {
          connection.close();
        }
      }
      throw e;
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

  private List<Peer> readTable(Connection leader) throws IOException {
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
    var table = new ArrayList<Peer>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      table.add(readPeer(in));
    }
    return table;
  }
}
