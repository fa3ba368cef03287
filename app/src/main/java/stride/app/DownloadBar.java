package stride.app;

import org.jspecify.annotations.Nullable;
import stride.zoo.DownloadProgress;
import stride.zoo.Pretrained;

/** Shows on stderr how a download goes: what is loaded, and a bar on a terminal. */
final class DownloadBar implements DownloadProgress, AutoCloseable {
  private static final long MEGABYTE = 1_000_000;

  private final Console console;
  private final Pretrained weights;
  private @Nullable Bar bar;

  DownloadBar(Console console, Pretrained weights) {
    this.console = console;
    this.weights = weights;
  }

  @Override
  public void at(long bytes, long total) {
    if (bar == null) {
      console.note("downloading " + weights.url());
      bar = new Bar(console, weights.fileName(), total, " MB", MEGABYTE);
    }
    bar.at(bytes);
  }

  @Override
  public void waiting() {
    console.note("waiting for another process that downloads " + weights.fileName());
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
