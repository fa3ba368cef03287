package stride.zoo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.normalization.FrozenBatchNorm;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Published weights, as torchvision lists them: its {@code ResNet50_Weights.IMAGENET1K_V2} is
 * {@code RESNET50_IMAGENET1K_V2}. Each has its file, whose name ends with the first digits of its
 * SHA-256, its number of weights, the size to which pictures are scaled, and its top-1 and top-5
 * accuracy on the validation images, in percent.
 *
 * <p>Those of detectors for COCO have the average precision of boxes on its validation pictures
 * instead, in percent; torchvision counts no weights of batch norms that are frozen.
 *
 * <p>The weights for CIFAR-10 are those of akamaster/pytorch_resnet_cifar10, with the errors
 * documented there.
 */
public enum Pretrained {
  /** AlexNet for ImageNet, torchvision's version 1. */
  ALEXNET_IMAGENET1K_V1("alexnet-owt-7be5be79", 61_100_840, 256, 56.522, 79.066),
  /** VGG-11 for ImageNet, torchvision's version 1. */
  VGG11_IMAGENET1K_V1("vgg11-8a719046", 132_863_336, 256, 69.020, 88.628),
  /** VGG-11 with batch norm for ImageNet, torchvision's version 1. */
  VGG11_BN_IMAGENET1K_V1("vgg11_bn-6002323d", 132_868_840, 256, 70.370, 89.810),
  /** VGG-13 for ImageNet, torchvision's version 1. */
  VGG13_IMAGENET1K_V1("vgg13-19584684", 133_047_848, 256, 69.928, 89.246),
  /** VGG-13 with batch norm for ImageNet, torchvision's version 1. */
  VGG13_BN_IMAGENET1K_V1("vgg13_bn-abd245e5", 133_053_736, 256, 71.586, 90.374),
  /** VGG-16 for ImageNet, torchvision's version 1. */
  VGG16_IMAGENET1K_V1("vgg16-397923af", 138_357_544, 256, 71.592, 90.382),
  /** VGG-16 with batch norm for ImageNet, torchvision's version 1. */
  VGG16_BN_IMAGENET1K_V1("vgg16_bn-6c64b313", 138_365_992, 256, 73.360, 91.516),
  /** VGG-19 for ImageNet, torchvision's version 1. */
  VGG19_IMAGENET1K_V1("vgg19-dcbb9e9d", 143_667_240, 256, 72.376, 90.876),
  /** VGG-19 with batch norm for ImageNet, torchvision's version 1. */
  VGG19_BN_IMAGENET1K_V1("vgg19_bn-c79401a0", 143_678_248, 256, 74.218, 91.842),
  /** GoogLeNet for ImageNet, torchvision's version 1. */
  GOOGLENET_IMAGENET1K_V1("googlenet-1378be20", 6_624_904, Pretrained::tensorFlows, 69.778, 89.530),
  /** Inception v3 for ImageNet, torchvision's version 1. */
  INCEPTION_V3_IMAGENET1K_V1(
      "inception_v3_google-0cc3c7bd",
      27_161_264,
      pictures -> tensorFlows(pictures).resize(342),
      77.294,
      93.450),
  /** ResNet-18 for ImageNet, torchvision's version 1. */
  RESNET18_IMAGENET1K_V1("resnet18-f37072fd", 11_689_512, 256, 69.758, 89.078),
  /** ResNet-34 for ImageNet, torchvision's version 1. */
  RESNET34_IMAGENET1K_V1("resnet34-b627a593", 21_797_672, 256, 73.314, 91.420),
  /** ResNet-50 for ImageNet, torchvision's version 1. */
  RESNET50_IMAGENET1K_V1("resnet50-0676ba61", 25_557_032, 256, 76.130, 92.862),
  /** ResNet-50 for ImageNet, torchvision's version 2. */
  RESNET50_IMAGENET1K_V2("resnet50-11ad3fa6", 25_557_032, 232, 80.858, 95.434),
  /** ResNet-101 for ImageNet, torchvision's version 1. */
  RESNET101_IMAGENET1K_V1("resnet101-63fe2227", 44_549_160, 256, 77.374, 93.546),
  /** ResNet-101 for ImageNet, torchvision's version 2. */
  RESNET101_IMAGENET1K_V2("resnet101-cd907fc2", 44_549_160, 232, 81.886, 95.780),
  /** ResNet-152 for ImageNet, torchvision's version 1. */
  RESNET152_IMAGENET1K_V1("resnet152-394f9c45", 60_192_808, 256, 78.312, 94.046),
  /** ResNet-152 for ImageNet, torchvision's version 2. */
  RESNET152_IMAGENET1K_V2("resnet152-f82ba261", 60_192_808, 232, 82.284, 96.002),
  /** ResNeXt-50 32x4d for ImageNet, torchvision's version 1. */
  RESNEXT50_32X4D_IMAGENET1K_V1("resnext50_32x4d-7cdf4587", 25_028_904, 256, 77.618, 93.698),
  /** ResNeXt-50 32x4d for ImageNet, torchvision's version 2. */
  RESNEXT50_32X4D_IMAGENET1K_V2("resnext50_32x4d-1a0047aa", 25_028_904, 232, 81.198, 95.340),
  /** Wide ResNet-50-2 for ImageNet, torchvision's version 1. */
  WIDE_RESNET50_2_IMAGENET1K_V1("wide_resnet50_2-95faca4d", 68_883_240, 256, 78.468, 94.086),
  /** Wide ResNet-50-2 for ImageNet, torchvision's version 2. */
  WIDE_RESNET50_2_IMAGENET1K_V2("wide_resnet50_2-9ba9bcbe", 68_883_240, 232, 81.602, 95.758),
  /** SqueezeNet 1.0 for ImageNet, torchvision's version 1. */
  SQUEEZENET1_0_IMAGENET1K_V1("squeezenet1_0-b66bff10", 1_248_424, 256, 58.092, 80.420),
  /** SqueezeNet 1.1 for ImageNet, torchvision's version 1. */
  SQUEEZENET1_1_IMAGENET1K_V1("squeezenet1_1-b8a52dc0", 1_235_496, 256, 58.178, 80.624),
  /** DenseNet-121 for ImageNet, torchvision's version 1. */
  DENSENET121_IMAGENET1K_V1("densenet121-a639ec97", 7_978_856, 256, 74.434, 91.972),
  /** DenseNet-161 for ImageNet, torchvision's version 1. */
  DENSENET161_IMAGENET1K_V1("densenet161-8d451a50", 28_681_000, 256, 77.138, 93.560),
  /** DenseNet-169 for ImageNet, torchvision's version 1. */
  DENSENET169_IMAGENET1K_V1("densenet169-b2777c0a", 14_149_480, 256, 75.600, 92.806),
  /** DenseNet-201 for ImageNet, torchvision's version 1. */
  DENSENET201_IMAGENET1K_V1("densenet201-c1103571", 20_013_928, 256, 76.896, 93.370),
  /** ShuffleNet v2 x0.5 for ImageNet, torchvision's version 1. */
  SHUFFLENET_V2_X0_5_IMAGENET1K_V1("shufflenetv2_x0.5-f707e7126e", 1_366_792, 256, 60.552, 81.746),
  /** ShuffleNet v2 x1.0 for ImageNet, torchvision's version 1. */
  SHUFFLENET_V2_X1_0_IMAGENET1K_V1("shufflenetv2_x1-5666bf0f80", 2_278_604, 256, 69.362, 88.316),
  /** ShuffleNet v2 x1.5 for ImageNet, torchvision's version 1. */
  SHUFFLENET_V2_X1_5_IMAGENET1K_V1("shufflenetv2_x1_5-3c479a10", 3_503_624, 232, 72.996, 91.086),
  /** ShuffleNet v2 x2.0 for ImageNet, torchvision's version 1. */
  SHUFFLENET_V2_X2_0_IMAGENET1K_V1("shufflenetv2_x2_0-8be3c8ee", 7_393_996, 232, 76.230, 93.006),
  /** MobileNetV2 for ImageNet, torchvision's version 1. */
  MOBILENET_V2_IMAGENET1K_V1("mobilenet_v2-b0353104", 3_504_872, 256, 71.878, 90.286),
  /** MobileNetV2 for ImageNet, torchvision's version 2. */
  MOBILENET_V2_IMAGENET1K_V2("mobilenet_v2-7ebf99e0", 3_504_872, 232, 72.154, 90.822),
  /** MobileNetV3-Small for ImageNet, torchvision's version 1. */
  MOBILENET_V3_SMALL_IMAGENET1K_V1("mobilenet_v3_small-047dcff4", 2_542_856, 256, 67.668, 87.402),
  /** MobileNetV3-Large for ImageNet, torchvision's version 1. */
  MOBILENET_V3_LARGE_IMAGENET1K_V1("mobilenet_v3_large-8738ca79", 5_483_032, 256, 74.042, 91.340),
  /** MobileNetV3-Large for ImageNet, torchvision's version 2. */
  MOBILENET_V3_LARGE_IMAGENET1K_V2("mobilenet_v3_large-5c1a4163", 5_483_032, 232, 75.274, 92.566),
  /** EfficientNet-B0 for ImageNet, torchvision's version 1. */
  EFFICIENTNET_B0_IMAGENET1K_V1(
      "efficientnet_b0_rwightman-7f5810bc",
      5_288_548,
      pictures -> pictures.filter(Resampling.BICUBIC),
      77.692,
      93.532),
  /** ResNet-20 for CIFAR-10. */
  RESNET20_CIFAR10("resnet20-12fca82f", 269_722, 91.73),
  /** ResNet-32 for CIFAR-10. */
  RESNET32_CIFAR10("resnet32-d509ac18", 464_154, 92.63),
  /** ResNet-44 for CIFAR-10. */
  RESNET44_CIFAR10("resnet44-014dd654", 658_586, 93.10),
  /** ResNet-56 for CIFAR-10. */
  RESNET56_CIFAR10("resnet56-4bfd9763", 853_018, 93.39),
  /** ResNet-110 for CIFAR-10. */
  RESNET110_CIFAR10("resnet110-1d1ed7c2", 1_727_962, 93.68),
  /** SSD300 on VGG-16 for COCO, torchvision's version 1. */
  SSD300_VGG16_COCO_V1("ssd300_vgg16_coco-b556d3b4", 35_641_826, 25.1, Norms.AS_DESIGNED),
  /** SSDLite320 on MobileNetV3-Large for COCO, torchvision's version 1. */
  SSDLITE320_MOBILENET_V3_LARGE_COCO_V1(
      "ssdlite320_mobilenet_v3_large_coco-a79551df", 3_440_060, 21.3, Norms.AS_DESIGNED),
  /** RetinaNet on ResNet-50 for COCO, torchvision's version 1. */
  RETINANET_RESNET50_FPN_COCO_V1(
      "retinanet_resnet50_fpn_coco-eeacb38b", 34_014_999, 36.4, Norms.WITHOUT_EPS),
  /** FCOS on ResNet-50 for COCO, torchvision's version 1. */
  FCOS_RESNET50_FPN_COCO_V1("fcos_resnet50_fpn_coco-99b0c9b7", 32_269_600, 39.2, Norms.AS_DESIGNED),
  /** Faster R-CNN on ResNet-50 for COCO, torchvision's version 1. */
  FASTERRCNN_RESNET50_FPN_COCO_V1(
      "fasterrcnn_resnet50_fpn_coco-258fb6c6", 41_755_286, 37.0, Norms.WITHOUT_EPS),
  /** Faster R-CNN on MobileNetV3-Large for COCO, torchvision's version 1. */
  FASTERRCNN_MOBILENET_V3_LARGE_FPN_COCO_V1(
      "fasterrcnn_mobilenet_v3_large_fpn-fb6a3cc7", 19_386_354, 32.8, Norms.AS_DESIGNED),
  /** Faster R-CNN on MobileNetV3-Large for small pictures for COCO, torchvision's version 1. */
  FASTERRCNN_MOBILENET_V3_LARGE_320_FPN_COCO_V1(
      "fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9", 19_386_354, 22.8, Norms.AS_DESIGNED);

