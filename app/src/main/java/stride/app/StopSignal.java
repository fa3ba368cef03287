package stride.app;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C, a closed terminal or a polite kill, turned into a question that a training can ask
 * between two steps. The process ends when this is closed, not before; whoever prints something on
 * the way out has to do it before that.
 */
final class StopSignal implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stride-stop");
  private volatile boolean asked;

  private StopSignal() {}

  static StopSignal listen() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Whether the process was asked to end. */
  boolean asked() {
    return asked;
  }

  private void stop() {
    asked = true;
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
