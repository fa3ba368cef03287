package stride.app.training;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C, a closed terminal or a polite kill, turned into a question that a training can ask
 * between two steps. Once it has been asked, the process ends when this is closed, not before;
 * whoever prints something on the way out has to do it before that. Until then nothing has been
 * learned that would be lost, and the process ends at once.
 */
public final class StopSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stride-stop");
  private volatile boolean asked;
  private volatile boolean heard;

  private StopSignal() {}

  public static StopSignal listen() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Whether the process was asked to end. */
  public boolean asked() {
    heard = true;
    return asked;
  }

  /** Until it is asked again, nothing is learned that would be lost. */
  public void rest() {
    heard = false;
  }

  private void stop() {
    asked = true;
    if (!heard) {
      return;
    }
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending; the hook has seen that this is closed.
    }
  }
}
