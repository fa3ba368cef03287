package stride.spark;

import java.io.IOException;
import java.nio.file.Path;
import stride.network.Model;
import stride.zoo.Zoo;

/** Saves a network of the zoo with random weights: {@code RandomModel NETWORK MODEL}. */
final class RandomModel {
  private RandomModel() {}

  public static void main(String[] arguments) throws IOException {
    var network = Zoo.find(arguments[0]);
    Model.initialized(network.network(), 1)
        .withPreprocessing(network.preprocessing(network.input()))
        .save(Path.of(arguments[1]));
  }
}
