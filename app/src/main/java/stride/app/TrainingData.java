package stride.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import stride.app.run.RunConfig;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.data.Splits;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/** The data of a run: a data set that is known by name, or a folder of pictures. */
final class TrainingData {
  /** How many times the smallest class the largest may be without a word. */
  private static final int UNEVEN = 3;

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
    if (known && (config.given("val_fraction") || config.flag("skip_broken"))) {
      throw new UsageException(
          "--val-fraction and --skip-broken go with a folder of pictures, --data is %s"
              .formatted(config.data()));
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
    var folder = config.given("val_fraction") ? Path.of(config.data()) : train();
    return ImageFolder.of(folder, Preprocessing.none(Shape.image(1, 1, 3))).labels();
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
    if (config.given("val_fraction")) {
      return sound(ImageFolder.of(Path.of(config.data()), pictures))
          .split(config.number("val_fraction"), config.seed());
    }
    var train = sound(ImageFolder.of(train(), pictures));
    var test = sound(ImageFolder.of(test(), pictures).withClasses(train.labels()));
    return new Splits(train, test);
  }

  private ImageFolder sound(ImageFolder pictures) throws IOException {
    return config.flag("skip_broken") ? pictures.readable() : pictures;
  }

  /** What is to be said about data that have been read: what was left out, uneven classes. */
  List<String> remarks(Splits images) {
    var remarks = new ArrayList<String>();
    if (images.train() instanceof ImageFolder train && images.test() instanceof ImageFolder test) {
      var skipped = new LinkedHashSet<>(train.skipped());
      skipped.addAll(test.skipped());
      skipped.forEach(entry -> remarks.add("passed over: " + entry));
    }
    unevenness(images.train()).ifPresent(remarks::add);
    return remarks;
  }

  private static Optional<String> unevenness(ImageDataset images) {
    var counts = new int[images.labels().size()];
    for (int i = 0; i < images.size(); i++) {
      counts[images.label(i)]++;
    }
    int least = 0;
    int most = 0;
    for (int label = 0; label < counts.length; label++) {
      least = counts[label] < counts[least] ? label : least;
      most = counts[label] > counts[most] ? label : most;
    }
    return counts[most] <= UNEVEN * (long) counts[least]
        ? Optional.empty()
        : Optional.of(
            Figures.format(
                "the classes are uneven: %s has %,d images, %s %,d; --class-weights balanced lets"
                    + " them count alike",
                images.labels().get(most),
                counts[most],
                images.labels().get(least),
                counts[least]));
  }

  private Path train() {
    return ImageFolder.train(Path.of(config.data()));
  }

  private Path test() {
    var folder = Path.of(config.data());
    var test = ImageFolder.test(folder);
    if (test.equals(folder)) {
      throw new UsageException(
          "%s holds no val/ or test/ to measure with; make one, or give --val-fraction 0.2"
              .formatted(folder));
    }
    return test;
  }
}
