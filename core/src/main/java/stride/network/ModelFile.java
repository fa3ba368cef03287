package stride.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.format.TensorWriter;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * A model as one safetensors file: tensors under PyTorch's names and in its layouts, and in the
 * metadata the network, the labels and the preprocessing as JSON under "stride.network",
 * "stride.labels" and "stride.preprocessing".
 */
final class ModelFile {
  private static final String NETWORK = "stride.network";
  private static final String LABELS = "stride.labels";
  private static final String PREPROCESSING = "stride.preprocessing";

  private ModelFile() {}

  static void write(Model model, Path file, OperationTypes types) throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata("format", "pt")
            .metadata(NETWORK, new GraphJson(types).write(model.network().graph()))
            .metadata(LABELS, JSON.std.asString(model.labels()))
            .metadata(PREPROCESSING, preprocessing(model.preprocessing()));
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
          preprocessing(tensors.metadata().get(PREPROCESSING), graph.input().shape(), file));
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  private static List<String> labels(String json, Path file) throws FormatException {
    try {
      var names = JSON.std.listFrom(json);
      if (names.stream().allMatch(String.class::isInstance)) {
        return names.stream().map(String.class::cast).toList();
      }
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the labels are not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    throw new FormatException("%s: the labels are not a list of names".formatted(file));
  }

  private static String preprocessing(Preprocessing preprocessing) {
    var json = new LinkedHashMap<String, Object>();
    json.put("fit", preprocessing.fit().name().toLowerCase(java.util.Locale.ROOT));
    json.put("mean", preprocessing.normalization().mean());
    json.put("std", preprocessing.normalization().standardDeviation());
    return JSON.std.asString(json);
  }

  private static Preprocessing preprocessing(
      @org.jspecify.annotations.Nullable String text, Shape input, Path file)
      throws FormatException {
    if (text == null) {
      return Preprocessing.none(input);
    }
    try {
      Map<String, Object> json = JSON.std.mapFrom(text);
      return new Preprocessing(
          Preprocessing.Fit.valueOf(
              String.valueOf(json.get("fit")).toUpperCase(java.util.Locale.ROOT)),
          input,
          new Normalization(numbers(json.get("mean")), numbers(json.get("std"))));
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the preprocessing is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          "%s: the preprocessing is damaged: %s".formatted(file, String.valueOf(e.getMessage())),
          e);
    }
  }

  private static List<Double> numbers(@org.jspecify.annotations.Nullable Object json) {
    if (json instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
      return list.stream().map(number -> ((Number) number).doubleValue()).toList();
    }
    throw new IllegalArgumentException("expected a list of numbers, found " + json);
  }
}
