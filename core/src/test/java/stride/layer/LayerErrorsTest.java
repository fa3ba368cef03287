package stride.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.*;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import stride.graph.ShapeException;
import stride.layer.normalization.LayerNorm;
import stride.layer.spatial.Upsample;
import stride.network.Network;
import stride.tensor.Shape;

/** A message names the layer, what it expects and what it found. */
final class LayerErrorsTest {
  private static final Shape IMAGE = Shape.image(8, 6, 3);

  @Test
  void aConvolutionThatDoesNotFitSaysWhy() {
    assertShape(
        "0 (conv): expects input channels in 2 groups, the input has 3 (shape 8x6x3)",
        conv(4, 3).groups(2));
    assertShape(
        "conv1: expects input channels in 2 groups, the input has 3 (shape 8x6x3)",
        named("conv1", conv(4, 3).groups(2)));
    assertShape(
        "1 (conv): a 7x7 window does not fit into the input of 8x6x5 with padding 0x0",
        sequential(conv(5, 1), conv(4, 7)));
    assertShape(
        "0 (conv): a 5x5 window dilated by 2x2 does not fit into the input of 8x6x3 with padding"
            + " 1x1",
        conv(4, 5).dilation(2).padding(1));
    assertShape(
        "2 (conv): expects an image (height x width x channels), the input is 10",
        sequential(flatten(), dense(10), conv(4, 3)));
    assertShape(
        "layer1.0 (conv): a 9x9 window does not fit into the input of 8x6x3 with padding 0x0",
        named("layer1", sequential(conv(4, 9), relu())));
  }

