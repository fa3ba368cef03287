package stride.app.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import stride.app.console.Console;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.PictureArguments;
import stride.app.run.RunConfig;
import stride.data.BoxPictures;
import stride.data.ClassMatch;
import stride.data.HeldOut;
import stride.data.Split;
import stride.data.boxes.BoxFormat;
import stride.data.boxes.BoxLayout;
import stride.format.FileException;

/** The pictures with boxes of a run of a detector. */
public final class BoxedData {
  private static final int MAX_NAMED = 10;

  private final RunConfig config;
  private final BoxLayout layout;
  private final List<String> notes = new ArrayList<>();

  /**
   * Looks at what the run names, without reading the boxes.
   *
   * @throws UsageException if it holds none, or options do not go with it
   * @throws IOException if there is a folder that cannot be read, or whose parts are not clear
   */
  public BoxedData(RunConfig config) throws IOException {
    this.config = config;
    if (DataSource.isNamed(config.data())) {
      throw new UsageException(
          "%s finds boxes, %s has none: --data takes a folder of pictures with boxes, as COCO, Pascal VOC or YOLO have them"
              .formatted(config.network(), config.data()));
    }
    if (config.given("cache_pictures")) {
      throw new UsageException("--cache-pictures goes with pictures of classes, not with boxes");
    }
    var found = layout(Path.of(config.data()), config);
    var options = found.with(PictureArguments.of(config));
    layout = config.flag("skip_broken") ? options.skippingBroken() : options;
    if (config.given("val_fraction") && layout.chooseBy().isPresent()) {
      throw new UsageException(
          "--val-fraction sets some of the pictures to learn from aside, but %s has a %s part to measure with: leave it out"
              .formatted(config.data(), layout.chooseBy().get()));
    }
  }

  private static BoxLayout layout(Path data, RunConfig config) throws IOException {
    if (config.given("format")) {
      return BoxLayout.of(data, BoxFormat.ofKey(config.text("format")));
    }
    return BoxLayout.find(data)
        .orElseThrow(
            () ->
                new FileException(
                    "%s holds no pictures with boxes, as COCO (JSON), Pascal VOC (XML) or YOLO (text files) have them"
                        .formatted(data)));
  }

  /**
   * Reads what to learn from, and what to measure with after each epoch.
   *
   * @throws IOException if a file cannot be read or is broken
   */
  public HeldOut<BoxPictures> load() throws IOException {
    notes.addAll(layout.notes());
    var train = layout.learnFrom();
    if (config.given("val_fraction")) {
      return train.holdOut(config.number("val_fraction"), config.seed());
    }
    Optional<Split> part = layout.chooseBy();
    if (part.isEmpty()) {
      throw new UsageException(
          "%s does not say which pictures to measure with; give --val-fraction 0.2"
              .formatted(config.data()));
    }
    var test = layout.read(part.get());
    var match = ClassMatch.byName(test.labels(), train.labels());
    match.note().ifPresent(note -> notes.add("%s: %s".formatted(config.data(), note)));
    return new HeldOut<>(train, test.withClasses(match));
  }

  /** What is to be said about data that have been read. */
  public List<String> remarks(HeldOut<BoxPictures> pictures) {
    var remarks = new ArrayList<>(notes);
    var skipped = new LinkedHashSet<>(pictures.train().skipped());
    skipped.addAll(pictures.test().skipped());
    remarks.addAll(Console.passedOver(skipped));
    addUnseen("learn from", pictures.train(), remarks);
    addUnseen("measure with", pictures.test(), remarks);
    return remarks;
  }

  private static void addUnseen(String purpose, BoxPictures pictures, List<String> remarks) {
    int[] counts = pictures.objectsByClass();
    var without = new ArrayList<String>();
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0) {
        without.add(pictures.labels().get(label));
      }
    }
    if (!without.isEmpty()) {
      remarks.add(
          "in no picture to %s is a box of the %s %s%s"
              .formatted(
                  purpose,
                  without.size() == 1 ? "class" : "classes",
                  String.join(", ", without.stream().limit(MAX_NAMED).toList()),
                  without.size() > MAX_NAMED
                      ? Figures.format(" and %,d more", without.size() - MAX_NAMED)
                      : ""));
    }
  }
}
