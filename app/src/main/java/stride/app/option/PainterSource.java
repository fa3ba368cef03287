package stride.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import stride.format.FileException;
import stride.format.TensorFile;
import stride.network.Model;
import stride.network.Task;
import stride.zoo.Zoo;

/**
 * A model that paints in one pass, as the command line names it: a model that was saved, by its
 * file or by the folder of its run, or weights of PyTorch's examples/fast_neural_style of any
 * width.
 */
public final class PainterSource {
  /** The network whose weights a file holds that says nothing but these. */
  private static final String NETWORK = "style";

  private PainterSource() {}

  /**
   * Reads it.
   *
   * @throws IOException if it cannot be read, or paints nothing; the message names it
   */
  public static Model read(String name) throws IOException {
    var path = Path.of(name);
    var file = Files.isDirectory(path) ? ModelSource.ofRun(path) : path;
    if (isWeights(file)) {
      return Zoo.find(NETWORK).load(file);
    }
    var model = Model.load(file);
    if (model.task() != Task.IMAGE) {
      throw new FileException(
          "%s does not paint, its task is %s: --model takes a model that \"stride train style\" made, or weights of PyTorch's fast_neural_style"
              .formatted(name, model.task().key()));
    }
    return model;
  }

  private static boolean isWeights(Path file) throws IOException {
    try (var tensors = TensorFile.open(file)) {
      return !Model.isIn(tensors);
    }
  }
}
