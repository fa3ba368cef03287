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
public class PictureFolderTrainingTest {
  @TempDir Path temp;

  /** Grey pictures with a bright bar: one class has it upright, the other lying. */
  public static Path pictures(Path folder, int upright, int lying) throws IOException {
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

  /** A class that is gone must not move the numbers of those after it. */
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
    pictures(temp.resolve("all/bars"), 2, 2);
    train(temp.resolve("all"), "--val-fraction", 0.2)
        .refusesWith("one class, bars", "if the folders in it are the classes, give that");
    assertFalse(Files.exists(temp.resolve("run")), "nothing is left of a run that never began");
  }

  @Test
  void brokenPicturesStopOrAreListedAndUnevenClassesAreReported() throws Exception {
    var data = temp.resolve("bars");
    pictures(data, 40, 8);
    var broken = data.resolve("upright/broken.png");
    Files.write(broken, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n', 0, 0});
    train(data, "--val-fraction", 0.25, "--epochs", 1)
        .failsWith(broken.toString(), "; --skip-broken leaves out pictures that cannot be read");
    Stride.run("lr-find", "lenet5", "--data", data, "--val-fraction", 0.25, "--batch", 8)
        .failsWith(broken.toString(), "; --skip-broken leaves out pictures that cannot be read");

    Object[] going = {"--val-fraction", 0.25, "--epochs", 2, "--skip-broken", "--cache-pictures"};
    var result = train(data, going).succeeds();
    assertTrue(result.err().contains("passed over: " + broken), result.err());
    assertTrue(
        result.err().contains("upright has 30 images, lying 6; --class-weights balanced"),
        result.err());
    assertTrue(result.err().contains("36 training and 12 test images"), result.err());
  }

  @Test
  void whatWasUnderstoodIsSaidBeforeTheTraining() throws Exception {
    var data = temp.resolve("bars/images");
    pictures(data.resolve("Training"), 8, 8);
    pictures(data.resolve("validation"), 4, 4);
    Files.move(data.resolve("validation/upright"), data.resolve("validation/Upright"));
    pictures(data.resolve("Training/third"), 1, 0);
    Files.createDirectories(data.resolve("Training/.ipynb_checkpoints"));
    var result = train(data.getParent(), "--epochs", 1).succeeds();
    var said = result.err().lines().toList();
    assertEquals(
        List.of(
            data + " holds the pictures",
            "the parts of %s: train is Training, val is validation".formatted(data),
            data.resolve("validation")
                + ": classes that are written differently: Upright is upright",
            "no picture to measure with is of the class third"),
        said.subList(0, 4));
    assertTrue(
        said.get(4).startsWith("8 pictures to measure with are learned from too"), result.err());
    assertTrue(said.get(6).startsWith("lenet5 on " + data.getParent()), result.err());
    assertTrue(said.get(7).startsWith("17 training and 8 test images"), result.err());
    // A page about the run finds the classes as the run did.
    Stride.run("report", temp.resolve("run")).succeeds();
    Stride.run("evaluate", temp.resolve("run/model.safetensors"), "--data", data).succeeds();
  }

  /** Errors about the data stand alone: no training has begun. */
  private static void endsAtOnce(Stride result, String said) {
    result.failsWith(said);
    assertFalse(result.err().contains("batches of"), result.err());
  }

  @Test
  void picturesThatNoDecoderReadsEndTheCommandAtOnce() throws Exception {
    var data = temp.resolve("bars");
    pictures(data.resolve("train"), 2, 2);
    pictures(data.resolve("val"), 1, 1);
    Files.writeString(data.resolve("val/lying/000.png"), "no picture");
    endsAtOnce(train(data), "val/lying/000.png");
    pictures(data.resolve("val"), 1, 1);
    Files.writeString(data.resolve("train/lying/000.png"), "no picture");
    endsAtOnce(train(data), "; --skip-broken leaves out pictures that cannot be read");
    assertFalse(Files.exists(temp.resolve("run")), "nothing is left of a run that never began");
  }

  @Test
  void classesThatAreOnlyMeasuredAreListed() throws Exception {
    var data = temp.resolve("bars");
    pictures(data.resolve("train"), 2, 2);
    pictures(data.resolve("val"), 1, 1);
    pictures(data.resolve("val/flat"), 1, 0);
    pictures(data.resolve("val/round"), 1, 0);
    endsAtOnce(
        train(data, "--epochs", 1),
        data.resolve("val")
            + ": the classes flat, round are none of the 2 that are known: lying, upright");
    assertFalse(Files.exists(temp.resolve("run")));
  }

  @Test
  void aClassThatIsCalledAsAPartIsLearned() throws Exception {
    var data = temp.resolve("bars");
    pictures(data, 4, 4);
    for (var part : List.of("train", "Test", "val")) {
      pictures(temp.resolve(part), 4, 0);
      Files.move(temp.resolve(part).resolve("upright"), data.resolve(part));
    }
    train(data, "--epochs", 1)
        .refusesWith("--val-fraction 0.2 (Test/, train/ and val/ in", "are taken for classes)");
    var result = train(data, "--val-fraction", 0.25, "--epochs", 1).succeeds();
    assertTrue(result.err().contains("15 training and 5 test images"), result.err());
    assertTrue(result.err().contains("are taken for classes"), result.err());
  }

  @Test
  void aClassWhosePicturesAreAllBrokenEndsTheTraining() throws Exception {
    var data = temp.resolve("bars");
    pictures(data, 4, 4);
    for (int i = 0; i < 4; i++) {
      Files.writeString(data.resolve("upright/00%d.png".formatted(i)), "no picture");
    }
    for (var more : List.of(List.of(), List.of("--class-weights", "balanced"))) {
      var options = new ArrayList<Object>(List.of("--val-fraction", 0.25, "--skip-broken"));
      options.addAll(more);
      endsAtOnce(
          train(data, options.toArray()),
          data + ": no picture of the class upright can be read; mend some, or take the class out");
    }
    assertFalse(Files.exists(temp.resolve("run")));
  }

  @Test
  void classesThatAreWrittenAlmostAlikeAreSaid() throws Exception {
    var data = temp.resolve("bars");
    pictures(data, 2, 2);
    Files.createDirectories(data.resolve("Lying "));
    Files.copy(data.resolve("lying/002.png"), data.resolve("Lying /1.png"));
    Files.copy(data.resolve("lying/003.png"), data.resolve("Lying /2.png"));
    var result = train(data, "--val-fraction", 0.5, "--epochs", 1).succeeds();
    assertTrue(
        result
            .err()
            .contains("classes of their own, though written almost alike, are Lying  and lying\n"),
        result.err());
  }
}
