package stride.distributed;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import stride.train.ArrayPart;

/**
 * A connection to another task. Once it is started, one thread reads all that comes, and another
 * sends what there is to send, or a sign of life if there is nothing: so whoever computes neither
 * waits for the network, nor counts as lost.
 */
final class Connection implements Link {
  private static final int BUFFER = 1 << 16;

  /** Signs of life in the time after which a task counts as lost. */
  private static final int BEATS = 6;

  private static final long FAREWELL_MILLIS = 500;

  /** Frames of fewer values are not worth memory of their own: 256 KB. */
  private static final int WORTH_SHARING = 1 << 16;

  private static final Outgoing BEAT = new Outgoing(Frame.Type.BEAT, new byte[0], List.of(), false);

  private final Peer peer;
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final LinkedBlockingDeque<Outgoing> outgoing = new LinkedBlockingDeque<>();

  /** Arrays that were given back. */
  private final Deque<float[]> spare = new ConcurrentLinkedDeque<>();

  /** Receives this connection and, as a sentence, why nothing more comes. */
  private BiConsumer<Connection, String> lost = (connection, why) -> {};

  /** Sends what there is to send; null before the start. */
  private @Nullable Thread sender;

  /** What is sent for each sign of life, at most. */
  private long beatMillis = FAREWELL_MILLIS;

  /** Frames that wait to be sent; guarded by this. */
  private int unsent;

  /** Whether nothing more is sent; guarded by this. */
  private boolean ended;

  /**
   * The most values on their way through memory that both tasks share, if both are on one machine;
   * 0 for none.
   */
  private int shareable;

  /** Where values go that both tasks share; only the thread that sends uses it. */
  private @Nullable SharedRing outgoingRing;

  /** Where they come from; only the thread that reads uses it. */
  private @Nullable SharedRing incomingRing;

  /** What the other task has said of the memory that it was offered; null before it has. */
  private volatile Frame.@Nullable Type answer;

  /** Ends when nothing more is read. */
  private final CountDownLatch allRead = new CountDownLatch(1);

  /** Whether the last frame has been sent; with {@link #allRead}, the socket is of no more use. */
  private volatile boolean allSent;

  private record Outgoing(Frame.Type type, byte[] bytes, List<ArrayPart> parts, boolean last) {}

  Connection(Socket socket, Peer peer) throws IOException {
    this.socket = socket;
    this.peer = peer;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
  }

  /** The same connection to a task of which more is known. */
  private Connection(Connection other, Peer peer) {
    this.peer = peer;
    socket = other.socket;
    in = other.in;
    out = other.out;
  }

  Connection to(Peer known) {
    return new Connection(this, known);
  }

  @Override
  public Peer peer() {
    return peer;
  }

  /** Reads a frame before the connection is started. */
  Frame read(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    return Frame.read(in);
  }

  /** Sends a frame before the connection is started. */
  void write(Frame frame) throws IOException {
    Frame.write(out, frame.type(), frame.bytes(), List.of(), false);
  }

