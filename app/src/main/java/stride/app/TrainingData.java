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
import stride.data.PictureCache;
import stride.data.Splits;
import stride.image.Preprocessing;
import stride.tensor.Shape;
import stride.zoo.DownloadProgress;

/** The data of a run: a data set that is known by name, or a folder of pictures. */
final class TrainingData {
  /** How many times the smallest class the largest may be without a word. */
  private static final int UNEVEN = 3;

  private final RunConfig config;
  private final boolean known;
  private final boolean isTable;

  /** Of the pictures to learn from and of those to measure with. */
  private final PictureCache cache = new PictureCache();

  /**
   * Looks at what the run names, without reading it.
   *
   * @throws IllegalArgumentException if there is no such data set or folder
   */
  TrainingData(RunConfig config) {
    this.config = config;
    var path = Path.of(config.data());
    known = DataSets.isKnown(config.data()) || !Files.exists(path);
    isTable = !known && Files.isRegularFile(path);
    if (!known && !isTable && config.given("val_fraction")) {
      var part = ImageFolder.validation(path);
      if (!part.equals(path)) {
        throw new UsageException(
            "--val-fraction sets some of the pictures to learn from aside, but there is %s to measure with: leave it out"
                .formatted(part));
      }
    }
    if (known) {
      DataSets.find(config.data(), config.dataFolder());
    } else if (config.dataFolder() != null) {
      throw new UsageException("--data-dir goes with the name of a data set, --data is a path");
    }
    if (known
        && (config.given("val_fraction")
            || config.flag("skip_broken")
            || config.flag("cache_pictures"))) {
      throw new UsageException(
          "--val-fraction, --skip-broken and --cache-pictures go with a folder of pictures, --data is %s"
              .formatted(config.data()));
    }
    if (known && PictureArguments.areIn(config)) {
      throw new UsageException(
          "--no-exif and --max-pixels go with pictures, --data is " + config.data());
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
    if (isTable) {
      var table = table();
      return table.severalLabels()
          ? table.labels()
          : severalClasses(Path.of(config.data()), table.labels(), "named in the table");
    }
    var pictures = ImageFolder.of(train(), Preprocessing.none(Shape.image(1, 1, 3)));
    return severalClasses(train(), pictures.labels(), "in a sub-folder of its own");
  }

  private static List<String> severalClasses(Path data, List<String> labels, String each) {
    if (labels.size() < 2) {
      throw new UsageException(
          "%s holds pictures of one class, %s; a network learns what tells two or more apart, each %s"
              .formatted(data, labels.getFirst(), each));
    }
    return labels;
  }

  /**
   * Reads it.
   *
   * @param pictures how pictures of a folder are prepared; a known data set's images are as they
   *     are, or of the size that is given
   * @param progress hears of the download of a known data set that is not there
   */
  Splits load(Preprocessing pictures, DownloadProgress progress) throws IOException {
    if (known) {
      var images = DataSets.find(config.data(), config.dataFolder()).load(progress);
      return DataOptions.input(config).map(images::ofSize).orElse(images);
    }
    if (isTable) {
      return ofTable(pictures);
    }
    var train = sound(ImageFolder.of(train(), pictures));
    if (config.given("val_fraction")) {
      return train.split(config.number("val_fraction"), config.seed());
    }
    var test = sound(ImageFolder.of(test(), pictures).withClasses(train.labels()));
    return new Splits(train, test);
  }

  /** Whether pictures may belong to several classes. */
  boolean hasSeveralLabels() throws IOException {
    return isTable && table().severalLabels();
  }

  private LabelTable table() throws IOException {
    return LabelTable.read(Path.of(config.data()));
  }

  private Splits ofTable(Preprocessing pictures) throws IOException {
    var table = table();
    if (config.given("val_fraction")) {
      if (table.isSplit()) {
        throw new UsageException(
            "--val-fraction sets some of the pictures to learn from aside, but the column split of %s says already which to measure with: leave one of them out"
                .formatted(config.data()));
      }
      return sound(table.all(pictures)).split(config.number("val_fraction"), config.seed());
    }
    if (!table.isSplit()) {
      throw new UsageException(
          "%s does not say which pictures to measure with; give --val-fraction 0.2, or a column split with train and val"
              .formatted(config.data()));
    }
    return new Splits(sound(table.train(pictures)), sound(table.validation(pictures)));
  }

  private ImageFolder sound(ImageFolder pictures) throws IOException {
    var read = pictures.with(PictureArguments.of(config));
    var sound = config.flag("skip_broken") ? read.readable() : read;
    return config.flag("cache_pictures") ? sound.cached(cache) : sound;
  }

  /** What is to be said about data that have been read: what was left out, uneven classes. */
  List<String> remarks(Splits images) {
    var remarks = new ArrayList<String>();
    if (images.train() instanceof ImageFolder train && images.test() instanceof ImageFolder test) {
      var skipped = new LinkedHashSet<>(train.skipped());
      skipped.addAll(test.skipped());
      skipped.forEach(entry -> remarks.add("passed over: " + entry));
    }
    if (!images.train().isMultiLabel() && !config.given("class_weights")) {
      unevenness(images.train()).ifPresent(remarks::add);
    }
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
    var part = ImageFolder.validation(folder);
    if (part.equals(folder)) {
      throw new UsageException(
          "%s holds no val/ or test/ to measure with; make one, or give --val-fraction 0.2"
              .formatted(folder));
    }
    return part;
  }
}
