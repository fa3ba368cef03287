package stride.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Pictures;
import stride.network.Model;
import stride.style.Painter;
import stride.zoo.Zoo;

/** What the commands say, paint and refuse of a model that paints in one pass. */
final class PaintingCommandsTest {
  @TempDir Path temp;
  private Path weights;
  private Path photos;
  private Path judge;

  @BeforeEach
  void saveAModelAndPictures() throws IOException {
    weights = temp.resolve("painter.pth");
    Model.initialized(Zoo.find("style_8").network(), 1).savePyTorch(weights);
    photos = Files.createDirectories(temp.resolve("photos"));
    for (int n = 0; n < 4; n++) {
      NoisePicture.write(photos.resolve(n + (n == 2 ? ".jpg" : ".png")), 70 + n, 66 + 3 * n, n);
    }
    judge = temp.resolve("judge.pth");
    Model.initialized(Zoo.find("squeezenet1_1").network(), 2).savePyTorch(judge);
  }

  @Test
  void onePhotoIsPaintedIntoAFileOfItsSize() throws Exception {
    var out = temp.resolve("painted.png");
    var photo = photos.resolve("1.png");
    var json = Stride.run("style", photo, "--model", weights, "--out", out, "--json").json();
    var image = Stride.list(json, "images").getFirst();
    assertEquals(71, image.get("width"));
    assertEquals(69, image.get("height"));
    assertArrayEquals(
        Painter.of(Zoo.find("style").load(weights)).paint(photo).data(),
        Pictures.decode(out).rgb().data());
  }

