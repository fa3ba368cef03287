package stride.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.data.NumpyTensors;
import stride.image.Normalization;
import stride.network.Model;
import stride.onnx.Onnx;
import stride.onnx.proto.GraphProto;
import stride.onnx.proto.ModelProto;
import stride.onnx.proto.NodeProto;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.OperatorSetIdProto;
import stride.onnx.proto.TypeProto;
import stride.onnx.proto.TypeProto.Dimension;
import stride.onnx.proto.ValueInfoProto;
import stride.onnx.tensor.OnnxTensor;
import stride.zoo.Zoo;

/** ONNX files on the command line, in and out. */
class OnnxCommandsTest {
  /** Of logits of which the largest are above 10: 1e-5 of these. */
  private static final float TOLERANCE = 1e-4f;

  @TempDir Path folder;
  private Path weights;
  private Path onnx;

  @BeforeEach
  void convert() throws IOException {
    weights = folder.resolve("weights.pth");
    Model.initialized(Zoo.find("resnet20").network(), 1).savePyTorch(weights);
    onnx = folder.resolve("resnet20.onnx");
    Stride.run("convert", weights, onnx, "--network", "resnet20").succeeds();
  }

  private static List<Object> probabilities(Stride result) throws IOException {
    var probabilities = new ArrayList<Object>();
    for (var image : Stride.list(result.json(), "images")) {
      Stride.list(image, "top").forEach(guess -> probabilities.add(guess.get("label")));
    }
    return probabilities;
  }

  @Test
  void aFilePredictsAsTheNetworkThatItCameFrom() throws Exception {
    var pictures = PictureFolderTrainingTest.pictures(folder.resolve("pictures"), 2, 2);
    var own =
        probabilities(Stride.run("predict", "resnet20", "--weights", weights, pictures, "--json"));
    assertEquals(own, probabilities(Stride.run("predict", onnx, pictures, "--json")));
    var model = folder.resolve("model.safetensors");
    Stride.run("convert", onnx, model).succeeds();
    assertEquals(own, probabilities(Stride.run("predict", model, pictures, "--json")));
    assertTrue(
        Stride.run("explain", onnx, pictures.resolve("lying/002.png"), "--out", folder.resolve("e"))
            .succeeds()
            .out()
            .contains("gradcam.png"));
  }

