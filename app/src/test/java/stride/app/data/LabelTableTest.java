package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.app.Stride;
import stride.data.Split;
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
    refuses(
        "file,sea,land\na.png,1,0\na.png,2,0\n",
        "line 3 has 2 for the label sea, expected 1 or 0; a column with the names of labels is"
            + " called label");
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
    picture("b.png", 0);
    var file = table("file,label,split\na.png,sea,train\nb.png,boat,test\n");
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

  private LabelTable twoPictures(String text) throws IOException {
    picture("a.png", 0);
    picture("b.png", 0);
    return LabelTable.read(table(text));
  }

  private List<LabelTable.Row> rows(String first, String second) {
    return List.of(
        new LabelTable.Row(temp.resolve("a.png"), List.of(first), Optional.of(Split.TRAIN)),
        new LabelTable.Row(temp.resolve("b.png"), List.of(second), Optional.of(Split.VALIDATION)));
  }

  /** One table as programs of all kinds write it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file,label,split\na.png,sea,train\nb.png,boat,val\n",
        "\uFEFFfile,label,split\r\na.png,sea,train\r\nb.png,boat,val\r\n",
        "file,label,split\ra.png,sea,train\rb.png,boat,val",
        "file;label;split\na.png;sea;train\nb.png;boat;val\n",
        "sep=;\r\nfile;label;split\r\na.png;sea;train\r\nb.png;boat;val\r\n",
        "file\tlabel\tsplit\na.png\tsea\ttrain\nb.png\tboat\tval\n",
        "file|label|split\na.png|sea|train\nb.png|boat|val\n",
        "\"file\",\"label\",\"split\"\n\"a.png\",\"sea\",\"train\"\n\"b.png\",\"boat\",\"val\"\n",
        "file, label, split\n a.png, sea, train\n b.png, \"boat\", val\n",
        "File,Label,Split\na.png,sea,Train\nb.png,boat,Val\n",
        "FILE,LABEL,SPLIT\na.png,sea,TRAIN\nb.png,boat,VAL\n",
        "filename,class,set\na.png,sea,training\nb.png,boat,validation\n",
        "image_path,class_name,subset\na.png,sea,train\nb.png,boat,valid\n",
        "filepaths,labels,data set\na.png,sea,train\nb.png,boat,dev\n",
        "label,file,split\nsea,a.png,train\nboat,b.png,val\n",
        ",file,label,split\n0,a.png,sea,train\n1,b.png,boat,val\n",
        "file,width,height,label,split\na.png,32,32,sea,train\nb.png,32,32,boat,val\n",
        "file,label,split,\na.png,sea,train,\nb.png,boat,val,\n",
        "file,label,split\n./a.png,sea,train\nx/../b.png,boat,val\n",
        "file,label,split\n.\\a.png,sea,train\nx\\..\\b.png,boat,val\n",
        "file,label,split\n\na.png,sea,train\n\nb.png,boat,val\n\n",
        "file,label,split\nTEMP/a.png,sea,train\nTEMP/b.png,boat,val\n"
      })
  void formsOfOneTable(String text) throws IOException {
    Files.createDirectories(temp.resolve("x"));
    var table = twoPictures(text.replace("TEMP", temp.toString()));
    assertEquals(List.of("boat", "sea"), table.labels());
    assertFalse(table.severalLabels());
    assertEquals(List.of(), table.notes());
    var rows =
        table.rows().stream()
            .map(row -> new LabelTable.Row(row.file().normalize(), row.labels(), row.split()))
            .toList();
    assertEquals(rows("sea", "boat"), rows);
  }

  @Test
  void columnsOfOtherNamesAreSaid() throws IOException {
    var table = twoPictures("id,breed\na.png,sea\nb.png,boat\n");
    assertEquals(List.of("boat", "sea"), table.labels());
    assertEquals(List.of(table.file() + ": the column breed holds the labels"), table.notes());
    // A single column of yes and no is a label.
    table = twoPictures("id,sea\na.png,yes\nb.png,No\n");
    assertEquals(List.of("sea"), table.labels());
    assertTrue(table.severalLabels());
    assertEquals(
        List.of(List.of("sea"), List.of()),
        table.rows().stream().map(LabelTable.Row::labels).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.png,sea,train\nb.png,boat,val\n",
        "a.png;sea;train\nb.png;boat;val\n",
        "a.png sea train\nb.png boat val\n"
      })
  void aTableWithoutNamesOfColumnsLosesNoPicture(String text) throws IOException {
    var table = twoPictures(text);
    assertEquals(rows("sea", "boat"), table.rows());
    assertEquals(
        List.of(
            table.file()
                + ": line 1 has no names of columns, they are taken for file, label, split"),
        table.notes());
    assertEquals(2, twoPictures(text.replaceAll(".(train|val)", "")).rows().size());
  }

  @Test
  void aTableOfMarksNeedsNamesOfColumns() throws IOException {
    picture("a.png", 0);
    refuses("a.png,1,0\n", "line 1 has no names of columns, expected such as file,label");
  }

  @Test
  void otherTextThanUtf8IsRefused() throws IOException {
    picture("a.png", 0);
    var file = temp.resolve("labels.csv");
    Files.write(file, "file,label\na.png,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    var e = assertThrows(FormatException.class, () -> LabelTable.read(file));
    assertEquals(
        file
            + ": line 2 is not UTF-8, found the byte 0xE9 after \"a.png,caf\"; save the file as"
            + " UTF-8",
        e.getMessage());
    Files.write(
        file, "\uFEFFfile,label\r\na.png,caf\u00e9\r\n".getBytes(StandardCharsets.UTF_16LE));
    assertEquals(List.of("caf\u00e9"), LabelTable.read(file).labels());
  }

  /** A label, and a file, that two systems write in two ways. */
  @Test
  void lettersAreComposed() throws IOException {
    picture("Cafe\u0301.png", 0);
    picture("th\u00e9.png", 0);
    var table =
        LabelTable.read(table("file,label\nCaf\u00e9.png,Cafe\u0301\nthe\u0301.png,Caf\u00e9\n"));
    assertEquals(List.of("Caf\u00e9"), table.labels());
    assertFalse(table.severalLabels());
  }

  @Test
  void severalLabelsInAColumn() throws IOException {
    for (var text :
        List.of(
            "file,labels\na.png,sea;boat\nb.png,\n",
            "file,labels\na.png,sea | boat\nb.png,\n",
            "file;labels\na.png;\"sea;boat\"\nb.png;\n",
            "file;labels\na.png;sea,boat\nb.png;\n",
            "file\ttags\na.png\tsea, boat\nb.png\t\n")) {
      var table = twoPictures(text);
      assertTrue(table.severalLabels());
      assertEquals(List.of("boat", "sea"), table.labels());
      assertEquals(List.of("sea", "boat"), table.rows().getFirst().labels());
    }
    assertEquals(
        List.of("crane, bird", "tench, Tinca tinca"),
        twoPictures("file;label\na.png;tench, Tinca tinca\nb.png;crane, bird\n").labels());
    // Where one is missing by mistake, it must not become another task.
    refuses(
        "file,label\na.png,sea\nb.png,\n",
        "line 3 has no label; where pictures may have none, the column is called labels");
  }

  @Test
  void aPictureThatComesTwiceIsUsedOnceAndHasOneMeaning() throws IOException {
    var table = twoPictures("file,label\na.png,sea\nb.png,boat\n./a.png,sea\na.png,sea\n");
    assertEquals(2, table.rows().size());
    assertEquals(
        List.of(table.file() + ": 2 lines are left out, as earlier lines have the same pictures"),
        table.notes());
    assertEquals(
        2, twoPictures("file,labels\na.png,sea;boat\nb.png,\na.png,boat;sea\n").rows().size());
    refuses(
        "file,label\na.png,sea\nb.png,boat\n./a.png,boat\n",
        "line 4 has other labels for ./a.png than line 2, boat and not sea; give all labels of a"
            + " picture in one line, separated by semicolons");
    refuses(
        "file,sea,boat,split\na.png,1,0,train\na.png,0,1,val\n",
        "line 3 has other labels for a.png than line 2, boat and not sea; give all labels of a"
            + " picture in one line, separated by semicolons");
    assertEquals(
        2, twoPictures("file,label,split\na.png,sea,train\na.png,sea,val\n").rows().size());
  }

  @Test
  void moreThatIsWrongIsSaidWithItsLine() throws IOException {
    picture("a.png", 0);
    refuses("", "lists no pictures");
    refuses("\n\n", "lists no pictures");
    refuses("file,label\na.png\n", "line 2 has 1 field, expected 2");
    refuses("sep=,\nfile,label\na.png\n", "line 3 has 1 field, expected 2");
    refuses("file,label\na.png,sea,1\n", "line 2 has 3 fields, expected 2");
    refuses("file,label\n\"a.png,sea\na.png,sea\n", "line 2 has 1 field, expected 2");
    refuses(
        "file,label\na.png,sea\nnone.png,sea\nb/a.png,sea\n,sea\n",
        "line 3 has the picture %s, which is not there, as 2 more are not"
            .formatted(temp.resolve("none.png")));
    refuses("file,sea,boat,sea\na.png,1,0,1\n", "has two columns sea");
    refuses(
        "label\nsea\n",
        "has the columns [label], expected the file and labels, or the file and a column for each"
            + " label");
    refuses(
        "file,split\na.png,train\n",
        "has the columns [file, split], expected the file and labels, or the file and a column for"
            + " each label");
    refuses(
        "file,label,split\na.png,sea,\n", "line 2 has the split \"\", expected train, val or test");
  }

  @Test
  void aClassThatIsNotLearnedIsRefused() throws IOException {
    for (var name : List.of("a", "b", "c")) {
      picture(name + ".png", 0);
    }
    var file = table("file,label,split\na.png,sea,train\nb.png,boat,train\nc.png,bus,val\n");
    Stride.run("train", "lenet5", "--data", file, "--out", temp + "/run")
        .failsWith("no picture to learn from is of the class bus; add some");
    assertFalse(Files.exists(temp.resolve("run")));
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
