package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import stride.data.augment.RandomIouCrop;
import stride.data.augment.RandomZoomOut;
import stride.data.augment.ScaleJitter;
import stride.data.augment.View;

/** Which part of a picture is shown, against what {@code tools/golden/views.py} draws. */
final class ViewsTest {
  private record Shown(int width, int height, List<Box> boxes) {}

  private static final List<Shown> PICTURES =
      List.of(
          new Shown(96, 64, List.of(new Box(0, 9, 12, 48, 44), new Box(1, 60, 5, 90, 60))),
          new Shown(640, 427, List.of(new Box(0, 0, 0, 640, 427))),
          new Shown(
              53,
              200,
              List.of(
                  new Box(0, 5, 150, 12, 158),
                  new Box(1, 40, 3, 53, 21),
                  new Box(2, 20, 20, 24, 190))));

  @Test
  void partsAreThoseOfThePapersForTheSameDraws() throws IOException {
    for (var line : lines()) {
      var fields = line.split(" ");
      var augmentation =
          switch (fields[0]) {
            case "crop" -> new RandomIouCrop();
            case "zoom" -> new RandomZoomOut(0.5, 4);
            default -> new ScaleJitter(0.1, 2);
          };
      var picture = PICTURES.get(Integer.parseInt(fields[1]));
      var view =
          augmentation.view(
              Long.parseLong(fields[2]), View.all(picture.height, picture.width), picture.boxes);
      double[] found = {view.left(), view.top(), view.width(), view.height()};
      for (int i = 0; i < found.length; i++) {
        assertEquals(Double.parseDouble(fields[3 + i]), found[i], 1e-6 * picture.width, line);
      }
    }
  }

  private static List<String> lines() throws IOException {
    try (var in =
        Objects.requireNonNull(ViewsTest.class.getResourceAsStream("/stride/data/views.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
