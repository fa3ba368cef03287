package stride.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DecodingMemoryTest {
  private static final long MORE_THAN_HALF = DecodingMemory.most() / 2 + (8 << 20);

  @Test
  void ofLargePicturesNoMoreAreDecodedAtOnceThanFit() throws InterruptedException {
    var atOnce = new AtomicInteger();
    var most = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int k = 0; k < 20; k++) {
                      try (var _ = DecodingMemory.take(MORE_THAN_HALF)) {
                        most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                        Thread.yield();
                        atOnce.decrementAndGet();
                      }
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(1, most.get());
  }

  @Test
  void smallPicturesDoNotWait() throws InterruptedException {
    var done = new CountDownLatch(1);
    try (var _ = DecodingMemory.take(Long.MAX_VALUE)) {
      var waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (var _ = DecodingMemory.take(MORE_THAN_HALF)) {
                      done.countDown();
                    }
                  });
      while (waiting.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      try (var _ = DecodingMemory.take(500_000)) {
        assertFalse(done.await(50, TimeUnit.MILLISECONDS));
      }
      assertTrue(waiting.isAlive());
    }
    assertTrue(done.await(30, TimeUnit.SECONDS));
  }
}
