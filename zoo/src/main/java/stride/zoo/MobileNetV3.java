package stride.zoo;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.frozenBatchNorm;
import static stride.layer.Layers.gated;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.hardSigmoid;
import static stride.layer.Layers.hardSwish;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.List;
import stride.graph.Initializer;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.layer.convolution.Dense;
import stride.layer.normalization.BatchNorm;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * MobileNetV3 (Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2), with torchvision's
 * names and initial weights: MobileNetV2's blocks with squeeze and excitation and hard swish where
 * a search found them useful.
 */
public final class MobileNetV3 {
  private static final Parts PARTS =
      new Parts(new BatchNorm(1e-3f, 0.01f), Initial.KAIMING_FAN_OUT);

  private static final List<Row> LARGE =
      List.of(
          new Row(3, 16, 16, false, relu(), 1),
          new Row(3, 64, 24, false, relu(), 2),
          new Row(3, 72, 24, false, relu(), 1),
          new Row(5, 72, 40, true, relu(), 2),
          new Row(5, 120, 40, true, relu(), 1),
          new Row(5, 120, 40, true, relu(), 1),
          new Row(3, 240, 80, false, hardSwish(), 2),
          new Row(3, 200, 80, false, hardSwish(), 1),
          new Row(3, 184, 80, false, hardSwish(), 1),
          new Row(3, 184, 80, false, hardSwish(), 1),
          new Row(3, 480, 112, true, hardSwish(), 1),
          new Row(3, 672, 112, true, hardSwish(), 1),
          new Row(5, 672, 160, true, hardSwish(), 2),
          new Row(5, 960, 160, true, hardSwish(), 1),
          new Row(5, 960, 160, true, hardSwish(), 1));

  private static final List<Row> SMALL =
      List.of(
          new Row(3, 16, 16, true, relu(), 2),
          new Row(3, 72, 24, false, relu(), 2),
          new Row(3, 88, 24, false, relu(), 1),
          new Row(5, 96, 40, true, hardSwish(), 2),
          new Row(5, 240, 40, true, hardSwish(), 1),
          new Row(5, 240, 40, true, hardSwish(), 1),
          new Row(5, 120, 48, true, hardSwish(), 1),
          new Row(5, 144, 48, true, hardSwish(), 1),
          new Row(5, 288, 96, true, hardSwish(), 2),
          new Row(5, 576, 96, true, hardSwish(), 1),
          new Row(5, 576, 96, true, hardSwish(), 1));

  private MobileNetV3() {}

  /** {@return MobileNetV3-Large: 5,483,032 parameters for images of 224x224x3 and 1,000 classes} */
  public static Network mobilenetV3Large(Shape input, int classes) {
    return mobilenetV3(input, classes, LARGE, 1280);
  }

  /** {@return MobileNetV3-Small: 2,542,856 parameters} */
  public static Network mobilenetV3Small(Shape input, int classes) {
    return mobilenetV3(input, classes, SMALL, 1024);
  }

  private static Network mobilenetV3(Shape input, int classes, List<Row> rows, int hidden) {
    return Network.of(
        input,
        sequential(
            Numbered.sequence("features", PARTS.features(rows)),
            globalAvgPool(),
            flatten(),
            named(
                "classifier",
                sequential(units(hidden), hardSwish(), dropout(0.2), units(classes)))));
  }

  /**
   * A line of table 1 or 2.
   *
   * @param kernel the kernel size of the depthwise convolution
   * @param expanded the channels inside of the block
   * @param out the channels of its output
   * @param squeezes whether it has squeeze and excitation
   */
  private record Row(
      int kernel, int expanded, int out, boolean squeezes, Layer activation, int stride) {}

  /**
   * The layers of MobileNetV3-Large before its classifier with frozen batch norm, for detectors.
   */
  static List<Layer> frozenFeatures() {
    return new Parts(frozenBatchNorm(), Initial.KAIMING_FAN_OUT).features(LARGE);
  }

  /**
   * The layers of MobileNetV3-Large before its classifier with half as many channels from the last
   * stride on, for SSDLite: those up to that stride's expansion, and those behind it (section 6.3).
   *
   * @param norm follows each convolution
   * @param initializer the convolutions' first values
   */
  static List<Layer> halvedFeatures(Layer norm, Initializer initializer) {
    var made = new Parts(norm, initializer);
    var rows = new ArrayList<>(LARGE.subList(0, 12));
    rows.add(new Row(5, 672, 80, true, hardSwish(), 2));
    rows.add(new Row(5, 480, 80, true, hardSwish(), 1));
    rows.add(new Row(5, 480, 80, true, hardSwish(), 1));
    var layers = made.features(rows);
    var strided = made.parts(rows.get(12), 112);
    var before = new ArrayList<>(layers.subList(0, 13));
    before.add(strided.getFirst());
    var behind = new ArrayList<Layer>();
    behind.add(Numbered.sequence(strided.subList(1, strided.size()), 1));
    behind.addAll(layers.subList(14, layers.size()));
    return List.of(Numbered.sequence(before), Numbered.sequence(behind));
  }

  private static Dense units(int units) {
    return dense(units).initializer(Initial.normal(0.01)).biasInitializer(Initial.ZERO);
  }

  /**
   * What networks are made of.
   *
   * @param norm follows each convolution
   * @param initializer the convolutions' first values
   */
  private record Parts(Layer norm, Initializer initializer) {
    private List<Layer> features(List<Row> rows) {
      var layers = new ArrayList<Layer>();
      int channels = 16;
      layers.add(sequential(filters(channels, 3).stride(2), norm, hardSwish()));
      for (var row : rows) {
        layers.add(block(row, channels));
        channels = row.out;
      }
      layers.add(sequential(filters(6 * channels, 1), norm, hardSwish()));
      return layers;
    }

    /**
     * Figure 4: expansion, depthwise convolution, gate, projection; a shortcut where shapes agree.
     */
    private Layer block(Row row, int in) {
      var body = Numbered.sequence("block", parts(row, in));
      return row.stride == 1 && in == row.out ? residual(body) : body;
    }

    private List<Layer> parts(Row row, int in) {
      var layers = new ArrayList<Layer>();
      if (row.expanded != in) {
        layers.add(sequential(filters(row.expanded, 1), norm, row.activation));
      }
      layers.add(
          sequential(
              filters(row.expanded, row.kernel).stride(row.stride).groups(row.expanded),
              norm,
              row.activation));
      if (row.squeezes) {
        layers.add(gate(row.expanded));
      }
      layers.add(sequential(filters(row.out, 1), norm));
      return layers;
    }

    private Layer gate(int channels) {
      return gated(
          sequential(
              globalAvgPool(),
              named("fc1", pointwise(Channels.round(channels / 4.0))),
              relu(),
              named("fc2", pointwise(channels)),
              hardSigmoid()));
    }

    private Conv filters(int filters, int kernel) {
      return conv(filters, kernel).padding(kernel / 2).noBias().initializer(initializer);
    }

    private Conv pointwise(int filters) {
      return conv(filters, 1).initializer(initializer).biasInitializer(Initial.ZERO);
    }
  }
}
