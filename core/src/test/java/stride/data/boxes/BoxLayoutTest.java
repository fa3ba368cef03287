package stride.data.boxes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.BoxPictures;
import stride.data.Split;
import stride.data.TrueBox;
import stride.image.Preprocessing;
import stride.tensor.Shape;

class BoxLayoutTest {
  @TempDir Path temp;

  /** What is in each picture, in whole pixels. */
  static String contents(BoxPictures pictures) {
    var all = new TreeMap<String, List<String>>();
    for (int i = 0; i < pictures.size(); i++) {
      var picture = pictures.get(i);
      all.put(
          Places.stem(picture.file()),
          picture.objects().stream()
              .map(
                  object ->
                      "%s %.2f %.2f %.2f %.2f"
                          .formatted(
                              pictures.labels().get(object.box().label()),
                              object.box().left(),
                              object.box().top(),
                              object.box().right(),
                              object.box().bottom()))
              .toList());
    }
    return pictures.labels() + " " + all;
  }

  static final String EXPECTED =
      "[cat, dog, traffic light] {a=[cat 4.00 2.00 20.00 12.00, dog 20.00 5.00 40.00 20.00],"
          + " b=[traffic light 1.00 1.00 31.00 33.00], c=[]}";

  private static BoxLayout find(Path folder) throws IOException {
    return BoxLayout.find(folder).orElseThrow();
  }

  private static String refusal(Path folder) {
    var refusal = assertThrows(IOException.class, () -> find(folder).all());
    String said = String.valueOf(refusal.getMessage());
    assertEquals(1, said.lines().count(), said);
    return said;
  }

  private void edit(String file, String from, String to) throws IOException {
    var path = temp.resolve(file);
    String text = Files.readString(path);
    assertTrue(text.contains(from), text);
    Files.writeString(path, text.replaceFirst(java.util.regex.Pattern.quote(from), to));
  }

  @ParameterizedTest
  @EnumSource
  void eachFormatIsToldFromTheOthersAndReadsTheSame(BoxFormat format) throws IOException {
    var layout = find(BoxFolders.write(format, temp));
    assertEquals(format, layout.format());
    assertEquals(Set.of(), layout.parts());
    assertEquals(EXPECTED, contents(layout.all()));
    assertEquals(List.of(), layout.all().skipped());
    assertEquals(EXPECTED, contents(layout.skippingBroken().all()));
  }

  @Test
  void aFolderOfClassesHasNoBoxes() throws IOException {
    BoxFolders.picture(temp.resolve("cats/1.png"), 8, 8);
    BoxFolders.picture(temp.resolve("dogs/1.png"), 8, 8);
    BoxFolders.write(temp.resolve("classes.txt"), "cats\ndogs\n");
    BoxFolders.write(temp.resolve("pom.xml"), "<project/>");
    BoxFolders.write(temp.resolve("package.json"), "{\"images\": 3}");
    assertEquals(Optional.empty(), BoxLayout.find(temp));
  }

  @Test
  void twoFormatsInOneFolderHaveToBeChosenBetween() throws IOException {
    BoxFolders.coco(temp);
    BoxFolders.yolo(temp);
    String said = refusal(temp);
    assertTrue(said.contains("--format coco or --format yolo"), said);
    assertEquals(EXPECTED, contents(BoxLayout.of(temp, BoxFormat.YOLO).all()));
    assertEquals(EXPECTED, contents(BoxLayout.of(temp, BoxFormat.COCO).all()));
  }

