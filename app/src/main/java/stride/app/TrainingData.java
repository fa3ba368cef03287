package stride.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import stride.app.run.RunConfig;
import stride.data.ImageFolder;
import stride.data.Splits;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/** The data of a run: a data set that is known by name, or a folder of pictures. */
final class TrainingData {
  private final RunConfig config;
  private final boolean known;

  /**
   * Looks at what the run names, without reading it.
   *
   * @throws IllegalArgumentException if there is no such data set or folder
   */
  TrainingData(RunConfig config) {
    this.config = config;
    known = DataSets.isKnown(config.data()) || !Files.isDirectory(Path.of(config.data()));
    if (known) {
      DataSets.find(config.data(), config.dataFolder());
    } else if (config.dataFolder() != null) {
      throw new UsageException("--data-dir goes with the name of a data set, --data is a folder");
    }
  }

  /** Whether it is a folder of pictures, which are fitted to the network. */
  boolean isFolder() {
    return !known;
  }

  /** The names of the classes. */
  List<String> labels() throws IOException {
    if (known) {
      return DataSets.find(config.data(), config.dataFolder()).labels();
    }
    return ImageFolder.of(train(), Preprocessing.none(Shape.image(1, 1, 3))).labels();
  }

  /**
   * Reads it.
   *
   * @param pictures how pictures of a folder are prepared; a known data set's images are as they
   *     are
   */
  Splits load(Preprocessing pictures) throws IOException {
    if (known) {
      return DataSets.find(config.data(), config.dataFolder()).load();
    }
    var train = ImageFolder.of(train(), pictures);
    var test = ImageFolder.of(test(), pictures).withClasses(train.labels());
    return new Splits(train, test);
  }

  private Path train() {
    return ImageFolder.train(Path.of(config.data()));
  }

  private Path test() {
    var folder = Path.of(config.data());
    var test = ImageFolder.test(folder);
    if (test.equals(folder)) {
      throw new UsageException(
          "%s holds no val/ or test/ with pictures to measure with".formatted(folder));
    }
    return test;
  }
}
