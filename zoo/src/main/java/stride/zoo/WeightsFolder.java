package stride.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The folder of downloaded weights, under their names on the web.
 *
 * @param path the folder; created when it is needed
 */
public record WeightsFolder(Path path) {

  /**
   * {@return this user's folder: {@code weights} in the folder that the environment variable
   * STRIDE_HOME names, else in Stride's folder of the platform's cache ({@code ~/.cache/stride} on
   * Linux)}
   */
  public static WeightsFolder standard() {
    return new WeightsFolder(stride().resolve("weights"));
  }

  /** Returns the folder of this user's downloads. */
  static Path stride() {
    return stride(
        System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  static WeightsFolder of(Map<String, String> environment, String system, Path home) {
    return new WeightsFolder(stride(environment, system, home).resolve("weights"));
  }

  private static Path stride(Map<String, String> environment, String system, Path home) {
    String own = environment.getOrDefault("STRIDE_HOME", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("windows")) {
      String local = environment.getOrDefault("LOCALAPPDATA", "");
      return (local.isBlank() ? home.resolve("AppData").resolve("Local") : Path.of(local))
          .resolve("Stride");
    }
    if (os.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches").resolve("Stride");
    }
    // A relative path is invalid and must be ignored (XDG Base Directory Specification).
    var cache = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    return (cache.isAbsolute() ? cache : home.resolve(".cache")).resolve("stride");
  }

  /**
   * {@return the path of the file of weights, which may not exist}
   *
   * @param weights the weights
   */
  public Path file(Pretrained weights) {
    return path.resolve(weights.fileName());
  }

  /**
   * Returns the file of weights, which is downloaded if it does not exist. The checksum is
   * verified; an interrupted download is continued; of several processes at once, one downloads.
   *
   * @param weights the weights
   * @param progress receives the progress of the download
   * @return the file
   * @throws stride.format.FileException if it cannot be downloaded; the message names the url and
   *     the place to put the file
   * @throws IOException if another failure occurs
   */
  public Path get(Pretrained weights, DownloadProgress progress) throws IOException {
    var file = file(weights);
    new Download(weights.url(), weights.sha256()).to(file, progress);
    return file;
  }
}
