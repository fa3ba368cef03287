package stride.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.SparkEnv;
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

  /** The engine of this process, which has a thread for each core of the executor. */
  synchronized Engine engine() {
    var made = engine;
    if (made == null) {
      made = Engine.withThreads(cores());
      engine = made;
    }
    return made;
  }

  /** The cores of this executor; without a cluster manager that deals them out, all there are. */
  private static int cores() {
    int all = Runtime.getRuntime().availableProcessors();
    var running = SparkEnv.get();
    return running == null ? all : Math.max(1, running.conf().getInt("spark.executor.cores", all));
  }
}
