package stride.bench;

import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.CounterRandom;

/** A network of one layer, planned for both directions, on random values. */
final class OneLayer implements AutoCloseable {
  /** The gradients of the weights and of the input, as a layer in the middle of a network has. */
  private static final Purpose BOTH_GRADIENTS = Purpose.training().withInputGradient();

  private final Engine engine;
  private final Plan inference;
  private final Plan training;
  private final double gigaflops;

  OneLayer(Network network, int batch, int threads) {
    engine = Engine.withThreads(threads);
    var weights = Weights.initialized(network.graph(), 1);
    inference = engine.plan(network.graph(), weights, batch, Purpose.inference().withAllOutputs());
    training = engine.plan(network.graph(), weights, batch, BOTH_GRADIENTS);
    gigaflops = 2e-9 * network.multiplyAdds() * batch;
    fill(inference.input(), batch);
    fill(training.input(), batch);
    training.forward(batch);
    fill(training.outputGradient(Graph.OUTPUT), batch);
  }

  private static void fill(Buffer buffer, int batch) {
    for (int n = 0; n < batch; n++) {
      long key = CounterRandom.key(1, 0, n);
      for (int i = 0; i < buffer.stride(); i++) {
        buffer.array()[buffer.at(n) + i] =
            2 * CounterRandom.uniform(CounterRandom.bits(key, i)) - 1;
      }
    }
  }

  /** 1e9 floating-point operations of a forward pass over the batch. */
  double gigaflops() {
    return gigaflops;
  }

  void forward() {
    inference.forward(inference.batch());
  }

  void backward() {
    training.backward(training.batch());
  }

  @Override
  public void close() {
    engine.close();
  }
}