  @Test
  void vocListsSayWhichPicturesBelongToAPart() throws IOException {
    BoxFolders.voc(temp);
    BoxFolders.write(temp.resolve("ImageSets/Main/train.txt"), "a\nc\n");
    BoxFolders.write(temp.resolve("ImageSets/Main/val.txt"), "b 1\r\n");
    BoxFolders.write(temp.resolve("ImageSets/Main/cat_train.txt"), "a 1\n");
    var layout = find(temp);
    assertEquals(Set.of(Split.TRAIN, Split.VALIDATION), layout.parts());
    assertEquals(2, layout.learnFrom().size());
    assertEquals(1, layout.measureWith().size());
    assertEquals(BoxFolders.LABELS, layout.measureWith().labels(), "those of all parts");
    assertEquals(3, layout.all().size());
    BoxFolders.write(temp.resolve("ImageSets/Main/val.txt"), "b\nb\nnone\n");
    assertEquals(
        List.of(
            temp.resolve("ImageSets/Main/val.txt") + ": line 2, b a second time",
            "%s: line 3 names the picture \"none\", which is not in %s"
                .formatted(temp.resolve("ImageSets/Main/val.txt"), temp.resolve("JPEGImages"))),
        find(temp).measureWith().skipped());
    BoxFolders.write(temp.resolve("ImageSets/Main/val.txt"), "\n");
    var none = assertThrows(IOException.class, () -> find(temp).measureWith());
    assertTrue(String.valueOf(none.getMessage()).contains("no pictures to measure with"));
  }

  @Test
  void cocosPartsAreToldByTheNamesOfTheFiles() throws IOException {
    for (String part : List.of("train2017", "val2017")) {
      for (var shown : BoxFolders.SHOWN) {
        BoxFolders.picture(
            temp.resolve(part + "/" + shown.name() + ".png"), shown.width(), shown.height());
      }
      BoxFolders.write(
          temp.resolve("annotations/instances_%s.json".formatted(part)), BoxFolders.json(".png"));
      BoxFolders.write(
          temp.resolve("annotations/captions_%s.json".formatted(part)),
          "{\"images\": [], \"annotations\": []}");
    }
    var layout = find(temp);
    assertEquals(Set.of(Split.TRAIN, Split.VALIDATION), layout.parts());
    assertEquals(EXPECTED, contents(layout.learnFrom()));
    assertTrue(layout.measureWith().marked(0).file().toString().contains("val2017"));
    assertEquals(6, layout.all().size());
  }

  @Test
  void foldersForEachPartAreFound() throws IOException {
    for (String part : List.of("train", "valid", "test")) {
      for (var shown : BoxFolders.SHOWN) {
        BoxFolders.picture(
            temp.resolve("coco/%s/%s.png".formatted(part, shown.name())),
            shown.width(),
            shown.height());
        BoxFolders.picture(
            temp.resolve("voc/%s/%s.png".formatted(part, shown.name())),
            shown.width(),
            shown.height());
        BoxFolders.write(
            temp.resolve("voc/%s/%s.xml".formatted(part, shown.name())), BoxFolders.xml(shown));
        BoxFolders.picture(
            temp.resolve("yolo/%s/images/%s.png".formatted(part, shown.name())),
            shown.width(),
            shown.height());
        BoxFolders.write(
            temp.resolve("yolo/%s/labels/%s.txt".formatted(part, shown.name())),
            BoxFolders.text(shown));
      }
      BoxFolders.write(
          temp.resolve("coco/%s/_annotations.coco.json".formatted(part)), BoxFolders.json(".png"));
    }
    BoxFolders.write(
        temp.resolve("yolo/data.yaml"),
        "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 3\n"
            + "names: ['cat', 'dog', 'traffic light']\n");
    for (String format : List.of("coco", "voc", "yolo")) {
      var layout = find(temp.resolve(format));
      assertEquals(format, layout.format().key());
      assertEquals(Set.of(Split.values()), layout.parts(), format);
      assertEquals(EXPECTED, contents(layout.read(Split.VALIDATION)), format);
      assertEquals(Optional.of(Split.VALIDATION), layout.chooseBy());
      assertEquals(Optional.empty(), BoxLayout.find(temp), "none of the three by itself");
    }
  }

