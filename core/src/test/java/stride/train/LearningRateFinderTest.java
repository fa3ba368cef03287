package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import stride.engine.Engine;

/** Which rate the range test suggests, and when it knows that it cannot tell. */
final class LearningRateFinderTest {
  private static final Engine ENGINE = Engine.withThreads(1);

  /** A test of rates from 1e-6 to 10 with a loss for each. */
  private static LearningRateFinder test(DoubleUnaryOperator loss) {
    return new LearningRateFinder(
        IntStream.rangeClosed(0, 70)
            .mapToDouble(i -> Math.pow(10, -6 + i / 10.0))
            .mapToObj(rate -> new LearningRateFinder.Point(rate, loss.applyAsDouble(rate)))
            .toList());
  }

  /** Falls from 2.3 to a smallest loss between two rates, and rises after that. */
  private static DoubleUnaryOperator valley(double from, double to, double smallest) {
    return rate -> {
      double part = Math.log(rate / from) / Math.log(to / from);
      double loss = 2.3 + (smallest - 2.3) * Math.clamp(part, 0, 1);
      return rate > to ? loss * rate / to : loss;
    };
  }

  @Test
  void aTenthOfTheRateWithTheSmallestLossIsSuggested() {
    var test = test(valley(1e-3, 0.5, 0.6));
    assertEquals(Optional.empty(), test.doubt());
    assertEquals(0.5, test.best(), 0.1);
    assertEquals(test.best() / 10, test.suggested().orElseThrow());
  }

  @Test
  void whatWasLearnedByHeartBeforeTellsNothingOfHigherRates() {
    // Two decades of rates that have nothing left to spoil.
    var test = test(rate -> rate > 1 ? 1e-3 * rate : Math.max(1e-3, 2.3 / (1 + rate * 1e4)));
    assertTrue(test.suggested().isEmpty());
    assertTrue(
        test.doubt().orElseThrow().startsWith("the network had already learned the images at 0.0"),
        test.doubt().toString());
  }

  @Test
  void aLossThatNeverRoseOrNeverFellTellsNothingEither() {
    var falling = test(valley(1e-3, 100, 0.6));
    assertTrue(falling.suggested().isEmpty());
    assertEquals(
        "the loss was still falling at the last rate, 10: go higher (--to)",
        falling.doubt().orElseThrow());
    var flat = test(rate -> 2.3 + rate);
    assertTrue(flat.suggested().isEmpty());
    assertEquals(
        "the loss was 2.3 at first and became no smaller than 2.3, with no rate from 1.0e-06 to 10",
        flat.doubt().orElseThrow());
  }

  /** A message or a debugger shows it: not its hundreds of points. */
  @Test
  void itsTextIsALine() {
    var some = test(valley(1e-3, 0.5, 0.6));
    assertEquals(
        "LearningRateFinder of 71 steps from 1.0e-06 to 10: suggests 0.050", some.toString());
    var falling = test(valley(1e-3, 100, 0.6));
    assertTrue(falling.toString().endsWith(falling.doubt().orElseThrow()), falling::toString);
    assertEquals("LearningRateFinder of no steps", new LearningRateFinder(List.of()).toString());
    assertEquals(
        "LearningRateFinder of 1 step from 0.10 to 0.10",
        new LearningRateFinder(List.of(new LearningRateFinder.Point(0.1, 2))).toString());
  }

  @Test
  void fewImagesAreLearnedByHeart() throws IOException {
    var trainer = Trainer.of(Toy.modern()).batch(8).engine(ENGINE);
    var test = LearningRateFinder.of(trainer, Toy.images(8, 1), 1e-4, 10, 300);
    assertTrue(test.suggested().isEmpty(), "suggests " + test.suggested());
  }

  @Test
  void manyImagesAreNot() throws IOException {
    var trainer = Trainer.of(Toy.lenet()).batch(8).engine(ENGINE);
    var test = LearningRateFinder.of(trainer, Toy.images(2000, 1), 1e-5, 30, 120);
    assertEquals(Optional.empty(), test.doubt());
    double suggested = test.suggested().orElseThrow();
    assertTrue(suggested > 1e-3 && suggested < 1, "suggests " + suggested);
  }

  @Test
  void ratesThatDivergeAtOnceAreSaid() {
    var trainer = Trainer.of(Toy.modern()).batch(8).engine(ENGINE);
    var thrown =
        assertThrows(
            TrainingException.class,
            () -> LearningRateFinder.of(trainer, Toy.images(64, 1), 1e36, 1e38, 50));
    assertTrue(
        thrown.getMessage().matches("the loss diverged after [0-9] steps: .*1\\.0E36 .--from."),
        thrown.getMessage());
  }
}
