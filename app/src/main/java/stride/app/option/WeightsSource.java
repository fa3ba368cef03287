package stride.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import stride.app.console.Console;
import stride.app.console.DownloadBar;
import stride.app.console.UsageException;
import stride.zoo.Architecture;
import stride.zoo.Pretrained;
import stride.zoo.WeightsFolder;

/** A network's weights, as {@code --weights} names them. */
public sealed interface WeightsSource {

  /** Published ones, which are downloaded once. */
  record Published(Pretrained weights) implements WeightsSource {}

  /** A file. */
  record Saved(Path path) implements WeightsSource {}

  /**
   * Tells what is named, without reading it. A name under which weights are published means these
   * even where a file is called the same; {@code ./NAME} is the file.
   *
   * @throws UsageException if there is neither; the message lists what is published
   */
  static WeightsSource of(Architecture network, String name) {
    var published = Pretrained.find(network.name(), name);
    if (published.isPresent()) {
      return new Published(published.get());
    }
    var path = Path.of(name);
    if (Files.isRegularFile(path)) {
      return new Saved(path);
    }
    var all = Pretrained.of(network.name());
    throw new UsageException(
        "--weights %s: %s, and no weights of that name are published for %s; %s"
            .formatted(
                name,
                Files.exists(path) ? "that is no file" : "there is no such file",
                network.name(),
                all.isEmpty() ? "for this network there are none, give a file" : listed(all)));
  }

  private static String listed(List<Pretrained> published) {
    return "published are %s (%s means the first)"
        .formatted(
            published.stream().map(Pretrained::tag).collect(Collectors.joining(" and ")),
            published.getFirst().trainedOn());
  }

  /**
   * Returns a name of the same weights that holds in every working directory: a file's path becomes
   * absolute, any other name stays as it is.
   */
  static String lasting(String name) {
    return Files.isRegularFile(Path.of(name))
        ? Path.of(name).toAbsolutePath().normalize().toString()
        : name;
  }

  /**
   * Returns their file; published weights that are not there are downloaded.
   *
   * @throws IOException if they cannot be had
   */
  default Path file(Console console) throws IOException {
    return switch (this) {
      case Saved saved -> saved.path();
      case Published published -> {
        try (var progress = new DownloadBar(console)) {
          yield WeightsFolder.standard().get(published.weights(), progress);
        }
      }
    };
  }
}
