package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FormatException;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.tensor.Shape;

class LabelTableTest {
  @TempDir Path temp;

  private void picture(String name, int rgb) throws IOException {
    picture(name, rgb, rgb);
  }

  private void picture(String name, int left, int right) throws IOException {
    var picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      picture.setRGB(i % 32, i / 32, i % 32 < 16 ? left : right);
    }
    ImageIO.write(picture, "png", temp.resolve(name).toFile());
  }

  private Path table(String text) throws IOException {
    return Files.writeString(temp.resolve("labels.csv"), text);
  }

  private void refuses(String text, String expected) throws IOException {
    var file = table(text);
    var e = assertThrows(FormatException.class, () -> LabelTable.read(file));
    assertEquals(file + ": " + expected, e.getMessage());
  }

  @Test
  void namesInOneColumn() throws IOException {
    picture("a.png", 0);
    picture("b, c.png", 0);
    var table = LabelTable.read(table("file,labels\na.png,sea; boat\n\"b, c.png\",\n"));
    assertEquals(List.of("boat", "sea"), table.labels());
    assertTrue(table.severalLabels());
    assertFalse(table.isSplit());
    var images = table.all(Preprocessing.none(Shape.image(2, 2, 3)));
    assertTrue(images.isMultiLabel());
    assertTrue(images.hasLabel(0, 0) && images.hasLabel(0, 1));
    assertFalse(images.hasLabel(1, 0) || images.hasLabel(1, 1));
    assertFalse(LabelTable.read(table("file,label\na.png,sea\n")).severalLabels());
  }

  @Test
  void aColumnForEachLabel() throws IOException {
    picture("a.png", 0);
    picture("b.png", 0);
    var table = LabelTable.read(table("file,split,sea,boat\na.png,train,1,0\nb.png,val,0,1\n"));
    assertEquals(List.of("sea", "boat"), table.labels());
    assertTrue(table.severalLabels() && table.isSplit());
    var test = table.test(Preprocessing.none(Shape.image(2, 2, 3)));
    assertEquals(1, test.size());
    assertEquals(1, test.label(0));
    assertEquals(temp.resolve("b.png"), test.file(0));
  }

  @Test
  void whatIsWrongIsSaidWithItsLine() throws IOException {
    picture("a.png", 0);
    refuses("file,sea\na.png,1\na.png,2\n", "line 3 has 2 for the label sea, expected 1 or 0");
    refuses(
        "file,labels\nb.png,sea\n",
        "line 2 has the picture %s, which is not there".formatted(temp.resolve("b.png")));
    refuses(
        "file,label,split\na.png,sea,no\n",
        "line 2 has the split \"no\", expected train, val or test");
    refuses(
        "file\na.png\n",
        "has the columns [file], expected the file and labels, or the file and a column for each"
            + " label");
    refuses("file,labels\n", "lists no pictures");
  }

  /** What was learned from must not be what is measured with. */
  @Test
  void aSplitIsNotSplitAgain() throws IOException {
    picture("a.png", 0);
    var file = table("file,label,split\na.png,sea,train\na.png,boat,test\n");
    Stride.run("train", "lenet5", "--data", file, "--val-fraction", 0.5, "--out", temp + "/run")
        .refusesWith("--val-fraction", "the column split");
    Stride.run("train", "lenet5", "--data", table("file,label\na.png,sea\n"), "--val-fraction", 0.5)
        .refusesWith("pictures of one class, sea");
  }

  @Test
  void aPartThatIsMissingIsNamed() throws IOException {
    picture("a.png", 0);
    var preprocessing = Preprocessing.none(Shape.image(2, 2, 3));
    var train = LabelTable.read(table("file,label,split\na.png,sea,train\n"));
    var test = LabelTable.read(table("file,label,split\na.png,sea,test\n"));
    for (Executable missing :
        List.<Executable>of(() -> train.test(preprocessing), () -> test.train(preprocessing))) {
      var e = assertThrows(IllegalArgumentException.class, missing);
      assertTrue(e.getMessage().contains("the column split has n"), e.getMessage());
    }
  }

  @Test
  void severalLabelsAreLearned() throws Exception {
    var text = new StringBuilder("file,labels\n");
    for (int i = 0; i < 32; i++) {
      boolean left = i % 2 == 0;
      boolean right = i / 2 % 2 == 0;
      int light = 0xFFFFFF - i * 0x010101;
      picture(i + ".png", left ? light : 0, right ? light : 0);
      text.append(i).append(".png,").append(left ? "left;" : "").append(right ? "right" : "");
      text.append('\n');
    }
    var out = temp.resolve("run");
    var json =
        Stride.run(
                "train",
                "lenet5",
                "--data",
                table(text.toString()),
                "--val-fraction",
                0.25,
                "--epochs",
                20,
                "--batch",
                4,
                "--lr",
                "0.05",
                "--out",
                out,
                "--json")
            .json();
    assertEquals(1.0, json.get("test_accuracy"), json::toString);
    var model = out.resolve("model.safetensors");
    var measured = Stride.run("evaluate", model, "--data", temp.resolve("labels.csv"), "--json");
    assertEquals(1.0, measured.json().get("top1"), measured::out);
    var page = Files.readString(Path.of(Stride.run("report", out).succeeds().out().strip()));
    assertTrue(page.contains("says which of 2 labels a picture has: left and right"), page);
    assertTrue(page.contains("There are none."), "no mistakes");
    // Where each picture has one label, as in line 3 of the table, the model still tells all.
    var one = Files.writeString(temp.resolve("one.csv"), "file,label\n1.png,right\n2.png,right\n");
    var told = Stride.run("evaluate", model, "--data", one);
    assertTrue(told.succeeds().out().startsWith("50"), told::out);
    assertTrue(told.out().contains("right in all labels, in"), told::out);
    // The first picture has both labels.
    var said = Model.load(model).classify(temp.resolve("0.png")).probabilities();
    assertTrue(said.stream().allMatch(p -> p > 0.5), said::toString);
    Stride.run("train", "lenet5", "--data", temp.resolve("labels.csv"), "--out", temp + "/x")
        .refusesWith("--val-fraction");
    Stride.run(
            "train",
            "lenet5",
            "--data",
            temp.resolve("labels.csv"),
            "--val-fraction",
            0.25,
            "--loss",
            "cross-entropy",
            "--out",
            temp + "/y")
        .refusesWith("--loss bce");
  }
}
