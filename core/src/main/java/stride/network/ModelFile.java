package stride.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.format.TensorWriter;
import stride.graph.Counter;
import stride.graph.Weights;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * A model as one safetensors file: tensors under PyTorch's names and in its layouts, and in the
 * metadata the network, the task, the labels, and the preprocessing under "stride.network",
 * "stride.task", "stride.labels" and "stride.preprocessing", and the method under "stride.method"
 * if there is one; all but the task as JSON.
 *
 * <p>"stride.format_version" counts what readers have to know: it grows with every operation,
 * component or other entry that an older reader would not understand. What a file has and its
 * reader does not know is refused, what an older file lacks has its value from {@link
 * OperationTypes}; so all files of before are read for ever. Files of version 1 do not name it.
 *
 * <p>Files up to version 2 have no task, only "stride.multi_label", whether a picture may have
 * several labels. It is still written for their readers: true or false for a model that they
 * understand, else the task's name, which they refuse.
 */
final class ModelFile {
  /** The version of the files that are written. */
  static final int VERSION = 4;

  private static final String FORMAT_VERSION = "stride.format_version";
  private static final String NETWORK = "stride.network";
  private static final String LABELS = "stride.labels";
  private static final String TASK = "stride.task";
  private static final String MULTI_LABEL = "stride.multi_label";
  private static final String PREPROCESSING = "stride.preprocessing";
  private static final String METHOD = "stride.method";

  private static final String NAME = "name";
  private static final String SETTINGS = "settings";

  private ModelFile() {}

  static void write(Model model, Path file, OperationTypes types) throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata("format", "pt")
            .metadata(FORMAT_VERSION, Integer.toString(VERSION))
            .metadata(NETWORK, new GraphJson(types).write(model.network().graph()));
    description(model, types).forEach(writer::metadata);
    writer.metadata(MULTI_LABEL, multiLabel(model));
    addWeights(model, writer);
    writer.write(file);
  }

  /** All that is neither network nor weights, by its names in files. */
  static Map<String, String> description(Model model, OperationTypes types) {
    var description = new LinkedHashMap<String, String>();
    description.put(LABELS, JSON.std.asString(model.labels()));
    description.put(TASK, model.task().key());
    description.put(PREPROCESSING, PreprocessingJson.write(model.preprocessing(), types));
    if (model.method() != null) {
      var method = types.writeMethod(model.method());
      var json = new LinkedHashMap<String, Object>();
      json.put(NAME, method.getKey());
      json.put(SETTINGS, method.getValue());
      description.put(METHOD, JSON.std.asString(json));
    }
    return description;
  }

  /** Adds a model's weights and statistics to a file, under PyTorch's names. */
  static void addWeights(Model model, TensorWriter writer) {
    var weights = model.weights();
    weights
        .flaw()
        .ifPresent(
            flaw -> {
              throw new IllegalArgumentException(
                  "a model whose weights are no numbers is not saved: " + flaw);
            });
    for (var entry : weights.table().weights()) {
      writer.floats(entry.name(), entry.parameter().shape(), weights.read(entry));
    }
    for (var entry : weights.table().statistics()) {
      if (entry.statistic().counter()) {
        writer.longs(entry.name(), Shape.of(), Counter.value(weights.statistics(), entry.offset()));
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
    String network = tensors.metadata().get(NETWORK);
    if (network == null || !isIn(tensors)) {
      throw new FormatException(
          "%s: holds weights without a network; a model that Stride saved has both".formatted(file)
              + " (stride convert IN OUT.safetensors --network NETWORK makes one)");
    }
    int version = version(tensors, file);
    try {
      return read(tensors, network, types, file);
    } catch (FormatException e) {
      if (version <= VERSION) {
        throw e;
      }
      throw new FormatException(
          "%s (the file is of version %d of the format, this Stride reads up to %d: use a newer one)"
              .formatted(e.getMessage(), version, VERSION),
          e);
    }
  }

  private static Model read(TensorFile tensors, String network, OperationTypes types, Path file)
      throws IOException {
    try {
      var made = new Network(new GraphJson(types).read(network, file.toString()));
      return described(made, StateDict.read(made, tensors), tensors.metadata(), types, file);
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  /**
   * A model of a network, its weights and what {@link #description} says of it.
   *
   * @param file for messages
   */
  static Model described(
      Network network,
      Weights weights,
      Map<String, String> description,
      OperationTypes types,
      Path file)
      throws FormatException {
    try {
      var labels = labels(description.getOrDefault(LABELS, "[]"), file);
      return new Model(
          network,
          weights,
          task(description, labels, network.output(), file),
          labels,
          PreprocessingJson.read(
              description.get(PREPROCESSING), network.firstInput(), types, file.toString()),
          method(description.get(METHOD), types, file));
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  private static int version(TensorFile tensors, Path file) throws FormatException {
    String version = tensors.metadata().getOrDefault(FORMAT_VERSION, "1");
    if (!version.matches("[1-9][0-9]{0,8}")) {
      throw new FormatException(
          "%s: the version of its format is a number from 1, found %s"
              .formatted(file, FormatException.quote(version)));
    }
    return Integer.parseInt(version);
  }

  private static String multiLabel(Model model) {
    boolean several = model.task() == Task.SEVERAL_LABELS;
    var understood = Task.ofClassifier(model.labels().size(), several, model.network().output());
    return model.task() == understood ? Boolean.toString(several) : model.task().key();
  }

  private static Task task(
      Map<String, String> description, List<String> labels, Shape output, Path file)
      throws FormatException {
    String task = description.get(TASK);
    return task == null
        ? Task.ofClassifier(
            labels.size(), multiLabel(description.getOrDefault(MULTI_LABEL, "false"), file), output)
        : Task.ofKey(task);
  }

  private static @Nullable ModelMethod method(
      @Nullable String text, OperationTypes types, Path file) throws FormatException {
    if (text == null) {
      return null;
    }
    try {
      var json = JSON.std.mapFrom(text);
      if (json != null
          && json.get(NAME) instanceof String name
          && json.get(SETTINGS) instanceof Map<?, ?> settings) {
        return types.readMethod(name, settings);
      }
    } catch (JacksonException e) {
      throw new FormatException(
          "%s: the method is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          "%s: the method is damaged: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
    throw new FormatException(
        "%s: the method is an object with a name and settings, found %s"
            .formatted(file, FormatException.quote(text)));
  }

  private static boolean multiLabel(String text, Path file) throws FormatException {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new FormatException(
              "%s: %s is true or false, found %s"
                  .formatted(file, MULTI_LABEL, FormatException.quote(text)));
    };
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
