package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import stride.tensor.Shape;

class TaskTest {
  @ParameterizedTest
  @EnumSource
  void theKeyNamesTheTask(Task task) {
    assertEquals(task, Task.ofKey(task.key()));
  }

  @Test
  void anUnknownKeyIsRefusedWithAllThatThereAre() {
    assertEquals(
        "unknown task \"points\"; there are single-label, binary, several-labels, class-map,"
            + " values, boxes, image",
        assertThrows(IllegalArgumentException.class, () -> Task.ofKey("points")).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "10, false, 10, SINGLE_LABEL",
    "10, false, 12, SINGLE_LABEL",
    "2, false, 2, SINGLE_LABEL",
    "2, false, 1, BINARY",
    "1, false, 1, SINGLE_LABEL",
    "1, true, 1, SEVERAL_LABELS",
    "10, true, 10, SEVERAL_LABELS"
  })
  void classesAndOutputsMakeATask(int classes, boolean several, int outputs, Task task) {
    assertEquals(task, Task.of(classes, several, Shape.of(outputs)));
    assertEquals(task, Task.of(classes, several, Shape.image(1, 1, outputs)));
  }

  @ParameterizedTest
  @CsvSource({"10, false, 9", "3, false, 1", "2, true, 1", "10, true, 12"})
  void anOutputTooFewOrTooManyIsRefused(int classes, boolean several, int outputs) {
    assertEquals(
        "the network has %d outputs, the data set %d classes".formatted(outputs, classes),
        assertThrows(
                IllegalArgumentException.class, () -> Task.of(classes, several, Shape.of(outputs)))
            .getMessage());
  }

  @Test
  void classesAreCountedAsTheTaskMeansThem() {
    var map = Shape.image(4, 5, 21);
    assertEquals(21, Task.CLASS_MAP.classes(map));
    assertEquals(2, Task.CLASS_MAP.classes(Shape.image(4, 5, 1)));
    assertEquals(420, Task.SINGLE_LABEL.classes(map));
    assertEquals(2, Task.BINARY.classes(Shape.of(1)));
    assertEquals(
        "the outputs of a network for the task values are not one for each class",
        assertThrows(IllegalStateException.class, () -> Task.VALUES.classes(map)).getMessage());
  }
}
