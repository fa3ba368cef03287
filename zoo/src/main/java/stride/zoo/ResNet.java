package stride.zoo;

import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.frozenBatchNorm;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.identity;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.List;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Residual networks for ImageNet (He, Zhang, Ren, Sun 2015, "Deep Residual Learning for Image
 * Recognition", table 1) with torchvision's names and initial weights: four stages of residual
 * blocks, each stage with twice the channels and half the height and width of the previous one.
 * Shortcuts are projections where the shape changes (option B). In bottlenecks the 3x3 convolution
 * has the stride, as torchvision's.
 */
public final class ResNet {
  private ResNet() {}

  /** {@return ResNet-18: 11,689,512 parameters for images of 224x224x3 and 1,000 classes} */
  public static Network resnet18(Shape input, int classes) {
    return resnet(input, classes, ResNet::basicBlock, 2, 2, 2, 2);
  }

  /** {@return ResNet-34: 21,797,672 parameters} */
  public static Network resnet34(Shape input, int classes) {
    return resnet(input, classes, ResNet::basicBlock, 3, 4, 6, 3);
  }

  /** {@return ResNet-50: 25,557,032 parameters} */
  public static Network resnet50(Shape input, int classes) {
    return resnet(input, classes, new Bottleneck(1, 1, batchNorm()), 3, 4, 6, 3);
  }

  /** {@return ResNet-101: 44,549,160 parameters} */
  public static Network resnet101(Shape input, int classes) {
    return resnet(input, classes, new Bottleneck(1, 1, batchNorm()), 3, 4, 23, 3);
  }

  /** {@return ResNet-152: 60,192,808 parameters} */
  public static Network resnet152(Shape input, int classes) {
    return resnet(input, classes, new Bottleneck(1, 1, batchNorm()), 3, 8, 36, 3);
  }

  /** {@return ResNet-18 without shortcuts (section 4.1): 11,515,688 parameters} */
  public static Network plain18(Shape input, int classes) {
    return resnet(input, classes, ResNet::plainBlock, 2, 2, 2, 2);
  }

  /** {@return ResNet-34 without shortcuts (section 4.1): 21,623,848 parameters} */
  public static Network plain34(Shape input, int classes) {
    return resnet(input, classes, ResNet::plainBlock, 3, 4, 6, 3);
  }

  /**
   * {@return ResNeXt-50 (Xie, Girshick, Dollár, Tu, He 2017, "Aggregated Residual Transformations
   * for Deep Neural Networks", table 1): 3x3 convolutions in 32 groups of 4 channels and more;
   * 25,028,904 parameters}
   */
  public static Network resnext50_32x4d(Shape input, int classes) {
    return resnet(input, classes, new Bottleneck(2, 32, batchNorm()), 3, 4, 6, 3);
  }

  /**
   * {@return ResNet-50 with 3x3 convolutions of twice the width (Zagoruyko and Komodakis 2016,
   * "Wide Residual Networks"): 68,883,240 parameters}
   */
  public static Network wideResnet50_2(Shape input, int classes) {
    return resnet(input, classes, new Bottleneck(2, 1, batchNorm()), 3, 4, 6, 3);
  }

  /** Returns the network whose stages have these numbers of blocks. */
  private static Network resnet(Shape input, int classes, Block block, int... blocks) {
    var layers = new ArrayList<>(stages(block, batchNorm(), blocks));
    layers.add(named("avgpool", globalAvgPool()));
    layers.add(flatten());
    layers.add(named("fc", dense(classes)));
    return Network.of(input, sequential(layers.toArray(Layer[]::new)));
  }

  /**
   * ResNet-50's stages with frozen batch norm, for detectors: what comes first, layer1 to layer4.
   */
  static List<Layer> frozenStages() {
    var norm = frozenBatchNorm();
    return stages(new Bottleneck(1, 1, norm), norm, 3, 4, 6, 3);
  }

  private static List<Layer> stages(Block block, Layer norm, int... blocks) {
    return List.of(
        sequential(
            named("conv1", convolution(64, 7, 2, 1)),
            named("bn1", norm),
            relu(),
            named("maxpool", maxPool(3).stride(2).padding(1))),
        stage("layer1", block, blocks[0], 64, 1),
        stage("layer2", block, blocks[1], 128, 2),
        stage("layer3", block, blocks[2], 256, 2),
        stage("layer4", block, blocks[3], 512, 2));
  }

  /** Blocks of equal width; the first one has the stride. */
  private static Layer stage(String name, Block block, int blocks, int width, int stride) {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < blocks; i++) {
      layers.add(block.of(width, i == 0 ? stride : 1, i == 0));
    }
    return Numbered.sequence(name, layers);
  }

  /** Makes the blocks of a network. */
  @FunctionalInterface
  private interface Block {
    /**
     * Returns a block of a stage.
     *
     * @param first whether it is the stage's first one, where shapes change
     */
    Layer of(int width, int stride, boolean first);
  }

  /** Two 3x3 convolutions and a shortcut (figure 5, left). */
  private static Layer basicBlock(int width, int stride, boolean first) {
    return sequential(
        residual(
            basicBody(width, stride),
            stride == 1 ? identity() : projection(width, stride, batchNorm())),
        relu());
  }

  /** Two 3x3 convolutions (figure 3, middle). */
  private static Layer plainBlock(int width, int stride, boolean first) {
    return sequential(basicBody(width, stride), relu());
  }

  private static Layer basicBody(int width, int stride) {
    return sequential(
        named("conv1", convolution(width, 3, stride, 1)),
        named("bn1", batchNorm()),
        relu(),
        named("conv2", convolution(width, 3, 1, 1)),
        named("bn2", batchNorm()));
  }

  /**
   * A 1x1 convolution that narrows, a 3x3 one, a 1x1 one that widens to four times the width, and a
   * shortcut (figure 5, right).
   *
   * @param wide the ratio of the 3x3 convolution's width to the paper's
   * @param groups the number of groups of its channels
   * @param norm follows each convolution
   */
  private record Bottleneck(int wide, int groups, Layer norm) implements Block {
    @Override
    public Layer of(int width, int stride, boolean first) {
      return sequential(
          residual(
              sequential(
                  named("conv1", convolution(wide * width, 1, 1, 1)),
                  named("bn1", norm),
                  relu(),
                  named("conv2", convolution(wide * width, 3, stride, groups)),
                  named("bn2", norm),
                  relu(),
                  named("conv3", convolution(4 * width, 1, 1, 1)),
                  named("bn3", norm)),
              first ? projection(4 * width, stride, norm) : identity()),
          relu());
    }
  }

  private static Layer projection(int width, int stride, Layer norm) {
    return named("downsample", sequential(convolution(width, 1, stride, 1), norm));
  }

  private static Conv convolution(int filters, int kernel, int stride, int groups) {
    return conv(filters, kernel)
        .stride(stride)
        .padding(kernel / 2)
        .groups(groups)
        .noBias()
        .initializer(Initial.KAIMING_FAN_OUT);
  }
}