  @Test
  void rawNumbersComeOutAlike() throws Exception {
    var numbers = new float[2 * 3 * 32 * 32];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.sin(i * 0.7);
    }
    var input = folder.resolve("x.npy");
    NumpyTensors.write(OnnxTensor.of(new int[] {2, 3, 32, 32}, numbers), input);
    var one = folder.resolve("one.npy");
    NumpyTensors.write(OnnxTensor.of(new int[] {1, 3, 32, 32}, Arrays.copyOf(numbers, 3072)), one);
    float[] own = run(input, "resnet20", "--weights", weights);
    assertEquals(20, own.length);
    assertArrayEquals(own, run(input, onnx), TOLERANCE);
    assertArrayEquals(Arrays.copyOf(own, 10), run(one, onnx), TOLERANCE);
    assertArrayEquals(own, run(input, model()), TOLERANCE);
    Stride.run("run", onnx, "--input", "y=" + one, "--out", folder.resolve("no")).failsWith("y=");
    Stride.run("run", onnx, "--input", weights, "--out", folder.resolve("no"))
        .failsWith("expected one of NumPy's arrays");
  }

  private Path model() {
    var model = folder.resolve("model.safetensors");
    Stride.run("convert", onnx, model).succeeds();
    return model;
  }

  private float[] run(Path input, Object... network) throws IOException {
    var arguments = new ArrayList<Object>(List.of("run"));
    arguments.addAll(List.of(network));
    arguments.addAll(List.of("--input", input, "--out", folder.resolve("out"), "--json"));
    var json = Stride.run(arguments.toArray()).json();
    Map<String, Object> output = Stride.list(json, "outputs").getFirst();
    assertEquals("output", output.get("name"));
    assertEquals("float", output.get("type"));
    return NumpyTensors.read(Path.of(output.get("file").toString())).floats();
  }

  @Test
  void aFileIsTunedToOtherClasses() throws Exception {
    var data = folder.resolve("bars");
    PictureFolderTrainingTest.pictures(data.resolve("train"), 8, 8);
    PictureFolderTrainingTest.pictures(data.resolve("val"), 2, 2);
    var run = folder.resolve("run");
    var json =
        Stride.run(
                "train",
                "--weights",
                onnx,
                "--data",
                data,
                "--input",
                "32x32x3",
                "--epochs",
                1,
                "--batch",
                4,
                "--freeze",
                "backbone",
                "--out",
                run,
                "--json")
            .json();
    assertEquals("resnet20", json.get("network"));
    var tuned = Model.load(Path.of(json.get("model").toString()));
    assertEquals(List.of("lying", "upright"), tuned.labels());
    Stride.run("train", "--resume", run, "--epochs", 2).succeeds();
    Stride.run("convert", tuned(json), folder.resolve("tuned.onnx"), "--normalised").succeeds();
    var top =
        Stride.list(
            Stride.list(
                    Stride.run(
                            "predict",
                            folder.resolve("tuned.onnx"),
                            data.resolve("val/lying/002.png"),
                            "--json")
                        .json(),
                    "images")
                .getFirst(),
            "top");
    assertEquals(2, top.size());
    assertTrue(List.of("lying", "upright").contains(top.getFirst().get("label")));
  }

  private static Path tuned(Map<String, Object> json) {
    return Path.of(json.get("model").toString());
  }

  @Test
  void aTrainingKeepsTheNormalisationThatItsFileDoesNotTell() throws Exception {
    var data = folder.resolve("bars");
    PictureFolderTrainingTest.pictures(data.resolve("train"), 4, 4);
    PictureFolderTrainingTest.pictures(data.resolve("val"), 2, 2);
    Object[] training = {
      "train", "--data", data, "--input", "32x32x3", "--epochs", 1, "--batch", 4, "--weights"
    };
    var run = folder.resolve("run");
    var json =
        Stride.run(
                with(
                    training,
                    open(),
                    "--mean",
                    "0.482,0.459,0.408",
                    "--std",
                    "0.004,0.005,0.006",
                    "--bgr",
                    "--head",
                    "linear",
                    "--freeze",
                    "backbone",
                    "--out",
                    run,
                    "--json"))
            .json();
    var normalization =
        new Normalization(List.of(0.482, 0.459, 0.408), List.of(0.004, 0.005, 0.006), true);
    assertEquals(normalization, Model.load(tuned(json)).preprocessing().normalization());
    Stride.run("train", "--resume", run, "--epochs", 2).succeeds();
    assertEquals(normalization, Model.load(tuned(json)).preprocessing().normalization());
    Stride.run("train", "--resume", run, "--mean", "0,0,0").refusesWith("--mean");
    Object[] again = with(training, open(), "--out", folder.resolve("no"));
    Stride.run(with(again, "--mean", "0.5")).refusesWith("--mean", "3 channels, found 1");
    Stride.run(with(again, "--std", "1,0,1")).refusesWith("--std", "above 0");
    Stride.run(with(again, "--head", "classifier")).refusesWith("--head classifier", "linear");
    Stride.run("train", "resnet20", "--data", data, "--epochs", 1, "--bgr")
        .refusesWith("--bgr", "--weights FILE.onnx", "resnet20");
  }

  @Test
  void whatCannotBeComputedIsToldInOneRightSentence() throws Exception {
    var value = TypeProto.tensor(1, List.of(Dimension.of(1), Dimension.of(3)));
    var x = new ValueInfoProto("x", value);
    var z = new ValueInfoProto("z", value);
    var y = new ValueInfoProto("y", value);
    var unknown = written("unknown.onnx", "Foo", List.of(x), y);
    Stride.run("summary", unknown)
        .failsWith("nor does \"stride run\" have all of its operators", "Foo");
    var two = written("two.onnx", "Add", List.of(x, z), y);
    Stride.run("train", "--weights", two, "--data", folder, "--out", folder.resolve("no"))
        .failsWith("two.onnx", "2 inputs (x, z)", "stride run");
  }

  private Path written(String name, String operator, List<ValueInfoProto> in, ValueInfoProto out)
      throws IOException {
    var inputs = in.stream().map(ValueInfoProto::name).toList();
    var node = NodeProto.of("n", operator, inputs, List.of(out.name()), List.of());
    var graph = new GraphProto("g", List.of(node), in, List.of(out), List.of(), 0, List.of());
    var file = folder.resolve(name);
    OnnxFile.write(
        new ModelProto(
            8,
            List.of(new OperatorSetIdProto("", 17)),
            "tests",
            "1",
            "",
            0,
            "",
            graph,
            List.of(),
            List.of()),
        file);
    return file;
  }

  @Test
  void filesAreLookedInto() throws Exception {
    var summary = Stride.run("summary", onnx, "--json").json();
    assertEquals(
        Stride.run("summary", "resnet20", "--json").json().get("parameters"),
        summary.get("parameters"));
    var inspected = Stride.run("inspect", onnx, "--json").json();
    assertTrue(
        Stride.list(inspected, "nodes").stream()
            .allMatch(node -> node.get("where").equals("engine")));
    assertTrue(Stride.run("inspect", onnx).out().contains("All of it runs on the engine."));
    var timed = Stride.run("bench", onnx, "--batch", 1, "--steps", 1, "--json").json();
    assertEquals(1, timed.get("steps"));
  }

  @Test
  void savedModelsAreLookedIntoAsWell() throws Exception {
    var summary = Stride.run("summary", model(), "--json").json();
    assertEquals(
        Stride.run("summary", "resnet20", "--json").json().get("parameters"),
        summary.get("parameters"));
    Stride.run("summary", model(), "--input", "16x24x3").succeeds();
    Stride.run("summary", folder.resolve("none.safetensors")).failsWith("none.safetensors");
  }

  /** The same file with the height, width and number of images left open. */
  private Path open() throws IOException {
    var model = OnnxFile.read(onnx);
    var graph = model.graph();
    var free = Dimension.free("n");
    var type = TypeProto.tensor(1, List.of(free, Dimension.of(3), free, free));
    var opened =
        new GraphProto(
            graph.name(),
            graph.nodes(),
            List.of(new ValueInfoProto(graph.inputs().getFirst().name(), type)),
            graph.outputs(),
            graph.initializers(),
            0,
            List.of());
    var file = folder.resolve("open.onnx");
    OnnxFile.write(
        new ModelProto(
            model.irVersion(),
            model.opsets(),
            "tests",
            "1",
            "",
            0,
            "",
            opened,
            List.of(),
            List.of()),
        file);
    return file;
  }

  @Test
  void whatAFileLeavesOpenTheCommandLineSays() throws Exception {
    var open = open();
    var bars = folder.resolve("bars");
    PictureFolderTrainingTest.pictures(bars.resolve("train"), 4, 4);
    PictureFolderTrainingTest.pictures(bars.resolve("val"), 2, 2);
    Object[] training = {
      "train", "--weights", open, "--data", bars, "--epochs", 1, "--batch", 4, "--out"
    };
    Stride.run(with(training, folder.resolve("no"))).failsWith("--input HxWxC");
    var run = folder.resolve("run");
    Stride.run(with(training, run, "--input", "24x32x3", "--layout", "nchw")).succeeds();
    Stride.run("train", "--resume", run, "--epochs", 2).succeeds();
    for (var command : List.of("summary", "bench", "inspect")) {
      Stride.run(command, open, "--input", "24x32x3", "--layout", "nchw").succeeds();
      Stride.run(command, weights, "--layout", "nchw").refusesWith("--layout");
    }
    Stride.run("convert", open, folder.resolve("m.safetensors")).failsWith("--input HxWxC");
    Stride.run("convert", open, folder.resolve("m.safetensors"), "--input", "24x32x3").succeeds();
  }

  private static Object[] with(Object[] first, Object... more) {
    return Stream.of(first, more).flatMap(Arrays::stream).toArray();
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws Exception {
    var out = folder.resolve("out.onnx");
    Stride.run("convert", onnx, out, "--opset", 10).refusesWith("11 to 23", "10");
    Stride.run("convert", onnx, out, "--batch", "some").refusesWith("--batch", "some");
    Stride.run("convert", onnx, out, "--normalised", "--pictures").refusesWith("--pictures");
    Stride.run("convert", onnx, folder.resolve("out.pth"), "--opset", 11).refusesWith("--opset");
    Stride.run("convert", onnx, out, "--network", "resnet20").refusesWith("leave out --network");
    Stride.run("train", "resnet20", "--weights", onnx, "--data", folder).refusesWith("resnet20");
    Stride.run("predict", onnx, folder, "--input", "16x16x3").failsWith("16x16x3");
    var broken = Files.writeString(folder.resolve("broken.onnx"), "no file of this kind");
    Stride.run("predict", broken, folder).failsWith("broken.onnx");
    Stride.run("predict", folder.resolve("none.onnx"), folder).failsWith("none.onnx");
  }

  @Test
  void theJavaOfThePageConverts() throws Exception {
    Files.copy(onnx, folder.resolve("model.onnx"));
    var programs =
        JavaExamples.of(Path.of("..", "docs", "onnx.md")).stream()
            .filter(block -> block.contains("void main()"))
            .toList();
    assertEquals(2, programs.size());
    assertTrue(JavaExamples.run(programs.get(0), folder).contains("Model ("));
    JavaExamples.run(programs.get(1), folder);
    assertEquals(10, Onnx.load(folder.resolve("model.onnx")).network().output().elements());
    assertTrue(Files.size(folder.resolve("bytes.onnx")) > 1_000_000);
  }
}
