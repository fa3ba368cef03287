package stride.data.boxes;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.image.Pictures;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/** Folders as people have them: each kind is read as any other, or refused with one sentence. */
final class OddBoxFoldersTest {
  @TempDir Path temp;

  private static String contents(Path folder) throws IOException {
    return BoxLayoutTest.contents(BoxLayout.find(folder).orElseThrow().all());
  }

  private static String refusal(Path folder) {
    var refusal = assertThrows(IOException.class, () -> BoxLayout.find(folder).orElseThrow().all());
    String said = String.valueOf(refusal.getMessage());
    assertEquals(1, said.lines().count(), said);
    assertTrue(said.contains(folder.toString()), said);
    return said;
  }

  private static <T> Stream<Arguments> ofEachFormat(List<T> kinds) {
    return Arrays.stream(BoxFormat.values())
        .flatMap(format -> kinds.stream().map(kind -> Arguments.of(format, kind)));
  }

  static Stream<Arguments> pictures() {
    return ofEachFormat(
        List.of(
            "cmyk.jpg",
            "ycck.jpg",
            "orientation_6.jpg",
            "orientation_8_cmyk.jpg",
            "orientation_5.png",
            "orientation_3_behind.png",
            "grey.jpg",
            "grey_16.png",
            "rgba_16.png",
            "palette_1.png",
            "rgb_16_transparent.png",
            "rgb.bmp",
            "animated.gif"));
  }

  /** A picture that its EXIF data turn is annotated as it is seen. */
  @ParameterizedTest
  @MethodSource("pictures")
  void picturesOfEveryKindHaveTheirBoxes(BoxFormat format, String kind) throws IOException {
    BoxFolders.write(format, temp);
    var before = picture(format, "a.png");
    Files.delete(before);
    var file = before.resolveSibling("a" + kind.substring(kind.lastIndexOf('.')));
    try (var in = Pictures.class.getResourceAsStream("pictures/" + kind)) {
      Files.copy(requireNonNull(in, kind), file);
    }
    var decoded = Pictures.decode(file);
    var shown =
        new BoxFolders.Shown(
            "a", decoded.width(), decoded.height(), BoxFolders.SHOWN.getFirst().boxes());
    annotate(format, shown, text -> text.replace("a.png", Places.name(file)));
    assertEquals(BoxLayoutTest.EXPECTED, contents(temp));
    var shape = Shape.image(16, 16, 3);
    var all = BoxLayout.find(temp).orElseThrow().all().images(Preprocessing.none(shape));
    for (int i = 0; i < all.size(); i++) {
      assertEquals(shape, all.get(i).inputs().getFirst().shape());
    }
  }

  /** Writes what the first picture shows; in COCO's file, which has all, its size and more. */
  private void annotate(BoxFormat format, BoxFolders.Shown shown, UnaryOperator<String> more)
      throws IOException {
    switch (format) {
      case COCO ->
          edit(
              "annotations/instances.json",
              text ->
                  more.apply(
                      text.replace(
                          "\"width\": 40, \"height\": 20",
                          "\"width\": %d, \"height\": %d"
                              .formatted(shown.width(), shown.height()))));
      case VOC -> BoxFolders.write(temp.resolve("Annotations/a.xml"), BoxFolders.xml(shown));
      case YOLO -> BoxFolders.write(temp.resolve("labels/a.txt"), BoxFolders.text(shown));
    }
  }