  @Test
  void yoloPicturesMayBeListedOrLieBesideTheirLabels() throws IOException {
    for (var shown : BoxFolders.SHOWN) {
      BoxFolders.picture(
          temp.resolve("obj_train_data/" + shown.name() + ".png"), shown.width(), shown.height());
      BoxFolders.write(
          temp.resolve("obj_train_data/" + shown.name() + ".txt"), BoxFolders.text(shown));
    }
    BoxFolders.write(temp.resolve("obj.names"), "cat\ndog\ntraffic light\n");
    assertEquals(EXPECTED, contents(find(temp).all()));
    BoxFolders.write(
        temp.resolve("train.txt"), "data/obj_train_data/a.png\nC:\\somewhere\\b.png\n");
    var layout = find(temp);
    assertEquals(Set.of(Split.TRAIN), layout.parts());
    assertEquals(2, layout.learnFrom().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[images/part 1, 'images/part,2']",
        "['images/part 1', \"images/part,2\"]",
        "[\"images/part 1\",\n  'images/part,2',  # both\n]",
        "\n- images/part 1\n- images/part,2",
        "\n  - 'images/part 1'\n  - \"images/part,2\"",
        "\"images\"",
        "'images'",
      })
  void listsOfFoldersMayBeQuoted(String folders) throws IOException {
    BoxFolders.yolo(temp);
    for (String name : List.of("a", "b", "c")) {
      String part = name.equals("a") ? "part 1" : "part,2";
      for (String kind : List.of("images/%s.png", "labels/%s.txt")) {
        var file = temp.resolve(kind.formatted(name));
        if (Files.exists(file)) {
          Files.createDirectories(file.resolveSibling(part));
          Files.move(file, file.resolveSibling(part).resolve(Places.name(file)));
        }
      }
    }
    var yaml = temp.resolve("data.yaml");
    Files.writeString(yaml, Files.readString(yaml) + "train: " + folders + "\n");
    assertEquals(EXPECTED, contents(find(temp).learnFrom()));
  }

  @Test
  void aBoxBecomesOneAroundAnOutline() throws IOException {
    BoxFolders.yolo(temp);
    BoxFolders.write(temp.resolve("labels/b.txt"), "2 0.5 0.25 1 0.5 0.5 1.0 0 0.5\n");
    var pictures = find(temp).all();
    assertTrue(contents(pictures).contains("traffic light 0.00 16.00 32.00 64.00"));
  }

