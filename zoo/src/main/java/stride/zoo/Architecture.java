package stride.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import stride.format.TensorFile;
import stride.network.Model;
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

  /** {@return the network as it was published} */
  public Network network() {
    return network(input, classes);
  }

  /**
   * {@return the network for given images and classes}
   *
   * @throws stride.graph.ShapeException if it cannot take such images
   */
  public Network network(Shape input, int classes) {
    return design.apply(input, classes);
  }

  /**
   * {@return the network, without auxiliary heads, with the weights of a file; see {@link
   * #described}}
   *
   * @throws IOException if the file cannot be read or is not of this network; the message says what
   *     was expected and found
   */
  public Model load(Path weights) throws IOException {
    return described(Model.of(network().withoutTaps(), weights), weights);
  }

  /** {@return the network for classes of these names, with the weights of a file} */
  public Model load(Path weights, List<String> labels) throws IOException {
    return described(Model.of(network(labels), weights), weights).withLabels(labels);
  }

  /**
   * {@return the network for classes of these names, with the weights of a file that was trained on
   * others: its head is fresh}
   *
   * @param seed the same seed gives the same head
   */
  public Model loadWithNewHead(Path weights, List<String> labels, long seed) throws IOException {
    return described(Model.withNewHead(network(labels), weights, seed), weights).withLabels(labels);
  }

  private Network network(List<String> labels) {
    return network(input, labels.size()).withoutTaps();
  }

  /**
   * The same model with the preprocessing that the published weights ask for, those of the file's
   * name if there are several, and with the names of the classes that the network was made for, if
   * it has as many. What a model of Stride whose classes have names says of itself is kept.
   *
   * @param weights the file that its weights are from
   * @throws IOException if it cannot be read
   */
  public Model described(Model model, Path weights) throws IOException {
    if (isModel(weights)) {
      var saved = Model.load(weights);
      if (!saved.labels().isEmpty()) {
        return model.describedAs(saved);
      }
    }
    var set = TrainedOn.of(this);
    if (set.isEmpty()) {
      return model;
    }
    var described = model;
    var images = model.network().input();
    if (images.channels() == input.channels()) {
      var published =
          Pretrained.ofFile(name, weights).or(() -> Pretrained.find(name, set.get().toString()));
      described =
          model.withPreprocessing(
              published.isPresent()
                  ? published.get().preprocessing(images)
                  : set.get().preprocessing(images));
    }
    return model.network().output().elements() == classes
        ? described.withLabels(set.get().labels())
        : described;
  }

  private static boolean isModel(Path weights) throws IOException {
    if (!Files.isRegularFile(weights)) {
      return false;
    }
    try (var file = TensorFile.open(weights)) {
      return Model.isIn(file);
    }
  }
}