  static Stream<Arguments> sizes() {
    return ofEachFormat(List.of("1 1", "1 9", "9 1", "2 3", "1 400", "400 1"));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void picturesOfFewPixelsHaveTheirBoxes(BoxFormat format, String size) throws IOException {
    var sides = Arrays.stream(size.split(" ")).mapToInt(Integer::parseInt).toArray();
    int width = sides[0];
    int height = sides[1];
    var boxes = List.of(new int[] {0, 0, 0, width, height}, new int[] {1, width - 1, 0, width, 1});
    var shown = new BoxFolders.Shown("a", width, height, boxes);
    BoxFolders.write(format, temp);
    BoxFolders.picture(picture(format, "a.png"), width, height);
    annotate(
        format,
        shown,
        text ->
            text.replace("[4, 2, 16, 10]", "[0, 0, %d, %d]".formatted(width, height))
                .replace("[20, 5, 20, 15]", "[%d, 0, 1, 1]".formatted(width - 1)));
    String expected =
        BoxLayoutTest.EXPECTED.replaceFirst(
            "a=\\[.*?]",
            "a=[cat 0.00 0.00 %1$d.00 %2$d.00, dog %3$d.00 0.00 %1$d.00 1.00]"
                .formatted(width, height, width - 1));
    assertEquals(expected, contents(temp));
    var sound = BoxLayout.find(temp).orElseThrow().skippingBroken().all();
    assertEquals(expected, BoxLayoutTest.contents(sound));
    assertEquals(List.of(), sound.skipped());
    assertEquals(2, sound.get(0).learned().size());
    var shape = Shape.image(16, 16, 3);
    assertEquals(shape, sound.images(Preprocessing.none(shape)).get(0).inputs().getFirst().shape());
  }

  private Path picture(BoxFormat format, String name) {
    return temp.resolve(format == BoxFormat.VOC ? "JPEGImages" : "images").resolve(name);
  }

  private void edit(String file, Function<String, String> change) throws IOException {
    var path = temp.resolve(file);
    String before = Files.readString(path);
    String after = change.apply(before);
    assertTrue(!before.equals(after), before);
    Files.writeString(path, after);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void suffixesMayBeInCapitals(BoxFormat format) throws IOException {
    BoxFolders.write(format, temp);
    for (var file : files(temp)) {
      String name = Places.name(file);
      if (!name.equals("data.yaml")) {
        String stem = Places.stem(file);
        String suffix = name.substring(stem.length()).toUpperCase(Locale.ROOT);
        Files.move(file, file.resolveSibling(stem + suffix));
      }
    }
    if (format == BoxFormat.COCO) {
      var json = temp.resolve("annotations/instances.JSON");
      Files.writeString(json, Files.readString(json).replace(".png", ".PNG"));
    }
    assertEquals(BoxLayoutTest.EXPECTED, contents(temp));
  }

  @ParameterizedTest
  @EnumSource
  @DisabledOnOs(OS.WINDOWS)
  void foldersMayBeLinksToOthers(BoxFormat format) throws IOException {
    var whole = temp.resolve("whole");
    BoxFolders.write(format, temp.resolve("elsewhere"));
    Files.createSymbolicLink(whole, temp.resolve("elsewhere"));
    assertEquals(BoxLayoutTest.EXPECTED, contents(whole));
    var parts = Files.createDirectory(temp.resolve("parts"));
    try (var inside = Files.list(temp.resolve("elsewhere"))) {
      for (var one : inside.toList()) {
        Files.createSymbolicLink(parts.resolve(one.getFileName()), one);
      }
    }
    assertEquals(BoxLayoutTest.EXPECTED, contents(parts));
  }

  @ParameterizedTest
  @EnumSource
  @DisabledOnOs(OS.WINDOWS)
  void whatMayNotBeReadIsNamed(BoxFormat format) throws IOException {
    BoxFolders.write(format, temp);
    var annotations =
        temp.resolve(
            switch (format) {
              case COCO -> "annotations/instances.json";
              case VOC -> "Annotations/a.xml";
              case YOLO -> "labels/a.txt";
            });
    Files.setPosixFilePermissions(annotations, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(annotations), "an administrator reads everything");
    var layout = format == BoxFormat.COCO ? annotations : temp;
    String said = refusal(layout);
    assertTrue(said.contains(annotations.toString()), said);
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatIsNoPictureIsNamed(BoxFormat format) throws IOException {
    BoxFolders.write(format, temp);
    Files.writeString(picture(format, "a.png"), "<html>not found</html>");
    var pictures = BoxLayout.find(temp).orElseThrow().all();
    var said = assertThrows(UncheckedIOException.class, () -> pictures.get(0)).getMessage();
    assertTrue(said.startsWith(picture(format, "a.png").toString()), said);
    assertEquals(2, BoxLayout.find(temp).orElseThrow().skippingBroken().all().size());
  }

  @Test
  void whatDetectorsFindIsNoAnnotation() throws IOException {
    BoxFolders.picture(temp.resolve("images/a.png"), 8, 8);
    var results = temp.resolve("found.json");
    BoxFolders.write(
        results, "[{\"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"score\": 0.9}]");
    for (var data : List.of(temp, results)) {
      var said =
          assertThrows(IOException.class, () -> BoxLayout.find(data).orElseThrow().all())
              .getMessage();
      assertTrue(said.startsWith(results + ": is a list, as COCO's files of what a"), said);
    }
    BoxFolders.yolo(temp);
    assertEquals(BoxLayoutTest.EXPECTED, contents(temp), "beside annotations it may lie");
  }

  @Test
  void listsOfNothingAreNoData() throws IOException {
    BoxFolders.coco(temp);
    var json = temp.resolve("annotations/instances.json");
    Files.writeString(json, "{\"images\": [], \"annotations\": [], \"categories\": []}");
    assertTrue(refusal(temp).contains("holds no pictures"), refusal(temp));
    Files.writeString(
        json,
        "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}], \"annotations\": [], \"categories\":"
            + " []}");
    assertEquals("[] {a=[]}", contents(temp));
  }

  @Test
  void whatCocoDoesNotNeedMayBeLeftOut() throws IOException {
    BoxFolders.coco(temp);
    edit(
        "annotations/instances.json",
        text ->
            text.replace("\"iscrowd\": 0,", "")
                .replaceAll("\"segmentation\": \\[\\[[^]]*]], ", "")
                .replaceAll("\"width\": \\d+, \"height\": \\d+,", "")
                .replaceAll("\"id\": \\d+, (\"image_id\")", "$1"));
    assertEquals(BoxLayoutTest.EXPECTED, contents(temp));
  }

  @Test
  void vocFilesNeedNoSize() throws IOException {
    BoxFolders.voc(temp);
    for (var file : files(temp.resolve("Annotations"))) {
      edit(temp.relativize(file).toString(), text -> text.replaceAll("<size>.*</size>", ""));
    }
    assertEquals(BoxLayoutTest.EXPECTED, contents(temp));
  }

  /** As programs on Windows write them, with the folder that the picture was labelled in. */
  @Test
  void vocFilesMayNamePathsOfWindows() throws IOException {
    BoxFolders.voc(temp);
    edit(
        "Annotations/a.xml",
        text ->
            text.replace("a.png", "D:\\cells\\a.png")
                .replace("</filename>", "</filename><path>D:\\cells\\a.png</path>"));
    assertEquals(BoxLayoutTest.EXPECTED, contents(temp));
  }

  /** Other data sets, with pictures of the same names, lie around it. */
  @ParameterizedTest
  @CsvSource({
    "%s.json, %s",
    "%s.json, images/%s",
    "annotations/instances_%s.json, %s",
    "annotations/%s.json, images/%s",
    "labels/%s.json, %s",
    "%s/_annotations.coco.json, %s",
  })
  void picturesOfOtherPartsOrDataSetsAreNotTakenForMissingOnes(String json, String pictures)
      throws IOException {
    var folder = temp.resolve("coco");
    for (String part : List.of("train", "val")) {
      BoxFolders.write(folder.resolve(json.formatted(part)), BoxFolders.json(".png"));
      for (var shown : BoxFolders.SHOWN) {
        for (var place : List.of(folder.resolve(pictures.formatted(part)), temp.resolve(part))) {
          BoxFolders.picture(place.resolve(shown.name() + ".png"), shown.width(), shown.height());
        }
        BoxFolders.picture(temp.resolve("images/%s.png".formatted(shown.name())), 8, 8);
      }
    }
    var place = folder.resolve(pictures.formatted("val"));
    Files.delete(place.resolve("b.png"));
    var layouts = new ArrayList<>(List.of(BoxLayout.find(folder.resolve(json.formatted("val")))));
    if (!json.startsWith("labels")) {
      layouts.add(BoxLayout.find(folder));
    }
    for (var layout : layouts) {
      var all = layout.orElseThrow().measureWith();
      assertEquals(
          List.of(place.resolve("a.png"), place.resolve("c.png")),
          List.of(all.marked(0).file(), all.marked(1).file()));
      assertEquals(1, all.skipped().size(), all.skipped().toString());
      assertTrue(all.skipped().getFirst().contains(": line 3: the picture \"b.png\" is not in"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "./%s",
        "../%s",
        "images/%s",
        "/home/someone/set/images/%s",
        "/%s",
        "C:/set/%s",
        "../../set/images/%s"
      })
  void aPictureIsNotTakenFromAnotherFolderThanItsOwn(String form) throws IOException {
    for (String name : List.of("cam1/a.png", "cam1/b.png", "cam2/b.png")) {
      BoxFolders.picture(temp.resolve("coco/images").resolve(name), 40, 20);
      BoxFolders.picture(temp.resolve("yolo/images").resolve(name), 40, 20);
    }
    var written = Stream.of("cam1/b.png", "cam2/a.png", "cam2/b.png").map(form::formatted).toList();
    BoxFolders.write(temp.resolve("yolo/data.yaml"), "train: list.txt\nnames: [cat]\n");
    for (boolean windows : new boolean[] {false, true}) {
      var names = written.stream().map(name -> windows ? name.replace('/', '\\') : name).toList();
      BoxFolders.write(temp.resolve("yolo/list.txt"), String.join("\n", names));
      var images = new ArrayList<String>();
      for (String name : names) {
        images.add(
            "{\"id\": %d, \"file_name\": \"%s\"}"
                .formatted(images.size(), name.replace("\\", "\\\\")));
      }
      BoxFolders.write(
          temp.resolve("coco/annotations/instances.json"),
          "{\"images\": %s, \"annotations\": [], \"categories\": []}".formatted(images));
      for (String set : List.of("coco", "yolo")) {
        var all = BoxLayout.find(temp.resolve(set)).orElseThrow().all();
        var pictures = temp.resolve(set).resolve("images");
        assertEquals(
            List.of(pictures.resolve("cam1/b.png"), pictures.resolve("cam2/b.png")),
            IntStream.range(0, all.size())
                .mapToObj(i -> all.marked(i).file().normalize())
                .toList());
        assertEquals(1, all.skipped().size(), all.skipped().toString());
        assertTrue(all.skipped().getFirst().contains("cam2"), all.skipped().toString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"cam2/%s, %s", "%s, cam2/%s", "cam2/%s, cam2/%s", "%s, ../JPEGImages/cam2/%s"})
  void aVocFileIsNotAboutAPictureOfAnotherFolder(String file, String written) throws IOException {
    var shown = BoxFolders.SHOWN.getFirst();
    for (String name : List.of("cam1/a", "cam1/b", "cam2/b")) {
      var picture = temp.resolve("JPEGImages/%s.png".formatted(name));
      BoxFolders.picture(picture, shown.width(), shown.height());
    }
    for (String name : List.of("a", "b")) {
      BoxFolders.write(
          temp.resolve("Annotations/%s.xml".formatted(file.formatted(name))),
          BoxFolders.xml(shown).replace("a.png", written.formatted(name + ".png")));
    }
    BoxFolders.write(temp.resolve("ImageSets/Main/val.txt"), "cam2/a\ncam1/b\ncam2/b.png\n");
    var listed = BoxLayout.find(temp).orElseThrow().all();
    assertEquals(
        List.of(0, 2),
        IntStream.range(0, listed.size())
            .mapToObj(i -> listed.marked(i).objects().size())
            .toList());
    assertEquals(
        List.of(
            "%s: line 1 names the picture \"cam2/a\", which is not in %s"
                .formatted(temp.resolve("ImageSets/Main/val.txt"), temp.resolve("JPEGImages"))),
        listed.skipped());
    Files.delete(temp.resolve("ImageSets/Main/val.txt"));
    var whole = BoxLayout.find(temp).orElseThrow().all();
    assertEquals(3, whole.size());
    assertEquals(
        List.of(0, 0, 2),
        IntStream.range(0, 3).mapToObj(i -> whole.marked(i).objects().size()).toList());
    assertEquals(1, whole.skipped().size(), whole.skipped().toString());
    assertTrue(whole.skipped().getFirst().contains("a.xml: its picture"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatLiesAroundADataSetNeedNotBeReadable() throws IOException {
    var around = temp.resolve("around");
    var folder = BoxFolders.coco(around.resolve("coco"));
    Files.setPosixFilePermissions(around, PosixFilePermissions.fromString("--x--x--x"));
    try {
      assumeFalse(Files.isReadable(around), "an administrator reads everything");
      assertEquals(BoxLayoutTest.EXPECTED, contents(folder));
      assertEquals(BoxLayoutTest.EXPECTED, contents(folder.resolve("annotations/instances.json")));
      Files.move(folder.resolve("annotations/instances.json"), folder.resolve("all.json"));
      assertEquals(BoxLayoutTest.EXPECTED, contents(folder.resolve("all.json")));
    } finally {
      Files.setPosixFilePermissions(around, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Other text files may lie there as well. */
  @ParameterizedTest
  @CsvSource({
    "images, labels",
    "images, images",
    "obj_train_data, obj_train_data",
    "'', ''",
    "train/images, train/labels",
    "train, train",
    "images/train, labels/train",
  })
  void labelsWithoutPictureAreListedWhereverLabelsLie(String pictures, String labels)
      throws IOException {
    for (var shown : BoxFolders.SHOWN) {
      var picture = temp.resolve(pictures).resolve(shown.name() + ".png");
      BoxFolders.picture(picture, shown.width(), shown.height());
      if (!shown.boxes().isEmpty()) {
        BoxFolders.write(
            temp.resolve(labels).resolve(shown.name() + ".txt"), BoxFolders.text(shown));
      }
    }
    BoxFolders.write(temp.resolve("classes.txt"), "cat\ndog\ntraffic light\n");
    for (String name : List.of("README.txt", "notes.txt", "val.txt")) {
      BoxFolders.write(temp.resolve(name), "0.9 of them\n1 is not here\na.png\n");
    }
    assertEquals(List.of(), BoxLayout.find(temp).orElseThrow().all().skipped());
    var without = temp.resolve(labels).resolve("z.txt");
    Files.copy(without.resolveSibling("a.txt"), without);
    var all = BoxLayout.find(temp).orElseThrow().all();
    assertEquals(BoxLayoutTest.EXPECTED, BoxLayoutTest.contents(all));
    assertEquals(1, all.skipped().size(), all.skipped().toString());
    assertTrue(all.skipped().getFirst().startsWith(without + ": its picture is not in " + temp));
  }
}
