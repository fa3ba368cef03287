package stride.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.LayoutOption;
import stride.app.option.OnnxFiles;
import stride.app.option.OnnxOptions;
import stride.app.option.ShapeConverter;
import stride.app.report.OutputFile;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.format.TensorWriter;
import stride.format.TorchWriter;
import stride.network.Model;
import stride.network.StateDict;
import stride.onnx.export.OnnxExport;
import stride.tensor.Shape;
import stride.zoo.Zoo;

/** {@code stride convert}: weights from one kind of file to another. */
@Command(
    name = "convert",
    sortOptions = false,
    description = {
      "Convert weights and models between PyTorch checkpoints, safetensors, Stride's models and"
          + " ONNX files.",
      "What IN is, its content says; what OUT becomes, its suffix: .safetensors, or .pth, .pt, .th,"
          + " or .onnx. The numbers keep their types. A wrapped state dict is taken out of its"
          + " wrapper.",
      "An .onnx file becomes a model or weights, a model becomes an .onnx file.",
      "With --network the weights are those of that network, and a .safetensors becomes a model,"
          + " which holds its network."
    })
public final class ConvertCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "A model, an ONNX file, safetensors, a PyTorch checkpoint, or NumPy's .npy or .npz.")
  private Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "The file to write: *.safetensors, *.pth, *.pt, *.th or *.onnx.")
  private Path out;

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description =
          "The network that the weights belong to, a name that \"stride networks\" lists.")
  private @Nullable String network;

  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description =
          "With --network, or an ONNX file as IN or OUT: the images it takes. Default: those it was"
              + " made for.")
  private @Nullable Shape input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "With --network, how many classes it tells apart. Default: as published.")
  private @Nullable Integer classes;

  @Mixin private LayoutOption layout;

  @Mixin private OnnxOptions onnx;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    CommonOptions.atLeastOne("--classes", classes);
    boolean models = OnnxFiles.is(in) || OnnxFiles.is(out);
    if (network == null && (classes != null || (input != null && !models))) {
      throw new UsageException(
          classes == null
              ? "--input goes with --network NETWORK, or with an ONNX file as IN or OUT"
              : "--classes is for a network: add --network NETWORK");
    }
    if (OnnxFiles.is(in) && network != null) {
      throw new UsageException("%s holds its network: leave out --network".formatted(in));
    }
    layout.of(in);
    var export = onnx.export();
    if (onnx.areGiven() && !OnnxFiles.is(out)) {
      throw new UsageException(
          "--opset, --batch, --normalised and --pictures go with OUT.onnx, found " + out);
    }
    boolean torch = !OnnxFiles.is(out) && isTorch(out);
    OutputFile.requireOther("OUT", out, "IN", in);
    int tensors = network == null && !models ? copy(torch) : write(model(), torch, export);
    var json = new LinkedHashMap<String, Object>();
    json.put("in", in.toString());
    json.put("out", out.toString());
    json.put("network", network);
    json.put("tensors", tensors);
    json.put("bytes", Files.size(out));
    common.result(
        json,
        "%s: %s, %s bytes"
            .formatted(out, Figures.count(tensors, "tensor"), Figures.count(Files.size(out))));
    return 0;
  }

  private static boolean isTorch(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return false;
    }
    if (name.endsWith(".pth") || name.endsWith(".pt") || name.endsWith(".th")) {
      return true;
    }
    throw new UsageException(
        "OUT ends in .safetensors, .pth, .pt, .th or .onnx, found %s%s"
            .formatted(
                file,
                name.endsWith(".npz") || name.endsWith(".npy")
                    ? "; NumPy's files are read, not written"
                    : ""));
  }

  /** Copies the state dict as it is; returns the number of tensors. */
  private int copy(boolean torch) throws IOException {
    try (var file = TensorFile.open(in)) {
      var names = StateDict.names(file);
      if (names.isEmpty()) {
        throw new IllegalArgumentException("%s holds no tensors".formatted(in));
      }
      TensorWriter writer = torch ? new TorchWriter() : safetensors(file);
      if (torch && Model.isIn(file)) {
        common.console().note("note: a checkpoint holds weights only; the network stays behind");
      }
      for (var name : names.entrySet()) {
        writer.copy(name.getKey(), file, name.getValue());
      }
      writer.write(out);
      return names.size();
    }
  }

  private static SafetensorsWriter safetensors(TensorFile file) {
    var writer = new SafetensorsWriter();
    if (file.format().equals("safetensors")) {
      file.metadata().forEach(writer::metadata);
    } else {
      writer.metadata("format", "pt");
    }
    return writer;
  }

  private Model model() throws IOException {
    if (network != null) {
      var architecture = Zoo.find(network).ofWeights(in);
      var made =
          architecture.network(
              input == null ? architecture.input() : input,
              classes == null ? architecture.classes() : classes);
      return architecture.described(Model.of(architecture.published(made, in), in), in);
    }
    return OnnxFiles.fitted(in, input, layout.given());
  }

  /** Writes a model, or its weights; returns the number of tensors. */
  private int write(Model model, boolean torch, OnnxExport export) throws IOException {
    if (OnnxFiles.is(out)) {
      export.write(model, out);
    } else if (torch) {
      model.savePyTorch(out);
    } else {
      model.save(out);
    }
    var directory = model.weights().table();
    return directory.weights().size() + directory.statistics().size();
  }
}
