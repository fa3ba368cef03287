package stride.app.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.DataOptions;
import stride.app.option.PictureArguments;
import stride.app.run.RunConfig;
import stride.data.ClassMatch;
import stride.data.FolderLayout;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.data.PictureCache;
import stride.data.Splits;
import stride.format.FileException;
import stride.image.Preprocessing;
import stride.tensor.Shape;
import stride.zoo.DownloadProgress;

/** The data of a run, of any {@link DataSource}. */
public final class TrainingData {
  /** How many times the smallest class the largest may be without a word. */
  private static final int UNEVEN = 3;

  /** So many classes are named in a remark. */
  private static final int MAX_NAMED = 10;

  /** Settings that are about pictures in files. */
  private static final List<String> OF_PICTURES =
      List.of("val_fraction", "skip_broken", "cache_pictures");

  private final RunConfig config;
  private final DataSource source;

  /** The parts of a folder; null of anything else. */
  private final @Nullable FolderLayout layout;

  /** Null if objects are not marked in the pictures. */
  private final @Nullable BoxData boxes;

  /** Null until it is read. */
  private @Nullable LabelTable table;

  /** How the data were understood, where that is not plain. */
  private final List<String> notes = new ArrayList<>();

  /** Of the pictures to learn from and of those to measure with. */
  private final PictureCache cache = new PictureCache();

  /**
   * Looks at what the run names, without reading it.
   *
   * @throws IllegalArgumentException if there is no such data set or folder
   * @throws IOException if there is a folder that cannot be read, or whose parts are not clear
   */
  public TrainingData(RunConfig config) throws IOException {
    this.config = config;
    source = DataSource.of(config.data(), config.dataFolder(), DataOptions.format(config));
    boxes = source instanceof DataSource.Boxes(var found) ? new BoxData(found, config) : null;
    layout = source instanceof DataSource.Folder folder ? FolderLayout.of(folder.path()) : null;
    if (layout != null && config.given("val_fraction") && layout.chooseBy().isPresent()) {
      throw new UsageException(
          "--val-fraction sets some of the pictures to learn from aside, but there is %s to measure with: leave it out"
              .formatted(layout.chooseBy().get()));
    }
    for (var option : OF_PICTURES) {
      if (config.given(option)) {
        source.requirePictures("--%s goes".formatted(option.replace('_', '-')));
      }
    }
    if (PictureArguments.areIn(config)) {
      source.requirePictures("--no-exif and --max-pixels go");
    }
  }

  /** Whether they are pictures in files, which are fitted to the network. */
  public boolean arePictures() {
    return source.isPictures();
  }

  /** The pictures with boxes, if it is a data set of these. */
  public Optional<BoxData> boxes() {
    return Optional.ofNullable(boxes);
  }

