package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.LayoutOption;
import stride.app.option.OnnxFiles;
import stride.app.option.ShapeConverter;
import stride.format.FormatException;
import stride.format.StoredTensor;
import stride.format.TensorFile;
import stride.network.StateDict;
import stride.tensor.Shape;

/** {@code stride inspect}: what a file of weights holds, without reading the numbers. */
@Command(
    name = "inspect",
    sortOptions = false,
    description = {
      "List the tensors of a file of weights: names, types, shapes, sizes.",
      "Of an ONNX file also its operators, and where each runs: on the engine, or node by node."
    })
public final class InspectCommand implements Callable<Integer> {
  private static final int LONGEST_STRING = 60;

  @Parameters(
      paramLabel = "FILE",
      description =
          "A model, an ONNX file, safetensors, a PyTorch checkpoint, or NumPy's .npy or .npz.")
  private Path path;

  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description = "Of an ONNX file: the images' shape, where the file leaves it open.")
  private @Nullable Shape input;

  @Mixin private LayoutOption layout;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    if (OnnxFiles.is(path)) {
      OnnxInspection.of(path, input, layout.given()).print(common);
      return 0;
    }
    layout.of(path);
    if (input != null) {
      throw new UsageException("--input goes with ONNX files, found " + path);
    }
    try (var file = TensorFile.open(path)) {
      long numbers = file.tensors().stream().mapToLong(StoredTensor::elements).sum();
      long bytes = file.tensors().stream().mapToLong(StoredTensor::bytes).sum();
      long parameters = parameters(file);

      var json = new LinkedHashMap<String, Object>();
      json.put("file", path.toString());
      json.put("format", file.format());
      json.put("bytes", Files.size(path));
      json.put("tensors", file.tensors().stream().map(InspectCommand::json).toList());
      json.put("numbers", numbers);
      json.put("tensor_bytes", bytes);
      json.put("parameters", parameters);
      json.put("metadata", file.metadata());

      var table = Table.of("tensor", "type", "shape", ">numbers", ">bytes");
      for (var tensor : file.tensors()) {
        table.row(
            FormatException.oneLine(tensor.name()),
            tensor.type().name(),
            tensor.shapeText(),
            Figures.count(tensor.elements()),
            Figures.count(tensor.bytes()));
      }
      table.row("total", "", "", Figures.count(numbers), Figures.count(bytes));
      common.result(
          json,
          "%s: %s, %s, %s%n%s%n%s"
              .formatted(
                  path,
                  file.format(),
                  Figures.count(file.tensors().size(), "tensor"),
                  Figures.count(parameters, "parameter"),
                  strings(file.metadata()),
                  table));
    }
    return 0;
  }

  /** The numbers of the state dict that are learned: all but batch norm's statistics. */
  private static long parameters(TensorFile file) throws IOException {
    long parameters = 0;
    for (String name : StateDict.names(file).values()) {
      if (!name.endsWith("running_mean")
          && !name.endsWith("running_var")
          && !name.endsWith("num_batches_tracked")) {
        parameters += file.tensor(name).elements();
      }
    }
    return parameters;
  }

  private static Map<String, Object> json(StoredTensor tensor) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", tensor.name());
    json.put("type", tensor.type().name());
    json.put("shape", tensor.shape());
    json.put("numbers", tensor.elements());
    json.put("bytes", tensor.bytes());
    return json;
  }

  private static String strings(Map<String, String> metadata) {
    var lines = new StringBuilder();
    metadata.forEach(
        (key, value) ->
            lines.append(
                "%s: %s%n"
                    .formatted(
                        FormatException.oneLine(key), shortened(FormatException.oneLine(value)))));
    return lines.toString();
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_STRING
        ? value
        : "%s... (%s)"
            .formatted(
                value.substring(0, LONGEST_STRING), Figures.count(value.length(), "character"));
  }
}
