package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.network.Model;
import stride.tensor.Shape;
import stride.zoo.Zoo;

/**
 * What the commands say and refuse of a model that finds boxes: one of fresh weights finds some.
 */
final class DetectorCommandsTest {
  private static final List<String> LABELS = List.of("ant", "bee", "cat");

  @TempDir Path temp;
  private Path model;
  private Path pictures;

  @BeforeEach
  void saveAModelAndPictures() throws IOException {
    var design = Zoo.find("fastestdet");
    model = temp.resolve("detector.safetensors");
    design
        .detecting(Model.initialized(design.network(Shape.image(64, 96, 3), 3), 1), LABELS)
        .save(model);
    pictures = Files.createDirectories(temp.resolve("pictures"));
    for (int n = 0; n < 3; n++) {
      var random = new SplittableRandom(n);
      var picture = new BufferedImage(120, 80 + 20 * n, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < picture.getWidth() * picture.getHeight(); i++) {
        picture.setRGB(i % 120, i / 120, random.nextInt() & 0xFFFFFF);
      }
      ImageIO.write(picture, "png", pictures.resolve(n + ".png").toFile());
    }
  }

  private List<Map<String, Object>> boxes(int picture) throws Exception {
    var run = Stride.run("predict", model, pictures, "--min-score", 0, "--max-boxes", 4, "--json");
    return Stride.list(Stride.list(run.json(), "images").get(picture), "boxes");
  }

  private static float number(Map<String, Object> box, String name) {
    return ((Number) box.get(name)).floatValue();
  }

  @Test
  void predictNamesTheSurestAndDrawsThem() throws Exception {
    var out = temp.resolve("out");
    var run =
        Stride.run("predict", model, pictures, "--min-score", 0, "--max-boxes", 4, "--out", out);
    assertEquals(12, run.succeeds().out().strip().lines().count(), run.out());
    for (int n = 0; n < 3; n++) {
      var drawn = ImageIO.read(out.resolve(n + ".png").toFile());
      assertTrue(drawn.getWidth() >= 120, "too small to read");
      var found = boxes(n);
      assertEquals(4, found.size());
      for (int i = 0; i < 4; i++) {
        var box = found.get(i);
        assertEquals(LABELS.get((Integer) box.get("index")), box.get("label"));
        assertTrue(number(box, "x1") < number(box, "x2") && number(box, "y1") < number(box, "y2"));
        assertTrue(i == 0 || number(box, "score") <= number(found.get(i - 1), "score"));
      }
    }
  }

  @Test
  void aPictureWithoutBoxesIsSaidToHaveNone() {
    var run = Stride.run("predict", model, pictures.resolve("0.png"), "--min-score", 0.999);
    assertTrue(run.succeeds().out().contains("nothing with a score above 0.999"), run.out());
  }

  @Test
  void picturesDoNotDependOnThoseBesideThem() throws Exception {
    var alone =
        Stride.run(
            "predict",
            model,
            pictures.resolve("1.png"),
            "--min-score",
            0,
            "--max-boxes",
            4,
            "--json");
    assertEquals(Stride.list(Stride.list(alone.json(), "images").getFirst(), "boxes"), boxes(1));
  }

  private Path annotated(List<Map<String, Object>> found) throws IOException {
    var json = new StringBuilder("{\"images\":[");
    json.append("{\"id\":1,\"file_name\":\"0.png\",\"width\":120,\"height\":80}],");
    json.append("\"categories\":[{\"id\":1,\"name\":\"ant\"},{\"id\":2,\"name\":\"bee\"},");
    json.append("{\"id\":3,\"name\":\"cat\"}],\"annotations\":[");
    for (int i = 0; i < found.size(); i++) {
      var box = found.get(i);
      float x = Math.max(0, number(box, "x1"));
      float y = Math.max(0, number(box, "y1"));
      json.append(
          "%s{\"id\":%d,\"image_id\":1,\"category_id\":%d,\"bbox\":[%s,%s,%s,%s],\"iscrowd\":0}"
              .formatted(
                  i == 0 ? "" : ",",
                  i + 1,
                  (Integer) box.get("index") + 1,
                  x,
                  y,
                  Math.min(120, number(box, "x2")) - x,
                  Math.min(80, number(box, "y2")) - y));
    }
    return Files.writeString(pictures.resolve("annotations.json"), json.append("]}"));
  }

  /** The object is a box that is not cut at the edges; what is surer is wrong. */
  @Test
  void theMeasureIsThatOfWhatPredictSays() throws Exception {
    var all =
        Stride.list(
            Stride.list(
                    Stride.run(
                            "predict",
                            model,
                            pictures.resolve("0.png"),
                            "--min-score",
                            0.001,
                            "--max-boxes",
                            100,
                            "--json")
                        .json(),
                    "images")
                .getFirst(),
            "boxes");
    var object =
        all.stream()
            .filter(box -> number(box, "x1") > 0 && number(box, "y1") > 0)
            .filter(box -> number(box, "x2") < 120 && number(box, "y2") < 80)
            .findFirst()
            .orElseThrow();
    var ofClass = all.stream().filter(box -> box.get("index").equals(object.get("index"))).toList();
    var data = annotated(List.of(object));
    var json = Stride.run("evaluate", model, "--data", data, "--json").json();
    double expected = 1.0 / (1 + ofClass.indexOf(object));
    assertEquals(expected, ((Number) json.get("ap50")).doubleValue(), 1e-9);
    assertEquals(1, json.get("images"));
    var own = Stride.list(json, "classes").getFirst();
    assertEquals(object.get("label"), own.get("label"));
    assertEquals(1, own.get("boxes"));
    assertTrue(json.containsKey("ap_small") && json.containsKey("ap_large"));
    var table = Stride.run("evaluate", model, "--data", data).succeeds().out();
    assertTrue(table.contains("AP50 ") && table.contains(": 1 picture in"), table);
  }

  @Test
  void whereNothingIsMarkedASentenceSaysSo() throws Exception {
    var data = annotated(List.of());
    var text = Stride.run("evaluate", model, "--data", data).succeeds().out();
    assertEquals(
        "1 picture: no object is marked there that counts, so there is no average precision",
        text.strip());
    var json = Stride.run("evaluate", model, "--data", data, "--json").json();
    assertTrue(json.containsKey("ap") && json.get("ap") == null, json.toString());
    assertEquals(List.of(), json.get("classes"));
  }

  @Test
  void optionsOfTheOtherTaskAreRefused() throws Exception {
    var picture = pictures.resolve("0.png");
    Stride.run("predict", model, picture, "--top", 2)
        .refusesWith("--top goes with networks that classify pictures");
    Stride.run("explain", model, picture, "--out", temp.resolve("out"))
        .refusesWith("finds boxes and does not classify whole pictures");
    Stride.run("evaluate", model, "--data", "mnist").refusesWith("none are marked");
    Stride.run("predict", model, picture, "--min-score", 2)
        .refusesWith("--min-score takes a number from 0 to below 1, found 2.0");
    var classifier = temp.resolve("classifier.safetensors");
    Model.initialized(Zoo.find("lenet5").network(), 1).save(classifier);
    for (var option : List.of("--min-score", "--max-boxes", "--out")) {
      Stride.run("predict", classifier, picture, option, option.equals("--min-score") ? "0.5" : "1")
          .refusesWith(option + " goes with networks that find boxes");
    }
    Stride.run("evaluate", classifier, "--data", "mnist", "--format", "voc")
        .refusesWith("--format goes with pictures with boxes");
    assertFalse(Files.exists(temp.resolve("out")));
  }
}
