package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.zoo.Zoo;

class ConvertCommandTest {
  @TempDir Path temp;

  private Path lenet() throws Exception {
    Path file = temp.resolve("lenet5.safetensors");
    var lenet5 = Zoo.find("lenet5");
    lenet5.described(Model.initialized(lenet5.network(), 1), file).save(file);
    return file;
  }

  private static void assertSameWeights(Path expected, Path found) throws Exception {
    try (var a = TensorFile.open(expected);
        var b = TensorFile.open(found)) {
      assertEquals(List.copyOf(a.tensors()), List.copyOf(b.tensors()));
      for (var tensor : a.tensors()) {
        assertArrayEquals(a.floats(tensor.name()), b.floats(tensor.name()), tensor.name());
      }
    }
  }

  @Test
  void aModelBecomesACheckpointAndOneAgain() throws Exception {
    var model = lenet();
    var checkpoint = temp.resolve("lenet5.pth");
    var json = Stride.run("convert", model, checkpoint, "--json").json();
    assertEquals(checkpoint.toString(), json.get("out"));
    assertEquals(10, json.get("tensors"));
    assertEquals(Files.size(checkpoint), ((Number) json.get("bytes")).longValue());
    assertSameWeights(model, checkpoint);

    var again = temp.resolve("again.safetensors");
    Stride.run("convert", checkpoint, again, "--network", "lenet5").succeeds();
    assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(again));
  }

  @Test
  void whatAModelSaysOfItselfIsKept() throws Exception {
    var mine = temp.resolve("mine.safetensors");
    var letters = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    Model.load(lenet()).withLabels(letters).save(mine);
    var out = temp.resolve("out.safetensors");
    Stride.run("convert", mine, out, "--network", "lenet5").succeeds();
    assertEquals(letters, Model.load(out).labels());
  }

  @Test
  void saysThatACheckpointLeavesTheNetworkBehind() throws Exception {
    var run = Stride.run("convert", lenet(), temp.resolve("lenet5.pt")).succeeds();
    assertTrue(run.err().contains("a checkpoint holds weights only"), run.err());
    var back = Stride.run("convert", temp.resolve("lenet5.pt"), temp.resolve("w.safetensors"));
    assertEquals("", back.succeeds().err());
    Stride.run("evaluate", temp.resolve("w.safetensors"), "--data", "mnist")
        .failsWith("holds weights without a network", "convert", "--network");
  }

  @Test
  void aModelStaysAModelAsSafetensors() throws Exception {
    var copy = temp.resolve("copy.safetensors");
    Stride.run("convert", lenet(), copy).succeeds();
    assertArrayEquals(Files.readAllBytes(lenet()), Files.readAllBytes(copy));
  }

  @Test
  void stateDictsAreTakenOutOfTheirWrappers() throws Exception {
    var in = temp.resolve("in.safetensors");
    new SafetensorsWriter()
        .floats("state_dict.module.conv1.weight", Shape.of(2), new float[] {1, 2})
        .longs("state_dict.module.bn1.num_batches_tracked", Shape.of(), 7)
        .floats("optimizer.0", Shape.of(1), new float[1])
        .write(in);
    var out = temp.resolve("out.pth");
    Stride.run("convert", in, out).succeeds();
    try (var file = TensorFile.open(out)) {
      assertEquals(2, file.tensors().size());
      assertArrayEquals(new float[] {1, 2}, file.floats("conv1.weight"));
      assertArrayEquals(new long[] {7}, file.longs("bn1.num_batches_tracked"));
    }
  }

  /** "net" may be a wrapper, or a part of a network beside others. */
  @Test
  void noTensorIsLostThatMayBelongToTheNetwork() throws Exception {
    var in = temp.resolve("in.safetensors");
    new SafetensorsWriter()
        .floats("net.0.weight", Shape.of(2), new float[] {1, 2})
        .floats("head.weight", Shape.of(1), new float[] {3})
        .write(in);
    var out = temp.resolve("out.pth");
    Stride.run("convert", in, out).succeeds();
    try (var file = TensorFile.open(out)) {
      assertArrayEquals(new float[] {1, 2}, file.floats("net.0.weight"));
      assertArrayEquals(new float[] {3}, file.floats("head.weight"));
    }
  }

  @Test
  void aModelKeepsItsNamesThoughTheyLookLikeAWrapper() throws Exception {
    var in = temp.resolve("model.safetensors");
    var network = Network.of(Shape.of(3), Layers.named("net", Layers.dense(2)));
    Model.initialized(network, 1).save(in);
    var out = temp.resolve("copy.safetensors");
    Stride.run("convert", in, out).succeeds();
    assertArrayEquals(Files.readAllBytes(in), Files.readAllBytes(out));
  }

  @Test
  void theWeightsOfAnotherNetworkAreRefusedAndNothingIsWritten() throws Exception {
    var out = temp.resolve("out.safetensors");
    Stride.run("convert", lenet(), out, "--network", "resnet20")
        .failsWith("missing \"bn1.weight\"", "misshapen");
    Stride.run("convert", lenet(), out, "--network", "lenet5", "--classes", 3)
        .failsWith("is for other classes", "--head new");
    Stride.run("convert", lenet(), out, "--network", "lenet6").failsWith("lenet6", "lenet5");
    assertFalse(Files.exists(out));
  }

  @Test
  void otherClassesAndImagesCanBeNamed() throws Exception {
    var network = Zoo.find("lenet5").network(Shape.image(32, 32, 3), 4);
    var weights = temp.resolve("weights.pth");
    Model.initialized(network, 1).savePyTorch(weights);
    var out = temp.resolve("out.safetensors");
    Stride.run("convert", weights, out, "--network", "lenet5", "--input", "32x32x3", "--classes", 4)
        .succeeds();
    assertEquals(network.graph().input(), Model.load(out).network().graph().input());
  }

  @Test
  void wrongCallsAreExplained() throws Exception {
    var in = lenet();
    Stride.run("convert", in, temp.resolve("out.npz")).refusesWith("not written", "out.npz");
    Stride.run("convert", in, temp.resolve("out"))
        .refusesWith(".safetensors, .pth, .pt, .th or .onnx");
    Stride.run("convert", in, in).refusesWith("is IN itself");
    Stride.run("convert", in, temp.resolve("o.pth"), "--classes", 3).refusesWith("--network");
    Stride.run("convert", in, temp.resolve("o.pth"), "--network", "lenet5", "--classes", 0)
        .refusesWith("--classes takes 1 or more");
    Stride.run("convert", temp.resolve("none.pth"), temp.resolve("o.pth"))
        .failsWith("there is no such file");
    Stride.run("convert", temp, temp.resolve("o.pth")).failsWith("it is a folder");
  }

  /** A file beside the project; without it the test is skipped. */
  private static Path resnet20() {
    Path file = Path.of("none");
    for (Path at = Path.of("").toAbsolutePath();
        at != null && !Files.exists(file);
        at = at.getParent()) {
      file = at.resolveSibling("shared/data/weights/resnet20-12fca82f.th");
    }
    assumeTrue(Files.isRegularFile(file), "skipped: ../shared/data/weights is not there");
    return file;
  }

  @Test
  void theLegacyFileOfResNet20BecomesAModel() throws Exception {
    var file = resnet20();
    var out = temp.resolve("resnet20.safetensors");
    Stride.run("convert", file, out, "--network", "resnet20").succeeds();
    assertEquals(269_722, Model.load(out).network().parameters());
    var inspected = Stride.run("inspect", file, "--json").json();
    assertEquals("pytorch-legacy", inspected.get("format"));
    assertEquals(269_722, inspected.get("parameters"));
  }

  @Test
  void inspectListsTensorsWithoutTheNumbers() throws Exception {
    var text = Stride.run("inspect", lenet()).succeeds().out();
    for (var part :
        List.of(
            "safetensors, 10 tensors, 61,706 parameters",
            "stride.labels: [\"0\"",
            "conv1.weight  F32   6x1x5x5",
            "120x400    48,000  192,000",
            "total                          61,706  246,824")) {
      assertTrue(text.contains(part), part + " in " + text);
    }
    var json = Stride.run("inspect", lenet(), "--json").json();
    assertEquals("safetensors", json.get("format"));
    assertEquals(61_706, json.get("parameters"));
    assertEquals(246_824, json.get("tensor_bytes"));
    assertEquals(
        "[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]",
        ((Map<?, ?>) json.get("metadata")).get("stride.labels"));
    var first = Stride.list(json, "tensors").getFirst();
    assertEquals("conv1.weight", first.get("name"));
    assertEquals("F32", first.get("type"));
    assertEquals(List.of(6, 1, 5, 5), first.get("shape"));
    assertEquals(150, first.get("numbers"));
    assertEquals(600, first.get("bytes"));
  }

  @Test
  void inspectCountsNoStatisticsAsParametersAndShowsNoControlCharacters() throws Exception {
    var file = temp.resolve("file.safetensors");
    new SafetensorsWriter()
        .metadata("k", "v\u001b[31m")
        .floats("bn\n.weight", Shape.of(3), new float[3])
        .floats("bn.running_mean", Shape.of(3), new float[3])
        .longs("bn.num_batches_tracked", Shape.of(), 1)
        .write(file);
    var run = Stride.run("inspect", file).succeeds();
    assertTrue(run.out().contains("3 tensors, 3 parameters"), run.out());
    assertTrue(run.out().contains("bn?.weight"), run.out());
    assertFalse(run.out().contains("\u001b"), run.out());
    Stride.run("inspect", temp.resolve("none")).failsWith("there is no such file");
    Stride.run("inspect", Files.writeString(temp.resolve("text"), "no weights at all"))
        .failsWith("is no file of tensors");
  }
}
