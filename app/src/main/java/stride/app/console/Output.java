package stride.app.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Stdout as the file that it often is, which can fail: its disk fills up, or the reader of a pipe
 * goes away. Remembers why; a {@link java.io.PrintWriter} only knows that it failed.
 */
public final class Output extends OutputStream {
  private final OutputStream out;
  private @Nullable IOException failure;

  public Output(OutputStream out) {
    this.out = out;
  }

  /** The process's own. */
  public static Output standard() {
    return new Output(new FileOutputStream(FileDescriptor.out));
  }

  /** Why something could not be written, the first time; null if all was. */
  @Nullable
  public IOException failure() {
    return failure;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }
}
