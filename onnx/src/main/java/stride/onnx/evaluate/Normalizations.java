package stride.onnx.evaluate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Normalisations. Means and variances are computed in double. */
final class Normalizations implements Family {
  @Override
  public String operators() {
    return """
    BatchNormalization 1 6 7 9 14 15
    GroupNormalization 18 21
    InstanceNormalization 1 6 22
    LRN 1 13
    LayerNormalization 17
    LpNormalization 1 22
    MeanVarianceNormalization 9 13
    RMSNormalization 23
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    Attributes attributes = call.attributes();
    return switch (call.operator()) {
      case "BatchNormalization" -> batch(call, x);
      case "GroupNormalization" -> Family.one(group(call, x));
      case "InstanceNormalization" -> Family.one(instance(call, x));
      case "LRN" -> Family.one(acrossChannels(attributes, x));
      case "LayerNormalization" -> layer(call, x);
      case "LpNormalization" -> Family.one(lp(attributes, x));
      case "MeanVarianceNormalization" -> Family.one(meanVariance(attributes, x));
      default -> Family.one(rootMeanSquare(call, x));
    };
  }

  /** The mean and the variance (of all, not of a sample) of some elements. */
  private record Moments(double mean, double variance) {
    static Moments of(OnnxTensor x, int from, int[] along) {
      double sum = 0;
      for (int step : along) {
        sum += x.real(from + step);
      }
      double mean = sum / along.length;
      double squares = 0;
      for (int step : along) {
        double distance = x.real(from + step) - mean;
        squares += distance * distance;
      }
      return new Moments(mean, squares / along.length);
    }
  }

  private static OnnxTensor[] batch(Call call, OnnxTensor x) {
    Attributes attributes = call.attributes();
    double epsilon = attributes.real("epsilon", 1e-5f);
    OnnxTensor scale = call.input(1);
    OnnxTensor shift = call.input(2);
    OnnxTensor mean = call.input(3);
    OnnxTensor variance = call.input(4);
    int channels = x.rank() < 2 ? 1 : x.dimension(1);
    // The first versions may have a mean for each place rather than for each channel.
    boolean spatial = call.since() >= 9 || attributes.integer("spatial", 1) != 0;
    int inner = spatial ? Places.product(x.shape(), Math.min(2, x.rank()), x.rank()) : 1;
    int count = spatial ? channels : Places.product(x.shape(), 1, x.rank());
    if (mean.size() != count
        || variance.size() != count
        || scale.size() != count
        || shift.size() != count) {
      throw new IllegalArgumentException("it has not %d means and variances".formatted(count));
    }
    if (attributes.flag("training_mode")) {
      return trained(call, x, scale, shift, mean, variance);
    }
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    for (int i = 0; i < y.size(); i++) {
      int c = i / inner % count;
      y.put(
          i,
          scale.real(c) * (x.real(i) - mean.real(c)) / Math.sqrt(variance.real(c) + epsilon)
              + shift.real(c));
    }
    return new OnnxTensor[] {y};
  }

  private static OnnxTensor[] trained(
      Call call,
      OnnxTensor x,
      OnnxTensor scale,
      OnnxTensor shift,
      OnnxTensor mean,
      OnnxTensor variance) {
    double epsilon = call.attributes().real("epsilon", 1e-5f);
    double momentum = call.attributes().real("momentum", 0.9f);
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    OnnxTensor newMean = OnnxTensor.zeros(mean.type(), mean.shape());
    OnnxTensor newVariance = OnnxTensor.zeros(variance.type(), variance.shape());
    var axes = new int[x.rank() - 1];
    for (int i = 1; i < axes.length; i++) {
      axes[i] = i + 1;
    }
    var lines = new Reductions.Lines(x.shape(), axes);
    for (int c = 0; c < lines.first.length; c++) {
      var moments = Moments.of(x, lines.first[c], lines.along);
      for (int step : lines.along) {
        int i = lines.first[c] + step;
        y.put(
            i,
            scale.real(c) * (x.real(i) - moments.mean) / Math.sqrt(moments.variance + epsilon)
                + shift.real(c));
      }
      newMean.put(c, mean.real(c) * momentum + moments.mean * (1 - momentum));
      newVariance.put(c, variance.real(c) * momentum + moments.variance * (1 - momentum));
    }
    return new OnnxTensor[] {y, newMean, newVariance};
  }

  private static OnnxTensor instance(Call call, OnnxTensor x) {
    double epsilon = call.attributes().real("epsilon", 1e-5f);
    OnnxTensor scale = call.input(1);
    OnnxTensor shift = call.input(2);
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    int plane = Places.product(x.shape(), 2, x.rank());
    int channels = x.dimension(1);
    int[] along = Places.of(new int[] {plane}, new int[] {1}, 0);
    for (int n = 0; n < x.dimension(0) * channels; n++) {
      var moments = Moments.of(x, n * plane, along);
      double factor = scale.real(n % channels) / Math.sqrt(moments.variance + epsilon);
      for (int i = n * plane; i < (n + 1) * plane; i++) {
        y.put(i, factor * (x.real(i) - moments.mean) + shift.real(n % channels));
      }
    }
    return y;
  }

  private static OnnxTensor group(Call call, OnnxTensor x) {
    double epsilon = call.attributes().real("epsilon", 1e-5f);
    int groups = call.attributes().small("num_groups", 0);
    OnnxTensor scale = call.input(1);
    OnnxTensor shift = call.input(2);
    int channels = x.dimension(1);
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException("%d channels in %d groups".formatted(channels, groups));
    }
    // Version 18 has a scale for each group, later ones for each channel.
    boolean perGroup = call.since() < 21 && scale.size() == groups;
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    int plane = Places.product(x.shape(), 2, x.rank());
    int size = channels / groups * plane;
    int[] along = Places.of(new int[] {size}, new int[] {1}, 0);
    for (int n = 0; n < x.dimension(0) * groups; n++) {
      var moments = Moments.of(x, n * size, along);
      for (int k = 0; k < size; k++) {
        int i = n * size + k;
        int c = perGroup ? n % groups : i / plane % channels;
        y.put(
            i,
            scale.real(c) * (x.real(i) - moments.mean) / Math.sqrt(moments.variance + epsilon)
                + shift.real(c));
      }
    }
    return y;
  }

  private static OnnxTensor[] layer(Call call, OnnxTensor x) {
    double epsilon = call.attributes().real("epsilon", 1e-5f);
    int axis = Call.axis(call.attributes().integer("axis", -1), x.rank());
    int size = Places.product(x.shape(), axis, x.rank());
    int[] along = Places.of(new int[] {size}, new int[] {1}, 0);
    int[] inner = Arrays.copyOfRange(x.shape(), axis, x.rank());
    OnnxTensor scale = Places.expanded(call.input(1), inner);
    OnnxTensor given = call.optional(2);
    @Nullable OnnxTensor shift = given == null ? null : Places.expanded(given, inner);
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    int[] outer = x.shape();
    Arrays.fill(outer, axis, outer.length, 1);
    OnnxTensor means = OnnxTensor.zeros(ElementType.FLOAT, outer);
    OnnxTensor deviations = OnnxTensor.zeros(ElementType.FLOAT, outer);
    for (int n = 0; n < means.size(); n++) {
      var moments = Moments.of(x, n * size, along);
      double inverse = 1 / Math.sqrt(moments.variance + epsilon);
      means.put(n, moments.mean);
      deviations.put(n, inverse);
      for (int k = 0; k < size; k++) {
        double normal = (x.real(n * size + k) - moments.mean) * inverse;
        y.put(n * size + k, normal * scale.real(k) + (shift == null ? 0 : shift.real(k)));
      }
    }
    return new OnnxTensor[] {y, means, deviations};
  }

  private static OnnxTensor rootMeanSquare(Call call, OnnxTensor x) {
    double epsilon = call.attributes().real("epsilon", 1e-5f);
    int axis = Call.axis(call.attributes().integer("axis", -1), x.rank());
    int size = Places.product(x.shape(), axis, x.rank());
    OnnxTensor scale =
        Places.expanded(call.input(1), Arrays.copyOfRange(x.shape(), axis, x.rank()));
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    for (int n = 0; size > 0 && n < x.size() / size; n++) {
      double squares = 0;
      for (int k = 0; k < size; k++) {
        squares += x.real(n * size + k) * x.real(n * size + k);
      }
      double inverse = 1 / Math.sqrt(squares / size + epsilon);
      for (int k = 0; k < size; k++) {
        y.put(n * size + k, x.real(n * size + k) * inverse * scale.real(k));
      }
    }
    return y;
  }

  private static OnnxTensor acrossChannels(Attributes attributes, OnnxTensor x) {
    double alpha = attributes.real("alpha", 1e-4f);
    double beta = attributes.real("beta", 0.75f);
    double bias = attributes.real("bias", 1);
    int size = attributes.small("size", 1);
    int channels = x.dimension(1);
    int plane = Places.product(x.shape(), 2, x.rank());
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    for (int i = 0; i < y.size(); i++) {
      int c = i / plane % channels;
      double squares = 0;
      // An even size reaches one channel further up than down.
      for (int k = Math.max(0, c - (size - 1) / 2);
          k <= Math.min(channels - 1, c + size / 2);
          k++) {
        double value = x.real(i + (k - c) * plane);
        squares += value * value;
      }
      y.put(i, x.real(i) / Math.pow(bias + alpha / size * squares, beta));
    }
    return y;
  }

  private static OnnxTensor lp(Attributes attributes, OnnxTensor x) {
    int axis = Call.axis(attributes.integer("axis", -1), x.rank());
    boolean first = attributes.integer("p", 2) == 1;
    var lines = new Reductions.Lines(x.shape(), new int[] {axis});
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    for (int from : lines.first) {
      double norm = 0;
      for (int step : lines.along) {
        double value = x.real(from + step);
        norm += first ? Math.abs(value) : value * value;
      }
      norm = first ? norm : Math.sqrt(norm);
      for (int step : lines.along) {
        y.put(from + step, norm == 0 ? 0 : x.real(from + step) / norm);
      }
    }
    return y;
  }

  private static OnnxTensor meanVariance(Attributes attributes, OnnxTensor x) {
    long[] given = attributes.integers("axes");
    int[] axes = Places.axes(given == null ? new long[] {0, 2, 3} : given, x.rank());
    var lines = new Reductions.Lines(x.shape(), axes);
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    for (int from : lines.first) {
      var moments = Moments.of(x, from, lines.along);
      for (int step : lines.along) {
        y.put(
            from + step,
            (x.real(from + step) - moments.mean) / (Math.sqrt(moments.variance) + 1e-9));
      }
    }
    return y;
  }
}
