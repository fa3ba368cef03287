package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.format.FormatException;
import stride.format.Safetensors;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;

/**
 * The state of a training as one safetensors file: weights, statistics and the arrays of the
 * optimiser and the callbacks as tensors, the rest in the metadata. A training that is resumed from
 * it computes the same bits as one that never stopped.
 */
final class Checkpoint {
  private static final String SETTINGS = "stride.settings";
  private static final String POSITION = "stride.position";
  private static final String HISTORY = "stride.history";

  private Checkpoint() {}

  /**
   * Writes the state of a training.
   *
   * @param memory the optimiser's, of all weights
   */
  static void write(Path file, TrainingState state, List<float[]> memory, Settings settings)
      throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata(SETTINGS, settings.json())
            .metadata(POSITION, CheckpointJson.position(state))
            .metadata(HISTORY, CheckpointJson.history(state.history));
    arrays(state, memory)
        .forEach((name, values) -> writer.floats(name, Shape.of(values.length), values));
    writer.write(file);
  }

  /**
   * Restores the state of a training from a file.
   *
   * @param memory receives the optimiser's, of all weights
   * @throws FormatException if the file belongs to another training (the message says in which
   *     settings that differs), holds NaN or infinities, or is damaged
   */
  static void read(Path file, TrainingState state, List<float[]> memory, Settings settings)
      throws IOException {
    try (var tensors = Safetensors.open(file)) {
      var differences = settings.differencesFrom(settings(tensors));
      if (!differences.isEmpty()) {
        throw new FormatException(
            "%s: belongs to a training with other settings: %s"
                .formatted(file, String.join("; ", differences)));
      }
      for (var array : arrays(state, memory).entrySet()) {
        fill(tensors, array.getKey(), array.getValue(), file);
      }
      try {
        CheckpointJson.readPosition(tensors.metadata().getOrDefault(POSITION, ""), state);
        state.history.addAll(
            CheckpointJson.readHistory(tensors.metadata().getOrDefault(HISTORY, "[]")));
      } catch (JacksonException | IllegalArgumentException e) {
        throw new FormatException(
            "%s: the state of the training is missing or damaged".formatted(file), e);
      }
      var flaw = state.flaw(memory);
      if (flaw.isPresent()) {
        throw new FormatException("%s: cannot be resumed: %s".formatted(file, flaw.get()));
      }
      state.weights.changed();
    }
  }

  private static Settings settings(TensorFile file) throws FormatException {
    String settings = file.metadata().get(SETTINGS);
    if (settings == null) {
      throw new FormatException(
          "%s: is not a checkpoint of a training, or one of another version of Stride"
              .formatted(file.file()));
    }
    try {
      return Settings.of(settings);
    } catch (IOException | JacksonException e) {
      throw new FormatException(
          "%s: the settings of its training are missing or damaged".formatted(file.file()), e);
    }
  }

  /** Returns the arrays that are saved as tensors, by name. */
  private static Map<String, float[]> arrays(TrainingState state, List<float[]> memory) {
    var arrays = new LinkedHashMap<String, float[]>();
    arrays.put("weights", state.weights.values());
    arrays.put("statistics", state.weights.statistics());
    add(arrays, "optimizer", memory);
    if (state.average != null) {
      arrays.put("average.weights", state.average.average.values());
      arrays.put("average.statistics", state.average.average.statistics());
    }
    for (int i = 0; i < state.memories.size(); i++) {
      add(arrays, "callback." + i, state.memories.get(i));
    }
    return arrays;
  }

  private static void add(Map<String, float[]> arrays, String name, List<float[]> memory) {
    for (int i = 0; i < memory.size(); i++) {
      arrays.put(name + "." + i, memory.get(i));
    }
  }

  private static void fill(TensorFile tensors, String name, float[] into, Path file)
      throws IOException {
    if (!tensors.tensor(name).hasShape(Shape.of(into.length))) {
      throw new FormatException(
          "%s: %s is %s, expected %d values"
              .formatted(file, name, tensors.tensor(name).shapeText(), into.length));
    }
    tensors.floats(name, into, 0);
  }
}
