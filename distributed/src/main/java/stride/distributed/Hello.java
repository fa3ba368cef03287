package stride.distributed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a task says of itself.
 *
 * @param ranks the number of ranks that it was told
 * @param timeout its time-out in milliseconds
 * @param peer its ranks and where it listens
 * @param facts what it runs on
 */
record Hello(int ranks, int timeout, Peer peer, Facts facts) {
  Frame frame() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(ranks);
    out.writeInt(timeout);
    peer.write(out);
    out.writeUTF(facts.text());
    return Frame.of(Frame.Type.HELLO, bytes.toByteArray());
  }

  /** What a task has said that has called from a host. */
  static Hello of(Frame frame, String host) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(frame.bytes()));
    int ranks = in.readInt();
    int timeout = in.readInt();
    if (timeout < 1) {
      throw new IOException("a task has a time-out of %d ms".formatted(timeout));
    }
    var peer = Peer.read(in);
    return new Hello(
        ranks,
        timeout,
        new Peer(peer.first(), peer.own(), host, peer.port()),
        Facts.of(in.readUTF()));
  }
}
