package stride.zoo;

import java.net.URI;

/** Receives the progress of a download, on the thread that waits for it. */
@FunctionalInterface
public interface DownloadProgress {
  /**
   * Called when further bytes of the file have arrived.
   *
   * @param bytes the bytes so far
   * @param total the bytes of the whole file; -1 if the server does not tell
   */
  void at(long bytes, long total);

  /**
   * Called before a missing file is downloaded.
   *
   * @param url the file's address
   */
  default void begin(URI url) {}

  /** Called when another process or thread downloads the same file, and this one waits for it. */
  default void waiting() {}

  /** {@return a progress that ignores all calls} */
  static DownloadProgress none() {
    return (bytes, total) -> {};
  }
}
