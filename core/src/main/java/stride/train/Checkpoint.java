package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import stride.format.FormatException;
import stride.format.Safetensors;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.tensor.Shape;

/**
 * Where a training stands, as one safetensors file: weights, statistics and the optimiser's memory
 * as they lie in memory, the rest in the metadata. A training that goes on from it computes the
 * same bits as one that never stopped.
 */
final class Checkpoint {
  private static final String SETTINGS = "stride.settings";
  private static final String POSITION = "stride.position";

  private Checkpoint() {}

  static void write(Path file, TrainingState state, String settings) throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata(SETTINGS, settings)
            .metadata(
                POSITION,
                "%d %d %d %d %s %s"
                    .formatted(
                        state.epoch,
                        state.step,
                        state.totalSteps,
                        state.correct,
                        Double.toHexString(state.lossSum),
                        Double.toHexString(state.seconds)))
            .floats("weights", Shape.of(state.weights.values().length), state.weights.values())
            .floats(
                "statistics",
                Shape.of(state.weights.statistics().length),
                state.weights.statistics());
    var memory = state.optimizer.memory();
    for (int i = 0; i < memory.size(); i++) {
      writer.floats("optimizer." + i, Shape.of(memory.get(i).length), memory.get(i));
    }
    writer.write(file);
  }

  /** Sets a fresh training's state to what the file holds. */
  static void read(Path file, TrainingState state, String settings) throws IOException {
    try (var tensors = Safetensors.open(file)) {
      String written = tensors.metadata().getOrDefault(SETTINGS, "none");
      if (!written.equals(settings)) {
        throw new FormatException(
            "%s: belongs to a training with other settings; it has %s, this one %s"
                .formatted(file, written, settings));
      }
      fill(tensors, "weights", state.weights.values(), file);
      fill(tensors, "statistics", state.weights.statistics(), file);
      var memory = state.optimizer.memory();
      for (int i = 0; i < memory.size(); i++) {
        fill(tensors, "optimizer." + i, memory.get(i), file);
      }
      String[] position = tensors.metadata().getOrDefault(POSITION, "").split(" ", -1);
      try {
        state.epoch = Integer.parseInt(position[0]);
        state.step = Integer.parseInt(position[1]);
        state.totalSteps = Long.parseLong(position[2]);
        state.correct = Integer.parseInt(position[3]);
        state.lossSum = Double.parseDouble(position[4]);
        state.seconds = Double.parseDouble(position[5]);
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new FormatException("%s: does not say where the training stood".formatted(file), e);
      }
      state.weights.changed();
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
