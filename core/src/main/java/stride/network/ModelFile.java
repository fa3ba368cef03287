package stride.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.format.TensorWriter;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * A model as one safetensors file: tensors under PyTorch's names and in its layouts, and in the
 * metadata the network, the labels, whether a picture may have several of them, and the
 * preprocessing as JSON under "stride.network", "stride.labels", "stride.multi_label" and
 * "stride.preprocessing".
 */
final class ModelFile {
  private static final String NETWORK = "stride.network";
  private static final String LABELS = "stride.labels";
  private static final String MULTI_LABEL = "stride.multi_label";
  private static final String PREPROCESSING = "stride.preprocessing";

  private ModelFile() {}

  static void write(Model model, Path file, OperationTypes types) throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata("format", "pt")
            .metadata(NETWORK, new GraphJson(types).write(model.network().graph()))
            .metadata(LABELS, JSON.std.asString(model.labels()))
            .metadata(MULTI_LABEL, Boolean.toString(model.multiLabel()))
            .metadata(PREPROCESSING, PreprocessingJson.write(model.preprocessing()));
    addWeights(model, writer);
    writer.write(file);
  }

  /** Adds a model's weights and statistics to a file, under PyTorch's names. */
  static void addWeights(Model model, TensorWriter writer) {
    var weights = model.weights();
    for (var entry : weights.directory().weights()) {
      writer.floats(entry.name(), entry.parameter().shape(), weights.read(entry));
    }
    for (var entry : weights.directory().statistics()) {
      if (entry.statistic().counter()) {
        writer.longs(entry.name(), Shape.of(), (long) weights.statistics()[entry.offset()]);
      } else {
        writer.floats(
            entry.name(),
            Shape.of(entry.statistic().length()),
            weights.statistics(),
            entry.offset());
      }
    }
  }

  static boolean isIn(TensorFile file) {
    return file.format().equals("safetensors") && file.metadata().containsKey(NETWORK);
  }

  static Model read(Path file, OperationTypes types) throws IOException {
    try (var tensors = TensorFile.open(file)) {
      return read(tensors, types);
    }
  }

  static Model read(InputStream stream, OperationTypes types) throws IOException {
    try (var tensors = TensorFile.read(stream, "the model")) {
      return read(tensors, types);
    }
  }

  private static Model read(TensorFile tensors, OperationTypes types) throws IOException {
    var file = tensors.file();
    try {
      String network = tensors.metadata().get(NETWORK);
      if (network == null || !isIn(tensors)) {
        throw new FormatException(
            "%s: holds weights without a network; a model that Stride saved has both"
                    .formatted(file)
                + " (stride convert IN OUT.safetensors --network NETWORK makes one)");
      }
      var graph = new GraphJson(types).read(network, file.toString());
      var made = new Network(graph);
      return new Model(
          made,
          StateDict.read(made, tensors),
          labels(tensors.metadata().getOrDefault(LABELS, "[]"), file),
          Boolean.parseBoolean(tensors.metadata().get(MULTI_LABEL)),
          PreprocessingJson.read(
              tensors.metadata().get(PREPROCESSING), graph.input().shape(), file.toString()));
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  private static List<String> labels(String json, Path file) throws FormatException {
    try {
      var names = json.equals("null") ? null : JSON.std.listFrom(json);
      if (names != null && names.stream().allMatch(String.class::isInstance)) {
        return names.stream().map(String.class::cast).toList();
      }
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the labels are not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    throw new FormatException("%s: the labels are not a list of names".formatted(file));
  }
}