  @Test
  void aTransposedConvolutionThatDoesNotFitSaysWhy() {
    assertShape(
        "0 (convtranspose): expects input channels in 2 groups, the input has 3 (shape 8x6x3)",
        convTranspose(4, 3).groups(2));
    assertShape(
        "0 (convtranspose): the input of 8x6x3 becomes 2x0, padding 4x4 cuts all of it off",
        convTranspose(4, 3).padding(4));
    assertShape(
        "0 (convtranspose): the input of 8x6x3 becomes 70003x50003x4, which is more than 2147483647"
            + " values",
        convTranspose(4, 3).stride(10_000));
    assertShape(
        "1 (convtranspose): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), convTranspose(4, 3)));
    assertArgument(
        "an output padding is less than the stride or the dilation, found 2x2 with stride 2x2 and"
            + " dilation 1x1",
        () -> convTranspose(2, 3).stride(2).outputPadding(2));
    assertArgument(
        "a transposed convolution has at least 1 filter, found 0", () -> convTranspose(0, 3));
    assertArgument("4 filters do not fall into 3 groups", () -> convTranspose(4, 3).groups(3));
  }

  @Test
  void aPoolingThatDoesNotFitSaysWhy() {
    assertShape(
        "0 (maxpool): a 7x7 window does not fit into the input of 8x6x3 with padding 0x0",
        maxPool(7));
    assertShape(
        "1 (avgpool): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), avgPool(2)));
    assertShape(
        "1 (adaptiveavgpool): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), adaptiveAvgPool(2)));
    assertShape(
        "1 (globalavgpool): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), globalAvgPool()));
  }

  @Test
  void aSubsamplingThatWouldLoseChannelsSaysHowMany() {
    assertShape(
        "0 (subsample): expects at most 2 input channels, the input has 3 (shape 8x6x3)",
        subsample(2, 2));
    assertShape(
        "1 (subsample): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), subsample(2, 200)));
  }

  @Test
  void aDenseLayerOnAnImageSaysThatFlattenIsMissing() {
    assertShape(
        "0 (dense): expects a vector, the input is 8x6x3: put flatten() before it", dense(10));
  }

  /** Files have PyTorch's order, which only a dense layer can tell from ours. */
  @Test
  void whatWouldMixUpTheOrderOfAFlattenedImageIsRefused() {
    assertShape(
        "1 (batchnorm): batchNorm() cannot follow flatten() of 8x6x3, whose values PyTorch has in"
            + " another order: put flatten() after it, or a dense layer between them",
        sequential(flatten(), batchNorm(), dense(2)));
    assertShape(
        "2 (concat): a join of branches cannot follow flatten() of 8x6x3, whose values PyTorch has"
            + " in another order: put flatten() after it, or a dense layer between them",
        branches(flatten(), flatten()));
    assertShape(
        "1 (prelu): prelu().perChannel() cannot follow flatten() of 8x6x3, whose values PyTorch has"
            + " in another order: put flatten() after it, or a dense layer between them",
        sequential(flatten(), prelu().perChannel()));
    Network.of(IMAGE, sequential(globalAvgPool(), flatten(), batchNorm()));
    Network.of(IMAGE, sequential(flatten(), dense(3), batchNorm(), dense(2)));
  }

  @Test
  void joinsOfUnequalShapesSayBoth() {
    assertShape(
        "1 (add): a residual sum needs equal shapes, the body gives 8x6x4 and the shortcut 8x6x3",
        residual(conv(4, 3).padding(1)));
    assertShape(
        "2 (concat): branches need equal heights and widths, found [6x4x4, 8x6x5]",
        branches(conv(4, 3), conv(5, 1)));
    assertShape(
        "2 (concat): branches need equal heights and widths, found [144, 8x6x5]",
        branches(flatten(), conv(5, 1)));
  }

  @Test
  void channelsThatCannotBeSharedOutSayHowMany() {
    assertShape(
        "0 (split): expects channels that fall into 2 parts, the input has 3 (shape 8x6x3)",
        channelSplit(0, 2));
    assertShape(
        "0 (shuffle): expects input channels in 2 groups, the input has 3 (shape 8x6x3)",
        channelShuffle(2));
    assertShape(
        "1 (scale): a gate has one value a channel, that of an image of 8x6x3 is 1x1x3, found"
            + " 8x6x3",
        gated(sigmoid()));
  }

  @Test
  void sidesThatDoNotFitSayWhy() {
    assertShape(
        "0 (pad): a reflection is smaller than the image, found left 6, right 0, top 0, bottom 0"
            + " for 8x6x3",
        reflectionPad(6, 0, 0, 0));
    assertShape(
        "0 (pad): the input of 8x6x3, padded to 2147483647x6, has more than 2147483647 values",
        zeroPad(0, 0, Integer.MAX_VALUE - 8, 0));
    assertShape(
        "0 (crop): a crop of 8x2 from row 1 and column 0 does not lie in the input of 8x6x3",
        crop(1, 0, 8, 2));
    assertShape(
        "0 (slice): expects at least 4 input channels, the input has 3 (shape 8x6x3)", slice(1, 4));
    assertShape(
        "0 (reshape): expects the 100 values of 10x10, the input has 144 (shape 8x6x3)",
        reshape(10, 10));
    assertShape(
        "0 (upsample): the input of 8x6x3, made 0.1 times as high and wide, has no pixel or more"
            + " than 2147483647 values",
        upsample(0.1));
    assertShape(
        "1 (upsample): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), upsample(2)));
    assertArgument(
        "a padding is at least 0, found left 0, right -1, top 0, bottom 0: crop() cuts off",
        () -> zeroPad(0, -1, 0, 0));
    assertArgument(
        "a crop begins at row 0 and column 0 or behind, found row -1 and column 0",
        () -> crop(-1, 0, 2, 2));
    assertArgument("a crop's size is at least 1, found 0x2", () -> crop(0, 0, 0, 2));
    assertArgument("a slice has at least 1 channel from 0 on, found 3 to 3", () -> slice(3, 3));
    assertArgument("an upsampling's factor is above 0, found 0.0", () -> upsample(0));
    assertArgument("an upsampling's size is at least 1, found 0x3", () -> upsampleTo(0, 3));
    assertArgument(
        "corners are aligned in bilinear upsampling only, found mode NEAREST",
        () -> new Upsample(null, 2, Upsample.Mode.NEAREST, true));
    assertArgument(
        "an order of 2 dimensions names each of them once, found [0, 0]",
        () -> new Rearrange(List.of(2, 3), List.of(0, 0), Shape.of(6)));
    assertArgument("a row of pixels needs at least one layer", () -> pixelRow());
    assertArgument("a block is at least 1 pixel wide, found 0", () -> spaceToDepth(0));
    assertShape(
        "1 (pixelconcat): a row of pixels needs equal channels, found [8x6x3, 8x6x2]",
        pixelRow(identity(), conv(2, 1)));
    assertShape(
        "0 (spacetodepth): blocks of 4x4 pixels need an image that is a multiple of them, the"
            + " input is 8x6x3",
        spaceToDepth(4));
  }

  @Test
  void sumsAndProductsOfUnequalShapesSayBoth() {
    assertShape(
        "a sum needs terms of equal shapes, found 8x6x4 and 8x6x3", sum(conv(4, 1), identity()));
    assertShape(
        "a product needs factors of equal shapes, found 8x6x3 and 6x4x3",
        product(identity(), conv(3, 3)));
    assertShape(
        "1 (subtract): a difference needs equal shapes, found 8x6x3 and 8x6x4",
        difference(identity(), conv(4, 1)));
    assertArgument("a sum has at least 2 terms, found 1", () -> sum(relu()));
    assertArgument("a product has at least 2 factors, found 0", Layers::product);
  }

  @Test
  void normsOfSamplesSayWhatTheyNeed() {
    assertShape(
        "0 (groupnorm): expects input channels in 2 groups, the input has 3 (shape 8x6x3)",
        groupNorm(2));
    assertShape(
        "1 (instancenorm): instance norm needs more than one pixel, the input is 1x1x3",
        sequential(globalAvgPool(), instanceNorm()));
    assertShape(
        "1 (instancenorm): expects an image (height x width x channels), the input is 144",
        sequential(flatten(), instanceNorm()));
    assertShape(
        "1 (groupnorm): groupNorm() cannot follow flatten() of 8x6x3, whose values PyTorch has in"
            + " another order: put flatten() after it, or a dense layer between them",
        sequential(flatten(), groupNorm(2)));
  }

  @Test
  void namesOccurOnce() {
    assertArgument(
        "two layers are named conv1",
        () ->
            Network.of(IMAGE, sequential(named("conv1", conv(4, 3)), named("conv1", conv(4, 3)))));
    assertArgument(
        "two layers are named 0",
        () -> Network.of(IMAGE, sequential(conv(4, 3), named("0", relu()))));
    assertArgument(
        "two outputs are named a",
        () -> Network.of(IMAGE, sequential(tap("a", relu()), tap("a", relu()))));
    assertArgument(
        "two outputs are named output",
        () -> Network.of(IMAGE, sequential(tap("output", relu()), relu())));
    assertArgument(
        "a layer's name is not empty and has no dot at its ends: \"\"", () -> named("", relu()));
    assertArgument(
        "a layer's name is not empty and has no dot at its ends: \"a.\"",
        () -> named("a.", relu()));
  }

  @Test
  void settingsOutOfRangeAreRefusedWhenTheLayerIsMade() {
    assertArgument("a convolution has at least 1 filter, found 0", () -> conv(0, 3));
    assertArgument("a kernel's size is at least 1, found 3x0", () -> conv(2, 3, 0));
    assertArgument("a stride is at least 1, found 0x0", () -> conv(2, 3).stride(0));
    assertArgument("a dilation is at least 1, found 0x0", () -> conv(2, 3).dilation(0));
    assertArgument("a padding is at least 0, found -1x-1", () -> conv(2, 3).padding(-1));
    assertArgument("4 filters do not fall into 3 groups", () -> conv(4, 3).groups(3));
    assertArgument("4 filters do not fall into 0 groups", () -> conv(4, 3).groups(0));
    assertArgument("a dense layer has at least 1 unit, found 0", () -> dense(0));
    assertArgument("a window's size is at least 1, found 0x0", () -> maxPool(0));
    assertArgument("a stride is at least 1, found 0x0", () -> avgPool(2).stride(0));
    assertArgument(
        "a pooling's padding is at most half of its window: padding 2x2, window 3x3",
        () -> maxPool(3).padding(2));
    assertArgument("a pooling's output is at least 1, found 0x0", () -> adaptiveAvgPool(0));
    assertArgument("a stride is at least 1, found 0", () -> subsample(0, 4));
    assertArgument("a subsampling has at least 1 output channel, found 0", () -> subsample(2, 0));
    assertArgument("dropout's probability is in [0, 1), found 1.0", () -> dropout(1));
    assertArgument("dropout's probability is in [0, 1), found NaN", () -> dropout(Double.NaN));
    assertArgument("local response norm's size is at least 1, found 0", () -> localResponseNorm(0));
    assertArgument(
        "stochastic depth's probability is in [0, 1), found 1.0", () -> stochasticDepth(1));
    assertArgument(
        "2 parts of the channels are numbered from 0, found part 2", () -> channelSplit(2, 2));
    assertArgument("a shuffle has at least 1 group, found 0", () -> channelShuffle(0));
    assertArgument("branches need at least one layer", Layers::branches);
    assertArgument("group norm has at least 1 group, found 0", () -> groupNorm(0));
    assertArgument(
        "layer norm's eps is 0 or more, found -1.0", () -> new LayerNorm(true, -1, true));
    assertArgument("leaky ReLU's slope is 0 or more, found -0.1", () -> leakyRelu(-0.1));
    assertArgument("ELU's alpha is 0 or more, found NaN", () -> elu(Double.NaN));
    assertArgument("softplus's beta is above 0, found 0.0", () -> softplus(0, 20));
    assertArgument("softplus's threshold is a number, found NaN", () -> softplus(1, Double.NaN));
  }

  private static void assertShape(String message, Layer layer) {
    var thrown = assertThrows(ShapeException.class, () -> Network.of(IMAGE, layer));
    assertEquals(message, thrown.getMessage());
  }

  private static void assertArgument(String message, Executable making) {
    var thrown = assertThrows(IllegalArgumentException.class, making);
    assertEquals(message, thrown.getMessage());
  }
}
