package stride.app;

import java.io.IOException;
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
import stride.image.Preprocessing;
import stride.network.Model;
import stride.tensor.Shape;
import stride.train.Evaluation;

/** {@code stride evaluate}: how many of a data set's test images a model gets right. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description = "Count how many of a data set's test images a network gets right.",
    footer = {
      "",
      "A folder has one sub-folder a class, or files like n01440764_10026.JPEG. The model's classes"
          + " are found in it by name or, where there are as many, in the order of the names."
    })
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private ModelOptions source;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DATASET|DIR",
      description =
          "mnist, fashion-mnist, cifar10, or a folder of pictures; of one with test/ or val/ in it"
              + " that part.")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder of the data set's files, if they are not to be found or downloaded.")
  private @Nullable Path folder;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var pictures = Path.of(data);
    boolean named = DataSets.isKnown(data) || !Files.isDirectory(pictures);
    if (!named && folder != null) {
      throw new UsageException("--data-dir goes with the name of a data set, --data is a folder");
    }
    Model model;
    ImageDataset images;
    if (named) {
      var set = DataSets.find(data, folder);
      model = source.load(common, set.labels());
      try (var progress = new DownloadBar(common.console())) {
        images = set.test(progress);
      }
    } else {
      var part = ImageFolder.test(pictures);
      model = source.load(common, source.isForNewClasses() ? classes(part) : List.of());
      images = inFolder(part, model);
    }
    var evaluation = evaluate(model, images);
    var json = new LinkedHashMap<String, Object>();
    json.put("model", source.name());
    json.put("dataset", data);
    json.put("top1", evaluation.top1());
    json.put("top5", evaluation.top5());
    json.put("images", evaluation.images());
    json.put("seconds", evaluation.seconds());
    common.result(
        json,
        "%s of %s test images right, %s among the first five, in %s"
            .formatted(
                Figures.percent(evaluation.top1()),
                Figures.count(evaluation.images()),
                Figures.percent(evaluation.top5()),
                Figures.seconds(evaluation.seconds())));
    return 0;
  }

  private Evaluation evaluate(Model model, ImageDataset images) {
    try (var engine = common.engine();
        var bar = new Bar(common.console(), "evaluate", images.size(), " images", 1)) {
      return Evaluation.of(model, images, engine, bar::at);
    }
  }

  private static List<String> classes(Path pictures) throws IOException {
    return ImageFolder.of(pictures, Preprocessing.none(Shape.image(1, 1, 3))).labels();
  }

  private ImageDataset inFolder(Path pictures, Model model) throws IOException {
    var images = ImageFolder.of(pictures, model.preprocessing(), arguments.options());
    var skipped = images.skipped();
    if (!skipped.isEmpty()) {
      common
          .console()
          .note(
              "note: %s passed over, the first is %s"
                  .formatted(Figures.count(skipped.size(), "entry"), skipped.getFirst()));
    }
    if (new HashSet<>(model.labels()).containsAll(images.labels())) {
      return images.withClasses(model.labels());
    }
    int classes = model.network().output().elements();
    if (images.labels().size() != classes) {
      throw new IllegalArgumentException(
          Figures.format(
              "%s has %d classes (%s%s), of which not all are by name among the model's %,d",
              pictures,
              images.labels().size(),
              String.join(", ", images.labels().stream().limit(3).toList()),
              images.labels().size() > 3 ? ", ..." : "",
              classes));
    }
    return images;
  }
}
