package stride.app.report;

import java.util.ArrayList;
import java.util.List;
import stride.detection.Detection;
import stride.detection.Detector;
import stride.detection.PreparedPicture;

/**
 * Detects in pictures one after the other. Some that were resized to the same size are computed
 * together, others by themselves, so that the boxes of a picture do not depend on what other
 * pictures there are.
 *
 * @param <T> what belongs to a picture
 * @param <X> what hearing of boxes throws
 */
public final class DetectionBatch<T, X extends Exception> {
  private static final int MOST = 8;

  private final Detector detector;
  private final Listener<T, X> listener;
  private final List<T> waiting = new ArrayList<>();
  private final List<PreparedPicture> pictures = new ArrayList<>();

  /** Hears what was found in a picture, in the order in which they were added. */
  @FunctionalInterface
  public interface Listener<T, X extends Exception> {
    void found(T picture, List<Detection> found) throws X;
  }

  public DetectionBatch(Detector detector, Listener<T, X> listener) {
    this.detector = detector;
    this.listener = listener;
  }

  /** Adds a picture, before which all that wait may be computed. */
  public void add(T own, PreparedPicture picture) throws X {
    boolean fits =
        pictures.size() < MOST
            && (pictures.isEmpty() || pictures.getFirst().resized().equals(picture.resized()));
    if (!fits) {
      finish();
    }
    waiting.add(own);
    pictures.add(picture);
  }

  /** Computes those that wait. */
  public void finish() throws X {
    var found = detector.detectPrepared(pictures);
    var done = List.copyOf(waiting);
    waiting.clear();
    pictures.clear();
    for (int i = 0; i < done.size(); i++) {
      listener.found(done.get(i), found.get(i));
    }
  }
}
