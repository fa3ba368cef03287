package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import stride.network.Model;

class PretrainedTest {
  @ParameterizedTest
  @EnumSource
  void areForANetworkOfTheZooWithAsManyWeightsAndClasses(Pretrained weights) {
    var network = Zoo.find(weights.network()).network();
    assertEquals(weights.parameters(), network.parameters());
    assertEquals(weights.labels().size(), network.output().elements());
    assertEquals(network.input(), weights.preprocessing().shape());
  }

  @ParameterizedTest
  @EnumSource
  void sayWhereTheyAreAndWhatTheirChecksumIs(Pretrained weights) {
    assertTrue(weights.url().isAbsolute());
    assertEquals("https", weights.url().getScheme());
    assertTrue(weights.fileName().matches("[a-z0-9_.-]+-[0-9a-f]{8,10}\\.(pth|th)"));
    assertTrue(weights.fileName().contains("-" + weights.sha256() + "."));
    assertTrue(weights.top1() > 0.5 && weights.top1() < 0.95);
    assertTrue(weights.top5().orElse(0.99) > weights.top1() && weights.top5().orElse(0.99) < 1);
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
