package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.format.FormatException;
import stride.graph.Graph;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Graphs of several inputs and shared weights as JSON. */
final class SeveralInputsJsonTest {
  private static final GraphJson JSON = new GraphJson(OperationTypes.standard());

  private static Network twins() {
    return Network.of(
        Map.of("right", Shape.of(3), "left", Shape.of(3)),
        branches(
            sequential(input("left"), shared("fc", dense(2))),
            sequential(input("right"), shared("fc", dense(2)))));
  }

  @Test
  void inputsAndSharedWeightsAreKept() throws IOException {
    var graph = twins().graph();
    String text = JSON.write(graph);
    assertTrue(text.startsWith("{\"inputs\":{\"left\":[3],\"right\":[3]}"), text);
    var read = JSON.read(text, "file");
    assertEquals(graph.inputs(), read.inputs());
    assertEquals("fc", read.nodes().get(1).weights());
    assertEquals(text, JSON.write(read));
  }

  /** Older readers know it. */
  @Test
  void oneInputIsWrittenAsEver() throws IOException {
    var graph = Network.of(Shape.of(3), sequential(named("fc", dense(2)), relu())).graph();
    String text = JSON.write(graph);
    assertTrue(text.startsWith("{\"input\":[3],\"nodes\":[{\"name\":\"fc\",\"inputs\":[0],"), text);
    assertFalse(text.contains("weights_of"), text);
    assertEquals(JSON.write(JSON.read(text, "file")), text);
  }

  @Test
  void aModelOfSeveralInputsIsSavedAndRuns(@TempDir Path folder) throws IOException {
    var model = Model.initialized(twins(), 1);
    Path file = folder.resolve("twins.safetensors");
    model.save(file);
    var read = Model.load(file);
    var x = Tensor.of(Shape.of(3), 1, -2, 3);
    var zero = Tensor.zeros(Shape.of(3));
    float[] y = read.outputs(Map.of("left", x, "right", zero)).get(Graph.OUTPUT).data();
    float[] swapped = read.outputs(Map.of("left", zero, "right", x)).get(Graph.OUTPUT).data();
    assertEquals(y[0], swapped[2]);
    assertEquals(y[3], swapped[1]);
    assertMessage("the input right is null", () -> read.outputs(Map.of("left", x)));
    assertMessage(
        "no input is named up; there are left, right", () -> read.outputs(Map.of("up", x)));
    assertMessage(
        "the network has 2 inputs: left, right; ask for one of them by its name",
        () -> read.logits(x));
  }

  @Test
  void aSingleInputMayHaveANameOfItsOwn() throws IOException {
    var network = Network.of(Map.of("row", Shape.of(3)), dense(2));
    var graph = network.graph();
    assertEquals(graph.inputs(), JSON.read(JSON.write(graph), "file").inputs());
    var model = Model.initialized(network, 1);
    var dx = model.gradients(Tensor.zeros(Shape.of(3)), Tensor.of(Shape.of(2), 1, 0)).input();
    assertEquals(model.weights().tensor("0.weight").data()[2], dx.data()[2]);
  }

  private static void assertMessage(String expected, Executable wrong) {
    var thrown = assertThrows(IllegalArgumentException.class, wrong);
    assertEquals(expected, thrown.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "inputs":{"left":[3]   | "inputs":{"left":[4]   | fc and fc(2) share the weights fc
          "inputs":{"left":[3],  | "inputs":{             | edge
          "inputs":{"left":[3]   | "inputs":{"":[3]       | an input has no name
          "inputs":{"left":[3]   | "inputs":{"left":[]    | found a single number
          "inputs":{"left":[3]   | "inputs":{"left":[-3]  | -3
          "inputs":{"left":[3]   | "inputs":{"left":3     | expected a list of integers, found 3
          {"left":[3],"right":[3]} | {}                   | before it there are 0
          {"left":[3],"right":[3]} | null                 | expected the input's shape
          "weights_of":"fc"      | "weights_of":""        | a dense has no name
          "units":2,             | "units":5,             | share the weights fc
          """)
  void damageIsOneSentenceThatNamesTheFile(String part, String instead, String expected) {
    String text = JSON.write(twins().graph());
    assertTrue(text.contains(part), text);
    int at = text.indexOf(part);
    String damaged = text.substring(0, at) + instead + text.substring(at + part.length());
    var thrown = assertThrows(FormatException.class, () -> JSON.read(damaged, "file"));
    assertTrue(
        thrown.getMessage().startsWith("file: ") && thrown.getMessage().contains(expected),
        thrown.getMessage());
  }

  /** Whatever is changed, it is a graph or refused. */
  @Test
  void fuzzedTextIsAGraphOrRefused() throws IOException {
    String text = JSON.write(twins().graph());
    var random = new SplittableRandom(5);
    int read = 0;
    for (int i = 0; i < 3000; i++) {
      var changed = new StringBuilder(text);
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        changed.setCharAt(
            random.nextInt(text.length()), text.charAt(random.nextInt(text.length())));
      }
      try {
        Graph graph = JSON.read(changed.toString(), "file");
        assertFalse(graph.inputs().isEmpty());
        read++;
      } catch (FormatException e) {
        assertTrue(e.getMessage().startsWith("file: "), e.getMessage());
      }
    }
    assertTrue(read > 0, "none was a graph");
  }
}
