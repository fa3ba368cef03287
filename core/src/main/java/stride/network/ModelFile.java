package stride.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.format.Safetensors;
import stride.format.SafetensorsWriter;
import stride.graph.Directory;
import stride.graph.Weights;
import stride.kernel.Kernels;
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
  private static final int MOST_NAMED = 10;

  /** Floats that are read at once, about. */
  private static final int STRETCH = 1 << 16;

  /** So many filters, or a multiple of it: a cache line of memory's order, where they alternate. */
  private static final int FILTERS = 16;

  /** Weights that one thread has read before others have started. */
  private static final int FEW = 1 << 20;

  private ModelFile() {}

  static void write(Model model, Path file, OperationTypes types) throws IOException {
    var writer =
        new SafetensorsWriter()
            .metadata("format", "pt")
            .metadata(NETWORK, new GraphJson(types).write(model.network().graph()))
            .metadata(LABELS, JSON.std.asString(model.labels()))
            .metadata(PREPROCESSING, PreprocessingJson.write(model.preprocessing()));
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
    writer.write(file);
  }

  static Model read(Path file, OperationTypes types) throws IOException {
    try (var tensors = Safetensors.open(file)) {
      String network = tensors.metadata().get(NETWORK);
      if (network == null) {
        throw new FormatException(
            "%s: holds weights without a network; a model that Stride saved has both"
                .formatted(file));
      }
      var graph = new GraphJson(types).read(network, file.toString());
      checkNames(file, tensors, Directory.of(graph));
      var weights = Weights.empty(graph);
      fill(weights, tensors, file);
      return new Model(
          new Network(graph),
          weights,
          labels(tensors.metadata().getOrDefault(LABELS, "[]"), file),
          PreprocessingJson.read(
              tensors.metadata().get(PREPROCESSING), graph.input().shape(), file.toString()));
    } catch (IllegalArgumentException e) {
      throw new FormatException("%s: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  /**
   * Reports what is missing and what is unexpected in one message, before anything is allocated.
   */
  private static void checkNames(Path file, Safetensors tensors, Directory directory)
      throws FormatException {
    var expected = new LinkedHashSet<String>();
    directory.weights().forEach(entry -> expected.add(entry.name()));
    directory.statistics().forEach(entry -> expected.add(entry.name()));
    var missing = new ArrayList<>(expected);
    missing.removeIf(tensors::contains);
    var unexpected = new ArrayList<String>();
    tensors.tensors().forEach(tensor -> unexpected.add(tensor.name()));
    unexpected.removeAll(expected);
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      throw new FormatException(
          "%s: its tensors are not the network's: missing %s; unexpected %s"
              .formatted(file, named(missing), named(unexpected)));
    }
    for (var entry : directory.weights()) {
      var stored = tensors.tensor(entry.name());
      if (!stored.hasShape(entry.parameter().shape())) {
        throw new FormatException(
            "%s: %s is %s, the network has %s"
                .formatted(file, entry.name(), stored.shape(), entry.parameter().shape()));
      }
    }
  }

  private static String named(List<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    var shown = names.stream().limit(MOST_NAMED).map(FormatException::quote).toList();
    int more = names.size() - shown.size();
    return String.join(", ", shown) + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static void fill(Weights weights, Safetensors tensors, Path file) throws IOException {
    fillWeights(weights, tensors);
    for (var entry : weights.directory().statistics()) {
      float[] values;
      if (entry.statistic().counter()) {
        long[] counted = tensors.longs(entry.name());
        values = counted.length == 1 ? new float[] {counted[0]} : new float[counted.length];
      } else {
        values = tensors.floats(entry.name());
      }
      if (values.length != entry.statistic().length()) {
        throw new FormatException(
            "%s: %s has %d values, the network has %d"
                .formatted(file, entry.name(), values.length, entry.statistic().length()));
      }
      System.arraycopy(values, 0, weights.statistics(), entry.offset(), values.length);
    }
  }

  /**
   * Reads the weights straight to their places, some filters at a time, on all processors if there
   * are many.
   */
  private static void fillWeights(Weights weights, Safetensors tensors) throws IOException {
    var stretches = new ArrayList<Stretch>();
    for (var entry : weights.directory().weights()) {
      var order = entry.order();
      int filter = order.middle() * order.inner();
      int together = Math.ceilDiv(STRETCH, Math.max(filter, 1));
      together = Math.ceilDiv(together, FILTERS) * FILTERS;
      for (int first = 0; first < order.out(); first += together) {
        stretches.add(new Stretch(entry, first, Math.min(first + together, order.out()), filter));
      }
    }
    int longest = stretches.stream().mapToInt(Stretch::floats).max().orElse(0);
    boolean few = weights.directory().weightFloats() <= FEW;
    try (var engine =
        Engine.with(few ? 1 : Runtime.getRuntime().availableProcessors(), Kernels.scalar())) {
      var read = new float[engine.threads()][longest];
      engine.forEach(
          stretches.size(),
          (i, worker) -> stretches.get(i).read(tensors, read[worker], weights.values()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    weights.changed();
  }

  /** The filters [first, end) of a weight tensor, of so many floats each. */
  private record Stretch(Directory.WeightEntry entry, int first, int end, int filter) {
    int floats() {
      return (end - first) * filter;
    }

    void read(Safetensors tensors, float[] read, float[] weights) {
      try {
        tensors.floats(entry.name(), (long) first * filter, floats(), read, 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      entry.order().toMemory(read, first, end, weights, entry.offset());
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
}
