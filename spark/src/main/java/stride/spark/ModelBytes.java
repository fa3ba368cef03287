package stride.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
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

  /** The bytes of a model's file in any file system that Hadoop reads. */
  static ModelBytes read(String file, Configuration configuration) {
    var path = new Path(file);
    try (var stream = path.getFileSystem(configuration).open(path)) {
      return new ModelBytes(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be read: " + e.getMessage(), e);
    }
  }

  /** The bytes of a model. */
  static ModelBytes of(Model model) {
    try {
      var folder = Files.createTempDirectory("stride-model");
      try {
        var file = folder.resolve("model.safetensors");
        model.save(file);
        return new ModelBytes(Files.readAllBytes(file));
      } finally {
        TemporaryFolder.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("there is no place for a model: " + e.getMessage(), e);
    }
  }

  /** The same bytes, without a model that may have been made of them. */
  ModelBytes copy() {
    return new ModelBytes(bytes);
  }

  byte[] bytes() {
    return bytes;
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
