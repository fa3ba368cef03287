package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.app.Stride;
import stride.app.console.UsageException;

/** Every command that takes data understands their names alike, and refuses them alike. */
final class DataSourceTest {
  @TempDir private Path temp;

  /** What a name can stand for. */
  enum Kind {
    NAMED,
    FOLDER,
    TABLE,
    NOTHING
  }

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(temp.resolve("pictures"));
    Files.writeString(temp.resolve("table.csv"), "file,label\n");
  }

  private String name(Kind kind) {
    return switch (kind) {
      case NAMED -> "mnist";
      case FOLDER -> temp.resolve("pictures").toString();
      case TABLE -> temp.resolve("table.csv").toString();
      case NOTHING -> temp.resolve("nothing").toString();
    };
  }

  private static List<List<Object>> commands() {
    return List.of(
        List.of("train", "lenet5", "--data"),
        List.of("lr-find", "lenet5", "--data"),
        List.of("evaluate", "m.safetensors", "--data"),
        List.of("augment", "--out", "sheet.png"));
  }

  static Stream<Arguments> commandsAndKinds() {
    return commands().stream()
        .flatMap(command -> Stream.of(Kind.values()).map(kind -> Arguments.of(command, kind)));
  }

  private Stride run(List<Object> command, Kind kind, Object... more) {
    var arguments = new ArrayList<Object>(command);
    arguments.add(name(kind));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  @ParameterizedTest
  @MethodSource("commandsAndKinds")
  void filesOfADataSetGoWithNothingElse(List<Object> command, Kind kind) {
    if (kind == Kind.NAMED) {
      return; // Its files are read then.
    }
    var ended = run(command, kind, "--data-dir", temp);
    switch (kind) {
      case NOTHING ->
          ended.failsWith(
              "there is no data set, folder or table %s; the data sets are mnist, fashion-mnist, cifar10"
                  .formatted(name(kind)));
      default ->
          ended.refusesWith(
              "--data-dir goes with the name of a data set, %s is a %s"
                  .formatted(name(kind), kind == Kind.FOLDER ? "folder" : "table"));
    }
  }

  @ParameterizedTest
  @MethodSource("commandsAndKinds")
  void optionsOfPicturesGoWithPictures(List<Object> command, Kind kind) {
    if (kind == Kind.NAMED) {
      run(command, kind, "--no-exif")
          .refusesWith("--no-exif and --max-pixels go with pictures in files, mnist is a data set");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNameIsOfOneKind(Kind kind) throws IOException {
    String name = name(kind);
    if (kind == Kind.NOTHING) {
      assertThrows(IllegalArgumentException.class, () -> DataSource.of(name, null));
      return;
    }
    var expected =
        switch (kind) {
          case NAMED -> new DataSource.Named(name, null);
          case FOLDER -> new DataSource.Folder(Path.of(name));
          default -> new DataSource.Table(Path.of(name));
        };
    assertEquals(expected, DataSource.of(name, null));
    assertEquals(name, expected.toString());
    assertEquals(kind != Kind.NAMED, expected.isPictures());
    if (kind == Kind.NAMED) {
      assertThrows(UsageException.class, () -> expected.requirePictures("--skip-broken goes"));
    } else {
      expected.requirePictures("--skip-broken goes");
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesThatLastAreAbsolutePathsOfWhatIsThere(Kind kind) {
    assertEquals(name(kind), DataSource.lasting(name(kind)));
    assertEquals(Path.of("src").toAbsolutePath().toString(), DataSource.lasting("./src"));
    assertEquals("no-such-folder", DataSource.lasting("no-such-folder"));
  }

  @Test
  void aTableOfOneClassAPictureIsShownAsASheet() throws IOException {
    var table = Files.writeString(temp.resolve("some.csv"), "file,label\na.png,ant\nb.png,bee\n");
    for (var picture : List.of("a.png", "b.png")) {
      javax.imageio.ImageIO.write(
          new java.awt.image.BufferedImage(8, 8, 1), "png", temp.resolve(picture).toFile());
    }
    var out = temp.resolve("sheet.png");
    var json = Stride.run("augment", table, "--out", out, "--input", "8x8x3", "--json").json();
    assertEquals(2, json.get("images"));
  }
}
