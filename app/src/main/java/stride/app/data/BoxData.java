package stride.app.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.PictureArguments;
import stride.app.run.RunConfig;
import stride.data.BoxPictures;
import stride.data.ClassMatch;
import stride.data.PictureCache;
import stride.data.Split;
import stride.data.boxes.BoxLayout;
import stride.format.FileException;

/** Pictures with boxes that a run learns from and measures with. */
public final class BoxData {
  /** So many classes are named in a remark. */
  private static final int MAX_NAMED = 10;

  private final RunConfig config;
  private final BoxLayout layout;
  private final List<String> notes = new ArrayList<>();
  private @Nullable BoxPictures learned;

  /**
   * Takes a data set for a run.
   *
   * @throws UsageException if options are given that do not go with it
   */
  BoxData(BoxLayout found, RunConfig config) {
    this.config = config;
    if (config.given("val_fraction") && found.chooseBy().isPresent()) {
      throw new UsageException(
          "--val-fraction sets some of the pictures to learn from aside, but %s has a %s part to measure with: leave it out"
              .formatted(found.folder(), found.chooseBy().get()));
    }
    var read = found.with(PictureArguments.of(config));
    layout = config.flag("skip_broken") ? read.skippingBroken() : read;
    notes.add("%s holds pictures with boxes (%s)".formatted(found.folder(), found.format().key()));
    notes.addAll(found.notes());
  }

  /** How the data lie in their folder. */
  public BoxLayout layout() {
    return layout;
  }

  /** The names of the classes. */
  public List<String> labels() throws IOException {
    return learnFrom().labels();
  }

  private BoxPictures learnFrom() throws IOException {
    if (learned == null) {
      learned = layout.learnFrom();
    }
    return learned;
  }

  /**
   * What to learn from, and what to measure with.
   *
   * @param test with the classes of {@code train}
   */
  public record Parts(BoxPictures train, BoxPictures test) {}

  /**
   * Reads the data.
   *
   * @throws UsageException if it is not said which pictures to measure with
   * @throws IOException if a file is broken; the message names it
   */
  public Parts load() throws IOException {
    var train = learnFrom();
    if (IntStream.of(train.objectsByClass()).sum() == 0) {
      throw new FileException(
          "%s: no object is marked in the pictures to learn from%s"
              .formatted(
                  layout.folder(),
                  train.mostObjects() == 0
                      ? ""
                      : " that is neither a crowd (iscrowd) nor difficult: nothing is learned from"
                          + " those"));
    }
    if (config.given("val_fraction")) {
      var parts = train.holdOut(config.number("val_fraction"), config.seed());
      return parts(parts.train(), parts.test());
    }
    var by = layout.chooseBy();
    if (by.isEmpty()) {
      throw new UsageException(
          "%s does not say which pictures to measure with; give --val-fraction 0.2"
              .formatted(layout.folder()));
    }
    return parts(train, withClasses(layout.read(by.get()), train, by.get()));
  }

  private Parts parts(BoxPictures train, BoxPictures test) {
    if (!config.flag("cache_pictures")) {
      return new Parts(train, test);
    }
    var cache = new PictureCache();
    return new Parts(train.cached(cache), test.cached(cache));
  }

  private BoxPictures withClasses(BoxPictures test, BoxPictures train, Split part) {
    try {
      var match = ClassMatch.byName(test.labels(), train.labels());
      match
          .note()
          .ifPresent(
              note -> notes.add("the %s part of %s: %s".formatted(part, layout.folder(), note)));
      return test.withClasses(match);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the %s part of %s: %s".formatted(part, layout.folder(), e.getMessage()), e);
    }
  }

  /** What is to be said about data that have been read. */
  public List<String> remarks(Parts parts) {
    var remarks = new ArrayList<>(notes);
    var skipped = new LinkedHashSet<>(parts.train.skipped());
    skipped.addAll(parts.test.skipped());
    remarks.addAll(Console.passedOver(skipped));
    unseen("learn from", parts.train, remarks);
    unseen("measure with", parts.test, remarks);
    TrainingData.alike(parts.train.labels()).ifPresent(remarks::add);
    var files = new LinkedHashSet<>();
    for (int i = 0; i < parts.train.size(); i++) {
      files.add(parts.train.marked(i).file().toAbsolutePath().normalize());
    }
    int both = 0;
    for (int i = 0; i < parts.test.size(); i++) {
      both += files.contains(parts.test.marked(i).file().toAbsolutePath().normalize()) ? 1 : 0;
    }
    if (both > 0) {
      remarks.add(
          Figures.format(
              "%,d of %,d pictures to measure with are learned from too, so the measure is better"
                  + " than it would be on others",
              both, parts.test.size()));
    }
    return remarks;
  }

  private static void unseen(String purpose, BoxPictures pictures, List<String> remarks) {
    int[] counts = pictures.objectsByClass();
    var names =
        IntStream.range(0, counts.length)
            .filter(label -> counts[label] == 0)
            .mapToObj(pictures.labels()::get)
            .toList();
    if (!names.isEmpty()) {
      remarks.add(
          "no picture to %s shows the %s %s%s"
              .formatted(
                  purpose,
                  names.size() == 1 ? "class" : "classes",
                  String.join(", ", names.stream().limit(MAX_NAMED).toList()),
                  names.size() > MAX_NAMED
                      ? Figures.format(" and %,d more", names.size() - MAX_NAMED)
                      : ""));
    }
  }
}
