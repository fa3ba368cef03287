package stride.zoo;

import java.util.List;
import java.util.function.BiFunction;
import stride.network.Network;
import stride.tensor.Shape;

/** All architectures, by name. */
public final class Zoo {
  private static final String LECUN = "LeCun et al. 1998";
  private static final String SIMONYAN = "Simonyan and Zisserman 2014";
  private static final String HE = "He et al. 2015";
  private static final String HUANG = "Huang et al. 2017";
  private static final String LIU = "Liu et al. 2016";
  private static final String REN = "Ren et al. 2015";
  private static final String JOHNSON = "Johnson et al. 2016";
  private static final String MA = "Ma et al. 2018";

  private static final List<Architecture> ALL =
      List.of(
          new Architecture(
              "lenet5",
              "LeNet-5, " + LECUN,
              Shape.image(28, 28, 1),
              10,
              LeNet::lenet5,
              Recipes.DIGITS),
          new Architecture(
              "cnn",
              "A small network for small images, with batch norm",
              Shape.image(28, 28, 1),
              10,
              Cnn::cnn,
              Recipes.CLOTHES),
          new Architecture(
              "alexnet_2012",
              "AlexNet as in the paper, Krizhevsky et al. 2012",
              Shape.image(227, 227, 3),
              1000,
              AlexNet::alexnet2012,
              Recipes.ALEXNET),
          imagenet("alexnet", "AlexNet, Krizhevsky 2014", AlexNet::alexnet, Recipes.ALEXNET),
          imagenet("vgg11", "VGG-11, " + SIMONYAN, Vgg::vgg11, Recipes.VGG),
          imagenet("vgg11_bn", "VGG-11 with batch norm", Vgg::vgg11Bn, Recipes.VGG),
          imagenet("vgg13", "VGG-13, " + SIMONYAN, Vgg::vgg13, Recipes.VGG),
          imagenet("vgg13_bn", "VGG-13 with batch norm", Vgg::vgg13Bn, Recipes.VGG),
          imagenet("vgg16", "VGG-16, " + SIMONYAN, Vgg::vgg16, Recipes.VGG),
          imagenet("vgg16_bn", "VGG-16 with batch norm", Vgg::vgg16Bn, Recipes.VGG),
          imagenet("vgg19", "VGG-19, " + SIMONYAN, Vgg::vgg19, Recipes.VGG),
          imagenet("vgg19_bn", "VGG-19 with batch norm", Vgg::vgg19Bn, Recipes.VGG),
          imagenet(
              "googlenet",
              "GoogLeNet, Szegedy et al. 2015",
              GoogLeNet::googlenet,
              Recipes.RESIDUAL),
          new Architecture(
              "inception_v3",
              "Inception v3, Szegedy et al. 2016",
              Shape.image(299, 299, 3),
              1000,
              InceptionV3::inceptionV3,
              Recipes.RESIDUAL),
          imagenet("resnet18", "ResNet-18, " + HE, ResNet::resnet18, Recipes.RESIDUAL),
          imagenet("resnet34", "ResNet-34, " + HE, ResNet::resnet34, Recipes.RESIDUAL),
          imagenet("resnet50", "ResNet-50, " + HE, ResNet::resnet50, Recipes.RESIDUAL),
          imagenet("resnet101", "ResNet-101, " + HE, ResNet::resnet101, Recipes.RESIDUAL),
          imagenet("resnet152", "ResNet-152, " + HE, ResNet::resnet152, Recipes.RESIDUAL),
          imagenet("plain18", "ResNet-18 without shortcuts", ResNet::plain18, Recipes.RESIDUAL),
          imagenet("plain34", "ResNet-34 without shortcuts", ResNet::plain34, Recipes.RESIDUAL),
          imagenet(
              "resnext50_32x4d",
              "ResNeXt-50, Xie et al. 2017",
              ResNet::resnext50_32x4d,
              Recipes.RESIDUAL),
          imagenet(
              "wide_resnet50_2",
              "Wide ResNet-50, Zagoruyko and Komodakis 2016",
              ResNet::wideResnet50_2,
              Recipes.RESIDUAL),
          cifar("resnet20", "ResNet-20 for CIFAR-10, " + HE, CifarResNet::resnet20),
          cifar("resnet32", "ResNet-32 for CIFAR-10, " + HE, CifarResNet::resnet32),
          cifar("resnet44", "ResNet-44 for CIFAR-10, " + HE, CifarResNet::resnet44),
          cifar("resnet56", "ResNet-56 for CIFAR-10, " + HE, CifarResNet::resnet56),
          cifar("resnet110", "ResNet-110 for CIFAR-10, " + HE, CifarResNet::resnet110),
          cifar("plain20", "ResNet-20 without shortcuts", CifarResNet::plain20),
          cifar("plain32", "ResNet-32 without shortcuts", CifarResNet::plain32),
          cifar("plain44", "ResNet-44 without shortcuts", CifarResNet::plain44),
          cifar("plain56", "ResNet-56 without shortcuts", CifarResNet::plain56),
          imagenet(
              "squeezenet1_0",
              "SqueezeNet 1.0, Iandola et al. 2016",
              SqueezeNet::squeezenet1_0,
              Recipes.SQUEEZENET),
          imagenet(
              "squeezenet1_1",
              "SqueezeNet 1.1, Iandola et al. 2016",
              SqueezeNet::squeezenet1_1,
              Recipes.SQUEEZENET),
          imagenet(
              "densenet121", "DenseNet-121, " + HUANG, DenseNet::densenet121, Recipes.RESIDUAL),
          imagenet(
              "densenet161", "DenseNet-161, " + HUANG, DenseNet::densenet161, Recipes.RESIDUAL),
          imagenet(
              "densenet169", "DenseNet-169, " + HUANG, DenseNet::densenet169, Recipes.RESIDUAL),
          imagenet(
              "densenet201", "DenseNet-201, " + HUANG, DenseNet::densenet201, Recipes.RESIDUAL),
          imagenet(
              "shufflenet_v2_x0_5",
              "ShuffleNet v2 0.5x, " + MA,
              ShuffleNetV2::shufflenetV2x0_5,
              Recipes.SHUFFLENET),
          imagenet(
              "shufflenet_v2_x1_0",
              "ShuffleNet v2 1x, " + MA,
              ShuffleNetV2::shufflenetV2x1_0,
              Recipes.SHUFFLENET),
          imagenet(
              "shufflenet_v2_x1_5",
              "ShuffleNet v2 1.5x, " + MA,
              ShuffleNetV2::shufflenetV2x1_5,
              Recipes.SHUFFLENET),
          imagenet(
              "shufflenet_v2_x2_0",
              "ShuffleNet v2 2x, " + MA,
              ShuffleNetV2::shufflenetV2x2_0,
              Recipes.SHUFFLENET),
          imagenet(
              "mobilenet_v2",
              "MobileNetV2, Sandler et al. 2018",
              MobileNetV2::mobilenetV2,
              Recipes.MOBILENET),
          imagenet(
              "mobilenet_v3_small",
              "MobileNetV3-Small, Howard et al. 2019",
              MobileNetV3::mobilenetV3Small,
              Recipes.MOBILENET),
          imagenet(
              "mobilenet_v3_large",
              "MobileNetV3-Large, Howard et al. 2019",
              MobileNetV3::mobilenetV3Large,
              Recipes.MOBILENET),
          imagenet(
              "efficientnet_b0",
              "EfficientNet-B0, Tan and Le 2019",
              EfficientNet::efficientnetB0,
              Recipes.MOBILENET),
          new Architecture(
              "mlp",
              "One hidden layer, before convolution",
              Shape.image(100, 100, 3),
              2,
              Mlp::mlp,
              Recipes.DIGITS),
          new Architecture(
              "fastestdet",
              "FastestDet, Ma 2022",
              Shape.image(352, 352, 3),
              80,
              FastestDet::fastestdet,
              Recipes.FASTESTDET,
              FastestDet.detector(),
              null),
          detector(
              "ssd300_vgg16",
              "SSD300 on VGG-16, " + LIU,
              300,
              300,
              Ssd::ssd300Vgg16,
              Recipes.SSD,
              Ssd.ssd300()),
          detector(
              "ssdlite320_mobilenet_v3_large",
              "SSDLite on MobileNetV3-Large, Howard et al. 2019",
              320,
              320,
              Ssd::ssdlite320MobilenetV3Large,
              Recipes.SSDLITE,
              Ssd.ssdlite320()),
          detector(
              "retinanet_resnet50_fpn",
              "RetinaNet on ResNet-50, Lin et al. 2017",
              800,
              1088,
              OneStage::retinanetResnet50Fpn,
              Recipes.RETINANET,
              OneStage.retinanet()),
          detector(
              "fcos_resnet50_fpn",
              "FCOS on ResNet-50, Tian et al. 2019",
              800,
              1088,
              OneStage::fcosResnet50Fpn,
              Recipes.RETINANET,
              OneStage.fcos()),
          detector(
              "fasterrcnn_resnet50_fpn",
              "Faster R-CNN on ResNet-50, " + REN,
              800,
              1088,
              FasterRcnn::fasterrcnnResnet50Fpn,
              Recipes.FASTER_RCNN,
              FasterRcnn.resnet50()),
          detector(
              "fasterrcnn_mobilenet_v3_large_fpn",
              "Faster R-CNN on MobileNetV3-Large, " + REN,
              800,
              1088,
              FasterRcnn::fasterrcnnMobilenetV3LargeFpn,
              Recipes.FASTER_RCNN,
              FasterRcnn.mobilenetV3Large()),
          detector(
              "fasterrcnn_mobilenet_v3_large_320_fpn",
              "Faster R-CNN on MobileNetV3-Large for small pictures, " + REN,
              320,
              448,
              FasterRcnn::fasterrcnnMobilenetV3LargeFpn,
              Recipes.FASTER_RCNN,
              FasterRcnn.mobilenetV3Large320()),
          painter("style", "Fast style transfer, " + JOHNSON, 32),
          painter("style_16", "Fast style transfer with half of the channels", 16),
          painter("style_8", "Fast style transfer with a quarter of the channels", 8));