  /** As many fields as an outline may have. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[4, 3]", "[1, \"2\"]", "[5,2]  # x and y", "'\n- 17\n- 3'", "'\n  - 6\n  - 2'"})
  void keypointsBehindABoxAreNoOutline(String shape) throws IOException {
    BoxFolders.yolo(temp);
    var numbers = shape.replaceAll("\\D+", " ").strip().split(" ");
    int fields = Integer.parseInt(numbers[0]) * Integer.parseInt(numbers[1]);
    var yaml = temp.resolve("data.yaml");
    Files.writeString(yaml, "kpt_shape: %s\n%s".formatted(shape, Files.readString(yaml)));
    for (String name : List.of("a", "b")) {
      var labels = temp.resolve("labels/%s.txt".formatted(name));
      Files.writeString(
          labels, Files.readString(labels).replaceAll("(?m)$(?<=.)", " 0.9".repeat(fields)));
    }
    assertEquals(EXPECTED, contents(find(temp).all()));
    edit("labels/a.txt", "0 0.300000000", "0");
    String said = refusal(temp);
    assertTrue(
        said.endsWith(
            "a.txt: line 1 has %d fields, expected %d: a class, x, y, width and height, and %d of keypoints, as kpt_shape in %s says"
                .formatted(4 + fields, 5 + fields, fields, yaml)),
        said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "[17]", "[17, 4]", "[0, 2]", "[-3, 2]", "[a, 2]", "[1, 2, 3]"})
  void aShapeOfKeypointsThatIsNoneIsRefused(String shape) throws IOException {
    BoxFolders.yolo(temp);
    var yaml = temp.resolve("data.yaml");
    Files.writeString(yaml, Files.readString(yaml) + "kpt_shape: " + shape);
    String said = refusal(temp);
    String shown = shape.startsWith("[") ? shape : "[" + shape + "]";
    assertTrue(
        said.startsWith(yaml + ": line 6 has kpt_shape: \"%s\", exp".formatted(shown)), said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COCO | annotations/instances.json | [4, 2, | [NaN, 2, | line 6: the annotation 1: a box of"
            + " (NaN",
        "COCO | annotations/instances.json | 16, 10] | -16, 10] | line 6: the annotation 1: a box"
            + " of (4.0, 2.0) to (-12.0, 12.0), whose edges are in the wrong order",
        "COCO | annotations/instances.json | 16, 10] | 16] | line 6 has the annotation 1 without a"
            + " bbox of four numbers",
        "COCO | annotations/instances.json | [4, 2, 16, 10] | [\"4\", \"2\", \"16\", \"10\"] | line"
            + " 6 has the annotation 1 without a bbox of four numbers; its segmentation is not"
            + " read",
        "COCO | annotations/instances.json | \"bbox\": [4, 2, 16, 10] | \"bbox\": null | line 6 has"
            + " the annotation 1 without a bbox",
        "COCO | annotations/instances.json | \"bbox\": [4, 2, 16, 10] | \"area\": 160 | line 6 has"
            + " the annotation 1 without a bbox of four numbers; its segmentation is not read",
        "COCO | annotations/instances.json | \"category_id\": 8 | \"category_id\": 9 | line"
            + " 7: the annotation 2 has the category 9, which is not among its categories",
        "COCO | annotations/instances.json | \"image_id\": 101 | \"image_id\": 9 | line 8: the"
            + " annotation 3 is of the image 9, which is not among its images",
        "COCO | annotations/instances.json | \"id\": 101 | \"id\": 100 | line 3 has the image 100"
            + " a second time, after line 2",
        "COCO | annotations/instances.json | \"b.png\" | \"a.png\" | line 3: the images"
            + " 100 and 101 are both the picture",
        "COCO | annotations/instances.json | \"name\": \"dog\" | \"name\": \"cat\" | line 10: the"
            + " categories 1 and 8 are both called \"cat\": rename one of them",
        "COCO | annotations/instances.json | \"id\": 8 | \"id\": 1 | line 10 has the category"
            + " 1 a second time, after line 10",
        "COCO | annotations/instances.json | \"width\": 32 | \"width\": -32 | line 3 has an image"
            + " whose height or width is no number",
        "COCO | annotations/instances.json | \"categories\" | \"kinds\" | has no categories",
        "COCO | annotations/instances.json | \"images\" | \"images\": 1, \"images\" | has images"
            + " that are no list",
        "VOC | Annotations/a.xml | <xmin>4< | <xmin>NaN< | line 9: a box of (NaN",
        "VOC | Annotations/a.xml | <xmin>4< | <xmin>24< | line 9: a box of (24.0, 2.0) to (20.0,"
            + " 12.0), whose edges are in the wrong order",
        "VOC | Annotations/a.xml | <xmin>4</xmin> | '' | line 9 ends an object without a bndbox",
        "VOC | Annotations/a.xml | <xmin>4< | <xmin>four< | line 7 has \"four\", expected a number",
        "VOC | Annotations/a.xml | <name>cat</name> | '' | line 9 ends an object without a name",
        "VOC | Annotations/a.xml | </size> | </siz> | is not valid XML (line 3)",
        "VOC | Annotations/a.xml | <annotation> | <!DOCTYPE a [<!ENTITY b \"c\">]><annotation> |"
            + " line 1 has a document type, which is refused",
        "VOC | Annotations/a.xml | cat | &b; | a.xml: ",
        "YOLO | labels/a.txt | 0.300000000 | NaN | line 1: a box of (NaN",
        "YOLO | labels/a.txt | 0.400000000 | -0.4 | whose edges are in the wrong order",
        "YOLO | labels/a.txt | 0 0.3 | 3 0.3 | line 1 has the class \"3\", there are 3, from 0 to"
            + " 2",
        "YOLO | labels/a.txt | 0 0.3 | 0.5 0.3 | line 1 has the class \"0.5\"",
        "YOLO | labels/a.txt | 0 0.3 | 0 0.9 0.3 | line 1 has 6 fields, expected 5: a class, x, y,"
            + " width and height; a sixth is the score of what a detector found",
        "YOLO | labels/a.txt | 0 0.3 | 0 | line 1 has 4 fields, expected 5",
        "YOLO | labels/a.txt | 0.300000000 | 12 | line 1 has \"12\", expected a part of the"
            + " picture's width or height",
        "YOLO | data.yaml | 2: | 3: | the numbers of its 3 classes are not 0 to 2",
        "YOLO | data.yaml | 'dog' | cat | the classes 0 and 1 are both called \"cat\"",
      })
  void whatIsWrongIsSaidInOneSentence(
      BoxFormat format, String file, String from, String to, String expected) throws IOException {
    BoxFolders.write(format, temp);
    edit(file, from, to);
    String said = refusal(temp);
    assertTrue(said.startsWith(temp.resolve(file).toString()), said);
    assertTrue(said.contains(expected), said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COCO | annotations/instances.json | 16, 10] | -16, 10] | 2",
        "COCO | annotations/instances.json | \"category_id\": 8 | \"category_id\": 9 | 2",
        "COCO | annotations/instances.json | \"image_id\": 101 | \"image_id\": 9 | 3",
        "VOC | Annotations/a.xml | <xmin>4< | <xmin>24< | 2",
        "VOC | Annotations/a.xml | </size> | </siz> | 2",
        "YOLO | labels/a.txt | 0 0.3 | 3 0.3 | 2",
      })
  void aBrokenAnnotationLeavesOutItsPictureAndNoOther(
      BoxFormat format, String file, String from, String to, int left) throws IOException {
    BoxFolders.write(format, temp);
    edit(file, from, to);
    var pictures = find(temp).skippingBroken().all();
    assertEquals(left, pictures.size());
    assertEquals(1, pictures.skipped().size(), pictures.skipped().toString());
    assertTrue(pictures.skipped().getFirst().startsWith(temp.resolve(file).toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COCO | annotations/instances.json | 16, 10] | 0, 10] | 'line 6: the annotation 1, a box"
            + " of no area: (4.0, 2.0) to (4.0, 12.0)'",
        "COCO | annotations/instances.json | [4, | [60, | 'line 6: the annotation 1, a box outside"
            + " of its picture: (60.0, 2.0) to (76.0, 12.0)'",
        "VOC | Annotations/a.xml | <xmin>4< | <xmin>20< | 'line 9, a box of no area'",
        "YOLO | labels/a.txt | 0.300000000 | 1.5 | 'line 1, a box outside of its picture'",
      })
  void boxesThatShowNothingAreListedAndTheOthersUsed(
      BoxFormat format, String file, String from, String to, String expected) throws IOException {
    BoxFolders.write(format, temp);
    edit(file, from, to);
    var pictures = find(temp).all();
    assertEquals(EXPECTED.replace("cat 4.00 2.00 20.00 12.00, ", ""), contents(pictures));
    assertEquals(1, pictures.skipped().size());
    assertTrue(pictures.skipped().getFirst().contains(expected), pictures.skipped().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COCO | annotations/instances.json | \"width\": 40, \"height\": 20, | [4, | [5000,",
        "COCO | annotations/instances.json | \"width\": 40, | [4, | [5000,",
        "VOC | Annotations/a.xml |"
            + " <size><width>40</width><height>20</height><depth>3</depth></size> |"
            + " <xmin>4</xmin><ymin>2</ymin><xmax>20< | <xmin>5000</xmin><ymin>2</ymin><xmax>5020<",
      })
  void boxesOutsideOfAPictureOfUnknownSizeAreListedOnceItIsRead(
      BoxFormat format, String file, String size, String from, String to) throws IOException {
    BoxFolders.write(format, temp);
    edit(file, size, "");
    edit(file, from, to);
    for (var layout : List.of(find(temp), find(temp).skippingBroken())) {
      assertEquals(EXPECTED.replace("cat 4.00 2.00 20.00 12.00, ", ""), contents(layout.all()));
    }
    var pictures = find(temp).skippingBroken().all();
    assertEquals(
        List.of(pictures.marked(0).file() + ": 1 of 2 boxes lie outside of the picture"),
        pictures.skipped());
  }

  @ParameterizedTest
  @EnumSource
  void annotationsWithoutPictureAreListed(BoxFormat format) throws IOException {
    BoxFolders.write(format, temp);
    Files.delete(temp.resolve(format == BoxFormat.VOC ? "JPEGImages/a.png" : "images/a.png"));
    var pictures = find(temp).all();
    assertEquals(2, pictures.size());
    assertEquals(1, pictures.skipped().size(), pictures.skipped().toString());
    assertTrue(pictures.skipped().getFirst().contains("is not in"));
  }

  @ParameterizedTest
  @EnumSource
  void boxesAreMeasuredByAsWrittenAndLearnedUpToThePicturesEdges(BoxFormat format)
      throws IOException {
    BoxFolders.write(format, temp);
    switch (format) {
      case COCO -> edit("annotations/instances.json", "16, 10]", "160, 10]");
      case VOC -> edit("Annotations/a.xml", "<xmax>20<", "<xmax>164<");
      case YOLO -> edit("labels/a.txt", "0.300000000", "0.9");
    }
    var read = find(temp).all().get(0);
    int left = format == BoxFormat.YOLO ? 28 : 4;
    var written = read.objects().getFirst().box();
    assertEquals(left, written.left(), 1e-4);
    assertEquals(format == BoxFormat.YOLO ? 44 : 164, written.right(), 1e-4);
    assertEquals(left, read.learned().getFirst().left(), 1e-4);
    assertEquals(40, read.learned().getFirst().right(), 1e-4);
  }

  @Test
  void aNumberOfClassesThatIsNotThatOfTheNamesIsRefused() throws IOException {
    BoxFolders.yolo(temp);
    var names = List.of("cat", "dog", "tree");
    Files.deleteIfExists(temp.resolve("classes.txt"));
    Files.writeString(temp.resolve("data.yaml"), "names: %s\nnc: 4\n".formatted(names));
    assertTrue(
        refusal(temp)
            .endsWith("data.yaml: line 2 says that there are 4 classes (nc), but names has 3"),
        refusal(temp));
    Files.writeString(temp.resolve("data.yaml"), "nc: three\nnames: %s\n".formatted(names));
    assertTrue(
        refusal(temp)
            .endsWith("data.yaml: line 1 has nc: \"three\", expected the number of classes"),
        refusal(temp));
    Files.writeString(
        temp.resolve("data.yaml"), "nc: '3'  # so many\nnames: %s\n".formatted(names));
    assertEquals(names, find(temp).all().labels());
  }

  @Test
  void twoAnnotationsOfOnePictureAreRefused() throws IOException {
    BoxFolders.voc(temp);
    edit("Annotations/b.xml", "b.png", "a.png");
    Files.move(temp.resolve("Annotations/b.xml"), temp.resolve("Annotations/d.xml"));
    String said = refusal(temp);
    assertTrue(said.contains("is about"), said);
    assertTrue(said.contains("a.xml") && said.contains("d.xml"), said);
  }

  /** Where no file can be read, there are no classes either, which is not what is to be said. */
  @Test
  void whatIsWrongWithAllAnnotationsIsSaid() throws IOException {
    BoxFolders.picture(temp.resolve("JPEGImages/a.png"), 40, 20);
    var file = temp.resolve("Annotations/a.xml");
    BoxFolders.write(
        file, "<!DOCTYPE annotation>\n<annotation><object><name>cat</name></object></annotation>");
    assertTrue(refusal(temp).endsWith("a.xml: line 1 has a document type, which is refused"));
    BoxFolders.write(file, "<annotation>\n<object><name>&cat;</name></object></annotation>");
    assertTrue(
        refusal(temp).endsWith("a.xml: line 2 has the entity \"&cat;\", which is refused"),
        refusal(temp));
    BoxFolders.write(file, "<annotation>\n</annotation>");
    assertTrue(refusal(temp).endsWith("no object is marked in any of its XML files"));
  }

