package stride.app.option;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import stride.app.console.UsageException;
import stride.app.run.RunFolder;
import stride.format.FileException;
import stride.zoo.Architecture;
import stride.zoo.Pretrained;
import stride.zoo.Zoo;

/**
 * What a command computes with, as the command line names it: a network with weights, or a model
 * that was saved, by its file or by the folder of the run that made it.
 */
sealed interface ModelSource {

  /** A network of the zoo with weights. */
  record Published(Architecture network, WeightsSource weights) implements ModelSource {}

  /** A file that holds a model. */
  record Saved(Path file) implements ModelSource {}

  /**
   * Tells what is named, without reading it. With weights it is a network; without, a file or
   * folder that is there, or whatever has a dot or a slash in its name.
   *
   * @param weights as {@code --weights} names them; null if they are not given
   * @throws IllegalArgumentException if there is neither a file nor a network of that name
   * @throws UsageException if a network is named without weights, or weights that are not there
   * @throws FileException if it is a folder that holds no model
   */
  static ModelSource of(String name, @Nullable String weights) throws IOException {
    if (weights != null) {
      var network = Zoo.find(name);
      return new Published(network, WeightsSource.of(network, weights));
    }
    var path = Path.of(name);
    if (Files.isDirectory(path)) {
      return new Saved(ofRun(path));
    }
    if (Files.exists(path)
        || name.contains(".")
        || name.contains("/")
        || name.contains(File.separator)) {
      return new Saved(path);
    }
    throw withoutWeights(Zoo.find(name));
  }

  /**
   * The model's file in the folder of a run.
   *
   * @throws FileException if it is no run's, or holds no model yet
   */
  static Path ofRun(Path folder) throws IOException {
    if (!RunFolder.isRun(folder)) {
      throw new FileException(
          "cannot read %s: it is a folder, but not that of a run; name a saved model, or the folder of a run"
              .formatted(folder));
    }
    return RunFolder.modelOf(folder)
        .orElseThrow(
            () ->
                new FileException(
                    "the run in %s holds no model yet: its first epoch is not over"
                        .formatted(folder)));
  }

  private static UsageException withoutWeights(Architecture network) {
    var published = Pretrained.of(network.name());
    return new UsageException(
        "%s is a network without weights: %sgive a file of them with --weights FILE, or name a"
                .formatted(
                    network.name(),
                    published.isEmpty()
                        ? ""
                        : "download the published ones with --weights %s, "
                            .formatted(published.getFirst().trainedOn()))
            + " saved model instead");
  }
}
