package stride.layer;

import stride.graph.Graph;

/**
 * y = x gate(x), channel by channel, with a gate of one value a channel (1, 1, C): squeeze and
 * excitation (Hu, Shen and Sun 2018, "Squeeze-and-Excitation Networks", equation 4).
 */
public record SqueezeExcitation(Layer gate) implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    return graph.add(new ChannelMultiply(), input, gate.lower(graph, input));
  }
}
