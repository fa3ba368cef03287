package stride.layer;

import static stride.layer.Layers.*;

import java.util.List;
import stride.layer.convolution.Conv;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.spatial.SpaceToDepth;
import stride.network.Network;
import stride.tensor.Shape;

/** Every layer in the settings that its tests run: a new layer belongs here. */
public record LayerCases(String name, Layer layer, Network network, float scale) {
  /** All cases, each layer of {@code stride.layer} in at least one. */
  public static List<LayerCases> all() {
    return List.of(
        of("conv 3x3", 6, 5, 2, conv(3, 3)),
        of("conv 5x5 as in LeNet", 7, 6, 1, conv(6, 5).padding(2)),
        of("conv without bias", 5, 6, 3, conv(4, 3).padding(1).noBias()),
        of("conv stride 2", 7, 6, 3, conv(4, 3).stride(2).padding(1)),
        of("conv stride 2 down and 3 across", 7, 8, 2, conv(3, 3).stride(2, 3).padding(1)),
        of("conv stride 3 that leaves pixels over", 8, 9, 2, conv(3, 2).stride(3)),
        of("conv padding of two sizes", 4, 5, 2, conv(3, 3).padding(2, 1)),
        of("conv padded by its whole window", 3, 3, 2, conv(2, 3).padding(3)),
        of("conv same 3x3", 5, 4, 2, conv(3, 3).same()),
        of("conv same 4x4", 5, 6, 2, conv(3, 4).same()),
        of("conv same 2x2 stride 2", 5, 6, 2, conv(3, 2).same().stride(2)),
        of("conv same 5x5 stride 2 dilation 2", 7, 8, 2, conv(2, 5).same().stride(2).dilation(2)),
        of("conv dilation 2", 7, 8, 2, conv(3, 3).dilation(2).padding(2)),
        of("conv dilation 3 stride 2", 9, 10, 2, conv(3, 3).dilation(3).stride(2).padding(1)),
        of("conv groups 2", 5, 6, 4, conv(6, 3).groups(2).padding(1)),
        of("conv groups 3 stride 2", 7, 6, 6, conv(3, 3).groups(3).stride(2).padding(1)),
        of("conv wide groups", 3, 4, 34, conv(38, 3).groups(2).padding(1)),
        of("conv depthwise", 6, 5, 5, conv(5, 3).groups(5).padding(1)),
        of("conv depthwise stride 2 dilation 2", 8, 9, 18, depthwise(18, 3).stride(2).dilation(2)),
        of("conv depthwise without bias", 5, 6, 3, conv(3, 2).groups(3).noBias()),
        of("conv depthwise doubling the channels", 5, 4, 3, conv(6, 3).groups(3).padding(1)),
        of("conv 1x3", 4, 6, 2, conv(3, 1, 3).padding(0, 1)),
        of("conv 3x1", 6, 4, 2, conv(3, 3, 1).padding(1, 0)),
        of("conv 1-D", 1, 11, 3, conv1d(4, 3).stride(1, 2).padding(0, 1)),
        of("conv 1x1", 4, 5, 7, conv(9, 1)),
        of("conv 1x1 stride 2", 5, 4, 3, conv(5, 1).stride(2)),
        of("conv 1x1 groups", 3, 3, 6, conv(4, 1).groups(2)),
        of("conv 1x1 padded", 3, 4, 2, conv(3, 1).padding(1)),
        of("conv on one pixel", 1, 1, 3, conv(4, 3).padding(1)),
        of("conv 17 to 33 channels", 4, 5, 17, conv(33, 3).padding(1)),
        of("conv with many weights", 3, 3, 66, conv(61, 3).padding(1)),
        of("transposed conv", 4, 3, 2, convTranspose(3, 3)),
        of("transposed conv stride 2", 4, 5, 3, convTranspose(2, 2).stride(2)),
        of(
            "transposed conv stride 2, padded, with output padding",
            4,
            3,
            3,
            convTranspose(4, 3).stride(2).padding(1).outputPadding(1)),
        of("transposed conv 4x4 as in GANs", 3, 4, 17, convTranspose(33, 4).stride(2).padding(1)),
        of(
            "transposed conv stride 3 by 2",
            3,
            4,
            2,
            convTranspose(3, 2, 3).stride(3, 2).padding(0, 1).outputPadding(2, 1)),
        of("transposed conv that leaves gaps", 3, 2, 2, convTranspose(3, 1).stride(3)),
        of(
            "transposed conv dilated",
            3,
            4,
            2,
            convTranspose(3, 3).dilation(3).padding(2).outputPadding(2)),
        of(
            "transposed conv dilated, stride 2, output padding 2",
            3,
            4,
            2,
            convTranspose(3, 3).stride(2).dilation(3).padding(1).outputPadding(2)),
        of("transposed conv groups 2", 3, 4, 4, convTranspose(6, 3).groups(2).stride(2).padding(1)),
        of("transposed conv depthwise", 4, 3, 5, convTranspose(5, 3).groups(5).stride(2)),
        of("transposed conv without bias", 3, 3, 6, convTranspose(2, 3).noBias()),
        of("transposed conv 1x1", 3, 4, 7, convTranspose(9, 1)),
        of("transposed conv of one pixel", 1, 1, 5, convTranspose(4, 4)),
        of("transposed conv with many weights", 3, 3, 66, convTranspose(61, 3).padding(1)),
        of(
            "batchnorm behind a transposed conv, with relu",
            3,
            4,
            3,
            sequential(
                conv(5, 1),
                convTranspose(6, 4).stride(2).padding(1).noBias(),
                batchNorm(),
                relu(),
                conv(2, 1))),
        of(
            "transposed conv in a residual block",
            3,
            5,
            3,
            sequential(
                residual(
                    sequential(conv(5, 3).stride(2), convTranspose(3, 3).stride(2)),
                    convTranspose(3, 1)),
                relu())),
        of("dense", Shape.of(7), dense(5)),
        of("dense without bias", Shape.of(5), dense(4).noBias()),
        of("dense behind an image", 3, 4, 2, sequential(flatten(), dense(5))),
        of("dense behind a convolution", 5, 4, 2, sequential(conv(3, 2), flatten(), dense(4))),
        of("dense behind dense", Shape.of(6), sequential(dense(17), tanh(), dense(3))),
        of("dense with many weights", Shape.of(301), dense(230)),
        of("maxpool", 6, 4, 3, maxPool(2)),
        of("maxpool 2x3", 6, 7, 3, maxPool(2, 3)),
        of("maxpool 3x2 stride 1x2", 6, 7, 3, maxPool(3, 2).stride(1, 2).padding(1, 0)),
        of("avgpool 1x4", 3, 8, 3, avgPool(1, 4)),
        of("avgpool 4x3 stride 2x1", 7, 5, 3, avgPool(4, 3).stride(2, 1).padding(2, 1)),
        of("maxpool that leaves pixels over", 7, 5, 2, maxPool(3)),
        of("maxpool overlapping and padded", 7, 6, 17, maxPool(3).stride(2).padding(1)),
        of("maxpool ceil", 6, 7, 3, maxPool(3).stride(2).ceilMode()),
        of("maxpool ceil and padded", 6, 7, 2, maxPool(2).padding(1).ceilMode()),
        of("maxpool with gaps", 7, 8, 2, maxPool(2).stride(3)),
        of("avgpool", 4, 6, 3, avgPool(2)),
        of("avgpool overlapping and padded", 7, 6, 17, avgPool(3).stride(2).padding(1)),
        of(
            "avgpool without the padding",
            7,
            6,
            3,
            avgPool(3).stride(2).padding(1).countExcludePad()),
        of("avgpool ceil", 6, 7, 3, avgPool(3).stride(2).ceilMode()),
        of("avgpool ceil and padded", 6, 7, 2, avgPool(2).padding(1).ceilMode()),
        of(
            "avgpool ceil without the padding",
            6,
            7,
            2,
            avgPool(3).stride(2).padding(1).ceilMode().countExcludePad()),
        of("avgpool with gaps", 7, 8, 2, avgPool(2).stride(3)),
        of("global avgpool", 3, 5, 4, globalAvgPool()),
        of("adaptive avgpool that divides", 6, 4, 3, new AdaptiveAvgPool(new Size(3, 2))),
        of("adaptive avgpool overlapping", 7, 9, 5, adaptiveAvgPool(4)),
        of("adaptive avgpool of its own size", 3, 3, 2, adaptiveAvgPool(3)),
        of("adaptive avgpool of a smaller image", 2, 3, 17, adaptiveAvgPool(5)),
        of("subsample", 6, 4, 2, subsample(2, 4)),
        of("subsample that leaves pixels over", 7, 5, 17, subsample(3, 20)),
        of("subsample of all pixels and channels", 2, 3, 3, subsample(1, 3)),
        of("tanh", 3, 2, 5, tanh()).scaled(2),
        of("relu", 3, 2, 5, relu()),
        of("relu6", 3, 2, 7, relu6()).scaled(9),
        of("sigmoid", 3, 2, 5, sigmoid()).scaled(4),
        of("hard sigmoid", 3, 2, 5, hardSigmoid()).scaled(5),
        of("hard swish", 3, 2, 7, hardSwish()).scaled(5),
        of("silu", 3, 3, 9, silu()).scaled(4),
        of("leaky relu", 3, 2, 7, leakyRelu(0.2)),
        of("prelu", 3, 2, 7, prelu()),
        of("prelu per channel", 5, 3, 19, prelu().perChannel()),
        of("prelu per channel of a vector", Shape.of(9), prelu().perChannel()),
        of("prelu behind a convolution", 4, 5, 3, sequential(conv(5, 2), prelu().perChannel())),
        of("prelu behind batch norm", 4, 3, 7, sequential(batchNorm(), prelu().perChannel())),
        of("prelu behind a sum", 4, 3, 3, sequential(residual(conv(3, 1)), prelu())),
        of("elu", 3, 2, 7, elu(1.3)).scaled(3),
        of("exp", 3, 2, 7, exp()).scaled(3),
        of("gelu", 3, 2, 7, gelu()).scaled(4),
        of("gelu by tanh", 3, 2, 7, geluTanh()).scaled(4),
        of("mish", 3, 2, 7, mish()).scaled(5),
        of("softplus", 3, 2, 7, softplus()).scaled(4),
        of("softplus with a threshold", 3, 2, 7, softplus(2, 5)).scaled(6),
        of("softmax of a vector", Shape.of(7), softmax()).scaled(3),
        of("softmax of every pixel", 2, 3, 4, softmax()).scaled(2),
        of("dropout", 3, 2, 5, dropout(0.5)),
        of("stochastic depth", 3, 2, 5, stochasticDepth(0.3)),
        of("flatten", 3, 2, 5, flatten()),
        of("zero padding", 3, 2, 5, zeroPad(1, 0, 2, 3)),
        of("zero padding of all sides", 2, 3, 1, zeroPad(2)),
        of("reflection padding", 4, 5, 3, reflectionPad(3, 4, 2, 1)),
        of("reflection padding of all sides", 3, 3, 17, reflectionPad(2)),
        of("replication padding", 3, 2, 4, replicationPad(1, 5, 0, 2)),
        of("replication padding of one pixel", 1, 1, 3, replicationPad(2)),
        of("crop", 5, 6, 3, crop(1, 2, 3, 2)),
        of("crop of everything", 3, 2, 3, crop(0, 0, 3, 2)),
        of("slice", 3, 2, 7, slice(2, 6)),
        of("slice of a vector", Shape.of(9), slice(0, 4)),
        of("reshape of an image", 2, 6, 3, reshape(3, 2, 6)),
        of("reshape of a vector to an image", Shape.of(30), reshape(2, 5, 3)),
        of("reshape of an image to a vector", 2, 5, 3, reshape(30)),
        of("reshape of a flattened image", 2, 5, 3, sequential(flatten(), reshape(5, 2, 3))),
        of("reshape to a sequence", 2, 5, 3, reshape(6, 5)),
        of("upsample nearest", 3, 2, 5, upsample(2)),
        of("upsample nearest by 2.5", 3, 4, 3, upsample(2.5)),
        of("upsample nearest to a size", 3, 4, 3, upsampleTo(7, 9)),
        of("upsample nearest to a smaller size", 7, 5, 3, upsampleTo(3, 4)),
        of("upsample bilinear", 3, 4, 5, upsample(2).bilinear()),
        of("upsample bilinear by 1.5", 4, 3, 2, upsample(1.5).bilinear()),
        of("upsample bilinear to a size", 3, 4, 17, upsampleTo(8, 5).bilinear()),
        of("upsample bilinear to a smaller size", 7, 6, 2, upsampleTo(3, 4).bilinear()),
        of("upsample bilinear, aligned", 3, 4, 3, upsample(3).bilinearAligned()),
        of("upsample bilinear, aligned, to a size", 5, 4, 2, upsampleTo(3, 7).bilinearAligned()),
        of("upsample bilinear of one pixel", 1, 1, 3, upsample(3).bilinear()),
        of("asymmetric upsample", 3, 4, 5, upsample(2).bilinearAsymmetric()),
        of("asymmetric upsample by 1.4", 5, 3, 2, upsample(1.4).bilinearAsymmetric()),
        of("asymmetric upsample to a size", 3, 4, 17, upsampleTo(8, 5).bilinearAsymmetric()),
        of("asymmetric upsample to less", 7, 6, 2, upsampleTo(3, 4).bilinearAsymmetric()),
        of("asymmetric upsample to its size", 3, 3, 2, upsample(1.3).bilinearAsymmetric()),
        of("space to depth", 4, 6, 3, spaceToDepth(2)),
        of("space to depth in large blocks", 3, 6, 17, spaceToDepth(3)),
        of("space to depth of pixels", 2, 3, 2, spaceToDepth(1)),
        of("space to depth by columns", 6, 4, 3, new SpaceToDepth(2, SpaceToDepth.Order.COLUMNS)),
        of(
            "rearranged",
            4,
            6,
            5,
            new Rearrange(List.of(4, 2, 3, 5), List.of(2, 3, 0, 1), Shape.image(3, 5, 8))),
        of(
            "rearranged to a vector",
            2,
            3,
            4,
            new Rearrange(List.of(6, 4), List.of(1, 0), Shape.of(24))),
        of("row of pixels", 3, 4, 3, pixelRow(conv(3, 3), identity(), conv(3, 2).padding(1))),
        of("sum", 3, 4, 3, sum(conv(3, 1), identity(), tanh())),
        of("sum behind conv, with relu", 3, 4, 3, sequential(sum(conv(5, 1), conv(5, 1)), relu())),
        of("product", 3, 4, 3, product(conv(3, 1), sigmoid(), identity())),
        of("product of an input with itself", 3, 2, 5, product(identity(), identity())),
        of("difference", 3, 4, 3, difference(conv(3, 3).padding(1), identity())),
        of("difference of vectors", Shape.of(7), difference(dense(4), dense(4))),
        of("difference of a part", 2, 3, 3, difference(product(identity(), tanh()), conv(3, 1))),
        of("concat", 3, 4, 3, concat(identity(), conv(2, 1))),
        of("channel split", 3, 4, 6, channelSplit(1, 3)),
        of("channel split of a vector", Shape.of(8), channelSplit(3, 4)),
        of("channel shuffle", 3, 2, 6, channelShuffle(3)),
        of("channel shuffle of many channels", 2, 3, 34, channelShuffle(2)),
        of(
            "a shuffle unit",
            4,
            5,
            6,
            sequential(
                conv(6, 1),
                branches(
                    channelSplit(0, 2),
                    sequential(
                        channelSplit(1, 2), conv(3, 3).padding(1).noBias(), batchNorm(), relu())),
                channelShuffle(2))),
        of("a gate of its own input", 1, 1, 5, gated(sigmoid())),
        of(
            "squeeze and excitation",
            4,
            3,
            17,
            sequential(
                conv(17, 1),
                hardSwish(),
                gated(
                    sequential(globalAvgPool(), conv(2, 1), silu(), conv(17, 1), hardSigmoid())))),
        of("batchnorm of an image", 3, 4, 5, batchNorm()).scaled(2),
        of(
            "batchnorm behind conv, with a sum and relu",
            5,
            4,
            6,
            sequential(
                residual(
                    sequential(
                        conv(6, 3).padding(1).noBias(),
                        batchNorm(),
                        relu6(),
                        conv(6, 1).noBias(),
                        batchNorm()),
                    identity()),
                relu(),
                conv(3, 1))),
        of(
            "batchnorm behind conv, with a sum and relu last",
            4,
            4,
            3,
            sequential(
                residual(
                    sequential(conv(5, 3).padding(1).noBias(), batchNorm()),
                    sequential(conv(5, 1).noBias(), batchNorm())),
                relu6())),
        of("batchnorm of a vector", Shape.of(19), batchNorm(1e-3)),
        of("batchnorm behind conv", 4, 5, 2, sequential(conv(17, 3).noBias(), batchNorm(), relu())),
        of("instance norm", 4, 5, 6, instanceNorm()).scaled(2),
        of("instance norm with weights", 5, 4, 17, instanceNorm().withAffine()).scaled(2),
        of("instance norm of one channel", 3, 3, 1, instanceNorm().withAffine()).scaled(2),
        of("group norm", 4, 3, 6, groupNorm(2)).scaled(2),
        of("group norm of single channels", 3, 5, 19, groupNorm(19)),
        of("group norm of all channels", 3, 4, 34, groupNorm(1)),
        of("group norm of a vector", Shape.of(12), groupNorm(3)),
        of("group norm of a long vector", Shape.of(70_000), groupNorm(2)),
        of("group norm without weights", 3, 4, 8, groupNorm(4).noAffine()),
        of("layer norm", 3, 4, 5, layerNorm()).scaled(2),
        of("layer norm of a vector", Shape.of(19), layerNorm()),
        of("layer norm of a sequence", Shape.of(4, 7), layerNorm()),
        of("layer norm without weights", 3, 2, 7, layerNorm().noAffine()),
        of("layer norm per pixel", 3, 4, 19, layerNorm2d()),
        of("layer norm per pixel of a sequence", Shape.of(5, 7), layerNorm2d().noAffine()),
        of("layer norm behind flatten", 2, 3, 4, sequential(flatten(), layerNorm(), dense(3))),
        of("frozen batch norm", 3, 4, 7, frozenBatchNorm()),
        of(
            "frozen batch norm between a convolution and a sum",
            4,
            3,
            5,
            sequential(
                residual(sequential(conv(5, 3).padding(1), frozenBatchNorm())),
                relu(),
                conv(3, 1).noBias(),
                frozenBatchNorm(),
                relu())),
        of("fixed affine", 3, 4, 7, fixedAffine()),
        of("fixed affine of a vector", Shape.of(19), sequential(fixedAffine(), relu())),
        of("l2 norm", 3, 2, 9, scaledL2Norm(2)),
        of("l2 norm of a vector", Shape.of(7), scaledL2Norm(20)),
        of("lrn", 3, 2, 9, new LocalResponseNorm(5, 0.9f, 0.75f, 1.5f)).scaled(2),
        of("lrn of an even size", 2, 3, 20, new LocalResponseNorm(4, 1.1f, 0.6f, 2)).scaled(2),
        of("lrn wider than the channels", 2, 3, 3, new LocalResponseNorm(9, 2, 0.75f, 1)).scaled(2),
        of("identity", 2, 3, 2, identity()),
        of("residual", 4, 5, 3, residual(conv(3, 3).padding(1))),
        of(
            "residual with a projection",
            5,
            4,
            3,
            residual(
                sequential(
                    conv(4, 3).stride(2).padding(1).noBias(), batchNorm(), relu(), conv(4, 1)),
                named("downsample", sequential(conv(4, 1).stride(2).noBias(), batchNorm())))),
        of(
            "residual with zero channels on its shortcut",
            5,
            4,
            3,
            residual(conv(6, 3).stride(2).padding(1), subsample(2, 6))),
        of("residual of nothing", 2, 3, 2, residual(identity())),
        of(
            "residual within residual",
            4,
            3,
            2,
            residual(sequential(conv(2, 3).padding(1), residual(tanh()), conv(2, 1)))),
        of("branches", 4, 5, 3, branches(conv(2, 1), conv(3, 3).padding(1), avgPool(1))),
        of(
            "branches that pass the input on",
            3,
            4,
            2,
            branches(identity(), conv(17, 1), identity())),
        of(
            "branches within branches",
            4,
            4,
            3,
            branches(
                sequential(conv(2, 1), branches(conv(2, 1, 3).padding(0, 1), tanh()), relu()),
                maxPool(3).stride(1).padding(1))),
        of("branches of vectors", Shape.of(5), branches(dense(3), tanh(), dense(18))),
        of(
            "a tap in the middle",
            5,
            4,
            2,
            sequential(tap("features", sequential(conv(3, 3), tanh())), conv(2, 2))),
        of(
            "a head aside",
            5,
            4,
            2,
            sequential(
                conv(3, 3), aside("aux", sequential(flatten(), dense(4))), tanh(), conv(2, 2))),
        of("a tap on a flattened image", 2, 3, 2, sequential(tap("flat", flatten()), dense(3))),
        of(
            "two views of one edge",
            2,
            3,
            2,
            sequential(
                conv(3, 1),
                globalAvgPool(),
                branches(flatten(), flatten(), sequential(flatten(), dense(2))))),
        of(
            "a tap at the shortcut's beginning",
            4,
            5,
            2,
            sequential(
                tap("x", conv(6, 1)),
                residual(sequential(conv(6, 3).padding(1).noBias(), batchNorm()), identity()),
                relu(),
                conv(3, 1))),
        of(
            "a branch beside a residual block",
            4,
            5,
            2,
            branches(
                sequential(
                    residual(sequential(conv(2, 3).padding(1).noBias(), batchNorm()), identity()),
                    relu()),
                conv(5, 1))),
        of(
            "a shared layer twice, and the input once more",
            5,
            4,
            2,
            sequential(
                shared("again", conv(2, 3).padding(1)),
                tanh(),
                shared("again", conv(2, 3).padding(1)),
                residual(identity(), input("input")))),
        of("lenet", 12, 12, 1, smallLenet()),
        of(
            "a block of everything",
            8,
            7,
            3,
            sequential(
                named(
                    "stem", sequential(conv(6, 3).stride(2).same().noBias(), batchNorm(), relu6())),
                residual(
                    sequential(
                        depthwise(6, 3).padding(1).noBias(), batchNorm(), relu(), conv(6, 1)),
                    identity()),
                branches(conv(4, 1), sequential(maxPool(3).stride(1).padding(1), conv(3, 1))),
                new LocalResponseNorm(5, 0.5f, 0.75f, 1),
                globalAvgPool(),
                flatten(),
                dropout(0.3),
                dense(4))));
  }

  /**
   * Two norms in a row, for predictions: with batch statistics the gradients of the first one's
   * weights are what rounding leaves of numbers that cancel out.
   */
  public static LayerCases normBehindNorm() {
    return of(
        "batch norm behind batch norm", 6, 4, 5, sequential(avgPool(2), batchNorm(), batchNorm()));
  }

  /** LeNet-5's shape with fewer and smaller parts. */
  public static Layer smallLenet() {
    return sequential(
        conv(4, 5).padding(2),
        tanh(),
        avgPool(2),
        conv(6, 3),
        tanh(),
        avgPool(2),
        flatten(),
        dense(9),
        tanh(),
        dense(5));
  }

  private static Conv depthwise(int channels, int kernel) {
    return conv(channels, kernel).groups(channels);
  }

  private static LayerCases of(String name, int height, int width, int channels, Layer layer) {
    return of(name, Shape.image(height, width, channels), layer);
  }

  private static LayerCases of(String name, Shape input, Layer layer) {
    return new LayerCases(name, layer, Network.of(input, layer), 1);
  }

  private LayerCases scaled(float scale) {
    return new LayerCases(name, layer, network, scale);
  }

  @Override
  public String toString() {
    return name;
  }
}
