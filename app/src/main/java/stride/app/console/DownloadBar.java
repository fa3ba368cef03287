package stride.app.console;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import stride.zoo.DownloadProgress;

/** Shows on stderr how downloads go, one after another: what is loaded, and a bar on a terminal. */
public final class DownloadBar implements DownloadProgress, AutoCloseable {
  private static final long MEGABYTE = 1_000_000;

  private final Console console;
  private @Nullable URI url;
  private @Nullable Bar bar;

  public DownloadBar(Console console) {
    this.console = console;
  }

  @Override
  public void begin(URI url) {
    close();
    this.url = url;
  }

  @Override
  public void at(long bytes, long total) {
    if (bar == null) {
      console.note("downloading " + url);
      bar = new Bar(console, name(), total, " MB", MEGABYTE);
    }
    bar.at(bytes);
  }

  @Override
  public void waiting() {
    console.note("waiting for another process that downloads " + name());
  }

  private String name() {
    return url == null ? "" : String.valueOf(Path.of(url.getPath()).getFileName());
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
