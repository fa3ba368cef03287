package stride.zoo;

import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.channelShuffle;
import static stride.layer.Layers.channelSplit;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.sigmoid;
import static stride.layer.Layers.softmax;
import static stride.layer.Layers.upsample;

import java.util.ArrayList;
import java.util.List;
import stride.detection.FastestDetMethod;
import stride.image.Interpolated;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * FastestDet (Ma 2022, github.com/dog-qiuqiu/FastestDet): a detector of a quarter of a million
 * parameters. A narrow ShuffleNet v2 gives maps of an eighth, a sixteenth and a 32nd of the
 * picture's size; they are brought to a sixteenth and joined, depthwise filters of 5x5 pixels widen
 * what a cell sees, and each cell says whether an object's centre is near, where its box is, and
 * what it is.
 *
 * <p>The names of its layers are those of its state dict. The output is (H/16, W/16, 5 + classes):
 * the probability of an object, four numbers of its box, and the probabilities of the classes.
 */
public final class FastestDet {
  private static final int[] UNITS = {4, 8, 4};
  private static final int[] WIDTHS = {48, 96, 192};
  private static final int FIRST = 24;

  /** The channels of everything after the backbone. */
  private static final int WIDTH = 96;

  private static final List<String> COCO = TrainedOn.lines("coco.txt");

  private FastestDet() {}

  /**
   * {@return the network: 244,490 parameters for 80 classes}
   *
   * @param input the pictures' shape, published for 352x352x3
   * @param classes the number of classes
   */
  public static Network fastestdet(Shape input, int classes) {
    return Network.of(
        input, sequential(named("backbone", backbone()), named("SPP", spp()), head(classes)));
  }

  /** {@return what makes boxes of its outputs: blue, green and red in [0, 1], COCO's classes} */
  static DetectorDesign detector() {
    return new DetectorDesign(
        new FastestDetMethod(), FastestDet::preprocessing, COCO, Recipes.FASTESTDET_TUNING);
  }

  private static Preprocessing preprocessing(Shape input) {
    var plain = Normalization.none(input.channels());
    return new Preprocessing(
        new Interpolated(), input, input.channels() == 3 ? plain.toBlueFirst() : plain);
  }

  /** Maps of three sizes, brought to the size of the second and joined. */
  private static Layer backbone() {
    return sequential(
        named("first_conv", sequential(filters(FIRST, 3).stride(2), batchNorm(), relu())),
        maxPool(3).stride(2).padding(1),
        stage(0, FIRST),
        branches(
            avgPool(3).stride(2).padding(1),
            sequential(
                stage(1, WIDTHS[0]),
                branches(identity(), sequential(stage(2, WIDTHS[1]), upsample(2))))));
  }

  private static Layer stage(int number, int in) {
    int half = WIDTHS[number] / 2;
    var units = new ArrayList<Layer>();
    units.add(downsampling(in, half));
    for (int i = 1; i < UNITS[number]; i++) {
      units.add(unit(half));
    }
    return Numbered.sequence("stage" + (number + 2), units);
  }

  /** Every second channel passes, the others are changed. */
  private static Layer unit(int half) {
    return sequential(
        channelShuffle(half),
        branches(
            channelSplit(0, 2),
            sequential(channelSplit(1, 2), named("branch_main", main(half, half, 1)))));
  }

  /** Both branches see all channels and halve the picture. */
  private static Layer downsampling(int in, int half) {
    return branches(
        named(
            "branch_proj",
            sequential(
                filters(in, 3).stride(2).groups(in),
                batchNorm(),
                filters(in, 1),
                batchNorm(),
                relu())),
        named("branch_main", main(half, 2 * half - in, 2)));
  }

  private static Layer main(int width, int out, int stride) {
    return sequential(
        filters(width, 1),
        batchNorm(),
        relu(),
        filters(width, 3).stride(stride).groups(width),
        batchNorm(),
        filters(out, 1),
        batchNorm(),
        relu());
  }

  /** Depthwise filters of 5x5, 9x9 and 13x13 pixels, as one, two and three of 5x5. */
  private static Layer spp() {
    return sequential(
        named("Conv1x1", pointwise(WIDTH)),
        residual(
            sequential(
                branches(named("S1", wide(1)), named("S2", wide(2)), named("S3", wide(3))),
                named("output", sequential(filters(WIDTH, 1), batchNorm())))),
        relu());
  }

  private static Layer wide(int times) {
    var layers = new Layer[3 * times];
    for (int i = 0; i < layers.length; i += 3) {
      layers[i] = filters(WIDTH, 5).groups(WIDTH);
      layers[i + 1] = batchNorm();
      layers[i + 2] = relu();
    }
    return sequential(layers);
  }

  private static Layer head(int classes) {
    return named(
        "detect_head",
        sequential(
            named("conv1x1", pointwise(WIDTH)),
            branches(
                sequential(named("obj_layers", numbers(1)), sigmoid()),
                named("reg_layers", numbers(4)),
                sequential(named("cls_layers", numbers(classes)), softmax()))));
  }

  private static Layer numbers(int channels) {
    return named(
        "conv5x5",
        sequential(
            filters(WIDTH, 5).groups(WIDTH),
            batchNorm(),
            relu(),
            filters(channels, 1),
            batchNorm()));
  }

  private static Layer pointwise(int width) {
    return named("conv1x1", sequential(filters(width, 1), batchNorm(), relu()));
  }

  private static Conv filters(int filters, int kernel) {
    return conv(filters, kernel).padding(kernel / 2).noBias();
  }
}
