package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.network.Model;
import tools.jackson.jr.ob.JSON;

/**
 * Names in other scripts, in the locales that cron, containers and CI have. The scripts write such
 * names as octal bytes: the JVM of the tests may itself be unable to.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its names of files do not depend on the locale")
class LocaleTest {
  private static final String APPLES = "\u00c4pfel";
  private static final String JAPAN = "\u65e5\u672c";

  /** Shell variables with such names, as UTF-8. */
  private static final String NAMES =
      """
      apples=$(printf '\\303\\204pfel')
      japan=$(printf '\\346\\227\\245\\346\\234\\254')
      """;

  private Checkout checkout;

  /** A model of two classes whose names, and whose pictures' names, are not ASCII. */
  @BeforeAll
  void train(@TempDir Path temp) throws Exception {
    checkout = Checkout.in(Files.createDirectories(temp.resolve("a checkout")));
    for (int i = 0; i < 4; i++) {
      var picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      picture.setRGB(i, i, 0xFF00FF);
      ImageIO.write(picture, "png", checkout.folder().resolve(i + ".png").toFile());
    }
    var ended =
        checkout.run(
            Map.of("LANG", "C"),
            NAMES
                + """
                for part in train val; do
                  mkdir -p "data-$japan/$part/$apples" "data-$japan/$part/$japan"
                  for i in 0 1 2 3; do
                    cp $i.png "data-$japan/$part/$apples/$japan$i.png"
                    cp $i.png "data-$japan/$part/$japan/$apples$i.png"
                  done
                done
                ./stride train mlp --data "data-$japan" --input 8x8x3 --epochs 1 --out "$apples" &&
                ./stride report "$apples" --out report.html &&
                cp "$apples/model.safetensors" model.safetensors &&
                cp "$apples/config.json" config.json
                """);
    assertEquals(0, ended.status(), ended::toString);
    assertTrue(ended.out().contains("saved " + APPLES + "/model.safetensors"), ended.out());
  }

  @Test
  void filesHoldTheNamesAsTheyAre() throws IOException {
    var folder = checkout.folder();
    assertEquals(List.of(APPLES, JAPAN), Model.load(folder.resolve("model.safetensors")).labels());
    var config = JSON.std.mapFrom(Files.readString(folder.resolve("config.json")));
    assertTrue(config.get("data").toString().endsWith("/data-" + JAPAN), config.toString());
    var report = Files.readString(folder.resolve("report.html"));
    assertTrue(report.contains(APPLES) && report.contains(JAPAN), "the classes of the report");
  }

  static List<Map<String, String>> locales() {
    return List.of(
        Map.of(),
        Map.of("LANG", "C"),
        Map.of("LC_ALL", "C"),
        Map.of("LC_ALL", "POSIX"),
        Map.of("LC_CTYPE", "C", "LANG", "C.UTF-8"),
        Map.of("LANG", "C.UTF-8"),
        Map.of("LANG", "en_US.UTF-8"),
        Map.of("LC_ALL", "xx_XX.UTF-8"),
        // A category whose locale is missing, as ssh hands it on, makes the JVM ignore all others.
        Map.of("LANG", "C.UTF-8", "LC_TIME", "xx_XX.UTF-8"));
  }

  @ParameterizedTest
  @MethodSource("locales")
  void namesAreReadAndWrittenInEachLocale(Map<String, String> locale) throws Exception {
    answers(locale);
  }

  private void answers(Map<String, String> environment) throws Exception {
    var ended =
        checkout.run(
            environment,
            NAMES
                + """
                ./stride predict "$apples/model.safetensors" "data-$japan/val/$apples/${japan}0.png" --json
                """);
    assertEquals(0, ended.status(), ended::toString);
    var image = Stride.list(JSON.std.mapFrom(ended.out()), "images").getFirst();
    assertEquals("data-%s/val/%s/%s0.png".formatted(JAPAN, APPLES, JAPAN), image.get("image"));
    assertEquals(
        List.of(APPLES, JAPAN),
        Stride.list(image, "top").stream().map(guess -> guess.get("label")).sorted().toList());
    assertEquals("", ended.err());
  }

  /** Where a machine's only locales are these two, whichever is asked for. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void namesAreReadWhereThereIsNoUtf8LocaleOfC() throws Exception {
    var locales = Files.createDirectories(checkout.folder().resolve("locales"));
    for (String charset : List.of("ISO-8859-1", "UTF-8")) {
      var made =
          checkout.run(
              Map.of(),
              "localedef -i en_US -f %s '%s/en_US.%s'".formatted(charset, locales, charset));
      assumeTrue(made.status() == 0, "skipped: localedef makes no locale: " + made.err());
    }
    answers(Map.of("LOCPATH", locales.toString(), "LC_ALL", "en_US.ISO-8859-1"));
    answers(Map.of("LOCPATH", locales.toString()));
  }

  /** As on Alpine, whose names of locales all mean UTF-8. */
  @Test
  void namesAreReadWhereNoCommandTellsOfLocales() throws Exception {
    var tools = Files.createDirectories(checkout.folder().resolve("tools"));
    var needed = List.of("sh", "find", "head", "readlink", "cat", "stty");
    checkout.run(
        Map.of(),
        needed.stream()
            .map(tool -> "cp \"$(command -v %s)\" tools/%s".formatted(tool, tool))
            .collect(Collectors.joining("\n")));
    answers(Map.of("PATH", tools.toString(), "LANG", "C"));
  }

  @Test
  void theFolderOfTheCheckoutMayHaveAnyName() throws Exception {
    var ended =
        checkout.run(
            Map.of("LANG", "C"),
            NAMES
                + """
                mkdir "../$japan" && cp -R stride pom.xml app "../$japan/" && cd "../$japan" &&
                touch app/target/stride/stride-app.jar && touch app/target/*.aot &&
                ./stride networks --json
                """);
    assertEquals(0, ended.status(), ended::toString);
    assertTrue(ended.out().startsWith("{\"networks\":"), ended.out());
  }

  /** Without the launcher the JVM cannot read such names; it says what to do. */
  @ParameterizedTest
  @MethodSource("commandsOnNames")
  void aJvmThatCannotReadNamesSaysWhatToSet(String command) throws Exception {
    var ended =
        checkout.run(
            Map.of("LANG", "C"),
            NAMES
                + "\"$STRIDE_JAVA_HOME/bin/java\" -p '%s' -m stride.app/stride.app.Main %s"
                    .formatted(checkout.modules(), command));
    assumeTrue(ended.status() != 0, "skipped: this JVM reads names whatever the locale");
    ended.failsWith(ended.status(), "set LC_ALL=C.UTF-8 in the environment");
    assertEquals("", ended.out());
  }

  static List<String> commandsOnNames() {
    return List.of(
        "predict model.safetensors \"data-$japan/val/$japan/${apples}0.png\"",
        "predict \"$apples/model.safetensors\" 0.png",
        "predict model.safetensors data*/val/*/*0.png",
        "evaluate model.safetensors --data data*",
        "train mlp --data data* --epochs 1",
        "report \"$apples\"");
  }

  @Test
  void aFolderOfPicturesWhoseNamesAreNotUtf8IsAnsweredInPart() throws Exception {
    var ended =
        checkout.run(
            Map.of(),
            """
            mkdir -p latin/a && cp 0.png latin/a/good.png
            cp 0.png "latin/a/$(printf 'l\\344.png')" || exit 99
            ./stride predict model.safetensors latin --json
            """);
    assumeTrue(ended.status() != 99, "skipped: the file system's names are UTF-8");
    ended.failsWith(1, "cannot use latin/a/l\ufffd.png by its name", "not UTF-8: rename it");
    var images = Stride.list(JSON.std.mapFrom(ended.out()), "images");
    assertEquals(2, images.size());
    assertTrue(images.getFirst().containsKey("top"), ended.out());
    assertTrue(images.getLast().get("error").toString().contains("not UTF-8"), ended.out());
  }

  @Test
  void aClassWhoseNameIsNotUtf8IsRefused() throws Exception {
    var ended =
        checkout.run(
            Map.of(),
            """
            for class in "$(printf 'l\\344')" b; do
              mkdir -p "classes/$class" && cp 0.png 1.png "classes/$class" || exit 99
            done
            ./stride train mlp --data classes --input 8x8x3 --val-fraction 0.5 --epochs 1
            """);
    assumeTrue(ended.status() != 99, "skipped: the file system's names are UTF-8");
    ended.failsWith(1, "cannot use ", "classes/l\ufffd by its name", "not UTF-8: rename it");
  }

  @Test
  void anArgumentThatIsNotUtf8IsExplained() throws Exception {
    checkout
        .run(Map.of(), "./stride predict model.safetensors \"$(printf 'l\\344.png')\"")
        .failsWith(1, "l\ufffd.png: there is no such file", "not UTF-8: rename it");
  }

  @Test
  void textInFilesThatIsNotUtf8IsRefused() throws Exception {
    checkout
        .run(
            Map.of(),
            """
            printf 'a\\nl\\344\\n' >labels.txt
            ./stride predict model.safetensors 0.png --labels labels.txt
            """)
        .failsWith(1, "labels.txt", "UTF-8");
    checkout
        .run(
            Map.of(),
            """
            printf 'file,label\\n0.png,a\\n1.png,l\\344\\n' >table.csv
            ./stride evaluate model.safetensors --data table.csv
            """)
        .failsWith(1, "table.csv: line 3 ", "UTF-8");
  }
}
