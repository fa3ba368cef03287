package stride.app.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleTest {
  private static List<String> files(int count) {
    return IntStream.range(0, count).mapToObj(i -> i + ".txt").toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10})
  void fewEntriesThatArePassedOverAreAllNamed(int count) {
    assertEquals(
        files(count).stream().map(file -> "passed over: " + file).toList(),
        Console.passedOver(files(count)));
  }

  @Test
  void ofManyTheFirstAreNamedAndTheOthersCounted() {
    var lines = Console.passedOver(files(1234));
    assertEquals(11, lines.size());
    assertEquals("passed over: 9.txt", lines.get(9));
    assertEquals("passed over: 1,224 more", lines.getLast());
  }
}
