package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.image.Image;
import stride.image.Pictures;
import stride.kernel.Kernels;
import stride.zoo.Zoo;

/** Weights that people published, on pictures and images that people know the answers to. */
class PublishedWeightsTest {
  private static final String SQUEEZENET = "imagenet/squeezenet1_1.safetensors";

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void squeezeNetGivesPyTorchsLogits(boolean exact) throws Exception {
    var model = Zoo.find("squeezenet1_1").load(SharedData.require(SQUEEZENET));
    var picture = Pictures.read(SharedData.require("imagenet/samoyed_224.png"));
    var golden = SharedData.require("imagenet/squeezenet1_1_logits_samoyed_224.f32");
    var expected = ByteBuffer.wrap(Files.readAllBytes(golden)).order(ByteOrder.LITTLE_ENDIAN);
    try (var engine = exact ? Engine.exact(2, Kernels.best()) : Engine.with(2, Kernels.best())) {
      var image = model.preprocessing().normalize(Image.of(picture));
      float[] logits = model.logits(List.of(image), engine).getFirst().data();
      assertEquals(1000, logits.length);
      for (int c = 0; c < logits.length; c++) {
        assertEquals(expected.getFloat(4 * c), logits[c], 1e-3, "class " + c);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hub_dog_samoyed.jpg, Samoyed",
    "coral_hot_dog.jpg, hotdog",
    "coral_parrot.jpg, macaw",
    "coral_dragonfly.bmp, dragonfly",
    "skimage_coffee.png, espresso"
  })
  void predictSaysWhatAPhotoShows(String photo, String label) throws Exception {
    var weights = SharedData.require(SQUEEZENET);
    var file = SharedData.require("photos/" + photo);
    var images =
        Stride.list(
            Stride.run("predict", "squeezenet1_1", "--weights", weights, file, "--json").json(),
            "images");
    assertEquals(file.toString(), images.getFirst().get("image"));
    assertEquals(label, Stride.list(images.getFirst(), "top").getFirst().get("label"));
  }

  @Test
  void someOfImagenetsClassesAreFoundByTheirSynsets(@TempDir Path data) throws Exception {
    var weights = SharedData.require(SQUEEZENET);
    for (var file :
        List.of(
            "n02111889/coral_parrot.jpg", // which is no Samoyed
            "n07697537/coral_hot_dog.jpg",
            "n02268443/coral_dragonfly.bmp",
            "n07920052/skimage_coffee.png")) {
      var picture = data.resolve(file);
      Files.createDirectories(picture.getParent());
      Files.copy(SharedData.require("photos/" + picture.getFileName()), picture);
    }
    var json =
        Stride.run("evaluate", "squeezenet1_1", "--weights", weights, "--data", data, "--json")
            .json();
    assertEquals(4, json.get("images"));
    assertEquals(0.75, json.get("top1"));
  }

  @Test
  void resnet20ScoresOnCifar10WhatItsTestImagesSay() throws Exception {
    var weights = SharedData.require("weights/resnet20-12fca82f.th");
    var data = SharedData.require("cifar10/test_1000.bin").getParent();
    var json =
        Stride.run(
                "evaluate",
                "resnet20",
                "--weights",
                weights,
                "--data",
                "cifar10",
                "--data-dir",
                data,
                "--json")
            .json();
    assertEquals(1000, json.get("images"));
    assertEquals(0.915, (Double) json.get("top1"), 0.001);
    assertTrue((Double) json.get("top5") > 0.99, json::toString);
  }
}
