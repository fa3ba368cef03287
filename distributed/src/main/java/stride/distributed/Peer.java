package stride.distributed;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Another task of the training.
 *
 * @param first the first of its ranks
 * @param own the number of its ranks
 * @param host where it runs
 * @param port where it listens for other tasks
 */
record Peer(int first, int own, String host, int port) {
  void write(DataOutputStream out) throws IOException {
    out.writeInt(first);
    out.writeInt(own);
    out.writeUTF(host);
    out.writeInt(port);
  }

  static Peer read(DataInputStream in) throws IOException {
    return new Peer(in.readInt(), in.readInt(), in.readUTF(), in.readInt());
  }

  /** The rank after its last one. */
  int end() {
    return first + own;
  }

  boolean has(int rank) {
    return rank >= first && rank < end();
  }

  /** "rank 2 on node7" or "ranks 2 to 3 on node7". */
  @Override
  public String toString() {
    return own == 1
        ? "rank %d on %s".formatted(first, host)
        : "ranks %d to %d on %s".formatted(first, end() - 1, host);
  }
}