  /** What the batch norms of a network add to variances. */
  private enum Norms {
    AS_DESIGNED,

    /** Nothing: the weights are older than torchvision's eps in frozen batch norms. */
    WITHOUT_EPS
  }

  private static final String TORCHVISION = "https://download.pytorch.org/models/";
  private static final String AKAMASTER =
      "https://github.com/akamaster/pytorch_resnet_cifar10/raw/master/pretrained_models/";

  private final String network;
  private final String tag;
  private final TrainedOn trainedOn;
  private final String url;
  private final long parameters;
  private final UnaryOperator<Preprocessing> changes;
  private final OptionalDouble top1;
  private final OptionalDouble top5;
  private final OptionalDouble ap;
  private final Norms norms;

  Pretrained(String file, long parameters, double ap, Norms norms) {
    this(
        TrainedOn.COCO,
        TORCHVISION + file + ".pth",
        parameters,
        UnaryOperator.identity(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.of(ap / 100),
        norms);
  }

  Pretrained(String file, long parameters, int resize, double top1, double top5) {
    this(file, parameters, pictures -> pictures.resize(resize), top1, top5);
  }

  Pretrained(
      String file,
      long parameters,
      UnaryOperator<Preprocessing> changes,
      double top1,
      double top5) {
    this(
        TrainedOn.IMAGENET,
        TORCHVISION + file + ".pth",
        parameters,
        changes,
        OptionalDouble.of(top1 / 100),
        OptionalDouble.of(top5 / 100),
        OptionalDouble.empty(),
        Norms.AS_DESIGNED);
  }

  Pretrained(String file, long parameters, double top1) {
    this(
        TrainedOn.CIFAR10,
        AKAMASTER + file + ".th",
        parameters,
        UnaryOperator.identity(),
        OptionalDouble.of(top1 / 100),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Norms.AS_DESIGNED);
  }

  Pretrained(
      TrainedOn trainedOn,
      String url,
      long parameters,
      UnaryOperator<Preprocessing> changes,
      OptionalDouble top1,
      OptionalDouble top5,
      OptionalDouble ap,
      Norms norms) {
    String name = name().toLowerCase(Locale.ROOT);
    int tagged = name.lastIndexOf("_" + trainedOn.name().toLowerCase(Locale.ROOT));
    this.network = name.substring(0, tagged);
    this.tag = name.substring(tagged + 1);
    this.trainedOn = trainedOn;
    this.url = url;
    this.parameters = parameters;
    this.changes = changes;
    this.top1 = top1;
    this.top5 = top5;
    this.ap = ap;
    this.norms = norms;
  }

  /**
   * {@return all weights of a network, the default ones first}
   *
   * @param network the network's name, such as "resnet50"
   */
  public static List<Pretrained> of(String network) {
    return Stream.of(values()).filter(weights -> weights.network.equals(network)).toList();
  }

  /**
   * Finds a network's weights by the data set that they were trained on ("imagenet", for the
   * default ones), or by their tag ("imagenet1k_v2"), ignoring case.
   *
   * @param network the network's name, such as "resnet50"
   * @param name a data set or a tag
   * @return the weights, or empty if there are none
   */
  public static Optional<Pretrained> find(String network, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return of(network).stream()
        .filter(weights -> weights.tag.equals(lower) || weights.trainedOn.toString().equals(lower))
        .findFirst();
  }

  /**
   * Finds a network's weights by the name of their file, in any folder.
   *
   * @param network the network's name, such as "resnet50"
   * @param file the file
   * @return the weights, or empty if none have a file of this name
   */
  public static Optional<Pretrained> ofFile(String network, Path file) {
    return of(network).stream().filter(weights -> file.endsWith(weights.fileName())).findFirst();
  }

  /** {@return the network's name, such as "resnet50"} */
  public String network() {
    return network;
  }

  /** {@return the tag among the network's weights, such as "imagenet1k_v2"} */
  public String tag() {
    return tag;
  }

  /** {@return the data set that the weights were trained on} */
  public TrainedOn trainedOn() {
    return trainedOn;
  }

  /** {@return the address at which they are published} */
  public URI url() {
    return URI.create(url);
  }

  /** {@return the file's name on the web and in the cache, such as "resnet50-0676ba61.pth"} */
  public String fileName() {
    return url.substring(url.lastIndexOf('/') + 1);
  }

  /** {@return the first digits of the file's SHA-256, in hexadecimal} */
  public String sha256() {
    String file = fileName();
    return file.substring(file.lastIndexOf('-') + 1, file.lastIndexOf('.'));
  }

  /**
   * {@return the number of learned weights, as torchvision counts them: without GoogLeNet's
   * auxiliary heads}
   */
  public long parameters() {
    return parameters;
  }

  /**
   * {@return the documented top-1 accuracy on the validation images, in [0, 1]; empty for
   * detectors}
   */
  public OptionalDouble top1() {
    return top1;
  }

  /**
   * {@return the documented top-5 accuracy on the validation images, in [0, 1]; empty if there is
   * none}
   */
  public OptionalDouble top5() {
    return top5;
  }

  /**
   * {@return the documented average precision of boxes on the validation pictures, COCO's AP, in
   * [0, 1]; empty for networks that are no detectors}
   */
  public OptionalDouble ap() {
    return ap;
  }

  /** {@return a network of this name as these weights are for it} */
  Network network(Network designed) {
    if (norms == Norms.AS_DESIGNED) {
      return designed;
    }
    var graph = designed.graph();
    return new Network(
        graph.remade(
            graph.inputs(),
            node ->
                node.operation() instanceof FrozenBatchNorm
                    ? new FrozenBatchNorm(0)
                    : node.operation()));
  }

  /** {@return the classes' names, in order} */
  public List<String> labels() {
    return trainedOn.labels();
  }

  /** {@return the preprocessing of pictures for the network} */
  public Preprocessing preprocessing() {
    return preprocessing(Zoo.find(network).input());
  }

  /** Returns the preprocessing for images of another size. */
  Preprocessing preprocessing(Shape images) {
    var design = Zoo.find(network).detector();
    if (design != null) {
      return design.preprocessing().apply(images);
    }
    return changes.apply(trainedOn.preprocessing(Zoo.find(network).input())).ofSize(images);
  }

  /**
   * The normalisation to values in [-1, 1], as TensorFlow's networks use them: torchvision's
   * transform_input makes them of images that are normalised with ImageNet's mean and standard
   * deviation.
   */
  private static Preprocessing tensorFlows(Preprocessing pictures) {
    var half = List.of(0.5, 0.5, 0.5);
    return pictures.normalization(new Normalization(half, half));
  }

  /**
   * Returns the network with these weights, which are downloaded on first use.
   *
   * @return the model
   * @throws IOException if they cannot be downloaded; the message names the url and the place to
   *     put the file
   */
  public Model load() throws IOException {
    return load(WeightsFolder.standard(), DownloadProgress.none());
  }

  /**
   * Returns the network with these weights, kept in the given folder.
   *
   * @param folder the folder of downloaded weights
   * @param progress receives the progress of the download
   * @return the model
   * @throws IOException as {@link #load()} does
   */
  public Model load(WeightsFolder folder, DownloadProgress progress) throws IOException {
    return Zoo.find(network).load(folder.get(this, progress));
  }
}
