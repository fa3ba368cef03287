package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import stride.format.FormatException;
import stride.onnx.evaluate.Folding;
import stride.onnx.export.SharedModels;
import stride.onnx.graph.Attributes;
import stride.onnx.graph.GraphReader;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;
import stride.onnx.proto.TypeProto.Dimension;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Graphs whose paths are long, or many, take no longer than their nodes. */
@Timeout(120)
class LargeGraphsTest {
  private static final Path FILE = Path.of("generated.onnx");
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int DEPTH = 20_000;
  private static final int DIAMONDS = 200;

  private static OnnxNode node(String operator, List<String> inputs, String output) {
    return new OnnxNode(output, operator, "", 13, inputs, List.of(output), Attributes.NONE);
  }

  private static OnnxGraph graph(
      List<OnnxNode> nodes, Map<String, OnnxTensor> constants, String output) {
    var input = new OnnxValue("x", ElementType.FLOAT, List.of(Dimension.of(1), Dimension.of(4)));
    return new OnnxGraph(
        "generated",
        List.of(input),
        List.of(new OnnxValue(output, null, null)),
        constants,
        nodes,
        Map.of(),
        Map.of());
  }

  private static OnnxGraph chain(String first) {
    var nodes = new ArrayList<>(List.of(node(first, List.of("x"), "v0")));
    for (int i = 1; i < DEPTH; i++) {
      nodes.add(node("Relu", List.of("v" + (i - 1)), "v" + i));
    }
    return graph(nodes, Map.of(), "v" + (DEPTH - 1));
  }

  private static OnnxGraph diamonds(String first) {
    var nodes = new ArrayList<>(List.of(node(first, List.of("x"), "v0")));
    for (int i = 1; i <= DIAMONDS; i++) {
      String before = "v" + (i - 1);
      nodes.add(node("Relu", List.of(before), "left" + i));
      nodes.add(node("Sigmoid", List.of(before), "right" + i));
      nodes.add(node("Add", List.of("left" + i, "right" + i), "v" + i));
    }
    return graph(nodes, Map.of(), "v" + DIAMONDS);
  }

  private static void isRefusedSoon(OnnxGraph graph) {
    assertTimeoutPreemptively(
        SOON,
        () -> {
          String message =
              assertThrows(
                      FormatException.class,
                      () -> NetworkReader.read(graph, InputShapes.OF_FILE, FILE))
                  .getMessage();
          assertTrue(message.endsWith("Sin \"v0\": the engine does not compute it"), message);
          var placements = Placement.of(graph, InputShapes.OF_FILE);
          assertEquals(graph.nodes().size(), placements.size());
          assertTrue(placements.stream().noneMatch(Placement::onEngine));
        });
  }

  @Test
  void whatTheEngineLacksIsToldSoon() {
    isRefusedSoon(chain("Sin"));
    isRefusedSoon(diamonds("Sin"));
  }

  @Test
  void manyPathsAreRead() {
    assertTimeoutPreemptively(
        SOON, () -> NetworkReader.read(diamonds("Tanh"), InputShapes.OF_FILE, FILE));
  }

  @Test
  void aLongPathIsRead() {
    var placements =
        assertTimeoutPreemptively(SOON, () -> Placement.of(chain("Tanh"), InputShapes.OF_FILE));
    assertTrue(placements.stream().allMatch(Placement::onEngine));
  }

  @Test
  void allSharedModelsAreReadOrRefusedSoon() throws IOException {
    for (Path file : SharedModels.files()) {
      assertTimeoutPreemptively(
          SOON,
          () -> {
            var graph = GraphReader.read(file);
            try {
              assertNotNull(NetworkReader.read(graph, InputShapes.OF_FILE, file));
              assertNotNull(Placement.of(graph, InputShapes.OF_FILE));
            } catch (FormatException | IllegalArgumentException e) {
              assertFalse(String.valueOf(e.getMessage()).isEmpty());
            }
          },
          file.toString());
    }
  }

  /** Sixty constants of 2^24 elements, which a file of some kB may ask for. */
  @Test
  void constantsHaveALimitTogether() {
    var nodes = new ArrayList<OnnxNode>();
    var values = new ArrayList<>(List.of("x"));
    for (int i = 0; i < 60; i++) {
      nodes.add(node("ConstantOfShape", List.of("shape"), "c" + i));
      nodes.add(node("ReduceMax", List.of("c" + i), "m" + i));
      values.add("m" + i);
    }
    IntStream.range(0, 60).forEach(i -> values.add("c" + i));
    nodes.add(node("Sum", values, "y"));
    var graph = graph(nodes, Map.of("shape", OnnxTensor.list(1 << 12, 1 << 12)), "y");
    allocatesLittle(() -> Folding.fold(graph));
    allocatesLittle(() -> Placement.of(graph, InputShapes.OF_FILE));
    allocatesLittle(
        () ->
            assertThrows(
                FormatException.class, () -> NetworkReader.read(graph, InputShapes.OF_FILE, FILE)));
  }

  private static void allocatesLittle(Runnable reading) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    reading.run();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 1L << 30, "%,d bytes were allocated".formatted(allocated));
  }
}
