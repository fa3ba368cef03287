package stride.detection;

import java.util.List;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.Size;
import stride.network.Answers;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;

/**
 * What a network computed of a batch of pictures, and what a second stage needs to go on.
 *
 * @param network the network for inputs of the batch's size
 * @param weights the network's weights
 * @param engine where the outputs were computed
 * @param outputs the outputs by their names
 * @param sizes the size of each resized picture, without what fills the batch up
 */
public record Computed(
    Network network, Weights weights, Engine engine, Loss.Outputs outputs, List<Size> sizes) {
  /**
   * {@return the shape of one sample of an output}
   *
   * @param output the output's name
   */
  public Shape shape(String output) {
    var graph = network.graph();
    return graph.type(graph.output(output)).shape();
  }

  /**
   * Checks the first samples of outputs.
   *
   * @throws IllegalArgumentException if one holds NaN or an infinity
   */
  static void requireNumbers(Loss.Outputs outputs, Iterable<String> names, int samples) {
    for (var name : names) {
      var output = outputs.value(name);
      for (int n = 0; n < samples; n++) {
        Answers.require(
            output.array(),
            output.at(n),
            output.stride(),
            name.equals(Graph.OUTPUT) ? "output" : "output %s, value".formatted(name));
      }
    }
  }

  /** {@return the height and width of the batch's images} */
  public Size input() {
    return new Size(network.input().height(), network.input().width());
  }
}
