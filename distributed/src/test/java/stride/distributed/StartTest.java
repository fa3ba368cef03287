package stride.distributed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that have met, and whose connections cannot all be started. */
@Timeout(60)
final class StartTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A process may outlive its task, as Spark's executors do: what is left behind would add up. */
  @Test
  void aFailedStartTellsTheOthersAndLeavesNoThreadOrSocket() throws Exception {
    var before = Thread.getAllStackTraces().keySet();
    var here = InetAddress.getLoopbackAddress();
    try (var listener = new ServerSocket(0, 2, here);
        var other = new Socket(here, listener.getLocalPort());
        var open = listener.accept();
        var _ = new Socket(here, listener.getLocalPort())) {
      var closed = listener.accept();
      var peers = List.of(peer(0), peer(1), peer(2));
      var connections =
          Arrays.asList(
              null, new Connection(open, peers.get(1)), new Connection(closed, peers.get(2)));
      closed.close();
      var met = new Meeting.Met(peers, connections, TIMEOUT);
      var place = new Rendezvous(3, 0, 1, here.getHostAddress(), listener.getLocalPort());

      assertThrows(IOException.class, () -> TcpExchange.start(place, met, 3, true));

      assertTrue(open.isClosed());
      other.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
      var frame = Frame.read(new DataInputStream(other.getInputStream()));
      assertEquals(Frame.Type.FAILED, frame.type());
      assertEquals("rank 0 has failed: Socket is closed", frame.text());
      var left = new HashSet<>(Thread.getAllStackTraces().keySet());
      left.removeAll(before);
      left.removeIf(thread -> !thread.getName().startsWith("stride-"));
      for (var thread : left) {
        assertTrue(thread.join(TIMEOUT), () -> thread + " goes on");
      }
    }
  }

  private static Peer peer(int task) {
    return new Peer(task, 1, "127.0.0.1", 1);
  }
}
