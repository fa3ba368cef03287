package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.engine.Engine;
import stride.graph.Binding;
import stride.graph.Step;
import stride.layer.PlainLayer;
import stride.layer.Tanh;
import stride.network.Model;
import stride.network.Network;
import stride.network.OperationTypes;

final class BestModelTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("best.safetensors");
  }

  /** A layer of one's own, which computes as tanh. */
  public record Own() implements PlainLayer {
    @Override
    public String kind() {
      return "own";
    }

    @Override
    public Step compile(Binding binding) {
      return new Tanh().compile(binding);
    }
  }

  private static Trainer trainer() {
    var network = Network.of(Toy.SHAPE, sequential(flatten(), dense(8), new Own(), dense(4)));
    return Trainer.of(network).epochs(2).batch(8).engine(Engine.withThreads(1));
  }

  @Test
  void savesLayersOfOnesOwnWithTheirTypes() throws IOException {
    var types = OperationTypes.standard().with(Own.class);
    var images = Toy.images(32, 1);
    trainer().callback(new BestModel(file, types)).fit(images, null);
    assertEquals(4, Model.load(file, types).labels().size());
  }

  /** Not after an epoch that is lost then. */
  @Test
  void saysBeforeTheFirstStepThatALayerCannotBeSaved() {
    int[] steps = {0};
    var counting =
        new Callback() {
          @Override
          public void step(Progress progress) {
            steps[0]++;
          }
        };
    var trainer = trainer().callback(new BestModel(file)).callback(counting);
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> trainer.fit(Toy.images(32, 1), null));
    assertEquals(
        "stride.train.BestModelTest$Own cannot be saved: pass"
            + " OperationTypes.standard().with(Own.class)",
        thrown.getMessage());
    assertEquals(0, steps[0]);
    assertFalse(Files.exists(file));
  }
}
