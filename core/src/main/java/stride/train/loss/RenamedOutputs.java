package stride.train.loss;

import stride.compute.Buffer;
import stride.graph.Graph;
import stride.train.Loss;

/**
 * The outputs of a network with another one in place of the network's own.
 *
 * @param outputs the outputs of the network
 * @param own the name of the output that takes the place of the network's own
 */
public record RenamedOutputs(Loss.Outputs outputs, String own) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return outputs.value(name.equals(Graph.OUTPUT) ? own : name);
  }

  @Override
  public Buffer gradient(String name) {
    return outputs.gradient(name.equals(Graph.OUTPUT) ? own : name);
  }
}
