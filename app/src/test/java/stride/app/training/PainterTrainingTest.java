package stride.app.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.NoisePicture;
import stride.zoo.Zoo;

final class PainterTrainingTest {
  @TempDir private Path photos;

  @Test
  void fewPhotosAreLearnedFromForMoreEpochs() throws IOException {
    for (int n = 0; n < 10; n++) {
      NoisePicture.write(photos.resolve(n + ".png"), 5, 5, n);
    }
    var recipe = Zoo.find("style").recipe();
    assertEquals(800, epochs(4));
    assertEquals(400, epochs(List.of(2, 4)));
    assertEquals(2, recipe.epochs());
  }

  private int epochs(Object batch) throws IOException {
    var settings = Map.of("data", photos.toString(), "batch", batch);
    return PainterTraining.usualEpochs(settings, Zoo.find("style").recipe());
  }
}
