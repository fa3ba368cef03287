package stride.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures by hand. */
class LabelAnswersTest {
  private final LabelAnswers answers =
      new LabelAnswers(
          List.of("sea", "boat", "dog"),
          new boolean[][] {
            {true, true, false},
            {true, false, false},
            {false, false, false},
          },
          new float[][] {
            {0.9f, 0.2f, 0.1f},
            {0.6f, 0.7f, 0.4f},
            {0.1f, 0.3f, 0.2f},
          });

  @Test
  void anImageIsRightIfAllItsLabelsAre() {
    assertEquals(1, answers.right());
    assertEquals(3, answers.images());
  }

  @Test
  void eachLabelThatImagesHaveIsScoredForItself() {
    assertEquals(
        List.of(new Answers.Score("boat", 0, 0, 0, 1), new Answers.Score("sea", 1, 1, 1, 2)),
        answers.scores());
  }

  @Test
  void whatWasMissedAndWhatWasImaginedAreMistakesTheSurestFirst() {
    assertEquals(
        List.of(
            new Answers.Mistake(0, 1, "has <b>boat</b>, which it did not see (20.00\u00a0%)"),
            new Answers.Mistake(1, 1, "has no <b>boat</b>, which it saw (70.00\u00a0%)")),
        answers.mistakes());
  }
}
