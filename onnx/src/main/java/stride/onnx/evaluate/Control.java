package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Branches and loops. */
final class Control implements Family {
  @Override
  public String operators() {
    return """
    If 1 11 13 16 19 21 23 24 25
    Loop 1 11 13 16 19 21 23 24 25
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return call.operator().equals("If") ? branch(call) : loop(call);
  }

  private static OnnxTensor[] branch(Call call) {
    boolean condition = truth(call.input(0));
    return call.graphs()
        .run(call.attributes().graph(condition ? "then_branch" : "else_branch"), Map.of());
  }

  private static boolean truth(OnnxTensor condition) {
    if (condition.size() != 1) {
      throw new IllegalArgumentException("the condition has %d values".formatted(condition.size()));
    }
    return condition.longs()[0] != 0;
  }

  private static OnnxTensor[] loop(Call call) {
    OnnxGraph body = call.attributes().graph("body");
    OnnxTensor most = call.optional(0);
    long trips = most == null ? Long.MAX_VALUE : most.integer(0);
    OnnxTensor condition = call.optional(1);
    boolean goesOn = condition == null || truth(condition);
    int carried = call.count() - 2;
    int scans = body.outputs().size() - 1 - carried;
    if (carried + 2 != body.inputs().size() || scans < 0) {
      throw new IllegalArgumentException(
          "the body has %d inputs and %d outputs for %d carried values"
              .formatted(body.inputs().size(), body.outputs().size(), carried));
    }
    var state = new OnnxTensor[carried];
    for (int i = 0; i < carried; i++) {
      state[i] = call.input(2 + i);
    }
    List<List<OnnxTensor>> scanned = new ArrayList<>();
    for (int i = 0; i < scans; i++) {
      scanned.add(new ArrayList<>());
    }
    for (long trip = 0; trip < trips && goesOn; trip++) {
      var inputs = new HashMap<String, OnnxTensor>();
      inputs.put(body.inputs().get(0).name(), OnnxTensor.of(new int[0], new long[] {trip}));
      OnnxTensor on = OnnxTensor.zeros(ElementType.BOOL);
      on.put(0, 1L);
      inputs.put(body.inputs().get(1).name(), on);
      for (int i = 0; i < carried; i++) {
        inputs.put(body.inputs().get(2 + i).name(), state[i]);
      }
      OnnxTensor[] results = call.graphs().run(body, inputs);
      goesOn = truth(results[0]);
      System.arraycopy(results, 1, state, 0, carried);
      for (int i = 0; i < scans; i++) {
        scanned.get(i).add(results[1 + carried + i]);
      }
    }
    var outputs = new OnnxTensor[carried + scans];
    System.arraycopy(state, 0, outputs, 0, carried);
    for (int i = 0; i < scans; i++) {
      outputs[carried + i] = stacked(scanned.get(i));
    }
    return outputs;
  }

  private static OnnxTensor stacked(List<OnnxTensor> parts) {
    if (parts.isEmpty()) {
      return OnnxTensor.zeros(ElementType.FLOAT, 0);
    }
    OnnxTensor first = parts.get(0);
    var shape = new int[first.rank() + 1];
    shape[0] = parts.size();
    System.arraycopy(first.shape(), 0, shape, 1, first.rank());
    OnnxTensor stacked = OnnxTensor.zeros(first.type(), shape);
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).copy(0, stacked, i * first.size(), first.size());
    }
    return stacked;
  }
}
