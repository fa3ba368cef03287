package stride.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures by hand. */
class LabelPredictionsTest {
  private final LabelPredictions predictions =
      new LabelPredictions(
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
    assertEquals(1, predictions.right());
    assertEquals(3, predictions.images());
  }

  @Test
  void eachLabelThatImagesHaveIsScoredForItself() {
    assertEquals(
        List.of(
            new Predictions.Score("boat", 0, 0, 0, 1), new Predictions.Score("sea", 1, 1, 1, 2)),
        predictions.scores());
  }

  @Test
  void whatWasMissedAndWhatWasImaginedAreMistakesTheSurestFirst() {
    assertEquals(
        List.of(
            new Predictions.Mistake(0, 1, "has <b>boat</b>, which it did not see (20.00\u00a0%)"),
            new Predictions.Mistake(1, 1, "has no <b>boat</b>, which it saw (70.00\u00a0%)")),
        predictions.mistakes());
  }
}
