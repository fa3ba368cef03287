package stride.distributed;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import stride.train.ExchangeException;

/** A task other than that of rank 0, which calls that one first. */
final class Guest {
  private static final int RETRY_MILLIS = 200;

  private final Meeting meeting;
  private final Rendezvous place;

  Guest(Meeting meeting) {
    this.meeting = meeting;
    place = meeting.place();
  }

  Meeting.Met meet() throws IOException {
    try (var arrivals = new Arrivals(new ServerSocket(0, place.ranks(), null), meeting.secret())) {
      var host = call(meeting.address(), place.address());
      var hello = hello(arrivals.port());
      Meeting.Table table;
      try {
        host.write(hello);
        table = table(host);
      } catch (IOException | RuntimeException e) {
        host.close();
        throw e;
      }
      return meet(arrivals, hello, host, table);
    }
  }

  private Frame hello(int port) throws IOException {
    int timeout = Math.toIntExact(place.timeout().toMillis());
    return new Hello(place.ranks(), timeout, meeting.self("", port), meeting.facts()).frame();
  }

  /** Meets those to which this task will speak. */
  private Meeting.Met meet(Arrivals arrivals, Frame hello, Connection host, Meeting.Table table)
      throws IOException {
    var peers = table.peers();
    var grid = Grid.of(peers.size(), meeting.flat());
    var met = table.met();
    int own = 0;
    while (peers.get(own).first() != place.first()) {
      own++;
    }
    try {
      if (grid.connects(own, 0)) {
        met.connections().set(0, host.to(peers.getFirst()));
      } else {
        host.close();
      }
      int awaited = 0;
      for (int task = 1; task < peers.size(); task++) {
        if (!grid.connects(own, task)) {
          continue;
        }
        if (task > own) {
          awaited++;
          continue;
        }
        var peer = peers.get(task);
        var address = new InetSocketAddress(peer.host(), peer.port());
        var connection = call(address, peer.toString()).to(peer);
        met.connections().set(task, connection);
        connection.write(hello);
      }
      while (awaited > 0) {
        awaited -= receive(arrivals, grid, own, met) ? 1 : 0;
      }
      return met;
    } catch (IOException | RuntimeException e) {
      met.close();
      host.close();
      throw e;
    }
  }

  /** Waits until a task calls; tells whether it is one behind this one that has not called yet. */
  private boolean receive(Arrivals arrivals, Grid grid, int own, Meeting.Met met)
      throws IOException {
    var arrival = meeting.next(arrivals, () -> "the other ranks did not connect to each other");
    for (int task = own + 1; task < met.peers().size(); task++) {
      var peer = met.peers().get(task);
      if (peer.first() == arrival.hello().peer().first()
          && grid.connects(own, task)
          && met.connections().get(task) == null) {
        met.connections().set(task, arrival.connection().to(peer));
        return true;
      }
    }
    arrival.connection().close();
    return false;
  }

  private Connection call(InetSocketAddress address, String where) throws IOException {
    while (true) {
      var socket = new Socket();
      try {
        socket.connect(address, meeting.millisLeft(() -> "nobody listened at " + where));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(
            meeting.millisLeft(() -> "the task at %s did not answer".formatted(where)));
        Handshake.call(socket, meeting.secret(), where);
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

  private Meeting.Table table(Connection host) throws IOException {
    Frame frame;
    try {
      frame = host.read(Duration.ofMillis(meeting.millisLeft(() -> "rank 0 did not answer")));
    } catch (IOException e) {
      throw new ExchangeException(
          "rank 0 at %s has ended, or not all ranks came: its own output may say why"
              .formatted(place.address()),
          e);
    }
    if (frame.type() != Frame.Type.TABLE) {
      throw new ExchangeException(frame.text());
    }
    return Meeting.Table.of(frame.bytes());
  }
}
