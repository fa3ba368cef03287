package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.app.Stride;

/** Commands see a data set with boxes as such, and say what does not go with it. */
final class BoxDataTest {
  @TempDir private Path temp;
  private Path boxes;

  @BeforeEach
  void write() throws IOException {
    boxes = Files.createDirectories(temp.resolve("boxes"));
    Files.createDirectories(boxes.resolve("images"));
    Files.createDirectories(boxes.resolve("labels"));
    for (int i = 0; i < 4; i++) {
      picture(boxes.resolve("images/%d.png".formatted(i)));
      Files.writeString(boxes.resolve("labels/%d.txt".formatted(i)), i % 2 + " 0.5 0.5 0.5 0.25\n");
    }
    Files.writeString(boxes.resolve("classes.txt"), "nut\nbolt\n");
  }

  private static void picture(Path file) throws IOException {
    ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "light", "standard", "strong"})
  void theSameSeedDrawsTheSameSheetOfBoxes(String preset) throws IOException {
    var sheets = new ArrayList<Path>();
    for (var name : List.of("1.png", "2.png")) {
      var out = temp.resolve(name);
      var json =
          Stride.run(
                  "augment",
                  boxes,
                  "--out",
                  out,
                  "--input",
                  "96x96x3",
                  "--variants",
                  3,
                  "--augment",
                  preset,
                  "--json")
              .json();
      assertEquals(4, json.get("images"));
      sheets.add(out);
    }
    assertEquals(-1, Files.mismatch(sheets.getFirst(), sheets.getLast()));
    assertTrue(Files.size(sheets.getFirst()) > 1000);
  }

  @Test
  void theSheetShowsBoxesAtTheEdgesOfWideAndHighPictures() throws IOException {
    for (var side : List.of("0.02 0.5", "0.98 0.5", "0.5 0.02", "0.5 0.98")) {
      for (var size : List.of("300x60", "60x300")) {
        var sheets = new ArrayList<Path>();
        for (var label : List.of("0 " + side + " 0.04 0.04\n", "")) {
          var folder = Files.createTempDirectory(temp, "edge");
          var sides = Stream.of(size.split("x")).mapToInt(Integer::parseInt).toArray();
          var picture = new BufferedImage(sides[0], sides[1], BufferedImage.TYPE_INT_RGB);
          Files.createDirectories(folder.resolve("images"));
          Files.createDirectories(folder.resolve("labels"));
          ImageIO.write(picture, "png", folder.resolve("images/1.png").toFile());
          Files.writeString(folder.resolve("labels/1.txt"), label);
          Files.writeString(folder.resolve("classes.txt"), "nut\n");
          sheets.add(folder.resolve("sheet.png"));
          Stride.run("augment", folder, "--out", sheets.getLast(), "--augment", "none").succeeds();
        }
        assertTrue(
            Files.mismatch(sheets.getFirst(), sheets.getLast()) >= 0,
            "a box around %s of %s is not there".formatted(side, size));
      }
    }
  }

  @Test
  void aClassifierSaysThatItTakesNoBoxes() {
    Stride.run("train", "lenet5", "--data", boxes, "--out", temp.resolve("run"))
        .refusesWith(
            "%s holds pictures with boxes (yolo), and lenet5 says which class a whole picture has"
                .formatted(boxes));
  }

  @Test
  void aDetectorSaysThatClassesAreNoBoxes() throws IOException {
    for (String name : List.of("train/a", "train/b", "val/a", "val/b")) {
      var folder = Files.createDirectories(temp.resolve("classes").resolve(name));
      picture(folder.resolve("1.png"));
    }
    var ended =
        Stride.run(
            "train", "fastestdet", "--data", temp.resolve("classes"), "--out", temp.resolve("run"));
    assertTrue(ended.err().contains("fastestdet finds boxes"), ended.err());
  }

  @Test
  void whatToMeasureWithHasToBeSaid() {
    var ended = Stride.run("train", "fastestdet", "--data", boxes, "--out", temp.resolve("run"));
    ended.refusesWith(
        "%s does not say which pictures to measure with; give --val-fraction 0.2".formatted(boxes));
  }

  @Test
  void classesThatAreWrittenAlmostAlikeAreTold() throws IOException {
    Files.writeString(boxes.resolve("classes.txt"), "hex nut\nHex_nut\n");
    var ended =
        Stride.run(
            "train",
            "fastestdet",
            "--data",
            boxes,
            "--val-fraction",
            0.5,
            "--input",
            "64x64x3",
            "--epochs",
            1,
            "--out",
            temp.resolve("run"));
    ended.succeeds();
    var told = "classes of their own, though written almost alike, are hex nut and Hex_nut";
    assertTrue(ended.err().contains(told), ended.err());
  }

  /** Trained on, they would make a detector that finds nothing, with a loss of 0. */
  @Test
  void nothingIsLearnedFromCrowdsAlone() throws IOException {
    var file = boxes.resolve("crowds.json");
    Files.writeString(
        file,
        """
        {"images": [{"id": 1, "file_name": "0.png"}, {"id": 2, "file_name": "1.png"}],
         "categories": [{"id": 1, "name": "nut"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 1, "bbox": [4, 4, 9, 9]},
                         {"id": 2, "image_id": 2, "category_id": 1, "iscrowd": 1, "bbox": [4, 4, 9, 9]}]}
        """);
    Stride.run(
            "train",
            "fastestdet",
            "--data",
            file,
            "--val-fraction",
            0.5,
            "--out",
            temp.resolve("run"))
        .failsWith(
            "%s: no object is marked in the pictures to learn from that is neither a crowd (iscrowd) nor difficult: nothing is learned from those"
                .formatted(file));
  }

  @Test
  void aFormatThatIsNotThereIsNamed() {
    Stride.run("augment", boxes, "--out", temp.resolve("s.png"), "--format", "voc")
        .failsWith("%s does not hold Pascal VOC's XML files".formatted(boxes));
    var ended = Stride.run("augment", boxes, "--out", temp.resolve("s.png"), "--format", "yaml");
    assertTrue(
        ended.err().contains("unknown format \"yaml\"; there are coco, voc, yolo"), ended.err());
    Stride.run("train", "lenet5", "--data", "mnist", "--format", "voc")
        .refusesWith("--format goes with pictures with boxes, mnist is a data set of classes");
  }
}
