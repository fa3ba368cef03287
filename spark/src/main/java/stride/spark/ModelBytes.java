package stride.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.network.Model;

/**
 * The bytes of a model's file, which Spark sends to each executor once; there, all tasks share one
 * model that is made of them, and one engine.
 */
final class ModelBytes implements Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] bytes;
  private transient @Nullable Model model;
  private transient @Nullable Engine engine;

  ModelBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The model.
   *
   * @param file its name, for messages
   */
  synchronized Model model(String file) {
    var made = model;
    if (made == null) {
      try {
        made = Model.load(new ByteArrayInputStream(bytes));
      } catch (IOException e) {
        throw new UncheckedIOException("%s: %s".formatted(file, e.getMessage()), e);
      }
      model = made;
    }
    return made;
  }

  /** The engine of this process, with threads for as many tasks as run here at the same time. */
  synchronized Engine engine(int threads) {
    var made = engine;
    if (made == null) {
      made = Engine.withThreads(threads);
      engine = made;
    }
    return made;
  }
}
