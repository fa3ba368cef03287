package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import stride.graph.Graph;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.normalization.FrozenBatchNorm;
import stride.network.Model;
import stride.network.Task;
import stride.tensor.Shape;

class PretrainedTest {
  @ParameterizedTest
  @EnumSource
  void areForANetworkOfTheZooWithAsManyWeightsAndClasses(Pretrained weights) {
    var network = Zoo.find(weights.network()).network();
    // Torchvision counts the auxiliary heads of Inception, and not those of GoogLeNet.
    var counted = weights == Pretrained.GOOGLENET_IMAGENET1K_V1 ? network.withoutTaps() : network;
    assertEquals(weights.parameters(), counted.parameters());
    int classes = weights.ap().isPresent() ? 91 : network.output().elements();
    assertEquals(weights.labels().size(), classes);
    assertEquals(network.input(), weights.preprocessing().shape());
  }

  @ParameterizedTest
  @EnumSource
  void sayWhereTheyAreAndWhatTheirChecksumIs(Pretrained weights) {
    assertTrue(weights.url().isAbsolute());
    assertEquals("https", weights.url().getScheme());
    assertTrue(weights.fileName().matches("[a-z0-9_.-]+-[0-9a-f]{8,10}\\.(pth|th)"));
    assertTrue(weights.fileName().contains("-" + weights.sha256() + "."));
    assertEquals(weights.trainedOn() == TrainedOn.COCO, weights.top1().isEmpty());
    assertEquals(weights.top1().isEmpty(), weights.ap().isPresent());
    double top1 = weights.top1().orElse(0.6);
    assertTrue(top1 > 0.5 && top1 < 0.95);
    assertTrue(weights.top5().orElse(0.99) > top1 && weights.top5().orElse(0.99) < 1);
    assertTrue(weights.ap().orElse(0.3) > 0.2 && weights.ap().orElse(0.3) < 0.4);
  }

  /** torchvision's overwrite_eps: two files are older than the eps of its frozen batch norms. */
  @Test
  void theOldestDetectorsHaveBatchNormsWithoutEps() {
    for (var weights : Pretrained.values()) {
      if (weights.ap().isPresent()) {
        var designed = Zoo.find(weights.network()).network();
        boolean without =
            weights.network().equals("fasterrcnn_resnet50_fpn")
                || weights.network().equals("retinanet_resnet50_fpn");
        for (var node : weights.network(designed).graph().nodes()) {
          if (node.operation() instanceof FrozenBatchNorm norm) {
            assertEquals(without, norm.eps() == 0, weights + ": " + node.name());
          }
        }
      }
    }
  }

  @Test
  void aFileWithThePublishedNameIsReadAsPublished(@TempDir Path temp) throws Exception {
    var weights = Pretrained.FASTERRCNN_RESNET50_FPN_COCO_V1;
    var architecture = Zoo.find(weights.network());
    var file = new WeightsFolder(temp).file(weights);
    Model.initialized(architecture.network(), 1).savePyTorch(file);
    var model = weights.load(new WeightsFolder(temp), DownloadProgress.none());
    assertEquals(Task.BOXES, model.task());
    assertEquals(91, model.labels().size());
    assertTrue(model.network().graph().nodes().stream().allMatch(PretrainedTest::isWithoutEps));
  }

  private static boolean isWithoutEps(Graph.Node node) {
    return !(node.operation() instanceof FrozenBatchNorm norm) || norm.eps() == 0;
  }

  @Test
  void areFoundByWhatTheyWereTrainedOnAndByTheirTag() {
    assertEquals(
        Optional.of(Pretrained.RESNET50_IMAGENET1K_V1), Pretrained.find("resnet50", "imagenet"));
    assertEquals(
        Optional.of(Pretrained.RESNET50_IMAGENET1K_V2),
        Pretrained.find("resnet50", "IMAGENET1K_V2"));
    assertEquals(Optional.of(Pretrained.RESNET20_CIFAR10), Pretrained.find("resnet20", "cifar10"));
    assertEquals(Optional.empty(), Pretrained.find("resnet20", "imagenet"));
    assertEquals(
        "https://download.pytorch.org/models/resnet50-0676ba61.pth",
        Pretrained.RESNET50_IMAGENET1K_V1.url().toString());
    assertEquals("0676ba61", Pretrained.RESNET50_IMAGENET1K_V1.sha256());
  }

