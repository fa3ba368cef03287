package stride.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import stride.data.ImageDataset;
import stride.data.ImageFolder;
import stride.format.FileException;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.tensor.Shape;
import stride.train.Evaluation;
import stride.zoo.TrainedOn;

/** {@code stride evaluate}: how many of a data set's test images a model gets right. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description = "Count how many of a data set's test images a network gets right.",
    footer = {
      "",
      "A folder has one sub-folder a class, or files like n01440764_10026.JPEG. The model's classes"
          + " are found in it by name, ImageNet's by their synsets too, or, where there are as"
          + " many, in the order of the names."
    })
final class EvaluateCommand implements Callable<Integer> {
  /** Entries that are passed over are named up to so many. */
  private static final int MOST_NAMED = 10;

  @Mixin private ModelOptions source;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DATASET|DIR|CSV",
      description =
          "mnist, fashion-mnist, cifar10, or a folder of pictures; of one with test/ or val/ in it"
              + " that part; or a table of files and labels, of which its test or val pictures.")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder of the data set's files, if they are not to be found or downloaded.")
  private @Nullable Path folder;

  @Option(
      names = "--skip-broken",
      description =
          "Read all pictures of a folder once before, and leave out and list those that cannot be"
              + " read. Without it such a picture ends the evaluation.")
  private boolean skipBroken;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var pictures = Path.of(data);
    boolean table = !DataSets.isKnown(data) && Files.isRegularFile(pictures);
    boolean named = !table && (DataSets.isKnown(data) || !Files.isDirectory(pictures));
    var set = named ? DataSets.find(data, folder) : null;
    if (!named && folder != null) {
      throw new UsageException(
          "--data-dir goes with the name of a data set, --data is a folder or table");
    }
    if (named && skipBroken) {
      throw new UsageException(
          "--skip-broken goes with a folder of pictures, --data is %s".formatted(data));
    }
    if (named) {
      arguments.refuse("--data is " + data);
    }
    Model model;
    ImageDataset images;
    List<String> skipped = List.of();
    if (set != null) {
      model = source.load(common, set.labels());
      try (var progress = new DownloadBar(common.console())) {
        images = sized(set.test(progress), model.network().input());
      }
    } else {
      var labels = table ? LabelTable.read(pictures) : null;
      var part = ImageFolder.test(pictures);
      model =
          source.load(
              common,
              !source.isForNewClasses()
                  ? List.of()
                  : labels == null ? classes(part) : labels.labels());
      var found = sound(labels == null ? withClasses(part, model) : inTable(labels, model));
      images = found;
      skipped = found.skipped();
    }
    var evaluation = evaluate(model, images);
    var json = new LinkedHashMap<String, Object>();
    json.put("model", source.name());
    json.put("dataset", data);
    json.put("top1", evaluation.top1());
    json.put("top5", evaluation.top5());
    json.put("images", evaluation.images());
    json.put("skipped", skipped);
    json.put("seconds", evaluation.seconds());
    common.result(
        json,
        "%s of %s test images right%s, in %s"
            .formatted(
                Figures.percent(evaluation.top1()),
                Figures.count(evaluation.images()),
                model.multiLabel()
                    ? " in all labels"
                    : ", %s among the first five".formatted(Figures.percent(evaluation.top5())),
                Figures.seconds(evaluation.seconds())));
    return 0;
  }

  private Evaluation evaluate(Model model, ImageDataset images) throws FileException {
    try (var engine = common.engine();
        var bar = new Bar(common.console(), "evaluate", images.size(), " images", 1)) {
      return Evaluation.of(model, images, engine, bar::at);
    } catch (UncheckedIOException e) {
      throw new FileException(
          Failures.sentence(e) + "; --skip-broken leaves out pictures that cannot be read", e);
    }
  }

  /** Images of another height or width are resized; of what else differs, the evaluation tells. */
  private static ImageDataset sized(ImageDataset images, Shape input) {
    return input.isImage() && input.channels() == images.shape().channels()
        ? images.ofSize(input)
        : images;
  }

  private static List<String> classes(Path pictures) throws IOException {
    return ImageFolder.of(pictures, Preprocessing.none(Shape.image(1, 1, 3))).labels();
  }

  /** The pictures of a table that are to be measured with, or all of one that does not say. */
  private ImageFolder inTable(LabelTable table, Model model) {
    var preprocessing = model.preprocessing();
    var images =
        (table.isSplit() ? table.test(preprocessing) : table.all(preprocessing))
            .with(arguments.options());
    return model.labels().equals(table.labels()) ? images : images.withClasses(model.labels());
  }

  private ImageFolder sound(ImageFolder found) throws IOException {
    var images = skipBroken ? found.readable() : found;
    var skipped = images.skipped();
    skipped.stream()
        .limit(MOST_NAMED)
        .forEach(entry -> common.console().note("passed over: " + entry));
    if (skipped.size() > MOST_NAMED) {
      common
          .console()
          .note("passed over: %s more".formatted(Figures.count(skipped.size() - MOST_NAMED)));
    }
    return images;
  }

  /** The pictures, numbered as the model numbers its classes. */
  private ImageFolder withClasses(Path pictures, Model model) throws IOException {
    var images = ImageFolder.of(pictures, model.preprocessing(), arguments.options());
    if (new HashSet<>(model.labels()).containsAll(images.labels())) {
      return images.withClasses(model.labels());
    }
    var folders = TrainedOn.of(model.labels()).map(TrainedOn::folders).orElse(List.of());
    if (new HashSet<>(folders).containsAll(images.labels())) {
      return images.withClasses(folders);
    }
    int classes = model.network().output().elements();
    if (images.labels().size() != classes) {
      throw new IllegalArgumentException(
          Figures.format(
              "%s has %d classes (%s%s), of which not all are by name among the model's %,d; name"
                  + " the folders as the model's classes, or give these the folders' names with"
                  + " --labels",
              pictures,
              images.labels().size(),
              String.join(", ", images.labels().stream().limit(3).toList()),
              images.labels().size() > 3 ? ", ..." : "",
              classes));
    }
    return images;
  }
}
