package stride.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that delivers no bytes for too long, which ends the read that waits for it. */
final class Watch implements AutoCloseable {
  private final InputStream stream;
  private final long patience;
  private final Thread thread;
  private volatile long moved = System.nanoTime();
  private volatile boolean closed;

  Watch(InputStream stream, Duration patience) {
    this.stream = stream;
    this.patience = patience.toNanos();
    thread = Thread.ofVirtual().start(this::run);
  }

  /** Records that bytes have arrived. */
  void moved() {
    moved = System.nanoTime();
  }

  /** Returns whether the stream was closed because no bytes arrived for too long. */
  boolean hasClosed() {
    return closed;
  }

  private void run() {
    try {
      for (long left = patience; left > 0; left = moved + patience - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(left));
      }
      closed = true;
      stream.close();
    } catch (InterruptedException e) {
      // The stream has ended.
    } catch (IOException e) {
      // The reader notices the failure itself.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
