package stride.spark;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an estimator's settings mean to the tasks. */
final class TrainingRecipeTest {
  private static StrideClassifier estimator() {
    return new StrideClassifier().setNetwork("lenet5");
  }

  @Test
  void tasksMeetWithTheirRanksAndTheTimesThatAreSet() {
    var recipe =
        new TrainingRecipe(
            estimator().setRanks(5).setTasks(2).setTimeout(2.5).setStallTimeout(7200));
    var last = recipe.rendezvous(1, "node", 4711);
    assertEquals(3, last.first());
    assertEquals(2, last.own());
    assertEquals("node", last.host());
    assertEquals(4711, last.port());
    assertEquals(Duration.ofMillis(2500), last.timeout());
    assertEquals(Duration.ofHours(2), last.stall());
  }

  @Test
  void checkpointsWithoutAFolderAreRefused() {
    var stage = estimator().setCheckpointInterval(3);
    var recipe = new TrainingRecipe(stage);
    assertEquals(
        "checkpointInterval 3 saves nothing without a folder: setCheckpointDir names one",
        assertThrows(IllegalArgumentException.class, recipe::check).getMessage());
    assertDoesNotThrow(new TrainingRecipe(stage.setCheckpointDir("folder"))::check);
    assertDoesNotThrow(new TrainingRecipe(estimator())::check);
  }

  @Test
  void withoutSettingsTasksMeetWithTheTimesOfTheDocumentation() {
    var first = new TrainingRecipe(estimator()).rendezvous(0, "node", 4711);
    assertEquals(Duration.ofSeconds(30), first.timeout());
    assertEquals(Duration.ofMinutes(10), first.stall());
  }
}
