package stride.distributed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import stride.train.ArrayPart;

/**
 * A link between tasks of one process. Arrays are read when the other side receives them: whoever
 * changes them too early is found out.
 */
final class MemoryLink implements Link {
  private final Peer peer;
  private final BlockingQueue<Sent> incoming = new LinkedBlockingQueue<>();
  private MemoryLink partner;
  private int unsent;

  private record Sent(Frame.Type type, byte[] bytes, List<ArrayPart> parts) {}

  private MemoryLink(Peer peer) {
    this.peer = peer;
  }

  /** Links for each of some tasks to all that the grid connects it with. */
  static List<List<MemoryLink>> of(List<Peer> peers, Grid grid) {
    var all = new ArrayList<List<MemoryLink>>();
    for (int task = 0; task < peers.size(); task++) {
      var links = new ArrayList<MemoryLink>();
      for (int other = 0; other < peers.size(); other++) {
        links.add(grid.connects(task, other) ? new MemoryLink(peers.get(other)) : null);
      }
      all.add(links);
    }
    for (int task = 0; task < peers.size(); task++) {
      for (int other = 0; other < peers.size(); other++) {
        if (grid.connects(task, other)) {
          all.get(task).get(other).partner = all.get(other).get(task);
        }
      }
    }
    return all;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public synchronized void send(Frame.Type type, byte[] bytes, List<ArrayPart> parts) {
    unsent++;
    partner.incoming.add(new Sent(type, bytes, parts));
  }

  private synchronized void sent() {
    unsent--;
    notifyAll();
  }

  @Override
  public synchronized void awaitSent() throws InterruptedException {
    while (unsent > 0) {
      wait();
    }
  }

  @Override
  public Frame receive() throws InterruptedException {
    var sent = incoming.take();
    int length = sent.parts.stream().mapToInt(ArrayPart::length).sum();
    var values = new float[length];
    int at = 0;
    for (var part : sent.parts) {
      System.arraycopy(part.values(), part.from(), values, at, part.length());
      at += part.length();
    }
    partner.sent();
    return new Frame(sent.type, sent.bytes, values);
  }

  /** Whoever still reads them is found out. */
  @Override
  public void recycle(float[] values) {
    Arrays.fill(values, Float.NaN);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void end() {
    incoming.add(new Sent(Frame.Type.ENDED, new byte[0], List.of()));
  }

  @Override
  public void sendLast(Frame frame, boolean atOnce) {}

  @Override
  public void close() {}
}
