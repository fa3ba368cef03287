package stride.zoo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import stride.graph.Graph;
import stride.graph.WeightTable.WeightEntry;
import stride.graph.Weights;
import stride.layer.normalization.BatchNorm;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * What {@code tools/golden/zoo.py} had PyTorch compute, and the weights and images it did so with:
 * functions of their names that are the same in Python and here.
 */
final class Golden {
  /** The classes of networks with golden weights. */
  static final int CLASSES = 10;

  private static final int SEED = 7;

  /** What is added to the biases of batch norm for a training. */
  private static final float PASSING = 2;

  private Golden() {}

  /** The paragraphs of a file: for each network its first line, and those after it. */
  static Map<String, List<String>> paragraphs(String file) {
    try (var in = open(file);
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      var paragraphs = new LinkedHashMap<String, List<String>>();
      var lines = new ArrayList<>(reader.lines().toList());
      lines.add("");
      for (int from = 0; from < lines.size(); ) {
        int to = from + lines.subList(from, lines.size()).indexOf("");
        paragraphs.put(lines.get(from), List.copyOf(lines.subList(from + 1, to)));
        from = to + 1;
      }
      return paragraphs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) throws IOException {
    var in = Objects.requireNonNull(Golden.class.getResourceAsStream(file), file);
    return file.endsWith(".gz") ? new GZIPInputStream(in) : in;
  }

  static double[] numbers(String line) {
    return Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /** What PyTorch computed for one network: logits of three images of each size. */
  record Logits(
      String name, int images, Map<String, Integer> exponents, Map<Shape, List<double[]>> logits) {
    @Override
    public String toString() {
      return name;
    }

    /** The network's golden weights. */
    Weights weights(Graph graph) {
      return Golden.weights(graph, exponents);
    }

    /** Golden weights to train with, whose ReLUs mostly pass: the script says why. */
    Weights passing(Graph graph) {
      var weights = weights(graph);
      for (var entry : weights.table().weights()) {
        if (entry.name().endsWith(".bias")
            && graph.nodes().get(entry.node()).operation() instanceof BatchNorm) {
          float[] biases = weights.read(entry);
          for (int i = 0; i < biases.length; i++) {
            biases[i] += PASSING;
          }
          weights.write(entry, biases);
        }
      }
      return weights;
    }
  }

  /**
   * Golden weights of a network.
   *
   * @param exponents those of the weights of convolutions and dense layers, in their order, with a
   *     word before them
   */
  static Weights weights(Graph graph, String exponents) {
    var words = exponents.split(" ");
    var named = new LinkedHashMap<String, Integer>();
    for (var entry : Weights.empty(graph).table().weights()) {
      if (entry.parameter().shape().rank() > 1) {
        named.put(entry.name(), Integer.parseInt(words[named.size() + 1]));
      }
    }
    return weights(graph, named);
  }

  /** The golden logits of all networks, by their names. */
  static Map<String, Logits> logits() {
    var paragraphs = paragraphs("logits.txt");
    var logits = new LinkedHashMap<String, Logits>();
    StateDictTest.originals()
        .forEach(
            original -> {
              var lines = Objects.requireNonNull(paragraphs.get(original.name()), original.name());
              logits.put(original.name(), logits(original, lines));
            });
    return logits;
  }

  private static Logits logits(StateDictTest.Original original, List<String> lines) {
    int images = Integer.parseInt(lines.get(0).substring("images ".length()));
    double[] numbers = numbers(lines.get(1).substring("exponents ".length()));
    var exponents = new LinkedHashMap<String, Integer>();
    for (var tensor : original.tensors()) {
      var parts = tensor.split(" ");
      if (parts[1].contains("x")) {
        exponents.put(parts[0], (int) numbers[exponents.size()]);
      }
    }
    var logits = new LinkedHashMap<Shape, List<double[]>>();
    int channels = Zoo.find(original.name()).input().channels();
    for (int at = 2; at < lines.size(); at += 4) {
      var size = lines.get(at).split(" ");
      logits.put(
          Shape.image(Integer.parseInt(size[1]), Integer.parseInt(size[2]), channels),
          lines.subList(at + 1, at + 4).stream().map(Golden::numbers).toList());
    }
    return new Logits(original.name(), images, exponents, logits);
  }

  /**
   * Golden weights of a network.
   *
   * @param exponents by the names of the weights of convolutions and dense layers
   */
  private static Weights weights(Graph graph, Map<String, Integer> exponents) {
    var weights = Weights.empty(graph);
    for (var entry : weights.table().weights()) {
      boolean norm = graph.nodes().get(entry.node()).operation() instanceof BatchNorm;
      int length = entry.parameter().shape().elements();
      weights.write(
          entry,
          entry.parameter().shape().rank() > 1
              ? filters(entry, exponents.get(entry.name()))
              : norm && entry.name().endsWith(".weight")
                  ? uniform(entry.name().hashCode(), length, 0.5, 1.5)
                  : norm
                      ? uniform(entry.name().hashCode(), length, -0.25, 0.25)
                      : uniform(entry.name().hashCode(), length, -0.2, 0.2));
    }
    for (var entry : weights.table().statistics()) {
      if (!entry.statistic().counter()) {
        boolean variance = entry.name().endsWith("_var");
        float[] values =
            uniform(
                entry.name().hashCode(),
                entry.statistic().length(),
                variance ? 0.5 : -0.25,
                variance ? 2 : 0.25);
        System.arraycopy(values, 0, weights.statistics(), entry.offset(), values.length);
      }
    }
    return weights;
  }

  /** A quarter of their mean is taken off filters over several channels: the script says why. */
  static float[] filters(WeightEntry entry, int exponent) {
    var shape = entry.parameter().shape();
    int length = shape.elements() / shape.size(0);
    long key = CounterRandom.key(SEED, entry.name().hashCode(), 0);
    double scale = 0x1p-23 * Math.sqrt(3.0 / length) * Math.pow(2, exponent);
    var values = new float[shape.elements()];
    for (int from = 0; from < values.length; from += length) {
      long sum = 0;
      for (int i = from; i < from + length; i++) {
        int drawn = integer(key, i) - (1 << 23);
        sum += drawn;
        values[i] = drawn;
      }
      long shift = shape.size(1) > 1 ? Math.floorDiv(sum, 4L * length) : 0;
      for (int i = from; i < from + length; i++) {
        values[i] = (float) (((long) values[i] - shift) * scale);
      }
    }
    return values;
  }

  private static int integer(long key, long i) {
    return (int) (CounterRandom.bits(key, i) >>> 40);
  }

  static float[] uniform(long of, int length, double low, double high) {
    long key = CounterRandom.key(SEED, of, 0);
    var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (low + (high - low) * (integer(key, i) * 0x1p-24));
    }
    return values;
  }

  /** Three images of noise, each around a colour of its own; their numbers begin at the first. */
  static List<Tensor> images(int first, Shape shape) {
    var images = new ArrayList<Tensor>();
    for (int image = first; image < first + 3; image++) {
      float[] values = uniform(image, shape.elements(), -1, 1);
      float[] colour = uniform(-image, shape.channels(), -2, 2);
      for (int i = 0; i < values.length; i++) {
        values[i] += colour[i % shape.channels()];
      }
      images.add(new Tensor(shape, values));
    }
    return images;
  }
}