  @Test
  void aFolderIsPaintedIntoAFolder() throws Exception {
    var broken = Files.write(photos.resolve("broken.png"), new byte[] {1, 2, 3});
    var out = temp.resolve("painted");
    var run = Stride.run("style", photos, "--model", weights, "--out", out);
    assertEquals(1, run.status(), run::toString);
    assertEquals(4, run.out().lines().count(), run::toString);
    assertTrue(run.err().contains(broken.toString()), run::toString);
    try (var files = Files.list(out)) {
      assertEquals(
          List.of("0.png", "1.png", "2.jpg", "3.png"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aModelFileAndItsPyTorchFilePaintTheSame() throws Exception {
    var saved = temp.resolve("saved.safetensors");
    Stride.run("convert", weights, saved, "--network", "style_8").succeeds();
    var first = temp.resolve("first.png");
    var second = temp.resolve("second.png");
    var photo = photos.resolve("0.png");
    Stride.run("style", photo, "--model", weights, "--out", first).succeeds();
    Stride.run("style", photo, "--model", saved, "--out", second).succeeds();
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
  }

  @Test
  void aPhotoIsNamedHoweverItsPathIsWritten() throws Exception {
    var out = temp.resolve("painted.png");
    Stride.run("style", photos + "//1.png", "--model", weights, "--out", out).succeeds();
    assertTrue(Files.isRegularFile(out));
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws Exception {
    var photo = photos.resolve("0.png");
    var out = temp.resolve("painted.png");
    Stride.run("style", photo, "--out", out)
        .refusesWith("say by what to paint: --style PAINTING, or --model MODEL");
    Stride.run("style", photo, "--out", out, "--model", weights, "--steps", 3)
        .refusesWith("--steps does not go with --model");
    Stride.run("style", photo, photo, "--out", out, "--style", photo)
        .refusesWith("--style paints one photo, found 2");
    Stride.run("style", photos, "--out", photos, "--model", weights)
        .refusesWith("is the folder of", "which the painted one would replace");
    Stride.run("style", photo, "--out", temp.resolve("x.gif"), "--model", weights)
        .refusesWith("--out takes a file whose name ends in .png or .jpg");
    Stride.run("style", photo, "--out", out, "--model", weights, "--seed", 3)
        .refusesWith("--seed does not go with --model");
    byte[] before = Files.readAllBytes(photo);
    Stride.run("style", photo, "--out", photo, "--model", weights)
        .refusesWith("is the photo itself");
    assertArrayEquals(before, Files.readAllBytes(photo));
    assertFalse(Files.exists(out));
  }

  @Test
  void modelsThatDoNotPaintAreSaid() throws Exception {
    var photo = photos.resolve("0.png");
    var out = temp.resolve("painted.png");
    Stride.run("style", photo, "--model", judge, "--out", out)
        .failsWith(judge + ": its tensors are not the network's");
    var classifier = temp.resolve("classifier.safetensors");
    Model.initialized(Zoo.find("lenet5").network(), 1).save(classifier);
    Stride.run("style", photo, "--model", classifier, "--out", out)
        .failsWith("does not paint, its task is single-label");
    Stride.run("style", photo, "--model", temp.resolve("none"), "--out", out).failsWith("none");
    Stride.run("predict", "style_8", photo, "--weights", weights)
        .failsWith("style_8 does not classify images, its task is image: stride style paints");
    var small = temp.resolve("small.png");
    NoisePicture.write(small, 30, 4, 1);
    Stride.run("style", small, "--model", weights, "--out", out)
        .failsWith("small.png: the network cannot paint a picture of 30x4");
    assertFalse(Files.exists(out));
  }

  private Stride train(Object... more) {
    var arguments =
        new ArrayList<Object>(
            List.of(
                "train",
                "style_8",
                "--data",
                photos,
                "--loss-weights",
                judge,
                "--input",
                "64x64x3",
                "--epochs",
                2,
                "--batch",
                2));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  @Test
  void aTrainingPaintsAPhotoAndItsReportShowsIt() throws Exception {
    var run = temp.resolve("run");
    var painting = photos.resolve("3.png");
    var trained = train("--style", painting, "--out", run).succeeds();
    assertTrue(trained.out().contains("a test loss of"), trained::toString);
    try (var files = Files.list(run.resolve("painted"))) {
      assertEquals(
          List.of("epoch-0001.png", "epoch-0002.png"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    Stride.run("report", run).succeeds();
    var page = Files.readString(run.resolve("report.html"));
    assertTrue(page.contains("What it painted") && page.contains("after epoch 2"), page);
    // In the first epoch there is no model yet.
    var begun = Files.createDirectories(temp.resolve("begun"));
    Files.copy(run.resolve("config.json"), begun.resolve("config.json"));
    Files.copy(
        run.resolve("painted").resolve("epoch-0001.png"),
        Files.createDirectories(begun.resolve("painted")).resolve("epoch-0001-step-000500.png"));
    Stride.run("report", begun).succeeds();
    page = Files.readString(begun.resolve("report.html"));
    assertTrue(page.contains("in epoch 1, after 500 steps"), page);
    var out = temp.resolve("painted.png");
    Stride.run("style", photos.resolve("0.png"), "--model", run, "--out", out).succeeds();
    assertEquals(70, ImageIO.read(out.toFile()).getWidth());
    var json =
        Stride.run(
                "style",
                photos.resolve("0.png"),
                "--model",
                run,
                "--out",
                out,
                "--adam-steps",
                3,
                "--json")
            .json();
    var image = Stride.list(json, "images").getFirst();
    assertTrue((Double) image.get("loss") > 0, image::toString);
    assertEquals(4, ((List<?>) image.get("adam_losses")).size(), image::toString);
    Stride.run(
            "style", photos.resolve("0.png"), "--model", weights, "--out", out, "--adam-steps", 3)
        .refusesWith("--adam-steps takes a model by the folder of its run");
    Stride.run(
            "style", photos.resolve("0.png"), "--style", painting, "--out", out, "--adam-steps", 3)
        .refusesWith("--adam-steps goes with --model");
  }

  @Test
  void settingsThatDoNotGoWithPaintingAreRefused() throws Exception {
    var painting = photos.resolve("3.png");
    train().refusesWith("style_8 learns the style of a painting: say which with --style");
    train("--style", painting, "--label-smoothing", 0.1)
        .refusesWith("--label-smoothing does not go with style_8");
    train("--style", temp.resolve("none.jpg")).refusesWith("none.jpg: there is no such file");
    train("--style", painting, "--loss-network", "resnet18")
        .refusesWith("--loss-network takes squeezenet1_1, vgg16 or vgg19, found resnet18");
    train("--style", painting, "--tv-weight", -1).refusesWith("--tv-weight takes a number from 0");
    Stride.run("train", "lenet5", "--data", photos, "--style", painting)
        .refusesWith("--style goes with networks that paint (style), lenet5 is none");
    Stride.run(
            "train",
            "style_8",
            "--data",
            photos,
            "--style",
            painting,
            "--loss-weights",
            judge,
            "--input",
            "63x64x3")
        .refusesWith("--input of a network that paints is a multiple of 4");
    var dot = temp.resolve("dot.png");
    NoisePicture.write(dot, 1, 1, 1);
    var one = Files.createDirectories(temp.resolve("one"));
    Files.copy(painting, one.resolve("a.png"));
    Stride.run(
            "train",
            "style_8",
            "--data",
            one,
            "--style",
            painting,
            "--loss-weights",
            judge,
            "--out",
            temp.resolve("never"))
        .failsWith("holds 1 picture, a training wants 2 and more");
    assertFalse(Files.exists(temp.resolve("never")));
  }
}