  /**
   * Whether the other side has ended before the connection is started, while it waits and has
   * nothing to say.
   */
  boolean gone() {
    try {
      socket.setSoTimeout(1);
      in.mark(1);
      if (in.read() < 0) {
        return true;
      }
      in.reset();
      return false;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Starts to read and to send.
   *
   * @param timeout after which the other task counts as lost; the same in both
   * @param shareable the most values on their way through memory that both tasks share, if both are
   *     on one machine; 0 for none
   * @param lost receives this connection and, as a sentence, why nothing more comes
   */
  void start(Duration timeout, int shareable, BiConsumer<Connection, String> lost)
      throws IOException {
    this.lost = lost;
    boolean here = socket.getInetAddress().equals(socket.getLocalAddress());
    this.shareable = here && SharedRing.isPossible() ? shareable : 0;
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    beatMillis = Math.max(1, timeout.toMillis() / BEATS);
    Thread.ofPlatform().daemon().name("stride-read-" + peer.first()).start(this::read);
    sender = Thread.ofPlatform().daemon().name("stride-send-" + peer.first()).start(this::send);
  }

  private void read() {
    try {
      while (true) {
        var frame = Frame.read(in, this::spare, incomingRing);
        switch (frame.type()) {
          case BEAT -> {}
          case OFFER -> open(frame.bytes());
          case ACCEPTED, REFUSED -> answer = frame.type();
          case FAILED -> lost.accept(this, frame.text());
          case ENDED -> {
            frames.add(frame);
            return;
          }
          default -> frames.add(frame);
        }
      }
    } catch (SocketTimeoutException e) {
      lost.accept(
          this,
          "%s has given no sign of life for %s s: it hangs, or the network is down"
              .formatted(peer, timeoutSeconds()));
    } catch (EOFException e) {
      lost.accept(this, "%s has ended without a word: its own output may say why".formatted(peer));
    } catch (IOException e) {
      lost.accept(this, "the connection to %s is lost: %s".formatted(peer, e.getMessage()));
    } catch (RuntimeException | Error e) {
      // Without a word the training would wait for this thread for ever.
      lost.accept(this, "what %s sends cannot be read: %s".formatted(peer, e));
    } finally {
      close(incomingRing);
      allRead.countDown();
      if (allSent) {
        close();
      }
    }
  }

  /** Opens memory that the other task offers. Without it, it goes on as if nothing was offered. */
  private void open(byte[] offer) {
    var said = Frame.Type.ACCEPTED;
    try {
      close(incomingRing);
      incomingRing = SharedRing.open(offer);
    } catch (IOException e) {
      said = Frame.Type.REFUSED;
    }
    send(said, new byte[0], List.of());
  }

  private static void close(@Nullable SharedRing ring) {
    if (ring != null) {
      ring.close();
    }
  }

  private String timeoutSeconds() {
    try {
      return String.valueOf(socket.getSoTimeout() / 1000.0).replaceAll("\\.0$", "");
    } catch (IOException e) {
      return "many";
    }
  }

  private void send() {
    try {
      while (true) {
        var next = outgoing.poll(beatMillis, TimeUnit.MILLISECONDS);
        var frame = next == null ? BEAT : next;
        write(frame);
        if (frame.last) {
          socket.shutdownOutput();
          return;
        }
        if (next != null) {
          sent();
        }
      }
    } catch (IOException e) {
      awaitLastWords();
      lost.accept(this, "the connection to %s is lost: %s".formatted(peer, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      lost.accept(this, "nothing more can be sent to %s: %s".formatted(peer, e));
    } finally {
      close(outgoingRing);
      endSending();
    }
  }

  private void write(Outgoing frame) throws IOException {
    int count = Frame.count(frame.parts);
    if (count >= WORTH_SHARING) {
      offer();
    }
    var ring = answer == Frame.Type.ACCEPTED && count > 0 ? outgoingRing : null;
    if (ring != null && ring.holds(count)) {
      ring.put(frame.parts, this::hasEnded);
      Frame.write(out, frame.type, frame.bytes, frame.parts, true);
    } else {
      Frame.write(out, frame.type, frame.bytes, frame.parts, false);
    }
  }

  /** Offers memory once; if the other task does not take it, values go over the network. */
  private void offer() throws IOException {
    if (shareable > 0) {
      var ring = ringOrNull(shareable);
      shareable = 0;
      if (ring != null) {
        outgoingRing = ring;
        Frame.write(out, Frame.Type.OFFER, ring.offer(), List.of(), false);
      }
    } else if (outgoingRing != null && answer == Frame.Type.REFUSED) {
      outgoingRing.close();
      outgoingRing = null;
    }
  }

  /** A ring; null if the machine has no memory for it, or does not let this process have it. */
  private static @Nullable SharedRing ringOrNull(int floats) {
    try {
      return SharedRing.create(floats);
    } catch (IOException e) {
      return null;
    }
  }

  private synchronized boolean hasEnded() {
    return ended;
  }

  /**
   * Waits a moment until all that the other side has sent is read: if it has said why it ends, that
   * counts more than that nothing can be sent to it.
   */
  private void awaitLastWords() {
    try {
      var _ = allRead.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void sent() {
    unsent--;
    notifyAll();
  }

  private synchronized void endSending() {
    ended = true;
    notifyAll();
  }

  @Override
  public synchronized void send(Frame.Type type, byte[] bytes, List<ArrayPart> parts) {
    if (!ended) {
      unsent++;
      outgoing.add(new Outgoing(type, bytes, parts, false));
    }
  }

  @Override
  public synchronized void awaitSent() throws InterruptedException {
    while (unsent > 0 && !ended) {
      wait();
    }
  }

  @Override
  public Frame receive() throws InterruptedException {
    var frame = frames.take();
    if (frame.type() == Frame.Type.ENDED) {
      frames.add(frame);
    }
    return frame;
  }

  @Override
  public void recycle(float[] values) {
    spare.add(values);
  }

  /** An array of a length that was given back; null if there is none. */
  private float @Nullable [] spare(int length) {
    for (var arrays = spare.iterator(); arrays.hasNext(); ) {
      float[] array = arrays.next();
      if (array.length == length) {
        arrays.remove();
        return array;
      }
    }
    return null;
  }

  @Override
  public boolean isOpen() {
    return allRead.getCount() > 0;
  }

  @Override
  public void end() {
    frames.add(Frame.of(Frame.Type.ENDED, ""));
  }

  @Override
  public void sendLast(Frame frame, boolean atOnce) {
    if (atOnce) {
      outgoing.clear();
    }
    outgoing.add(new Outgoing(frame.type(), frame.bytes(), List.of(), true));
    var farewell = sender;
    if (farewell == null) {
      farewell = Thread.ofVirtual().name("stride-end-" + peer.first()).start(this::send);
    }
    // The other side may not read: that does not delay the end.
    if (farewell != Thread.currentThread()) {
      try {
        var _ = farewell.join(Duration.ofMillis(FAREWELL_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    endSending();
    allSent = true;
    if (allRead.getCount() == 0) {
      close();
    }
  }

  @Override
  public void close() {
    endSending();
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed as far as it can be.
    }
  }
}
