package stride.train;

import java.util.List;
import java.util.Optional;
import stride.engine.Engine;
import stride.graph.Weights;
import stride.network.ModelMethod;
import stride.network.Network;

/** A model's method that says what its network learns by. */
public interface LearnedMethod extends ModelMethod {
  /**
   * {@return the loss that a network with this method learns by}
   *
   * @param network the network to train
   */
  Loss loss(Network network);

  /**
   * {@return what is measured in a test beside metrics; empty for nothing, as by default}
   *
   * @param network the network that is tested
   * @param weights its weights
   * @param engine where its outputs are computed
   */
  default Optional<TestMeasure> measure(Network network, Weights weights, Engine engine) {
    return Optional.empty();
  }

  /**
   * {@return the usual metrics of a training, the most important first; none by default}
   *
   * @param network the network to train
   */
  default List<Metric> metrics(Network network) {
    return List.of();
  }
}
