package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.onnx.evaluate.Evaluator;
import stride.onnx.graph.Attributes;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;
import stride.onnx.proto.TypeProto.Dimension;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Nodes that move or blend pixels, on the engine, against the evaluator. */
class PixelRulesTest {
  private static final double TOLERANCE = 1e-5;

  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, OnnxTensor> constants = new LinkedHashMap<>();
  private int names;

  @ParameterizedTest
  @CsvSource({"2, true", "2, false", "3, true", "3, false"})
  void slicesOfRowsAndColumnsAreBlocks(int block, boolean byRows) {
    var pixels = new ArrayList<String>();
    for (int i = 0; i < block * block; i++) {
      int outer = i / block;
      int inner = i % block;
      pixels.add(pixel(byRows ? outer : inner, byRows ? inner : outer, block, Long.MAX_VALUE));
    }
    node("Concat", Map.of("axis", 1L), pixels);
    var placements = Placement.of(graph(1, 3, 6, 12), InputShapes.OF_FILE);
    assertTrue(placements.stream().allMatch(Placement::onEngine), placements::toString);
    assertSame(true, 1, 3, 6, 12);
  }

  @Test
  void anotherOrderIsNoBlock() {
    node(
        "Concat",
        Map.of("axis", 1L),
        List.of(
            pixel(1, 1, 2, Long.MAX_VALUE),
            pixel(0, 1, 2, Long.MAX_VALUE),
            pixel(1, 0, 2, Long.MAX_VALUE),
            pixel(0, 0, 2, Long.MAX_VALUE)));
    assertSame(false, 1, 3, 6, 8);
  }

  @Test
  void slicesThatEndBeforeTheImageAreNoBlocks() {
    node(
        "Concat",
        Map.of("axis", 1L),
        List.of(pixel(0, 0, 2, -2), pixel(0, 1, 2, -2), pixel(1, 0, 2, -2), pixel(1, 1, 2, -2)));
    assertSame(false, 1, 3, 6, 8);
  }

  @Test
  void spaceToDepthIsBlocksByRows() {
    node("SpaceToDepth", Map.of("blocksize", 2L), List.of("x"));
    assertSame(true, 1, 3, 6, 8);
  }

