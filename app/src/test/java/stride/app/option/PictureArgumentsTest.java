package stride.app.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import stride.app.Main;
import stride.app.PictureFolderTrainingTest;
import stride.app.Stride;
import tools.jackson.jr.ob.JSON;

/** Every command that reads pictures can be told how large they may be. */
class PictureArgumentsTest {
  /** What a command calls pictures, or what holds them, where it takes them. */
  private static final Pattern TAKES_PICTURES =
      Pattern.compile("IMAGE(\\.\\.\\.)?|PHOTO|DATASET\\|DIR.*|DIR\\|DATASET|RUN");

  private static final Pattern SPEAKS_OF_PICTURES =
      Pattern.compile("\\b(pictures?|photos?)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern WRITES = Pattern.compile("\\bfolder for\\b");

  @TempDir Path temp;
  private Path data;
  private Path photo;
  private Path model;

  @BeforeEach
  void makePictures() throws IOException {
    data = temp.resolve("bars");
    PictureFolderTrainingTest.pictures(data.resolve("train"), 6, 6);
    PictureFolderTrainingTest.pictures(data.resolve("val"), 2, 2);
    photo = data.resolve("val/upright/000.png");
    model = temp.resolve("run/model.safetensors");
  }

  /** All commands by their names, as picocli sees them. */
  private static Map<String, CommandSpec> commands() {
    var commands = new TreeMap<String, CommandSpec>();
    collect("", Main.class, commands);
    return commands;
  }

  private static void collect(String before, Class<?> type, Map<String, CommandSpec> commands) {
    for (var sub : type.getAnnotation(Command.class).subcommands()) {
      String name = before + sub.getAnnotation(Command.class).name();
      commands.put(name, CommandSpec.forAnnotatedObject(sub));
      collect(name + " ", sub, commands);
    }
  }

  private static boolean takesPictures(ArgSpec argument) {
    return argument.paramLabel() != null
        && (TAKES_PICTURES.matcher(argument.paramLabel()).matches()
            || argument.paramLabel().equals("DIR")
                && SPEAKS_OF_PICTURES.matcher(String.join(" ", argument.description())).find()
                && !WRITES.matcher(String.join(" ", argument.description())).find());
  }

  @Test
  void everyCommandThatTakesPicturesHasTheOptions() {
    var with = new TreeSet<String>();
    var without = new TreeSet<String>();
    commands()
        .forEach(
            (name, spec) -> {
              if (spec.args().stream().anyMatch(PictureArgumentsTest::takesPictures)) {
                boolean has =
                    spec.findOption("--max-pixels") != null && spec.findOption("--no-exif") != null;
                (has ? with : without).add(name);
              }
            });
    assertEquals(
        new TreeSet<>(List.of("compare")),
        without,
        "of a run compare reads what was measured, and no pictures");
    assertTrue(
        with.containsAll(
            List.of(
                "augment",
                "bench",
                "evaluate",
                "explain",
                "lecture edges",
                "lr-find",
                "predict",
                "report",
                "train")),
        with.toString());
  }

  /** Picocli looks at all that commands declare, and so every start would load AWT's classes. */
  @Test
  void noCommandDeclaresAnythingOfAwt() {
    for (var spec : commands().values()) {
      for (var method : spec.userObject().getClass().getDeclaredMethods()) {
        assertFalse(method.toGenericString().contains("java.awt"), method.toString());
      }
      for (var field : spec.userObject().getClass().getDeclaredFields()) {
        assertFalse(field.toGenericString().contains("java.awt"), field.toString());
      }
    }
  }

  private Stride train(Object... more) {
    var arguments = new ArrayList<Object>(List.of("train", "lenet5", "--data", data, "--batch", 4));
    arguments.addAll(List.of("--epochs", 1, "--out", temp.resolve("run")));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  @Test
  void everyOneOfThemRefusesLargerPicturesAndNamesTheOption() {
    train().succeeds();
    var calls =
        List.of(
            List.of("lr-find", "lenet5", "--data", data, "--out", temp.resolve("lr.svg")),
            List.of("evaluate", model, "--data", data),
            List.of("predict", model, photo),
            List.of("explain", model, photo, "--out", temp.resolve("maps")),
            List.of("augment", data, "--out", temp.resolve("sheet.png")),
            List.of("bench", "lenet5", "--loader", data, "--batch", 2),
            List.of("report", temp.resolve("run")),
            List.of("lecture", "edges", photo, "--out", temp.resolve("edges.png")),
            List.of("train", "lenet5", "--data", data, "--out", temp.resolve("other")));
    for (var call : calls) {
      var arguments = new ArrayList<Object>(call);
      arguments.addAll(List.of("--max-pixels", 1599));
      Stride.run(arguments.toArray())
          .failsWith("has 40x40 pixels, at most 1,599 are read", "--max-pixels 1600");
      arguments.set(arguments.size() - 1, 0);
      Stride.run(arguments.toArray()).refusesWith("--max-pixels takes 1 or more, found 0");
    }
  }

  @Test
  void aRunKeepsThemForResumingAndForItsReport() throws IOException {
    train("--max-pixels", 1600, "--no-exif").succeeds();
    var run = temp.resolve("run");
    var config = JSON.std.mapFrom(Files.readString(run.resolve("config.json")));
    assertEquals(1600, config.get("max_pixels"));
    assertEquals(true, config.get("no_exif"));
    Stride.run("train", "--resume", run).succeeds();
    Stride.run("train", "--resume", run, "--max-pixels", 1600).succeeds();
    Stride.run("train", "--resume", run, "--max-pixels", 1700)
        .refusesWith("--max-pixels 1700 does not go with --resume");
    Stride.run("report", run).succeeds();
    var larger = new BufferedImage(50, 50, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(larger, "png", photo.toFile());
    Stride.run("report", run).failsWith("has 50x50 pixels, at most 1,600 are read");
    Stride.run("report", run, "--max-pixels", 2500).succeeds();
  }

  @Test
  void theyAreRefusedWhereThereAreNoPictures() {
    for (var options : List.of(List.of("--max-pixels", 9), List.of("--no-exif"))) {
      for (var call :
          List.of(
              List.of("train", "lenet5", "--data", "mnist"),
              List.of("lr-find", "lenet5", "--data", "mnist"),
              List.of("evaluate", model, "--data", "mnist"),
              List.of("augment", "mnist", "--out", temp.resolve("sheet.png")),
              List.of("bench", "lenet5"))) {
        var arguments = new ArrayList<Object>(call);
        arguments.addAll(options);
        Stride.run(arguments.toArray()).refusesWith("--no-exif and --max-pixels go with pictures");
      }
    }
  }
}
