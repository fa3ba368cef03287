package stride.zoo;

import java.net.URI;

/** Hears how a download goes, on the thread that waits for it. */
@FunctionalInterface
public interface DownloadProgress {
  /**
   * Some more of the file has come.
   *
   * @param bytes how much of it is there
   * @param total how much it is; -1 if the server does not say
   */
  void at(long bytes, long total);

  /**
   * A file that is not there is about to be downloaded.
   *
   * @param url where it comes from
   */
  default void begin(URI url) {}

  /** Another process or thread downloads the same file, and this one waits for its end. */
  default void waiting() {}

  /** For those who do not want to hear of it. */
  static DownloadProgress none() {
    return (bytes, total) -> {};
  }
}
