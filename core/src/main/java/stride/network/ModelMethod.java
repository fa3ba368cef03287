package stride.network;

import java.util.List;
import java.util.Set;

/**
 * How the outputs of a network become what its {@link Task} says, where they do not say it by
 * themselves: of a detector, which outputs are boxes of which anchors, and which of them are kept.
 * A record, which a model file holds by its name and its components, as it does those of an
 * operation; see {@link MethodTypes}. What is done with it says the room of its task, such as
 * {@code stride.box}.
 */
public interface ModelMethod {
  /** The task of the models that have this method. */
  Task task();

  /** The names of the outputs that are read, one at least. */
  Set<String> outputs();

  /**
   * Checks that a network has the outputs that are read, and as many classes as there are labels,
   * if there are any.
   *
   * @throws IllegalArgumentException if not; the message says what was expected and found
   */
  void check(Network network, List<String> labels);
}
