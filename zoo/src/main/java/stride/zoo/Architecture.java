package stride.zoo;

import java.util.function.BiFunction;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * A network's design, free of the size of its images and of the number of its classes.
 *
 * @param name as users write it: "lenet5"
 * @param title who made it, when, for people
 * @param input the images it was made for, (H, W, C)
 * @param classes the classes it was made for
 * @param design makes it for other images and classes
 * @param recipe how to train it when nothing else is said
 */
public record Architecture(
    String name,
    String title,
    Shape input,
    int classes,
    BiFunction<Shape, Integer, Network> design,
    Recipe recipe) {

  /** The network as it was published. */
  public Network network() {
    return network(input, classes);
  }

  /**
   * The network for given images and classes.
   *
   * @throws stride.graph.ShapeException if it cannot take such images
   */
  public Network network(Shape input, int classes) {
    return design.apply(input, classes);
  }
}
