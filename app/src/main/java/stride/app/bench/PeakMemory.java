package stride.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The most memory that this process has held, as Linux counts it. */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s*(\\d{1,15}) kB$");

  private PeakMemory() {}

  /** Megabytes of 1,048,576 bytes; null where the system does not tell. */
  public static @Nullable Double megabytes() {
    return megabytes(STATUS);
  }

  static @Nullable Double megabytes(Path status) {
    try {
      var peak = PEAK.matcher(Files.readString(status));
      return peak.find() ? Long.parseLong(peak.group(1)) / 1024.0 : null;
    } catch (IOException e) {
      return null;
    }
  }
}
