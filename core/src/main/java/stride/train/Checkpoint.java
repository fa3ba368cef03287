package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.format.Safetensors;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.tensor.Shape;

/**
 * Where a training stands, as one safetensors file: weights, statistics and what the optimiser and
 * the callbacks keep as they lie in memory, the rest in the metadata. A training that goes on from
 * it computes the same bits as one that never stopped.
 */
final class Checkpoint {
  /** In front of each setting's name. */
  private static final String SETTING = "stride.setting.";

  private static final String POSITION = "stride.position";
  private static final String HISTORY = "stride.history";

  private Checkpoint() {}

  static void write(Path file, TrainingState state, Settings settings) throws IOException {
    var writer = new SafetensorsWriter();
    settings.values().forEach((name, value) -> writer.metadata(SETTING + name, value));
    writer
        .metadata(
            POSITION,
            String.join(
                " ",
                Integer.toString(state.epoch),
                Integer.toString(state.step),
                Long.toString(state.totalSteps),
                Integer.toString(state.correct),
                Double.toHexString(state.lossSum),
                Double.toHexString(state.seconds)))
        .metadata(
            HISTORY,
            state.history.stream().map(Checkpoint::line).collect(Collectors.joining("\n")));
    arrays(state).forEach((name, values) -> writer.floats(name, Shape.of(values.length), values));
    writer.write(file);
  }

  /**
   * Sets a fresh training's state to what the file holds.
   *
   * @throws FormatException if it belongs to another training (the message says in what that
   *     differs), holds what is no number, or is damaged
   */
  static void read(Path file, TrainingState state, Settings settings) throws IOException {
    try (var tensors = Safetensors.open(file)) {
      var differences = settings.differencesFrom(settings(tensors));
      if (!differences.isEmpty()) {
        throw new FormatException(
            "%s: belongs to a training with other settings: %s"
                .formatted(file, String.join("; ", differences)));
      }
      for (var array : arrays(state).entrySet()) {
        fill(tensors, array.getKey(), array.getValue(), file);
      }
      String[] position = tensors.metadata().getOrDefault(POSITION, "").split(" ", -1);
      try {
        state.epoch = Integer.parseInt(position[0]);
        state.step = Integer.parseInt(position[1]);
        state.totalSteps = Long.parseLong(position[2]);
        state.correct = Integer.parseInt(position[3]);
        state.lossSum = Double.parseDouble(position[4]);
        state.seconds = Double.parseDouble(position[5]);
        tensors
            .metadata()
            .getOrDefault(HISTORY, "")
            .lines()
            .forEach(line -> state.history.add(result(line)));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new FormatException("%s: does not say where the training stood".formatted(file), e);
      }
      var flaw = state.flaw();
      if (flaw.isPresent()) {
        throw new FormatException("%s: cannot be gone on with: %s".formatted(file, flaw.get()));
      }
      state.weights.changed();
    }
  }

  private static Settings settings(TensorFile file) throws FormatException {
    var values = new LinkedHashMap<String, String>();
    file.metadata()
        .forEach(
            (name, value) -> {
              if (name.startsWith(SETTING)) {
                values.put(name.substring(SETTING.length()), value);
              }
            });
    if (values.isEmpty()) {
      throw new FormatException(
          "%s: is no checkpoint of a training, or that of another version of Stride"
              .formatted(file.file()));
    }
    return new Settings(values);
  }

  /** All that is saved as it lies in memory, by name. */
  private static Map<String, float[]> arrays(TrainingState state) {
    var arrays = new LinkedHashMap<String, float[]>();
    arrays.put("weights", state.weights.values());
    arrays.put("statistics", state.weights.statistics());
    add(arrays, "optimizer", state.optimizer.memory());
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

  /** An epoch as its numbers, those of its test behind the others. */
  private static String line(EpochResult result) {
    var numbers = new ArrayList<String>();
    numbers.add(Integer.toString(result.epoch()));
    numbers.add(Integer.toString(result.samples()));
    numbers.add(Double.toHexString(result.loss()));
    numbers.add(Double.toHexString(result.accuracy()));
    numbers.add(Double.toHexString(result.learningRate()));
    numbers.add(Double.toHexString(result.seconds()));
    var test = result.test();
    if (test != null) {
      numbers.add(Integer.toString(test.images()));
      numbers.add(Double.toHexString(test.top1()));
      numbers.add(Double.toHexString(test.top5()));
      numbers.add(Double.toHexString(test.loss()));
      numbers.add(Double.toHexString(test.seconds()));
    }
    return String.join(" ", numbers);
  }

  private static EpochResult result(String line) {
    String[] numbers = line.split(" ", -1);
    return new EpochResult(
        Integer.parseInt(numbers[0]),
        Double.parseDouble(numbers[2]),
        Double.parseDouble(numbers[3]),
        Double.parseDouble(numbers[4]),
        numbers.length == 6 ? null : test(numbers),
        Double.parseDouble(numbers[5]),
        Integer.parseInt(numbers[1]));
  }

  private static @Nullable Evaluation test(String[] numbers) {
    return new Evaluation(
        Double.parseDouble(numbers[7]),
        Double.parseDouble(numbers[8]),
        Integer.parseInt(numbers[6]),
        Double.parseDouble(numbers[10]),
        Double.parseDouble(numbers[9]));
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
