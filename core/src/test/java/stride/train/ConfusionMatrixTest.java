package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Precision, recall and F1 by hand. */
final class ConfusionMatrixTest {
  private final ConfusionMatrix confusion =
      ConfusionMatrix.of(
          List.of("a", "b", "c"), new int[] {0, 0, 0, 1, 1, 1}, new int[] {0, 0, 1, 1, 1, 0});

  @Test
  void rowsAreTheTruthAndColumnsTheAnswers() {
    var lopsided = ConfusionMatrix.of(List.of("a", "b"), new int[] {0, 0, 0}, new int[] {0, 1, 1});
    assertEquals(1, lopsided.precision(0));
    assertEquals(1 / 3.0, lopsided.recall(0));
    assertEquals(0.5, lopsided.f1(0));
    assertEquals(new ConfusionMatrix.Mistaken(0, 1, 2), lopsided.mistaken().getFirst());
  }

  @Test
  void aClassWithoutImagesHasNoFigures() {
    assertTrue(Double.isNaN(confusion.recall(2)) && Double.isNaN(confusion.precision(2)));
    assertEquals(List.of(0, 1), confusion.worst());
    assertEquals(4, confusion.right());
    assertEquals(6, confusion.images());
  }

  @Test
  void aModelsAnswersForADataSetAreCounted() throws java.io.IOException {
    var test = Toy.images(70, 2);
    var model = Trainer.of(Toy.lenet()).epochs(3).fit(Toy.images(200, 1), test);
    try (var engine = stride.engine.Engine.withThreads(2)) {
      var matrix = ConfusionMatrix.of(model, test, engine);
      assertEquals(70, matrix.images());
      assertEquals(test.labels(), matrix.labels());
      double accuracy = Evaluation.of(model, test, engine).top1();
      assertEquals(accuracy, matrix.right() / 70.0, 1e-12);
    }
  }
}
