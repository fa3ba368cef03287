package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.data.NumpyTensors;
import stride.app.data.TensorConversion;
import stride.app.option.CommonOptions;
import stride.app.option.RunnableSource;
import stride.app.report.OutputFile;
import stride.format.FileException;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** {@code stride run}: raw numbers through a network, as NumPy's files. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Compute a network's outputs of raw numbers: NumPy's files in, NumPy's files out.",
      "Nothing is resized or normalised. Images lie as the file has them, a model's of Stride as"
          + " PyTorch's: N x C x H x W.",
      "The time that it prints contains the preparation for the inputs' shapes; how fast a network"
          + " is, stride bench measures."
    })
public final class RunCommand implements Callable<Integer> {
  private static final int LONGEST_NAME = 100;

  @Mixin private RunnableSource source;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "[NAME=]FILE.npy",
      description = "An input's numbers. With several inputs each has its name before its file.")
  private List<String> inputs;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder for the outputs, each NAME.npy, which is made if there is none.")
  private Path out;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    OutputFile.requireFolderName("--out", out);
    try (var engine = common.engine()) {
      var network = source.load(common, engine);
      var given = given(network.inputs());
      long start = System.nanoTime();
      var outputs = network.run(given);
      double milliseconds = (System.nanoTime() - start) / 1e6;
      outputs.forEach(NumpyTensors::requireWritable);
      folder();
      var json = new ArrayList<Map<String, Object>>();
      var lines = new ArrayList<String>();
      var taken = new HashSet<String>();
      for (var output : outputs.entrySet()) {
        var tensor = output.getValue();
        var file = out.resolve(fileName(output.getKey(), taken) + ".npy");
        NumpyTensors.write(tensor, file);
        json.add(json(output.getKey(), tensor, file));
        lines.add("%s: %s".formatted(file, tensor));
      }
      var result = new LinkedHashMap<String, Object>();
      result.put("outputs", json);
      result.put("milliseconds", milliseconds);
      common.result(
          result,
          "%s%n%s"
              .formatted(
                  String.join("\n", lines),
                  Figures.format("%,.1f ms with preparation", milliseconds)));
    }
    return 0;
  }

  /** The numbers of the inputs, by their names. */
  private Map<String, OnnxTensor> given(Map<String, @Nullable ElementType> types)
      throws IOException {
    var names = types.keySet();
    var given = new LinkedHashMap<String, OnnxTensor>();
    for (var input : inputs) {
      int equals = input.indexOf('=');
      boolean named = equals > 0 && names.contains(input.substring(0, equals));
      if (!named && (names.size() > 1 || inputs.size() > 1)) {
        throw new UsageException(
            "--input %s: say which input it is, as %s"
                .formatted(
                    input,
                    names.stream()
                        .map(name -> name + "=FILE.npy")
                        .collect(Collectors.joining(" or "))));
      }
      String name = named ? input.substring(0, equals) : names.iterator().next();
      var file = Path.of(named ? input.substring(equals + 1) : input);
      var numbers = TensorConversion.of(file.toString(), NumpyTensors.read(file), types.get(name));
      if (numbers.note() != null) {
        common.console().note(numbers.note());
      }
      if (given.put(name, numbers.tensor()) != null) {
        throw new UsageException("--input gives %s twice".formatted(name));
      }
    }
    return given;
  }

  private void folder() throws IOException {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new FileException("cannot write to %s: it is not a folder".formatted(out));
    }
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw FileException.writing(out, e);
    }
  }

  /** An output's name without what a file's cannot have; another one if that is taken. */
  private static String fileName(String output, Set<String> taken) {
    String plain = output.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
    String name = plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
    String free = name;
    for (int i = 2; !taken.add(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  private static Map<String, Object> json(String name, OnnxTensor tensor, Path file) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", name);
    json.put("shape", tensor.shape());
    json.put("type", tensor.type().toString());
    json.put("file", file.toString());
    return json;
  }
}
