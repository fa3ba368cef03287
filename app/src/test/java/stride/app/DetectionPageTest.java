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

/** What docs/detection.md says, done with the pictures it speaks of, in one epoch. */
final class DetectionPageTest {
  @TempDir private Path temp;

  @Test
  @Tag("slow")
  void everyCommandOfThePageWorksFromAFolderToDrawnBoxes() throws Exception {
    var cells = SharedData.require("detection/bccd");
    var weights = SharedData.require("detection/fastestdet/fastestdet_coco.pth");
    var outputs = new ArrayList<String>();
    for (var command : commands()) {
      var arguments =
          Stream.concat(
                  Stream.of(command.split(" "))
                      .map(
                          word ->
                              switch (word) {
                                case "fastestdet_coco.pth" -> weights.toString();
                                case "bccd" -> cells.toString();
                                case "cells.jpg" ->
                                    cells.resolve("JPEGImages/BloodImage_00007.jpg").toString();
                                default ->
                                    word.startsWith("runs/")
                                            || word.equals("sheet.png")
                                            || word.equals("found")
                                        ? temp.resolve(word).toString()
                                        : word;
                              }),
                  command.startsWith("train ") ? Stream.of("--epochs", "1") : Stream.of())
              .toArray();
      outputs.add(Stride.run(arguments).succeeds().out());
    }
    assertEquals(5, outputs.size(), "commands");
    assertTrue(Files.size(temp.resolve("sheet.png")) > 100_000);
    for (String label : List.of("RBC", "WBC", "Platelets")) {
      assertTrue(outputs.get(2).contains(label), outputs.get(2));
    }
    assertTrue(Files.exists(temp.resolve("runs/cells/report.html")));
    assertTrue(Files.exists(temp.resolve("found/BloodImage_00007.jpg")));
  }

  private static List<String> commands() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "detection.md"));
    var blocks = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(page).results();
    return blocks
        .flatMap(block -> block.group(1).lines())
        .map(line -> line.replaceFirst("^\\./stride ", ""))
        .toList();
  }
}
