package stride.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Console;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.detection.DetectionMethod;
import stride.format.FileException;
import stride.format.FormatException;
import stride.network.Model;
import stride.network.Task;
import stride.tensor.Shape;
import stride.zoo.Architecture;

/**
 * What a command computes with: a model that was saved, or a network of the zoo with weights. A
 * command has it as {@code @Mixin}.
 */
public final class ModelOptions {
  @Parameters(
      index = "0",
      paramLabel = "NETWORK|MODEL",
      description =
          "A name that \"stride networks\" lists, or a model that Stride saved: its file, or the"
              + " folder of its run; or an ONNX file.")
  private String name;

  @Option(
      names = "--weights",
      paramLabel = "FILE|imagenet",
      description =
          "The network's weights: a file of PyTorch (.pth, .safetensors) or NumPy (.npz), or the"
              + " published ones (imagenet, imagenet1k_v2, coco, cifar10), which are downloaded"
              + " once.")
  private @Nullable String weights;

  @Option(
      names = "--head",
      paramLabel = "new",
      description =
          "Begin with a fresh last layer: for weights that were trained on other classes.")
  private @Nullable String head;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "The names of the classes, one a line, or as JSON. Default: those the weights came with.")
  private @Nullable Path labels;

  @Mixin private NormalizationOptions normalization;

  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description = "Of an ONNX file: the images' shape, where the file leaves it open.")
  private @Nullable Shape input;

  @Mixin private LayoutOption layout;

  /** A saved model that was read to see its task. */
  private @Nullable Model saved;

  /** How the labels' file was understood. */
  private Optional<String> note = Optional.empty();

  /**
   * {@return whether the model finds boxes instead of classifying whole pictures}
   *
   * @throws UsageException if the options do not say which weights
   * @throws IOException if a saved model cannot be read
   */
  public boolean findsBoxes() throws IOException {
    if (weights == null && head != null) {
      // Which is refused where the model is read.
      return false;
    }
    return switch (ModelSource.of(name, weights)) {
      case ModelSource.Published(var network, _) -> network.detector() != null;
      case ModelSource.Saved(var file) -> saved(file).method() instanceof DetectionMethod;
    };
  }

  private Model saved(Path file) throws IOException {
    if (saved == null) {
      saved = OnnxFiles.load(file, input, layout.given());
    }
    return saved;
  }

  /**
   * Reads a model that {@linkplain #findsBoxes finds boxes}.
   *
   * @throws UsageException if the options do not go together
   * @throws IOException if a file cannot be read or downloaded
   */
  public Model loadDetector(CommonOptions common) throws IOException {
    if (head != null) {
      throw new UsageException(
          "--head new goes with networks that classify pictures: boxes of a fresh layer say"
              + " nothing");
    }
    return load(common, List.of(), true);
  }

  /**
   * Reads a model that classifies pictures; weights that are asked for by name are downloaded when
   * they are not there.
   *
   * @param classes the names of the classes that are to be told apart, where the command knows
   *     them: what a new head is for
   * @throws UsageException if the options do not say which weights, or do not go together
   * @throws IOException if a file cannot be read or downloaded
   */
  public Model load(CommonOptions common, List<String> classes) throws IOException {
    return load(common, classes, false);
  }

  private Model load(CommonOptions common, List<String> classes, boolean detector)
      throws IOException {
    var model = unchanged(common, classes);
    if (model.method() instanceof DetectionMethod && !detector) {
      throw new UsageException(
          "%s finds boxes and does not classify whole pictures: stride predict and stride evaluate take it"
              .formatted(name));
    }
    if (!detector && !model.task().classifies()) {
      throw new FileException(
          "%s does not classify images, its task is %s: %s"
              .formatted(
                  name,
                  model.task().key(),
                  model.task() == Task.IMAGE
                      ? "stride style paints with it"
                      : "programs ask it, see docs/library.md"));
    }
    if (!normalization.areGiven()) {
      return model;
    }
    var pictures = model.preprocessing();
    return model.withPreprocessing(
        pictures.normalization(normalization.of(pictures.normalization())));
  }

  /** Whether the head is to be fresh, for the classes of the data. */
  public boolean isForNewClasses() {
    return head != null;
  }

  private Model unchanged(CommonOptions common, List<String> classes) throws IOException {
    if (head != null && !head.equals("new")) {
      throw new UsageException("--head takes new, found " + head);
    }
    if (weights != null && (input != null || layout.given() != null)) {
      throw new UsageException(
          "--input and --layout go with ONNX files, which may leave the images' shape open");
    }
    var given = labels == null ? List.<String>of() : labels(labels);
    if (weights == null && head != null) {
      throw new UsageException("--head new goes with --weights, whose last layer it replaces");
    }
    return switch (ModelSource.of(name, weights)) {
      case ModelSource.Published(var network, var source) ->
          ofZoo(network, source.file(common.console()), given.isEmpty() ? classes : given, common);
      case ModelSource.Saved(var file) -> {
        var model = saved(file);
        checkCount(given, model);
        yield given.isEmpty() ? model : model.withLabels(given);
      }
    };
  }

  /** Says how the labels' file was understood, if that is not plain. */
  public void sayHowItWasRead(Console console) {
    note.ifPresent(console::note);
  }

  private void checkCount(List<String> given, Model model) throws FileException {
    if (model.labels().isEmpty() && !model.task().classifies()) {
      return;
    }
    int own =
        model.labels().isEmpty()
            ? model.task().classes(model.network().output())
            : model.labels().size();
    if (!given.isEmpty() && given.size() != own) {
      throw new FileException(
          "%s names %s, %s tells %s apart"
              .formatted(labels, count(given.size()), name, count(own)));
    }
  }

  /** How the result calls the model. */
  public String name() {
    return name;
  }

  private Model ofZoo(
      Architecture architecture, Path file, List<String> classes, CommonOptions common)
      throws IOException {
    if (head != null) {
      return architecture.loadWithNewHead(
          file, classes.isEmpty() ? numbers(architecture.classes()) : classes, common.seed());
    }
    if (labels == null) {
      return architecture.load(file);
    }
    try {
      return architecture.load(file, classes);
    } catch (FormatException e) {
      if (classes.size() == architecture.classes()) {
        throw e;
      }
      throw new FormatException(
          "%s (%s names %s)".formatted(e.getMessage(), labels, count(classes.size())), e);
    }
  }

  private static String count(int classes) {
    return Figures.count(classes, "class", "classes");
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private List<String> labels(Path file) throws IOException {
    var read = LabelFile.read(file);
    note = read.note();
    return read.labels();
  }
}
