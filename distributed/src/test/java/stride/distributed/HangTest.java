package stride.distributed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that trains and gets nowhere, in a process that lives. */
@Timeout(60)
final class HangTest {
  private static final Duration STALL = Duration.ofMillis(300);

  private static String hangs(Runnable first) throws Exception {
    var said = new CompletableFuture<String>();
    var worker =
        Thread.ofPlatform()
            .start(
                () -> {
                  var _ = new Watchdog(STALL, said::complete);
                  first.run();
                  hangForEver();
                });
    String sentence = said.get();
    // What can be interrupted ends.
    assertTrue(worker.join(Duration.ofSeconds(20)));
    return sentence;
  }

  private static void hangForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whereATaskHangsIsSaid() throws Exception {
    assertEquals(
        "has got nowhere for 1 s: it hangs in stride.distributed.HangTest.hangForEver",
        hangs(() -> {}).replaceFirst("for \\d+ s", "for 1 s"));
  }

  /** Some batches take longer than others; the first one is compiled. */
  @Test
  void slowBatchesAreAllowedForOnceOneWasSlow() throws Exception {
    var said = new AtomicReference<String>();
    var watchdog = new Watchdog(STALL, sentence -> said.getAndSet(sentence) == null);
    watchdog.progress();
    sleep(150);
    watchdog.progress();
    sleep(1000);
    assertNull(said.get());
    watchdog.progress();
    watchdog.close();
  }

  @Test
  void whoWaitsForOthersDoesNotHang() throws Exception {
    var said = new AtomicReference<String>();
    var watchdog = new Watchdog(STALL, sentence -> said.getAndSet(sentence) == null);
    watchdog.waits();
    sleep(1000);
    watchdog.goesOn();
    watchdog.progress();
    assertNull(said.get());
    watchdog.close();
  }

  private static void sleep(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