  @Test
  void aTransposedConvolutionMayNameTheShapeItHas() {
    constants.put("w", random(3, 2, 2, 2));
    var settings =
        Map.<String, Object>of("strides", new long[] {2, 2}, "output_shape", new long[] {8, 10});
    node("ConvTranspose", settings, List.of("x", "w"));
    assertSame(true, 1, 3, 4, 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"})
  void linearResizingBlendsTheSamePixels(String coordinates) {
    var settings =
        Map.<String, Object>of("mode", "linear", "coordinate_transformation_mode", coordinates);
    int laid = 0;
    float[][] scales = {{2, 2}, {1.5f, 1.5f}, {1.7f, 1.7f}, {1.1f, 1.1f}, {0.6f, 0.6f}};
    float[][] unequal = {{2, 3}, {1.7f, 2}, {1, 2}, {0.25f, 1.5f}, {51.4f, 51.4f}};
    for (var group : List.of(scales, unequal)) {
      for (float[] scale : group) {
        nodes.clear();
        constants.put(
            "scales", OnnxTensor.of(new int[] {4}, new float[] {1, 1, scale[0], scale[1]}));
        node("Resize", settings, List.of("x", "", "scales"));
        laid += assertSame(null, 1, 3, 5, 7) ? 1 : 0;
      }
    }
    for (long[] size : new long[][] {{10, 14}, {257, 31}, {3, 4}, {1, 9}, {5, 11}, {5, 7}}) {
      nodes.clear();
      constants.put("sizes", OnnxTensor.list(1, 3, size[0], size[1]));
      node("Resize", settings, List.of("x", "", "", "sizes"));
      laid += assertSame(null, 1, 3, 5, 7) ? 1 : 0;
    }
    // With aligned corners only sizes, and scales that give whole numbers of pixels.
    assertTrue(laid >= 9, "only %d of 16 run on the engine".formatted(laid));
  }

  @Test
  void rowsOfBoxesAreJoinedAndBecomeBoxes() {
    String large = row("x");
    String small = row(slice("x", 1, 3, 2, 1));
    String boxes = node("Concat", Map.of("axis", 1L), List.of(large, small));
    constants.put("grid", random(1, 90, 2));
    constants.put("sizes", random(1, 90, 1));
    String grown = node("Exp", Map.of(), List.of(boxes));
    String scaled = node("Mul", Map.of(), List.of(grown, "sizes"));
    String placed = node("Add", Map.of(), List.of("grid", scaled));
    String shares = node("Softmax", Map.of("axis", -1L), List.of(boxes));
    node("Concat", Map.of("axis", 2L), List.of(placed, shares));
    assertAllOnEngine(1, 6, 4, 5);
  }

  /** An image's pixels as rows of 2 channels. */
  private String row(String image) {
    String last = node("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), List.of(image));
    constants.put("rows", OnnxTensor.list(1, -1, 2));
    return node("Reshape", Map.of(), List.of(last, "rows"));
  }

  @Test
  void columnsOfMapsAreJoinedAndTurned() {
    constants.put("columns", OnnxTensor.list(1, 6, -1));
    String large = node("Reshape", Map.of(), List.of("x", "columns"));
    String small = node("Reshape", Map.of(), List.of(slice("x", 0, 2, 3, 1), "columns"));
    String all = node("Concat", Map.of("axis", 2L), List.of(large, small));
    node("Transpose", Map.of("perm", new long[] {0, 2, 1}), List.of(all));
    assertAllOnEngine(1, 6, 4, 5);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void evenAndOddChannelsAreTaken(long which) {
    constants.put("pairs", OnnxTensor.list(3, 2, 20));
    constants.put("parts", OnnxTensor.list(2, -1, 3, 4, 5));
    constants.put("index", OnnxTensor.of(new int[0], new long[] {which}));
    String pairs = node("Reshape", Map.of(), List.of("x", "pairs"));
    String turned = node("Transpose", Map.of("perm", new long[] {1, 0, 2}), List.of(pairs));
    String parts = node("Reshape", Map.of(), List.of(turned, "parts"));
    String taken = node("Gather", Map.of("axis", 0L), List.of(parts, "index"));
    node("Relu", Map.of(), List.of(taken));
    assertAllOnEngine(1, 6, 4, 5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNormOfSeveralNodesIsOne(boolean reshaped) {
    constants.put("planes", OnnxTensor.list(1, 6, 1, -1));
    constants.put("eps", OnnxTensor.of(new int[] {1}, new float[] {1e-3f}));
    String mean = mean("x", reshaped);
    String centred = node("Sub", Map.of(), List.of("x", mean));
    String squares = node("Mul", Map.of(), List.of(centred, centred));
    String sum = node("Add", Map.of(), List.of(mean(squares, reshaped), "eps"));
    String root = node("Sqrt", Map.of(), List.of(sum));
    node("Div", Map.of(), List.of(centred, root));
    assertAllOnEngine(1, 6, 4, 5);
  }

  private String mean(String value, boolean reshaped) {
    return reshaped
        ? node(
            "ReduceMean",
            Map.of("axes", new long[] {3}),
            List.of(node("Reshape", Map.of(), List.of(value, "planes"))))
        : node("ReduceMean", Map.of("axes", new long[] {2, 3}), List.of(value));
  }

  @Test
  void valuesSpreadOverOthers() {
    String one = slice("x", 2, 3, 1, 1);
    String gated = node("Mul", Map.of(), List.of("x", one));
    String means = node("GlobalAveragePool", Map.of(), List.of("x"));
    String both = node("Add", Map.of(), List.of(means, gated));
    constants.put("shape", OnnxTensor.list(1, 6, 4, 5));
    String wide = node("Expand", Map.of(), List.of(one, "shape"));
    node("Sub", Map.of(), List.of(both, wide));
    assertAllOnEngine(1, 6, 4, 5);
  }

  @Test
  void numbersInAnotherOrderArePutInOrder() {
    constants.put("other", OnnxTensor.list(1, 5, 8, 3));
    String last = node("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), List.of("x"));
    String other = node("Reshape", Map.of(), List.of(last, "other"));
    String most = node("MaxPool", Map.of("kernel_shape", new long[] {2, 2}), List.of(other));
    constants.put("flat", OnnxTensor.list(1, -1));
    String flat = node("Reshape", Map.of(), List.of(most, "flat"));
    constants.put("w", random(70, 3));
    node("MatMul", Map.of(), List.of(flat, "w"));
    assertAllOnEngine(1, 6, 4, 5);
  }

  private void assertAllOnEngine(int... shape) {
    var placements =
        Placement.of(graph(shape[0], shape[1], shape[2], shape[3]), InputShapes.OF_FILE);
    assertTrue(placements.stream().allMatch(Placement::onEngine), placements::toString);
    assertSame(true, shape);
  }

  /** Every n-th row and column, in a node for rows and a node for columns. */
  private String pixel(int row, int column, int step, long end) {
    String rows = slice("x", row, end, 2, step);
    return slice(rows, column, Long.MAX_VALUE, 3, step);
  }

  private String slice(String of, long start, long end, long axis, long step) {
    return node(
        "Slice",
        Map.of(),
        List.of(of, constant(start), constant(end), constant(axis), constant(step)));
  }

  private String constant(long value) {
    String name = "c" + value;
    constants.put(name, OnnxTensor.list(value));
    return name;
  }

  private String node(String operator, Map<String, Object> settings, List<String> inputs) {
    String name = "n" + names++;
    nodes.add(
        new OnnxNode(name, operator, "", 13, inputs, List.of(name), new Attributes(settings)));
    return name;
  }

  private OnnxGraph graph(long... shape) {
    var dimensions = new ArrayList<Dimension>();
    for (long size : shape) {
      dimensions.add(Dimension.of(size));
    }
    return new OnnxGraph(
        "pixels",
        List.of(new OnnxValue("x", ElementType.FLOAT, dimensions)),
        List.of(new OnnxValue(nodes.getLast().name(), null, null)),
        constants,
        nodes,
        Map.of(),
        Map.of());
  }

  /**
   * Compares the numbers.
   *
   * @param onEngine whether the engine computes the output; null if either is right
   * @return whether it does
   */
  private boolean assertSame(@Nullable Boolean onEngine, int... shape) {
    var graph = graph(shape[0], shape[1], shape[2], shape[3]);
    var inputs = Map.of("x", random(shape));
    var program = EngineProgram.of(graph, inputs);
    if (Boolean.TRUE.equals(onEngine)) {
      assertNotNull(program, "nothing of it runs on the engine");
    } else if (Boolean.FALSE.equals(onEngine)) {
      assertNull(program, "it runs on the engine");
    }
    if (program == null) {
      return false;
    }
    var expected = Evaluator.of(graph).run(inputs).values().iterator().next();
    var found = program.run(inputs, Engine.shared()).values().iterator().next();
    assertArrayEquals(expected.shape(), found.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(
          expected.floats()[i], found.floats()[i], TOLERANCE, "%s, value %d".formatted(nodes, i));
    }
    return true;
  }

  private static OnnxTensor random(int... shape) {
    var random = new Random(7);
    var numbers = new float[OnnxTensor.size(shape)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat(-1, 1);
    }
    return OnnxTensor.of(shape, numbers);
  }
}