  @Test
  void twoPicturesOfOneLabelFileAreRefused() throws IOException {
    BoxFolders.yolo(temp);
    Files.copy(temp.resolve("images/a.png"), temp.resolve("images/a.jpg"));
    String said = refusal(temp);
    assertTrue(said.contains("may be about"), said);
  }

  /** Roboflow's programs write the name of the whole data set as a category. */
  @ParameterizedTest
  @CsvSource({"0, 1", "9, 1", "0, 8", "0, 15", "99, 15", "'-1, -2', '1, 8'"})
  void categoriesThatAreNotUsedMayHaveTheNamesOfOthers(String unused, String used)
      throws IOException {
    BoxFolders.coco(temp);
    var ids = unused.split(", ");
    for (int i = 0; i < ids.length; i++) {
      int like = Integer.parseInt(used.split(", ")[i]);
      edit(
          "annotations/instances.json",
          "\"categories\": [",
          "\"categories\": [{\"id\": %s, \"name\": \"%s\"}, "
              .formatted(ids[i], BoxFolders.LABELS.get(like / 7)));
    }
    assertEquals(EXPECTED, contents(find(temp).all()));
  }

  @Test
  void ofEqualCategoriesThatAreNotUsedOneStays() throws IOException {
    BoxFolders.coco(temp);
    edit(
        "annotations/instances.json",
        "\"categories\": [",
        "\"categories\": [{\"id\": 0, \"name\": \"fox\"}, {\"id\": 99, \"name\": \"fox\"}, ");
    assertEquals(List.of("cat", "dog", "traffic light", "fox"), find(temp).all().labels());
  }

