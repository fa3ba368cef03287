package stride.data;

import java.io.IOException;
import java.io.InputStream;

/**
 * Opens files by their names, wherever they are kept. An example is {@code
 * stride.mnist.MnistFiles::open}.
 */
@FunctionalInterface
public interface DataFiles {
  /**
   * Opens a file for reading; the caller closes it.
   *
   * @param name the file's name
   * @return the file's bytes
   * @throws IOException if there is no such file or it cannot be read
   */
  InputStream open(String name) throws IOException;
}