  /** The names of the classes. */
  public List<String> labels() throws IOException {
    if (boxes != null) {
      return boxes.labels();
    }
    if (source instanceof DataSource.Named named) {
      return named.source().labels();
    }
    if (source instanceof DataSource.Table file) {
      var table = table(file);
      return table.severalLabels()
          ? table.labels()
          : severalClasses(file.path(), table.labels(), "named in the table");
    }
    var train = layout().learnFrom();
    var pictures = ImageFolder.of(train, Preprocessing.none(Shape.image(1, 1, 3)));
    return severalClasses(train, pictures.labels(), "in a sub-folder of its own" + why());
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
  public Splits load(Preprocessing pictures, DownloadProgress progress) throws IOException {
    if (source instanceof DataSource.Boxes found) {
      throw found.notClasses(config.network() + " says");
    }
    if (source instanceof DataSource.Named named) {
      var images = named.source().load(progress);
      return DataOptions.input(config).map(images::ofSize).orElse(images);
    }
    if (source instanceof DataSource.Table file) {
      return ofTable(table(file), pictures);
    }
    var layout = layout();
    notes.addAll(layout.notes());
    var train = learned(ImageFolder.of(layout.learnFrom(), pictures));
    if (config.given("val_fraction")) {
      return train.split(config.number("val_fraction"), config.seed());
    }
    var test = test(layout);
    return new Splits(train, sound(withClasses(ImageFolder.of(test, pictures), train, test)));
  }

  /**
   * The pictures to measure with, with the classes that are learned; those of another name said.
   */
  private ImageFolder withClasses(ImageFolder test, ImageFolder train, Path folder) {
    try {
      var match = ClassMatch.byName(test.labels(), train.labels());
      match.note().ifPresent(note -> notes.add("%s: %s".formatted(folder, note)));
      return test.withClasses(match);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** Whether pictures may belong to several classes. */
  public boolean hasSeveralLabels() throws IOException {
    return source instanceof DataSource.Table file && table(file).severalLabels();
  }

  private LabelTable table(DataSource.Table file) throws IOException {
    if (table == null) {
      table = LabelTable.read(file.path());
    }
    return table;
  }

  private Splits ofTable(LabelTable table, Preprocessing pictures) throws IOException {
    notes.addAll(table.notes());
    if (config.given("val_fraction")) {
      if (table.isSplit()) {
        throw new UsageException(
            "--val-fraction sets some of the pictures to learn from aside, but the column split of %s says already which to measure with: leave one of them out"
                .formatted(config.data()));
      }
      return learned(table.all(pictures)).split(config.number("val_fraction"), config.seed());
    }
    if (!table.isSplit()) {
      throw new UsageException(
          "%s does not say which pictures to measure with; give --val-fraction 0.2, or a column split with train and val"
              .formatted(config.data()));
    }
    return new Splits(learned(table.train(pictures)), sound(table.validation(pictures)));
  }

  private ImageFolder sound(ImageFolder pictures) throws IOException {
    var read = pictures.with(PictureArguments.of(config));
    var sound = config.flag("skip_broken") ? read.readable() : read;
    return config.flag("cache_pictures") ? sound.cached(cache) : sound;
  }

  /** The pictures to learn from, of which each class needs some. */
  private ImageFolder learned(ImageFolder pictures) throws IOException {
    var sound = sound(pictures);
    var without = withoutImages(sound);
    if (!sound.isMultiLabel() && !without.isEmpty()) {
      throw new FileException(
          (sound.size() < pictures.size()
                  ? "%s: no picture of the %s can be read; mend some, or take the %s out of the"
                      + " data"
                  : "%s: no picture to learn from is of the %s; add some, or take the %s out of the"
                      + " data")
              .formatted(config.data(), named(without), without.size() == 1 ? "class" : "classes"));
    }
    return sound;
  }

  private static List<String> withoutImages(ImageFolder pictures) {
    var labels = pictures.labels();
    var left = new LinkedHashSet<Integer>();
    for (int label = 0; label < labels.size(); label++) {
      left.add(label);
    }
    for (int i = 0; i < pictures.size() && !left.isEmpty(); i++) {
      int image = i;
      left.removeIf(label -> pictures.hasLabel(image, label));
    }
    return left.stream().map(labels::get).toList();
  }

  /**
   * What is to be said about data that have been read: how they were understood, what was left out,
   * what is measured with and was learned from, uneven classes.
   */
  public List<String> remarks(Splits images) {
    var remarks = new ArrayList<>(notes);
    if (images.train() instanceof ImageFolder train && images.test() instanceof ImageFolder test) {
      var skipped = new LinkedHashSet<>(train.skipped());
      skipped.addAll(test.skipped());
      remarks.addAll(Console.passedOver(skipped));
      if (train.isMultiLabel()) {
        remarks.add(
            "pictures may have several labels or none, so each label is learned as a yes or no");
        addUnseen("learn from", withoutImages(train), remarks);
      }
      addUnseen("measure with", withoutImages(test), remarks);
      alike(train.labels()).ifPresent(remarks::add);
      SamePictures.remark(train, test).ifPresent(remarks::add);
    }
    if (!images.train().isMultiLabel() && !config.given("class_weights")) {
      unevenness(images.train()).ifPresent(remarks::add);
    }
    return remarks;
  }

  /** A remark on classes whose names differ by as little as a slip. */
  static Optional<String> alike(List<String> labels) {
    var alike =
        ClassMatch.alike(labels).stream().map(names -> String.join(" and ", names)).toList();
    return alike.isEmpty()
        ? Optional.empty()
        : Optional.of("classes of their own, though written almost alike, are " + listed(alike));
  }

  private static void addUnseen(String purpose, List<String> labels, List<String> remarks) {
    if (!labels.isEmpty()) {
      remarks.add("no picture to %s is of the %s".formatted(purpose, named(labels)));
    }
  }

  /** "class ants", "classes ants, bees and 3 more". */
  private static String named(List<String> labels) {
    return (labels.size() == 1 ? "class " : "classes ") + listed(labels);
  }

  private static String listed(List<String> names) {
    String said = String.join(", ", names.stream().limit(MAX_NAMED).toList());
    return names.size() > MAX_NAMED
        ? Figures.format("%s and %,d more", said, names.size() - MAX_NAMED)
        : said;
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

  private FolderLayout layout() {
    return Objects.requireNonNull(layout);
  }

  /** How the folder was understood, behind an error that may come from that. */
  private String why() {
    var said = layout().notes();
    return said.isEmpty() ? "" : " (%s)".formatted(String.join("; ", said));
  }

  private Path test(FolderLayout layout) {
    if (layout.chooseBy().isEmpty()) {
      throw new UsageException(
          "%s holds no val/ or test/ to measure with; make one, or give --val-fraction 0.2%s"
              .formatted(layout.folder(), why()));
    }
    return layout.chooseBy().get();
  }

  /**
   * What to throw where a picture of a run's data could not be read, with what helps if that is not
   * given yet.
   */
  public static IOException unreadable(RunConfig config, UncheckedIOException failure) {
    return new FileException(
        Failures.sentence(failure)
            + (config.flag("skip_broken")
                ? ""
                : "; --skip-broken leaves out pictures that cannot be read"),
        failure);
  }
}