  /** Of what may be meant, none is taken. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COCO | the second image",
        "VOC | Annotations/d.xml",
        "YOLO | images/a.jpg",
        "YOLO | images/a.JPG images/a.bmp images/a.gif",
      })
  void whereItIsNotClearWhatBelongsToAPictureItIsLeftOut(BoxFormat format, String more)
      throws IOException {
    BoxFolders.write(format, temp);
    if (format == BoxFormat.COCO) {
      edit("annotations/instances.json", "\"b.png\"", "\"a.png\"");
    } else {
      for (String name : more.split(" ")) {
        var file = temp.resolve(name);
        Files.copy(file.resolveSibling(name.endsWith(".xml") ? "a.xml" : "a.png"), file);
      }
    }
    String said = refusal(temp);
    assertTrue(said.endsWith("remove one of them"), said);
    var left = find(temp).skippingBroken().all();
    assertEquals(
        format == BoxFormat.COCO
            ? "[cat, dog, traffic light] {c=[]}"
            : EXPECTED.replaceFirst("a=\\[.*?], ", ""),
        contents(left));
    assertEquals(List.of(said), left.skipped());
  }

  @Test
  void difficultAndCrowdedObjectsAreKeptButNotLearned() throws IOException {
    BoxFolders.voc(temp.resolve("voc"));
    BoxFolders.coco(temp.resolve("coco"));
    edit("voc/Annotations/a.xml", "<difficult>0<", "<difficult>1<");
    edit("coco/annotations/instances.json", "\"iscrowd\": 0", "\"area\": 5.5, \"iscrowd\": 1");
    var difficult = find(temp.resolve("voc")).all().get(0);
    assertTrue(difficult.objects().getFirst().ignored());
    assertEquals(1, difficult.learned().size());
    var crowd = find(temp.resolve("coco")).all().get(0);
    assertTrue(crowd.objects().getFirst().crowd());
    assertFalse(crowd.objects().getLast().crowd());
    assertEquals(5.5, crowd.objects().getFirst().area());
    assertEquals(1, crowd.learned().size());
    var images = find(temp.resolve("coco")).all().images(Preprocessing.none(Shape.image(8, 8, 3)));
    assertEquals(1, ((stride.data.Target.Boxes) images.get(0).target()).boxes().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | true",
        "2 | true",
        "1.0 | true",
        "true | true",
        "True | true",
        "yes | true",
        "0 | false",
        "0.0 | false",
        "false | false",
        "No | false",
        "null | false",
        "'' | false",
        "Unspecified | false",
        "maybe |",
        "NaN |",
        "1 0 |",
      })
  void differentWordsForYesAndNoAreUnderstood(String written, @Nullable Boolean expected)
      throws IOException {
    BoxFolders.voc(temp.resolve("voc"));
    BoxFolders.coco(temp.resolve("coco"));
    String xml = "voc/Annotations/a.xml";
    String json = "coco/annotations/instances.json";
    edit(xml, "<difficult>0<", "<difficult> %s <".formatted(written));
    boolean bare = written.matches("[\\d.]+|true|false|null");
    edit(json, "\"iscrowd\": 0", "\"iscrowd\": " + (bare ? written : '"' + written + '"'));
    if (expected == null) {
      assertEquals(
          "%s: line 6 has an object that is difficult: \"%s\", expected 0 or 1"
              .formatted(temp.resolve(xml), written),
          refusal(temp.resolve("voc")));
      assertEquals(
          "%s: line 6 has an annotation whose iscrowd is \"%s\", expected 0 or 1"
              .formatted(temp.resolve(json), written),
          refusal(temp.resolve("coco")));
    } else {
      var objects = find(temp.resolve("voc")).all().get(0).objects();
      assertEquals(List.of(expected, false), objects.stream().map(TrueBox::ignored).toList());
      var crowds = find(temp.resolve("coco")).all().get(0).objects();
      assertEquals(List.of(expected, false), crowds.stream().map(TrueBox::crowd).toList());
    }
  }

  @Test
  void aPictureOfAnotherSizeThanItsAnnotationSaysIsNamed() throws IOException {
    BoxFolders.coco(temp);
    BoxFolders.picture(temp.resolve("images/a.png"), 20, 40);
    var said = assertThrows(UncheckedIOException.class, () -> find(temp).all().get(0)).getMessage();
    assertEquals(
        temp.resolve("images/a.png")
            + ": has 20x40 pixels, its annotation is about 40x20; if the boxes are about the"
            + " picture as it is stored, not as its EXIF orientation turns it, give --no-exif"
            + " (PictureOptions.withoutExif)",
        said);
    assertEquals(2, find(temp).skippingBroken().all().size());
  }

  @Test
  void entitiesAreNotExpanded() throws IOException {
    BoxFolders.voc(temp);
    Files.writeString(temp.resolve("secret"), "cat");
    var lol = new StringBuilder("<!DOCTYPE lolz [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 30; i++) {
      lol.append("<!ENTITY l%d \"%s\">".formatted(i, "&l%d;".formatted(i - 1).repeat(10)));
    }
    for (String type :
        List.of(
            lol + "]>",
            "<!DOCTYPE a [<!ENTITY l29 SYSTEM \"%s\">]>".formatted(temp.resolve("secret").toUri()),
            "<!DOCTYPE a SYSTEM \"%s\">".formatted(temp.resolve("secret").toUri()))) {
      Files.writeString(
          temp.resolve("Annotations/a.xml"),
          type + BoxFolders.xml(BoxFolders.SHOWN.getFirst()).replace("<name>cat", "<name>&l29;"));
      assertTrue(refusal(temp).contains("document type, which is refused"), refusal(temp));
    }
  }

  /** Nothing that one reading found is seen by another, at the same time or later. */
  @ParameterizedTest
  @EnumSource
  void aLayoutIsReadAnewEachTime(BoxFormat format) throws Exception {
    BoxFolders.write(format, temp);
    var layout = find(temp);
    var expected = Collections.nCopies(8, EXPECTED);
    try (var threads = Executors.newFixedThreadPool(4)) {
      var read = new ArrayList<String>();
      Callable<String> reading = () -> contents(layout.all());
      for (var one : threads.invokeAll(Collections.nCopies(8, reading))) {
        read.add(one.get());
      }
      assertEquals(expected, read);
    }
    switch (format) {
      case COCO -> edit("annotations/instances.json", "[4, 2, 16,", "[6, 2, 14,");
      case VOC -> edit("Annotations/a.xml", "<xmin>4<", "<xmin>6<");
      case YOLO -> edit("labels/a.txt", "0.300000000 0.350000000 0.4", "0.325 0.35 0.35");
    }
    assertEquals(EXPECTED.replace("cat 4.00", "cat 6.00"), contents(layout.all()));
  }

  @Test
  void aModelsClassesAreFoundByName() throws IOException {
    var pictures = find(BoxFolders.coco(temp)).all();
    var match =
        stride.data.ClassMatch.byName(
            pictures.labels(), List.of("N/A", "Traffic_light", "dog", "cat"));
    assertTrue(contents(pictures.withClasses(match)).contains("a=[cat 4.00 2.00 20.00 12.00, dog"));
  }

  @Test
  void theFirstBytesOfOtherEncodingsAreUnderstood() throws IOException {
    BoxFolders.coco(temp.resolve("coco"));
    var json = temp.resolve("coco/annotations/instances.json");
    Files.writeString(json, Files.readString(json), StandardCharsets.UTF_16);
    assertEquals(EXPECTED, contents(find(temp.resolve("coco")).all()));
  }
}
