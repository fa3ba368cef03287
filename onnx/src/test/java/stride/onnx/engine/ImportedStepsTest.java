package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Preprocessing;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.regularization.Dropout;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.onnx.Onnx;
import stride.onnx.export.GeneratedWeights;
import stride.onnx.export.OnnxExport;
import stride.onnx.graph.GraphReader;
import stride.onnx.proto.OnnxFile;
import stride.zoo.Zoo;

/**
 * An imported network is as fast as the zoo's own because it is computed in the same steps: the
 * same layers are fused, and each runs on the same kernel.
 */
class ImportedStepsTest {
  /**
   * A layer that a plan runs; dropout, which no file has, is left out.
   *
   * @param kind what it is, and what is fused into it; batch norms, which PyTorch's exporter
   *     multiplies into weights, are left out
   * @param kernel what it runs on; "in" if it is fused into another
   */
  private record LayerStep(String kind, String kernel, long multiplyAdds) {}

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "mobilenet_v2"})
  void aNetworkOfTheZooThatWasWrittenAndReadHasItsSteps(String name) throws IOException {
    var network = Zoo.find(name).network();
    var model =
        new Model(
            network,
            GeneratedWeights.of(network.graph(), 1),
            Task.VALUES,
            List.of(),
            Preprocessing.none(network.input()));
    byte[] bytes = OnnxFile.bytes(OnnxExport.standard().message(model));
    var read =
        NetworkReader.read(
            GraphReader.read(ByteBuffer.wrap(bytes), name + ".onnx"),
            InputShapes.OF_FILE,
            Path.of(name + ".onnx"));
    assertIterableEquals(steps(network, model.weights()), steps(read.network(), read.weights()));
  }

  @Tag("slow")
  @Test
  void torchvisionsResNetHasTheStepsOfTheZoos(@TempDir Path made) throws Exception {
    String given = System.getProperty("stride.exports");
    var folder = given == null ? made : Path.of(given);
    if (given == null) {
      assumeTrue(TorchExportsTest.export("resnet18", made), "no PyTorch that exports is installed");
    }
    var file = folder.resolve("resnet18.onnx");
    assumeTrue(Files.exists(file), "no export of it is there");
    var read = Onnx.load(file);
    var network =
        Zoo.find("resnet18").network(read.network().input(), read.network().output().channels());
    assertIterableEquals(
        steps(network, GeneratedWeights.of(network.graph(), 1)),
        steps(read.network(), read.weights()));
  }

  private static List<LayerStep> steps(Network network, Weights weights) {
    Graph graph = network.graph();
    return Engine.shared()
        .withPlan(
            graph,
            weights,
            1,
            Purpose.inference(),
            plan -> {
              var profile = plan.profile();
              profile.step(1);
              var layers = profile.layers();
              assertFalse(layers.isEmpty());
              return layers.stream()
                  .filter(layer -> !layer.kind().equals(new Dropout(0.5f).kind()))
                  .map(
                      layer ->
                          new LayerStep(
                              withoutNorms(layer.kind()),
                              layer.kernel() == null
                                  ? ""
                                  : layer.kernel().startsWith("in ") ? "in" : layer.kernel(),
                              layer.multiplyAdds()))
                  .toList();
            });
  }

  private static String withoutNorms(String kinds) {
    var norms = List.of(new BatchNorm(1e-5f, 0.1f).kind(), new FrozenBatchNorm(0).kind());
    return String.join(
        " + ", Arrays.stream(kinds.split(" \\+ ")).filter(kind -> !norms.contains(kind)).toList());
  }
}
