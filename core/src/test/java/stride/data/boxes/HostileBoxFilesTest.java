package stride.data.boxes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.format.FileException;
import stride.format.FormatException;

/** Thousands of broken files: each is read, or refused with one sentence that names a file. */
class HostileBoxFilesTest {
  private static final int SEEDS = 25;
  private static final int MUTANTS = 20;

  private static final List<String> NASTY =
      List.of(
          "NaN",
          "-1",
          "1e999",
          "-1e39",
          "1e9",
          "-1e38",
          "2e38",
          "1e300",
          "9".repeat(400),
          "0x1p3",
          "null",
          "\"",
          "{",
          "[",
          "]]]]",
          "<",
          ">",
          "</object>",
          "<object>",
          "&amp;",
          "&#x0;",
          "<![CDATA[",
          "<!--",
          "\u0000",
          "\uFEFF",
          "\r",
          "\n",
          "\t",
          "  ",
          ":",
          ",",
          "-",
          "#",
          "'",
          "é",
          "\uD800",
          "..",
          "/",
          "\\",
          "%s");

  @TempDir Path temp;

  private static List<Path> files(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !Places.hasSuffix(file, "png"))
          .sorted()
          .toList();
    }
  }

  private static byte[] mutated(byte[] text, Random random) {
    byte[] changed = text.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(changed.length + 1);
      int to = Math.min(changed.length, at + random.nextInt(12));
      byte[] middle =
          switch (random.nextInt(6)) {
            case 0 -> new byte[0];
            case 1 -> new byte[] {(byte) random.nextInt(256)};
            case 2 -> Arrays.copyOfRange(changed, at, to);
            default -> NASTY.get(random.nextInt(NASTY.size())).getBytes(StandardCharsets.UTF_8);
          };
      int end = random.nextInt(10) == 0 ? changed.length : random.nextBoolean() ? at : to;
      var all = new byte[at + middle.length + changed.length - end];
      System.arraycopy(changed, 0, all, 0, at);
      System.arraycopy(middle, 0, all, at, middle.length);
      System.arraycopy(changed, end, all, at + middle.length, changed.length - end);
      changed = all;
    }
    return changed;
  }

  static Stream<Arguments> seeds() {
    return Arrays.stream(BoxFormat.values())
        .flatMap(format -> IntStream.range(0, SEEDS).mapToObj(seed -> Arguments.of(format, seed)));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void brokenFilesAreReadOrRefusedWithASentence(BoxFormat format, int seed) throws IOException {
    BoxFolders.write(format, temp);
    if (format == BoxFormat.VOC) {
      BoxFolders.write(temp.resolve("ImageSets/Main/train.txt"), "a\nb\nc\n");
    }
    var files = files(temp);
    var random = new Random(seed);
    for (int i = 0; i < MUTANTS; i++) {
      var file = files.get(random.nextInt(files.size()));
      byte[] before = Files.readAllBytes(file);
      Files.write(file, mutated(before, random));
      check("%s, seed %d, mutant %d".formatted(format, seed, i));
      Files.write(file, before);
    }
  }

  private void check(String which) {
    for (boolean skip : new boolean[] {false, true}) {
      try {
        var layout = BoxLayout.find(temp);
        if (layout.isPresent()) {
          var pictures = (skip ? layout.get().skippingBroken() : layout.get()).all();
          for (int p = 0; p < pictures.size(); p++) {
            var picture = pictures.get(p);
            for (var object : picture.objects()) {
              assertTrue(object.area() < 1e30, which + ": " + object);
            }
            for (var box : picture.learned()) {
              assertTrue(
                  box.left() >= 0
                      && box.top() >= 0
                      && box.right() <= picture.picture().width()
                      && box.bottom() <= picture.picture().height()
                      && box.left() < box.right()
                      && box.top() < box.bottom()
                      && box.label() < pictures.labels().size(),
                  which + ": " + box);
            }
          }
          pictures
              .skipped()
              .forEach(said -> assertTrue(said.contains(temp.toString()), which + ": " + said));
        }
      } catch (FormatException | FileException | UncheckedIOException e) {
        String said = String.valueOf(e.getMessage());
        assertTrue(said.contains(temp.toString()), which + ": " + said);
        assertEquals(1, said.lines().count(), which + ": " + said);
        assertTrue(said.length() < 1000, which + ": " + said);
      } catch (IOException | RuntimeException e) {
        throw new AssertionError(which, e);
      }
    }
  }

  /** Some are finite each, and their sums or products are not. */
  static Stream<Arguments> largeNumbers() {
    return Arrays.stream(BoxFormat.values())
        .flatMap(
            format ->
                Stream.of("1e9", "2e9", "1e19", "1e38", "2e38", "3.4e38", "1e39", "1e300", "1e308")
                    .map(number -> Arguments.of(format, number)));
  }

  @ParameterizedTest
  @MethodSource("largeNumbers")
  void largeNumbersAreReadOrRefusedWithASentence(BoxFormat format, String number)
      throws IOException {
    BoxFolders.write(format, temp);
    var file =
        temp.resolve(
            switch (format) {
              case COCO -> "annotations/instances.json";
              case VOC -> "Annotations/a.xml";
              case YOLO -> "labels/a.txt";
            });
    String before = Files.readString(file);
    // Each number of the file by itself, and all of the first box.
    var changed =
        Pattern.compile("(?<![\\w.])\\d[\\d.]*")
            .matcher(before)
            .results()
            .flatMap(
                found ->
                    Stream.of("", "-")
                        .map(
                            sign ->
                                before.substring(0, found.start())
                                    + sign
                                    + number
                                    + before.substring(found.end())))
            .collect(Collectors.toCollection(ArrayList::new));
    for (String low : List.of("0", number, "-" + number)) {
      changed.add(
          switch (format) {
            case COCO ->
                before.replace(
                    "[4, 2, 16, 10]", "[%s, %s, %s, %s]".formatted(low, low, number, number));
            case VOC ->
                before
                    .replaceAll("(<[xy]min>)[^<]*", "$1" + low)
                    .replaceAll("(<[xy]max>)[^<]*", "$1" + number);
            case YOLO -> "0 %s %s %s %s\n".formatted(low, low, number, number);
          });
    }
    if (format == BoxFormat.COCO) {
      changed.add(before.replace("\"iscrowd\"", "\"area\": %s, \"iscrowd\"".formatted(number)));
    }
    for (String text : changed) {
      Files.writeString(file, text);
      check(text);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "YOLO") // Its lines stand alone.
  void cutOffFilesAreNeverTakenForWholeOnes(BoxFormat format) throws IOException {
    BoxFolders.write(format, temp);
    for (var file : files(temp)) {
      byte[] whole = Files.readAllBytes(file);
      for (int length = 0; length < whole.length - 2; length += 7) {
        Files.write(file, Arrays.copyOf(whole, length));
        check("%s of %d bytes".formatted(file, length));
        try {
          var layout = BoxLayout.find(temp);
          assertTrue(
              layout.isEmpty()
                  || !BoxLayoutTest.contents(layout.get().all()).equals(BoxLayoutTest.EXPECTED),
              "%s of %d bytes".formatted(file, length));
        } catch (IOException e) {
          // That is what is wanted.
        }
      }
      Files.write(file, whole);
    }
  }

  /** Changes that change nothing. */
  private enum Harmless {
    MARK {
      @Override
      void change(Path file, BoxFormat format) throws IOException {
        Files.writeString(file, "\uFEFF" + Files.readString(file));
      }
    },
    WINDOWS_LINES {
      @Override
      void change(Path file, BoxFormat format) throws IOException {
        Files.writeString(file, Files.readString(file).replace("\n", "\r\n"));
      }
    },
    UTF_16 {
      @Override
      void change(Path file, BoxFormat format) throws IOException {
        recode(file, StandardCharsets.UTF_16);
      }
    },
    BLANKS_AT_THE_END {
      @Override
      void change(Path file, BoxFormat format) throws IOException {
        Files.writeString(file, Files.readString(file) + "\n  \n\n");
      }
    };

    abstract void change(Path file, BoxFormat format) throws IOException;

    static void recode(Path file, Charset to) throws IOException {
      Files.writeString(file, Files.readString(file), to);
    }
  }

  static Stream<Arguments> harmless() {
    return Arrays.stream(BoxFormat.values())
        .flatMap(
            format -> Arrays.stream(Harmless.values()).map(change -> Arguments.of(format, change)));
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void otherWaysToWriteTheSameAreReadTheSame(BoxFormat format, Harmless change) throws IOException {
    BoxFolders.write(format, temp);
    for (var file : files(temp)) {
      change.change(file, format);
    }
    assertEquals(
        BoxLayoutTest.EXPECTED, BoxLayoutTest.contents(BoxLayout.find(temp).orElseThrow().all()));
  }

  static Stream<Arguments> names() {
    return Arrays.stream(BoxFormat.values())
        .flatMap(
            format ->
                Stream.of("with space", "Grün é", "deep/er/a", "a.b.c", "100%", "it's")
                    .map(name -> Arguments.of(format, name)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void picturesOfAnyNameAreFound(BoxFormat format, String name) throws IOException {
    BoxFolders.write(format, temp);
    String last = name.substring(name.lastIndexOf('/') + 1);
    var moves = new ArrayList<List<String>>();
    switch (format) {
      case COCO -> {
        moves.add(List.of("images/a.png", "images/" + name + ".png"));
        var json = temp.resolve("annotations/instances.json");
        // Slashes of Windows.
        Files.writeString(
            json,
            Files.readString(json)
                .replace("\"a.png\"", "\"%s.png\"".formatted(name.replace("/", "\\\\"))));
      }
      case VOC -> {
        moves.add(List.of("JPEGImages/a.png", "JPEGImages/" + name + ".png"));
        moves.add(List.of("Annotations/a.xml", "Annotations/" + name + ".xml"));
      }
      case YOLO -> {
        moves.add(List.of("images/a.png", "images/" + name + ".png"));
        moves.add(List.of("labels/a.txt", "labels/" + name + ".txt"));
      }
    }
    for (var move : moves) {
      var to = temp.resolve(move.get(1));
      Files.createDirectories(to.getParent());
      Files.move(temp.resolve(move.getFirst()), to);
    }
    String contents = BoxLayoutTest.contents(BoxLayout.find(temp).orElseThrow().all());
    assertTrue(
        contents.contains(last + "=[cat 4.00 2.00 20.00 12.00, dog 20.00 5.00 40.00 20.00]"),
        contents);
  }

  /** Its outlines are not kept: the file is many times as large as the memory that it takes. */
  @Test
  void aLargeFileOfOutlinesTakesLittleMemory() throws Exception {
    BoxFolders.picture(temp.resolve("1.png"), 640, 480);
    var json = temp.resolve("large.json");
    try (var out = Files.newBufferedWriter(json)) {
      out.write("{\"annotations\": [\n");
      String outline = "[" + "123.45,".repeat(4000) + "1]";
      for (int i = 0; i < 1200; i++) {
        out.write(
            "%s{\"id\": %d, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4], \"segmentation\": [%s]}\n"
                .formatted(i == 0 ? "" : ",", i, outline));
      }
      out.write("], \"images\": [{\"id\": 1, \"file_name\": \"1.png\"}],");
      out.write("\"categories\": [{\"id\": 1, \"name\": \"thing\"}]}");
    }
    assertTrue(Files.size(json) > 30_000_000);
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                json.toString())
            .redirectErrorStream(true)
            .start();
    try (var out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), said);
      assertTrue(said.contains("[1200]"), said);
    }
  }

  /** Reads a data set in a JVM of its own. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] args) throws IOException {
      var pictures = BoxLayout.find(Path.of(args[0])).orElseThrow().all();
      System.out.println(Arrays.toString(pictures.objectsByClass()));
    }
  }
}
