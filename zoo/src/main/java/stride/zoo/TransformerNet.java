package stride.zoo;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.instanceNorm;
import static stride.layer.Layers.named;
import static stride.layer.Layers.reflectionPad;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.upsample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import stride.format.TensorFile;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.Layer;
import stride.network.Network;
import stride.network.StateDict;
import stride.tensor.Shape;

/**
 * The network that paints a photo in one pass (Johnson, Alahi and Fei-Fei 2016, "Perceptual Losses
 * for Real-Time Style Transfer and Super-Resolution", with the instance norm of Ulyanov et al.
 * 2016), as PyTorch's examples/fast_neural_style has it, with the names of its state dict: two
 * halvings of the picture, five residual blocks, two doublings by repeated pixels. Edges are
 * mirrored. Inputs and outputs are colours from 0 to 255.
 */
public final class TransformerNet {
  private static final int BLOCKS = 5;

  /** Files may say anything. */
  private static final int MOST_WIDTH = 1 << 10;

  private TransformerNet() {}

  /**
   * Returns a network's design.
   *
   * @param width the channels of the first layer: 32 in the paper
   * @return makes the network for a shape of pictures and a number of channels of what is painted
   */
  static BiFunction<Shape, Integer, Network> ofWidth(int width) {
    return (input, channels) -> network(input, channels, width);
  }

  /**
   * Returns the network.
   *
   * @param input the pictures' shape, (H, W, C)
   * @param channels of what is painted: 3 for colours
   * @param width the channels of the first layer, 32 in the paper: the layers after it have two and
   *     four times as many
   * @return the network; its output is as high and wide as the input, up to the next multiple of 4
   * @throws stride.graph.ShapeException if pictures are smaller than 5 pixels, of which no edge can
   *     be mirrored
   */
  public static Network network(Shape input, int channels, int width) {
    return Network.of(
        input,
        sequential(
            block("conv1", "in1", convolution(width, 9, 1)),
            block("conv2", "in2", convolution(2 * width, 3, 2)),
            block("conv3", "in3", convolution(4 * width, 3, 2)),
            residualBlocks(4 * width),
            block("deconv1", "in4", enlarged(2 * width)),
            block("deconv2", "in5", enlarged(width)),
            named("deconv3", convolution(channels, 9, 1))));
  }

  private static Layer block(String name, String norm, Layer convolution) {
    return sequential(named(name, convolution), named(norm, instanceNorm().withAffine()), relu());
  }

  private static Layer convolution(int filters, int kernel, int stride) {
    return sequential(
        reflectionPad(kernel / 2), named("conv2d", conv(filters, kernel).stride(stride)));
  }

  private static Layer enlarged(int filters) {
    return sequential(upsample(2), convolution(filters, 3, 1));
  }

  private static Layer residualBlocks(int width) {
    var body =
        sequential(
            block("conv1", "in1", convolution(width, 3, 1)),
            named("conv2", convolution(width, 3, 1)),
            named("in2", instanceNorm().withAffine()));
    return sequential(
        IntStream.rangeClosed(1, BLOCKS)
            .mapToObj(i -> named("res" + i, residual(body)))
            .toArray(Layer[]::new));
  }

  /**
   * What a network has beside its design.
   *
   * @param width of the network whose weights a file holds that does not say it
   */
  static PainterDesign painter(int width) {
    return new PainterDesign(
        weights -> ofWidth(width(weights).orElse(width)), TransformerNet::preprocessing);
  }

  /** The number of filters of the first layer of the network whose weights a file holds. */
  private static OptionalInt width(Path weights) throws IOException {
    try (var file = TensorFile.open(weights)) {
      String name = StateDict.names(file).get("conv1.conv2d.weight");
      if (name == null) {
        return OptionalInt.empty();
      }
      var sizes = file.tensor(name).shape();
      return sizes.size() == 4 && sizes.getFirst() >= 1 && sizes.getFirst() <= MOST_WIDTH
          ? OptionalInt.of(sizes.getFirst().intValue())
          : OptionalInt.empty();
    }
  }

  /** How pictures become inputs: colours from 0 to 255. */
  private static Preprocessing preprocessing(Shape input) {
    int channels = input.channels();
    return new Preprocessing(
        new Fit.Stretch(Resampling.BILINEAR),
        input,
        new Normalization(
            Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1 / 255.0)));
  }
}
