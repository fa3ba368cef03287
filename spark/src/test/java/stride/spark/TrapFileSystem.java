package stride.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * This machine's files under the scheme "trap". The process that finds a trap, a file in the folder
 * of the setting "trap.folder", dies in the way that its name says; the file is gone then.
 */
public final class TrapFileSystem extends RawLocalFileSystem {
  static final String FOLDER = "trap.folder";

  /** By then the training is in its second step or later. */
  private static final int OPENED = 12;

  private static final int CREATED = 2;
  private static final AtomicInteger OPENS = new AtomicInteger();
  private static final AtomicInteger CREATES = new AtomicInteger();

  /** Creates the file system, for Hadoop. */
  public TrapFileSystem() {}

  @Override
  public URI getUri() {
    return URI.create("trap:///");
  }

  @Override
  public String getScheme() {
    return "trap";
  }

  private boolean finds(String trap) throws IOException {
    Configuration conf = getConf();
    String folder = conf.get(FOLDER);
    return folder != null && Files.deleteIfExists(java.nio.file.Path.of(folder, trap));
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (file.toString().endsWith(".png") && OPENS.incrementAndGet() > OPENED) {
      if (finds("step")) {
        Runtime.getRuntime().halt(137);
      }
      if (finds("exchange")) {
        Thread.ofPlatform().daemon().start(TrapFileSystem::haltInExchange);
      }
      if (finds("stop")) {
        var _ =
            new ProcessBuilder("kill", "-STOP", String.valueOf(ProcessHandle.current().pid()))
                .start();
      }
    }
    return super.open(file, bufferSize);
  }

  private static void haltInExchange() {
    while (true) {
      for (var stack : Thread.getAllStackTraces().values()) {
        for (var frame : stack) {
          if (frame.getClassName().equals("stride.distributed.TcpExchange")) {
            Runtime.getRuntime().halt(137);
          }
        }
      }
    }
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    var stream = super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    if (file.toString().contains("/training-")
        && CREATES.incrementAndGet() > CREATED
        && finds("checkpoint")) {
      stream.write(new byte[100]);
      stream.flush();
      Runtime.getRuntime().halt(137);
    }
    return stream;
  }
}
