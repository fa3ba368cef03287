package stride.train;

import java.util.List;
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
   * {@return the usual metrics of a training, the most important first; none by default}
   *
   * @param network the network to train
   */
  default List<Metric> metrics(Network network) {
    return List.of();
  }
}
