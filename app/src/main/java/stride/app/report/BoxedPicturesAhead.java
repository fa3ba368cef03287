package stride.app.report;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import stride.data.BoxPictures;
import stride.data.TrueBox;
import stride.detection.Detector;
import stride.detection.PreparedPicture;

/** Decodes and resizes pictures on a thread of its own, some ahead of the one asked for. */
final class BoxedPicturesAhead implements AutoCloseable {
  /** A picture as it is computed, and what is marked in it. */
  record Read(int index, PreparedPicture picture, List<TrueBox> objects) {}

  private static final int MOST = 8;

  private final BoxPictures pictures;
  private final Detector detector;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("pictures").unstarted(task));
  private final ArrayDeque<Future<Read>> decoding = new ArrayDeque<>();
  private int started;

  BoxedPicturesAhead(BoxPictures pictures, Detector detector) {
    this.pictures = pictures;
    this.detector = detector;
  }

  Read next() {
    while (decoding.size() <= MOST && started < pictures.size()) {
      int index = started++;
      decoding.add(thread.submit(() -> read(index)));
    }
    try {
      return decoding.remove().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private Read read(int index) {
    var read = pictures.get(index);
    return new Read(index, detector.prepare(read.picture()), read.objects());
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