  /** Torchvision numbers ImageNet's classes in the order of their synsets. */
  @Test
  void imagenetsFoldersStandInTheOrderOfItsClasses() {
    var folders = TrainedOn.IMAGENET.folders();
    assertEquals(1000, folders.size());
    assertEquals(folders, folders.stream().sorted().distinct().toList());
    assertTrue(folders.stream().allMatch(folder -> folder.matches("n\\d{8}")));
    // WordNet's numbers of these words.
    var known =
        Map.of(
            "tench", "n01440764",
            "macaw", "n01818515",
            "Samoyed", "n02111889",
            "dragonfly", "n02268443",
            "hotdog", "n07697537",
            "espresso", "n07920052",
            "toilet tissue", "n15075141");
    known.forEach(
        (label, folder) ->
            assertEquals(label, TrainedOn.IMAGENET.labels().get(folders.indexOf(folder)), folder));
    assertEquals(TrainedOn.CIFAR10.labels(), TrainedOn.CIFAR10.folders());
  }

  @Test
  void imagenetsClassesHaveTorchvisionsNamesInItsOrder() {
    List<String> labels = TrainedOn.IMAGENET.labels();
    assertEquals(1000, labels.size());
    assertEquals(1000, new HashSet<>(labels).size());
    assertEquals("tench", labels.getFirst());
    assertEquals("Samoyed", labels.get(258));
    assertEquals("macaw", labels.get(88));
    assertEquals("dragonfly", labels.get(319));
    assertEquals("hotdog", labels.get(934));
    assertEquals("espresso", labels.get(967));
    assertEquals("toilet tissue", labels.getLast());
  }

  @Test
  void picturesArePreparedAsForTheirTraining() {
    assertEquals(Preprocessing.imageNet(224), Pretrained.RESNET50_IMAGENET1K_V1.preprocessing());
    assertEquals(
        Preprocessing.imageNet(224).resize(232), Pretrained.RESNET50_IMAGENET1K_V2.preprocessing());
    assertEquals(
        Preprocessing.imageNet(224).filter(Resampling.BICUBIC),
        Pretrained.EFFICIENTNET_B0_IMAGENET1K_V1.preprocessing());
    assertEquals(
        new Fit.Center(464, Resampling.BILINEAR),
        Pretrained.RESNET50_IMAGENET1K_V2.preprocessing(Shape.image(448, 448, 3)).fit(),
        "of images of another size, as large a part of the picture");
    var inception = Pretrained.INCEPTION_V3_IMAGENET1K_V1.preprocessing();
    assertEquals(Preprocessing.imageNet(299).resize(342).fit(), inception.fit());
    var half = List.of(0.5, 0.5, 0.5);
    assertEquals(new Normalization(half, half), inception.normalization());
  }

  /** torchvision normalises with ImageNet's numbers, then {@code x * (0.229 / 0.5) + ...}. */
  @Test
  void transformInputOfTorchvisionIsANormalisationOfItsOwn() {
    var imagenet = Normalization.IMAGENET;
    var googlenet = Pretrained.GOOGLENET_IMAGENET1K_V1.preprocessing().normalization();
    for (int c = 0; c < 3; c++) {
      double mean = imagenet.mean().get(c);
      double deviation = imagenet.standardDeviation().get(c);
      for (double value : new double[] {0, 0.3, 1}) {
        double normalised = (value - mean) / deviation;
        double transformed = normalised * (deviation / 0.5) + (mean - 0.5) / 0.5;
        double own = (value - googlenet.mean().get(c)) / googlenet.standardDeviation().get(c);
        assertEquals(transformed, own, 1e-12);
      }
    }
  }

  @Test
  void networksWithoutPublishedWeightsTooAreMadeForSomething() {
    assertEquals(Optional.of(TrainedOn.IMAGENET), TrainedOn.of(Zoo.find("plain18")));
    assertEquals(Optional.of(TrainedOn.CIFAR10), TrainedOn.of(Zoo.find("plain20")));
    assertEquals(Optional.of(TrainedOn.MNIST), TrainedOn.of(Zoo.find("lenet5")));
    assertEquals(Optional.empty(), TrainedOn.of(Zoo.find("mlp")));
    for (var architecture : Zoo.all()) {
      for (var weights : Pretrained.of(architecture.name())) {
        assertEquals(Optional.of(weights.trainedOn()), TrainedOn.of(architecture));
      }
    }
  }

  @Test
  void aFileThatIsThereIsLoadedWithoutADownload(@TempDir Path temp) throws Exception {
    var folder = new WeightsFolder(temp);
    var random = Model.initialized(Zoo.find("resnet20").network(), 3);
    random.save(folder.file(Pretrained.RESNET20_CIFAR10));
    var loaded = Pretrained.RESNET20_CIFAR10.load(folder, DownloadProgress.none());
    assertEquals(
        random.weights().tensor("linear.weight"), loaded.weights().tensor("linear.weight"));
    assertEquals("airplane", loaded.labels().getFirst());
    assertEquals(List.of(0.485, 0.456, 0.406), loaded.preprocessing().normalization().mean());
  }
}
