package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.console.Figures;
import stride.app.run.Metrics;

/** What docs/finetuning.md says, done with the pictures it speaks of. */
final class FinetuningPageTest {
  @TempDir private Path temp;

  @Test
  @Tag("slow")
  void everyCommandOfThePageWorksAndAntsAreToldFromBees() throws Exception {
    var pictures = SharedData.require("ants-bees");
    var weights = SharedData.require("imagenet/squeezenet1_1.safetensors");
    Path photo;
    try (var bees = Files.list(pictures.resolve("val").resolve("bees"))) {
      photo = bees.sorted().findFirst().orElseThrow();
    }
    var outputs = new ArrayList<String>();
    for (var command : commands()) {
      var arguments =
          Stream.of(command.split(" "))
              .map(
                  word ->
                      switch (word) {
                        case "imagenet" -> weights.toString();
                        case "ants-bees" -> pictures.toString();
                        case "photo.jpg" -> photo.toString();
                        default ->
                            word.startsWith("runs/")
                                    || word.equals("compare.html")
                                    || word.equals("why")
                                ? temp.resolve(word).toString()
                                : word;
                      })
              .toArray();
      outputs.add(Stride.run(arguments).succeeds().out());
    }
    assertEquals(6, outputs.size(), "commands");
    for (var run : List.of("ants-bees", "unfrozen")) {
      var metrics = Metrics.read(temp.resolve("runs/" + run + "/metrics.jsonl"));
      double right = metrics.epochs().getLast().test().accuracy();
      assertTrue(right >= 0.9, "%s: %s right".formatted(run, Figures.percent(right)));
    }
    assertTrue(
        Files.readString(temp.resolve("runs/ants-bees/report.html"))
            .contains("The surest mistakes"));
    assertTrue(Files.readString(temp.resolve("compare.html")).contains("unfreeze_after"));
    assertTrue(outputs.get(4).contains("bees"), outputs.get(4));
    assertTrue(Files.exists(temp.resolve("why/gradcam.png")));
  }

  private static List<String> commands() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "finetuning.md"));
    var blocks = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(page).results();
    return blocks
        .flatMap(block -> block.group(1).lines())
        .map(line -> line.replaceFirst("^\\./stride ", ""))
        .toList();
  }
}
