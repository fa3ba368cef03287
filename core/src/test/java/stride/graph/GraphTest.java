package stride.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.*;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

final class GraphTest {
  @Test
  void operationsWithoutANameAreNumberedInTheirScopeAsPyTorchsSequentialDoes() {
    var graph =
        graph(
            sequential(
                named("conv1", conv(4, 3).padding(1)),
                relu(),
                named(
                    "layer1",
                    sequential(
                        residual(sequential(conv(4, 1), relu())),
                        named("deep", sequential(tanh(), tanh())),
                        conv(4, 1))),
                sequential(flatten(), dense(3)),
                named("fc", dense(2))));
    assertEquals(
        List.of(
            "conv1",
            "0",
            "layer1.0",
            "layer1.1",
            "layer1.2",
            "layer1.deep.0",
            "layer1.deep.1",
            "layer1.3",
            "1",
            "2",
            "fc"),
        graph.nodes().stream().map(Graph.Node::name).toList());
  }

  @Test
  void theStateDictHasPyTorchsNamesAndShapes() {
    var table =
        WeightTable.of(
            graph(
                sequential(
                    named("conv1", conv(4, 3, 2).groups(1)),
                    named("bn1", batchNorm()),
                    named("dw", conv(4, 3).groups(4).noBias()),
                    flatten(),
                    named("fc", dense(5)))));
    assertEquals(
        List.of(
            "conv1.weight 4x2x3x2",
            "conv1.bias 4",
            "bn1.weight 4",
            "bn1.bias 4",
            "dw.weight 4x1x3x3",
            "fc.weight 5x16",
            "fc.bias 5"),
        table.weights().stream().map(w -> w.name() + " " + w.parameter().shape()).toList());
    assertEquals(
        List.of("bn1.running_mean 4", "bn1.running_var 4", "bn1.num_batches_tracked 2"),
        table.statistics().stream().map(s -> s.name() + " " + s.statistic().length()).toList());
    assertEquals(4 * 12 + 4 + 8 + 36 + 80 + 5, table.parameterCount());
  }

  @Test
  void noTwoTensorsOverlapAndAllBeginOnACacheLine() {
    var table =
        WeightTable.of(graph(sequential(conv(5, 3), batchNorm(), conv(3, 1), flatten(), dense(7))));
    int end = 0;
    for (var entry : table.weights()) {
      assertEquals(WeightTable.ALIGNMENT_OFFSET % 16, entry.offset() % 16, entry.name());
      assertEquals(true, entry.offset() >= end, entry.name());
      end = entry.offset() + entry.parameter().shape().elements();
    }
    assertEquals(true, table.weightFloats() >= end);
    end = 0;
    for (var entry : table.statistics()) {
      assertEquals(true, entry.offset() >= end, entry.name());
      end = entry.offset() + entry.statistic().length();
    }
    assertEquals(true, table.statisticFloats() >= end);
  }

  @Test
  void edgesSayWhatReadsWhat() {
    var graph = graph(residual(conv(2, 3).padding(1), conv(2, 1)));
    assertEquals(List.of(0), graph.nodes().get(0).inputs());
    assertEquals(List.of(0), graph.nodes().get(1).inputs());
    assertEquals(List.of(1, 2), graph.nodes().get(2).inputs());
    assertEquals(Map.of("output", 3), graph.outputs());
    assertEquals(graph.input(), graph.type(graph.input(Graph.INPUT)));
  }

  @Test
  void anUnknownOutputIsNamedWithThoseThereAre() {
    var graph = graph(sequential(tap("features", relu()), relu()));
    assertEquals(1, graph.output("features"));
    var thrown = assertThrows(IllegalArgumentException.class, () -> graph.output("logits"));
    assertEquals("no output is named logits; there are features, output", thrown.getMessage());
  }

  @Test
  void edgesAndNodesThatAreNotThereAreRefused() {
    var graph = graph(sequential(tap("features", relu()), residual(relu()), flatten()));
    var builder = new Graph.Builder(graph.input());
    builder.add(relu(), builder.input());
    for (int edge : new int[] {-1, 2, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertRefused(
          "a layer reads edge %d, before it there are 2".formatted(edge), () -> builder.type(edge));
      assertRefused(
          "x reads edge %d, before it there are 2".formatted(edge),
          () -> builder.named("x", relu(), edge));
    }
    for (int edge : new int[] {-1, 5}) {
      assertRefused(
          "there is no edge %d, the graph has 0 to 4".formatted(edge), () -> graph.type(edge));
      assertRefused(
          "there is no edge %d, the graph has 0 to 4".formatted(edge),
          () -> graph.after(edge, Graph.OUTPUT));
    }
    assertRefused(
        "the output features is edge 1, which lies before edge 2",
        () -> graph.after(2, "features"));
    for (int node : new int[] {-1, 4}) {
      assertRefused(
          "there is no node %d, the graph has 4".formatted(node),
          () -> graph.without(Set.of(node)));
    }
    for (int node : new int[] {2, 3}) {
      assertRefused(
          graph.nodes().get(node).name()
              + " cannot be left out: its output is not of the type of its one input",
          () -> graph.without(Set.of(node)));
    }
  }

  private static void assertRefused(String message, Executable asked) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, asked).getMessage());
  }

  private static Graph graph(Layer layer) {
    return Network.of(Shape.image(6, 5, 2), layer).graph();
  }
}
