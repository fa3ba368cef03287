package stride.layer;

import java.util.List;
import stride.compute.CpuOperation;
import stride.graph.Graph;
import stride.graph.Parameter;
import stride.graph.RunningStatistic;
import stride.graph.TensorType;

/** A layer that is one operation on one input. By default its output has its input's type. */
public interface PlainLayer extends Layer, CpuOperation {
  /** The type of the output for an input. */
  default TensorType infer(TensorType input) {
    return input;
  }

  /** The weights for an input. */
  default List<Parameter> parameters(TensorType input) {
    return List.of();
  }

  /** The running statistics for an input. */
  default List<RunningStatistic> statistics(TensorType input) {
    return List.of();
  }

  /** Multiply-adds of one sample for an input. */
  default long multiplyAdds(TensorType input) {
    return 0;
  }

  @Override
  default TensorType infer(List<TensorType> inputs) {
    requireInputs(inputs, 1);
    return infer(inputs.getFirst());
  }

  @Override
  default List<Parameter> parameters(List<TensorType> inputs) {
    return parameters(inputs.getFirst());
  }

  @Override
  default List<RunningStatistic> statistics(List<TensorType> inputs) {
    return statistics(inputs.getFirst());
  }

  @Override
  default long multiplyAdds(List<TensorType> inputs) {
    return multiplyAdds(inputs.getFirst());
  }

  @Override
  default int lower(Graph.Builder graph, int input) {
    return graph.add(this, input);
  }
}
