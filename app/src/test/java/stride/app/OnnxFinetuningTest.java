package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.console.Figures;
import stride.app.run.Metrics;
import stride.image.Normalization;
import stride.network.Model;

/** Classifiers from ONNX files learn to tell ants from bees as those of the zoo do. */
@Tag("slow")
final class OnnxFinetuningTest {
  @TempDir private Path temp;

  /** The accuracy after ten epochs with a frozen backbone. */
  private double tuned(Path weights, Object... more) throws IOException {
    var pictures = SharedData.require("ants-bees");
    var arguments =
        new ArrayList<Object>(
            List.of("train", "--weights", weights, "--data", pictures, "--freeze", "backbone"));
    arguments.addAll(List.of("--epochs", 10, "--out", temp.resolve("run")));
    arguments.addAll(List.of(more));
    Stride.run(arguments.toArray()).succeeds();
    return Metrics.read(temp.resolve("run/metrics.jsonl")).epochs().getLast().test().accuracy();
  }

  @Test
  void aNetworkOfCaffesNormalisationThatItsFileDoesNotTell() throws Exception {
    var file = SharedData.require("onnx/models/squeezenet-fp16-opset7.onnx");
    String mean = "0.482,0.459,0.408";
    String deviation = "0.00392157,0.00392157,0.00392157";
    double right = tuned(file, "--mean", mean, "--std", deviation, "--bgr");
    assertTrue(right >= 0.88, Figures.percent(right));
    var model = Model.load(temp.resolve("run/model.safetensors"));
    assertEquals(List.of("ants", "bees"), model.labels());
    assertEquals(
        new Normalization(
            List.of(0.482, 0.459, 0.408), List.of(0.00392157, 0.00392157, 0.00392157), true),
        model.preprocessing().normalization());
  }

  @Test
  void aNetworkOfTheZooThatWasWrittenAsAFile() throws Exception {
    var weights = SharedData.require("imagenet/squeezenet1_1.safetensors");
    var file = temp.resolve("squeezenet.onnx");
    Stride.run("convert", weights, file, "--network", "squeezenet1_1").succeeds();
    double right = tuned(file);
    assertTrue(right >= 0.9, Figures.percent(right));
  }
}
