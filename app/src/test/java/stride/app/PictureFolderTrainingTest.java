package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.jr.ob.JSON;

/** Trainings on folders of one's own pictures. */
class PictureFolderTrainingTest {
  @TempDir Path temp;

  /** Grey pictures with a bright bar: one class has it upright, the other lying. */
  static Path pictures(Path folder, int upright, int lying) throws IOException {
    for (int i = 0; i < upright + lying; i++) {
      boolean isUpright = i < upright;
      var picture = new BufferedImage(40, 40, BufferedImage.TYPE_BYTE_GRAY);
      var pen = picture.createGraphics();
      int at = 4 + i * 7 % 28;
      if (isUpright) {
        pen.fillRect(at, 4, 6, 32);
      } else {
        pen.fillRect(4, at, 32, 6);
      }
      var file = folder.resolve(isUpright ? "upright" : "lying").resolve("%03d.png".formatted(i));
      Files.createDirectories(file.getParent());
      ImageIO.write(picture, "png", file.toFile());
    }
    return folder;
  }

  private Stride train(Path data, Object... more) {
    var arguments = new ArrayList<Object>(List.of("train", "lenet5", "--data", data));
    arguments.addAll(List.of("--batch", 8, "--out", temp.resolve("run")));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  @Test
  void twoClassesAreToldApartByOneLogit() throws Exception {
    var data = temp.resolve("bars");
    pictures(data.resolve("train"), 40, 40);
    pictures(data.resolve("val"), 10, 10);
    var json = train(data, "--loss", "bce", "--epochs", 25, "--json").json();
    assertTrue((Double) json.get("test_accuracy") >= 0.9, json.toString());
    var picture = data.resolve("val/upright/000.png");
    var answer =
        Stride.list(Stride.run("predict", json.get("model"), picture, "--json").json(), "images");
    var top = Stride.list(answer.getFirst(), "top");
    assertEquals(2, top.size());
    assertEquals("upright", top.getFirst().get("label"));
    var config = JSON.std.mapFrom(Files.readString(temp.resolve("run/config.json")));
    assertEquals("bce", config.get("loss"));
    assertTrue(config.get("augmentation").toString().contains("RandomShift"), config.toString());
  }

  @Test
  void aSingleFolderIsSplitAndItsTrainFolderIsTheOneToSplit() throws Exception {
    var data = temp.resolve("bars");
    pictures(data.resolve("train"), 20, 10);
    train(data).refusesWith("holds no val/ or test/", "--val-fraction");
    var result = train(data, "--val-fraction", 0.2, "--epochs", 1).succeeds();
    assertTrue(result.err().contains("24 training and 6 test images of 28x28x1"), result.err());

    pictures(data.resolve("val"), 2, 2);
    train(data, "--val-fraction", 0.2)
        .refusesWith("--val-fraction", data.resolve("val").toString());
  }

  /** A class that is gone must not move the numbers of those behind it. */
  @Test
  void aReportNumbersClassesAsTheModelDoes() throws Exception {
    var data = temp.resolve("bars");
    pictures(data.resolve("train"), 20, 20);
    pictures(data.resolve("val"), 10, 10);
    train(data, "--epochs", 1).succeeds();
    for (var part : List.of("train", "val")) {
      Files.move(data.resolve(part).resolve("lying"), temp.resolve("gone-" + part));
    }
    Stride.run("report", temp.resolve("run")).succeeds();
    for (var part : List.of("train", "val")) {
      Files.move(data.resolve(part).resolve("upright"), data.resolve(part).resolve("sideways"));
    }
    Stride.run("report", temp.resolve("run")).failsWith("the class sideways is none of the 2");
  }

  @Test
  void oneClassAloneIsRefused() throws Exception {
    var data = temp.resolve("bars");
    pictures(data, 5, 0);
    train(data, "--val-fraction", 0.2).refusesWith("one class, upright");
    assertFalse(Files.exists(temp.resolve("run")), "nothing is left of a run that never began");
  }

  @Test
  void brokenPicturesStopOrAreListedAndUnevenClassesAreReported() throws Exception {
    var data = temp.resolve("bars");
    pictures(data, 40, 8);
    var broken = data.resolve("upright/broken.png");
    Files.write(broken, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n', 0, 0});
    train(data, "--val-fraction", 0.25, "--epochs", 1).failsWith(broken.toString());

    Object[] going = {"--val-fraction", 0.25, "--epochs", 2, "--skip-broken", "--cache-pictures"};
    var result = train(data, going).succeeds();
    assertTrue(result.err().contains("passed over: " + broken), result.err());
    assertTrue(
        result.err().contains("upright has 30 images, lying 6; --class-weights balanced"),
        result.err());
    assertTrue(result.err().contains("36 training and 12 test images"), result.err());
  }
}
