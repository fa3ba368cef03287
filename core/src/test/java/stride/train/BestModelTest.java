package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.compute.Binding;
import stride.compute.Step;
import stride.engine.Engine;
import stride.layer.PlainLayer;
import stride.layer.activation.Tanh;
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
}
