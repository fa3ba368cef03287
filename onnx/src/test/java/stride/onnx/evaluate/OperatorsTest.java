package stride.onnx.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The versions of the operators, against the standard's own tables. */
final class OperatorsTest {
  private static Map<String, List<Integer>> standard() throws IOException {
    var standard = new HashMap<String, List<Integer>>();
    try (var table = OperatorsTest.class.getResourceAsStream("operators.tsv")) {
      for (String line :
          new String(table.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] cells = line.split("\t");
        var versions = new ArrayList<Integer>();
        for (String version : cells[1].split(" ")) {
          versions.add(Integer.parseInt(version));
        }
        standard.put(cells[0], versions);
      }
    }
    return standard;
  }

  @Test
  void eachChangeOfTheStandardIsKnown() throws IOException {
    Map<String, List<Integer>> standard = standard();
    var different = new ArrayList<String>();
    Operators.all()
        .forEach(
            (name, versions) -> {
              if (!name.contains(".") && !versions.equals(standard.get(name))) {
                different.add(name + " " + versions + ", the standard has " + standard.get(name));
              }
            });
    assertEquals(List.of(), different);
  }

  @Test
  void thePageListsThem() throws IOException {
    Path page = Path.of("").toAbsolutePath().resolveSibling("docs/onnx.md");
    var listed = new TreeMap<String, List<Integer>>();
    Files.readAllLines(page).stream()
        .dropWhile(line -> !line.startsWith("## Operators"))
        .filter(line -> line.startsWith("| ") && !line.startsWith("| |"))
        .flatMap(line -> Stream.of(line.split(" \\| ")[1].replace(" |", "").split(", ")))
        .forEach(
            entry -> {
              String[] words = entry.split(" ");
              listed.put(
                  words[0].replace("ms.", "com.microsoft."),
                  Stream.of(words).skip(1).map(Integer::valueOf).toList());
            });
    assertEquals(Operators.all(), listed);
  }

  @Test
  void theOperatorsOfVisionAreThere() {
    assertTrue(Operators.all().size() > 150, "only " + Operators.all().size());
  }
}