  private Zoo() {}

  private static Architecture imagenet(
      String name, String title, BiFunction<Shape, Integer, Network> design, Recipe recipe) {
    return new Architecture(name, title, Shape.image(224, 224, 3), 1000, design, recipe);
  }

  private static Architecture detector(
      String name,
      String title,
      int height,
      int width,
      BiFunction<Shape, Integer, Network> design,
      Recipe recipe,
      DetectorDesign detector) {
    return new Architecture(
        name, title, Shape.image(height, width, 3), 91, design, recipe, detector, null);
  }

  private static Architecture painter(String name, String title, int width) {
    return new Architecture(
        name,
        title,
        Shape.image(256, 256, 3),
        3,
        TransformerNet.ofWidth(width),
        Recipes.STYLE,
        null,
        TransformerNet.painter(width));
  }

  private static Architecture cifar(
      String name, String title, BiFunction<Shape, Integer, Network> design) {
    return new Architecture(name, title, Shape.image(32, 32, 3), 10, design, Recipes.CIFAR);
  }

  /** {@return every architecture, in the order in which they are listed} */
  public static List<Architecture> all() {
    return ALL;
  }

  /**
   * Returns the architecture of a name.
   *
   * @param name a name such as "resnet18"
   * @return the architecture
   * @throws IllegalArgumentException if there is none of this name; the message lists all names
   */
  public static Architecture find(String name) {
    return ALL.stream()
        .filter(architecture -> architecture.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no network is named %s; there are %s"
                        .formatted(
                            name,
                            String.join(", ", ALL.stream().map(Architecture::name).toList()))));
  }
}
