package stride.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Precision, recall and F1 by hand. */
final class ConfusionTest {
  private final Confusion confusion =
      Confusion.of(
          List.of("a", "b", "c"), new int[] {0, 0, 0, 1, 1, 1}, new int[] {0, 0, 1, 1, 1, 0});

  @Test
  void rowsAreTheTruthAndColumnsTheAnswers() {
    var lopsided = Confusion.of(List.of("a", "b"), new int[] {0, 0, 0}, new int[] {0, 1, 1});
    assertEquals(1, lopsided.precision(0));
    assertEquals(1 / 3.0, lopsided.recall(0));
    assertEquals(0.5, lopsided.f1(0));
    assertEquals(new Confusion.Mistaken(0, 1, 2), lopsided.mistaken().getFirst());
  }

  @Test
  void aClassWithoutImagesHasNoFigures() {
    assertTrue(Double.isNaN(confusion.recall(2)) && Double.isNaN(confusion.precision(2)));
    assertEquals(List.of(0, 1), confusion.worst());
    assertEquals(4, confusion.right());
    assertEquals(6, confusion.images());
  }
}
