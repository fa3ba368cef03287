package stride.app.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import stride.app.console.Bar;
import stride.app.console.Console;
import stride.app.console.DownloadBar;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.data.DataSource;
import stride.app.data.LabelTable;
import stride.app.option.CommonOptions;
import stride.app.option.DataOptions;
import stride.app.option.ModelOptions;
import stride.app.option.PictureArguments;
import stride.app.report.BoxScores;
import stride.data.ClassMatch;
import stride.data.FolderLayout;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.data.boxes.BoxFormat;
import stride.detection.Detector;
import stride.format.FileException;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Task;
import stride.tensor.Shape;
import stride.train.Evaluation;
import stride.zoo.TrainedOn;

/** {@code stride evaluate}: how many of a data set's test images a model gets right. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description =
        "Count how many of a data set's test images a network gets right, or measure how well it"
            + " finds what is marked in pictures.",
    footer = {
      "",
      "Of a network that finds boxes the measure is COCO's: AP is the mean over the classes, and"
          + " over overlaps (IoU) of 0.50 to 0.95, of the average precision; AP50 that of an"
          + " overlap of 0.50. The data are COCO's JSON, Pascal VOC's XML or YOLO's text files.",
      "",
      "A folder has one sub-folder a class, or files like n01440764_10026.JPEG. The model's classes"
          + " are found in it by name, in any case and with or without spaces and underscores,"
          + " ImageNet's by their synsets too. Numbers are places among the model's classes, from"
          + " 0, or from 1 where all are there from 1 on. Of classes that have the same name each"
          + " counts as right. Only where no name says anything, and there are as many, the order"
          + " does."
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Mixin private ModelOptions source;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DATASET|DIR|CSV",
      description =
          "mnist, fashion-mnist, cifar10, or a folder of pictures; of one with test/ or val/ in it"
              + " that part; or a table of files and labels, of which its test or val pictures; or"
              + " pictures with boxes.")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder of the data set's files, if they are not to be found or downloaded.")
  private @Nullable Path folder;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = DataOptions.FormatConverter.class,
      description =
          "How boxes in pictures are written down: coco, voc or yolo. Default: told by what lies in"
              + " the folder.")
  private @Nullable BoxFormat format;

  @Option(
      names = "--skip-broken",
      description =
          "Read all pictures of a folder once before, and leave out and list those that cannot be"
              + " read. Without it such a picture ends the evaluation.")
  private boolean skipBroken;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  /**
   * What is measured with what.
   *
   * @param skipped of a folder's pictures, see {@link ImageFolder#skipped}
   */
  private record Measured(Model model, ImageDataset images, List<String> skipped) {}

  @Override
  public Integer call() throws IOException {
    // What does not go together is said before a model is read.
    checkOptions(DataSource.of(data, folder, format));
    if (source.findsBoxes()) {
      return measureBoxes();
    }
    if (format != null) {
      throw new UsageException(
          "--format goes with networks that find boxes, %s classifies pictures"
              .formatted(source.name()));
    }
    var measured = measured();
    var model = measured.model;
    var evaluation = evaluate(model, measured.images);
    var json = new LinkedHashMap<String, Object>();
    json.put("model", source.name());
    json.put("dataset", data);
    json.put("top1", evaluation.top1());
    evaluation.metrics().forEach((name, value) -> json.put(name, value));
    json.remove("accuracy");
    json.put("images", evaluation.images());
    json.put("skipped", measured.skipped);
    json.put("seconds", evaluation.seconds());
    common.result(
        json,
        "%s of %s test images right%s, in %s"
            .formatted(
                Figures.percent(evaluation.top1()),
                Figures.count(evaluation.images()),
                model.task() == Task.SEVERAL_LABELS
                    ? " in all labels"
                    : ", %s among the first five".formatted(Figures.percent(evaluation.top5())),
                Figures.seconds(evaluation.seconds())));
    return 0;
  }

  private void checkOptions(DataSource named) {
    if (skipBroken) {
      named.requirePictures("--skip-broken goes");
    }
    if (arguments.areGiven()) {
      named.requirePictures("--no-exif and --max-pixels go");
    }
  }

  private int measureBoxes() throws IOException {
    if (folder != null) {
      throw new UsageException(
          "--data-dir goes with the name of a data set of classes, %s finds boxes"
              .formatted(source.name()));
    }
    if (!(DataSource.of(data, null, format) instanceof DataSource.Boxes(var layout))) {
      throw new UsageException(
          "%s finds boxes, and in %s none are marked: it takes COCO's JSON, Pascal VOC's XML or YOLO's text files"
              .formatted(source.name(), data));
    }
    var model = source.loadDetector(common);
    source.sayHowItWasRead(common.console());
    if (model.labels().isEmpty()) {
      throw new FileException(
          "the classes of %s have no names: give them with --labels FILE".formatted(source.name()));
    }
    layout.notes().forEach(common.console()::note);
    var read = layout.with(arguments.options());
    var pictures = (skipBroken ? read.skippingBroken() : read).measureWith();
    Console.passedOver(pictures.skipped()).forEach(common.console()::note);
    var match =
        match(
            model,
            pictures.labels(),
            data,
            "name the classes as the model's, or give these the data's names with --labels");
    BoxScores measured;
    try (var engine = common.engine();
        var bar = new Bar(common.console(), "evaluate", pictures.size(), " pictures", 1)) {
      measured = BoxScores.of(Detector.of(model, engine), pictures.withClasses(match), bar::at);
    } catch (UncheckedIOException e) {
      throw unreadable(e);
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("model", source.name());
    json.put("dataset", data);
    json.putAll(measured.json());
    json.put("skipped", pictures.skipped());
    common.result(json, measured.text());
    return 0;
  }

  private Measured measured() throws IOException {
    return switch (DataSource.of(data, folder)) {
      case DataSource.Named named -> known(named);
      case DataSource.Folder pictures -> inFolder(pictures.path());
      case DataSource.Table table -> inTable(table.path());
      case DataSource.Boxes boxes -> throw boxes.notClasses("the model says");
    };
  }

  private Measured known(DataSource.Named source) throws IOException {
    var set = source.source();
    var model = load(set.labels());
    var match = match(model, set.labels(), data, "the model tells other classes apart");
    try (var progress = new DownloadBar(common.console())) {
      var images = sized(set.test(progress), model.network().input());
      return new Measured(model, images.withClasses(match), List.of());
    }
  }

  private Measured inFolder(Path path) throws IOException {
    var layout = FolderLayout.of(path);
    var part = layout.measureWith();
    var model = load(source.isForNewClasses() ? classes(part) : List.of());
    layout.notes().forEach(common.console()::note);
    var images = ImageFolder.of(part, model.preprocessing(), arguments.options());
    var match =
        match(
            model,
            images.labels(),
            part.toString(),
            "name the folders as the model's classes, or give these the folders' names with"
                + " --labels");
    return measured(model, images.withClasses(match));
  }

  private static List<String> classes(Path pictures) throws IOException {
    return ImageFolder.of(pictures, Preprocessing.none(Shape.image(1, 1, 3))).labels();
  }

  /** The pictures of a table that are to be measured with, or all of one that does not say. */
  private Measured inTable(Path path) throws IOException {
    var table = LabelTable.read(path);
    var model = load(table.labels());
    table.notes().forEach(common.console()::note);
    var match =
        match(
            model,
            table.labels(),
            data,
            "name the labels as the model's classes, or give these the table's names with"
                + " --labels");
    var preprocessing = model.preprocessing();
    var images = table.isSplit() ? table.test(preprocessing) : table.all(preprocessing);
    return measured(model, images.with(arguments.options()).withClasses(match));
  }

  /**
   * Reads the model.
   *
   * @param classes of the data, which a new head is for
   */
  private Model load(List<String> classes) throws IOException {
    var model = source.load(common, source.isForNewClasses() ? classes : List.of());
    source.sayHowItWasRead(common.console());
    return model;
  }

  /**
   * Finds the data's classes among the model's, and says how they were understood if that is not
   * plain.
   *
   * @param where the classes are from, for messages
   * @param remedy what to do where they are not found
   */
  private ClassMatch match(Model model, List<String> classes, String where, String remedy) {
    try {
      var match =
          model.labels().isEmpty()
              ? ClassMatch.ofNumbered(classes, model.network().output().elements())
              : ClassMatch.of(classes, model.labels(), synsets(model));
      match.note().ifPresent(note -> common.console().note("%s: %s".formatted(where, note)));
      return match;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s; %s".formatted(where, e.getMessage(), remedy), e);
    }
  }

  /** The synsets of the model's classes, or none. */
  static List<String> synsets(Model model) {
    return TrainedOn.of(model.labels()).map(TrainedOn::folders).orElse(List.of());
  }

  private Measured measured(Model model, ImageFolder found) throws IOException {
    var images = skipBroken ? found.readable() : found;
    var skipped = images.skipped();
    Console.passedOver(skipped).forEach(common.console()::note);
    return new Measured(model, images, skipped);
  }

  private Evaluation evaluate(Model model, ImageDataset images) throws FileException {
    try (var engine = common.engine();
        var bar = new Bar(common.console(), "evaluate", images.size(), " images", 1)) {
      return Evaluation.of(model, images, engine, bar::at);
    } catch (UncheckedIOException e) {
      throw unreadable(e);
    }
  }

  private FileException unreadable(UncheckedIOException failure) {
    return new FileException(
        Failures.sentence(failure)
            + (skipBroken ? "" : "; --skip-broken leaves out pictures that cannot be read"),
        failure);
  }

  /** Images of another height or width are resized; of what else differs, the evaluation tells. */
  private static ImageDataset sized(ImageDataset images, Shape input) {
    return input.isImage() && input.channels() == images.shape().channels()
        ? images.ofSize(input)
        : images;
  }
}
