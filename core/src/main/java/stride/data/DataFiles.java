package stride.data;

import java.io.IOException;
import java.io.InputStream;

/** Files by name, wherever they are kept: {@code stride.mnist.MnistFiles::open} is one. */
@FunctionalInterface
public interface DataFiles {
  /** Opens a file for reading; the caller closes it. */
  InputStream open(String name) throws IOException;
}
