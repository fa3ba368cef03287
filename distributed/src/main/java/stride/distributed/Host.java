package stride.distributed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import stride.train.ExchangeException;

/** The task of rank 0, which all others call. */
final class Host {
  private final Meeting meeting;
  private final Rendezvous place;
  private final List<Connection> guests = new ArrayList<>();

  Host(Meeting meeting) {
    this.meeting = meeting;
    place = meeting.place();
  }

  Meeting.Met meet() throws IOException {
    var timeout = place.timeout();
    try (var arrivals = new Arrivals(listen(), meeting.secret())) {
      while (ranks() < place.ranks()) {
        var guest = meeting.next(arrivals, this::missing);
        // One that was killed while it waited, and was started again, comes twice.
        removeGone();
        var difference = check(guest.hello());
        if (difference.isPresent()) {
          guests.add(guest.connection());
          fail(difference.get());
        }
        guests.add(guest.connection().to(guest.hello().peer()));
        var own = Duration.ofMillis(guest.hello().timeout());
        timeout = own.compareTo(timeout) < 0 ? own : timeout;
        removeGone();
      }
      guests.sort(Comparator.comparingInt(guest -> guest.peer().first()));
      return tell(timeout);
    } catch (IOException | RuntimeException e) {
      guests.forEach(Connection::close);
      throw e;
    }
  }

  /** Tells all who is there, and parts from those to which this task will not speak. */
  private Meeting.Met tell(Duration timeout) throws IOException {
    var peers = new ArrayList<Peer>();
    peers.add(meeting.self(place.host(), place.port()));
    guests.forEach(guest -> peers.add(guest.peer()));
    var table = new Meeting.Table(timeout, peers);
    byte[] bytes = table.bytes();
    for (var guest : guests) {
      guest.write(Frame.of(Frame.Type.TABLE, bytes));
    }
    var grid = Grid.of(peers.size(), meeting.flat());
    var met = table.met();
    for (int task = 1; task < peers.size(); task++) {
      var guest = guests.get(task - 1);
      if (grid.connects(0, task)) {
        met.connections().set(task, guest);
      } else {
        guest.close();
      }
    }
    return met;
  }

  /** The number of ranks that are here. */
  private int ranks() {
    return place.own() + guests.stream().mapToInt(guest -> guest.peer().own()).sum();
  }

  private void removeGone() {
    for (var guest : List.copyOf(guests)) {
      if (guest.gone()) {
        guest.close();
        guests.remove(guest);
      }
    }
  }

  private ServerSocket listen() throws IOException {
    var server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(listening(), place.ranks());
      return server;
    } catch (IOException e) {
      server.close();
      throw new ExchangeException(
          "rank 0 cannot listen at %s: %s".formatted(place.address(), e.getMessage()), e);
    }
  }

  /**
   * Where rank 0 listens. Where this machine's own name means an address that only it can reach, as
   * Debian's list of hosts has it, that is all of its addresses.
   */
  private InetSocketAddress listening() throws IOException {
    var address = meeting.address();
    var host = address.getAddress();
    boolean meant =
        place.host().equalsIgnoreCase("localhost") || host.getHostAddress().equals(place.host());
    return host.isLoopbackAddress() && !meant ? new InetSocketAddress(place.port()) : address;
  }

  private String missing() {
    for (int rank = place.own(); rank < place.ranks(); rank++) {
      if (!isHere(rank)) {
        return "rank %d did not come to %s".formatted(rank, place.address());
      }
    }
    return "not all ranks came to " + place.address();
  }

  private boolean isHere(int rank) {
    return guests.stream().anyMatch(guest -> guest.peer().has(rank));
  }

  /** Why a task cannot take part, as a sentence. */
  private Optional<String> check(Hello hello) {
    var peer = hello.peer();
    if (hello.ranks() != place.ranks()) {
      return Optional.of(
          "%s was started with --ranks %d, rank 0 with --ranks %d"
              .formatted(peer, hello.ranks(), place.ranks()));
    }
    for (int rank = peer.first(); rank < peer.end(); rank++) {
      if (rank < place.own() || isHere(rank)) {
        return Optional.of(
            "rank %d was started twice: each process needs a --rank of its own".formatted(rank));
      }
    }
    return hello.facts().difference(peer, meeting.facts());
  }

  private void fail(String sentence) throws ExchangeException {
    for (var guest : guests) {
      guest.sendLast(Frame.of(Frame.Type.FAILED, sentence), true);
    }
    throw new ExchangeException(sentence);
  }
}
