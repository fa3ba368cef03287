package stride.onnx.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.onnx.evaluate.Evaluator;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;
import stride.onnx.proto.TypeProto.Dimension;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/**
 * A graph of ONNX whose float work runs on the engine and whose rest is evaluated node by node,
 * such as a detector's tail of TopK and NonMaxSuppression. The engine comes first: what it would
 * compute of evaluated values is evaluated, too. It takes one sample; what it gives is in the
 * file's own layout. It is safe to share between threads.
 */
public final class EngineProgram {
  private final EngineGraph laid;
  private final Graph part;
  private final Weights weights;

  /** The values that the engine gives, with how ONNX sees them. */
  private final Map<String, View> computed;

  private final Evaluator rest;

  private EngineProgram(EngineGraph laid, Graph part, Map<String, View> computed, Evaluator rest) {
    this.laid = laid;
    this.part = part;
    this.weights = laid.weightsOf(part);
    this.computed = computed;
    this.rest = rest;
  }

  /**
   * Lays out a graph for inputs of the shapes of some tensors.
   *
   * @param graph the graph
   * @param inputs a tensor for each input
   * @return the program; null if nothing of the graph runs on the engine so, because there are
   *     several samples or other numbers than floats
   */
  public static @Nullable EngineProgram of(OnnxGraph graph, Map<String, OnnxTensor> inputs) {
    var fixed = new ArrayList<OnnxValue>();
    for (var input : graph.inputs()) {
      var given = inputs.get(input.name());
      if (given == null
          || given.type() != ElementType.FLOAT
          || given.rank() < 2
          || given.dimension(0) != 1) {
        return null;
      }
      fixed.add(
          new OnnxValue(
              input.name(),
              input.type(),
              IntStream.of(given.shape()).mapToObj(size -> Dimension.of(size)).toList()));
    }
    return of(
        new OnnxGraph(
            graph.name(),
            fixed,
            graph.outputs(),
            graph.constants(),
            graph.nodes(),
            graph.values(),
            graph.metadata()));
  }

  private static @Nullable EngineProgram of(OnnxGraph graph) {
    EngineGraph laid;
    try {
      laid = EngineGraph.of(graph, InputShapes.OF_FILE);
    } catch (IllegalArgumentException e) {
      // An input is no image or vector.
      return null;
    }
    var layout = laid.layout();
    var left = laid.left(graph.outputs().stream().map(OnnxValue::name).toList());
    var wanted = new LinkedHashSet<String>();
    left.forEach(node -> wanted.addAll(node.reads()));
    graph.outputs().forEach(output -> wanted.add(output.name()));
    var computed = new LinkedHashMap<String, View>();
    var constants = new HashMap<String, OnnxTensor>();
    var edges = new LinkedHashMap<String, Integer>();
    for (String value : wanted) {
      var view = laid.values().get(value);
      var constant = layout.constant(value);
      if (view != null) {
        computed.put(value, view);
        edges.put(value, view.edge());
      } else if (constant != null) {
        constants.put(value, constant);
      }
    }
    boolean works = edges.values().stream().anyMatch(edge -> !laid.graph().isInput(edge));
    if (!works) {
      return null;
    }
    var rest =
        new OnnxGraph(
            graph.name(),
            computed.keySet().stream().map(name -> new OnnxValue(name, null, null)).toList(),
            graph.outputs(),
            constants,
            inOrder(laid, left),
            Map.of(),
            Map.of());
    return new EngineProgram(laid, laid.only(edges), computed, Evaluator.of(rest));
  }

  private static List<OnnxNode> inOrder(EngineGraph laid, Set<OnnxNode> left) {
    return laid.layout().nodes().stream().filter(left::contains).toList();
  }

  /**
   * Computes the outputs.
   *
   * @param inputs a tensor for each input, of the shapes that the program was laid out for
   * @param engine computes
   * @return the outputs by name, in the file's order
   * @throws IllegalArgumentException if a node cannot compute what it is asked; the message names
   *     it
   */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs, Engine engine) {
    return rest.run(
        engine.withPlan(
            part,
            weights,
            1,
            Purpose.inference().withAllOutputs(),
            plan -> {
              laid.inputs().forEach((name, view) -> write(plan, name, view, inputs));
              plan.forward(1);
              var values = new LinkedHashMap<String, OnnxTensor>();
              computed.forEach((name, view) -> values.put(name, read(plan, name, view)));
              return values;
            }));
  }

  private static void write(Plan plan, String name, View view, Map<String, OnnxTensor> inputs) {
    var given = inputs.get(name);
    if (given == null || given.size() != view.elements()) {
      throw new IllegalArgumentException(
          "the input \"%s\" is %s, the program was made for another".formatted(name, given));
    }
    float[] numbers = given.floats();
    int[] places = view.places();
    var sample = new float[numbers.length];
    for (int i = 0; i < places.length; i++) {
      sample[places[i]] = numbers[i];
    }
    plan.input(name).write(0, sample);
  }

  private static OnnxTensor read(Plan plan, String name, View view) {
    float[] sample = plan.output(name).read(0);
    int[] places = view.places();
    var numbers = new float[places.length];
    for (int i = 0; i < places.length; i++) {
      numbers[i] = sample[places[i]];
    }
    return OnnxTensor.of(view.shape(), numbers);
  }
}
