package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.ModelOptions;
import stride.app.option.PictureArguments;
import stride.app.report.Drawings;
import stride.app.report.OutputFile;
import stride.data.ClassMatch;
import stride.format.FileException;
import stride.network.Model;

/** {@code stride explain}: where a network looks, and what its layers make of a picture. */
@Command(
    name = "explain",
    sortOptions = false,
    description = "Draw where in a picture a network sees a class, its maps and its filters.")
public final class ExplainCommand implements Callable<Integer> {
  @Mixin private ModelOptions source;

  @Parameters(index = "1", paramLabel = "IMAGE", description = "A picture.")
  private Path image;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder for the pictures, which is made if there is none.")
  private Path out;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description =
          "The class to look for: its name, in any case and with or without spaces and underscores,"
              + " its number or, of ImageNet's, its synset. Default: the most probable one.")
  private @Nullable String label;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "Also draw what this layer, or block of layers, makes of the picture; \"stride summary\""
              + " names them.")
  private @Nullable String layer;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    OutputFile.requireFolderName("--out", out);
    var model = source.load(common, List.of());
    source.sayHowItWasRead(common.console());
    var input = model.preprocessing().prepare(image, arguments.options());
    try (var engine = common.engine()) {
      var guess = model.classify(List.of(input), engine).getFirst().top(1).getFirst();
      int index = label == null ? guess.index() : find(model, label);
      var cam = model.gradCam(input, index, engine);
      var maps = layer == null ? null : model.maps(input, output(model, layer), engine);
      if (Files.exists(out) && !Files.isDirectory(out)) {
        throw new FileException("cannot write to %s: it is not a folder".formatted(out));
      }
      try {
        Files.createDirectories(out);
      } catch (IOException e) {
        throw FileException.writing(out, e);
      }
      var files = new ArrayList<String>();
      picture("gradcam.png", files).write(Drawings.enlarged(Drawings.image(cam.over(input))));
      if (layer != null && maps != null) {
        picture("maps-%s.png".formatted(layer), files).write(Drawings.maps(maps));
      }
      var filters = Drawings.filters(model);
      if (filters.isPresent()) {
        picture("filters.png", files).write(filters.get());
      }
      String name = model.labels().isEmpty() ? Integer.toString(index) : model.labels().get(index);
      var json = new LinkedHashMap<String, Object>();
      json.put("image", image.toString());
      json.put("class", name);
      json.put("index", index);
      json.put("gradcam_layer", cam.layer());
      json.put("files", files);
      common.result(
          json, "%s: where it sees %s\n%s".formatted(image, name, String.join("\n", files)));
    }
    return 0;
  }

  /** The layer whose output is that of a layer or of a block: "layer1" ends with "layer1.1.2". */
  private static String output(Model model, String name) {
    var names = model.network().graph().nodes().stream().map(node -> node.name()).toList();
    return names.contains(name)
        ? name
        : names.reversed().stream()
            .filter(inside -> inside.startsWith(name + "."))
            .findFirst()
            .orElse(name);
  }

  /** A class's number by its name or, where no name is one, by the number itself. */
  private static int find(Model model, String label) {
    var labels = model.labels();
    if (labels.isEmpty()) {
      int classes = model.task().classes(model.network().output());
      labels = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }
    try {
      return ClassMatch.number(label, labels, EvaluateCommand.synsets(model));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--class %s: %s".formatted(label, e.getMessage()));
    }
  }

  private OutputFile picture(String name, List<String> files) {
    var file = out.resolve(name);
    files.add(file.toString());
    return new OutputFile(file, OutputFile.Format.PNG);
  }
}
