package stride.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import stride.network.Model;
import stride.tensor.Shape;
import stride.zoo.Architecture;
import stride.zoo.DownloadProgress;
import stride.zoo.Pretrained;
import stride.zoo.WeightsFolder;
import stride.zoo.Zoo;

/** The model that a training begins with: made on the driver, and sent to all tasks. */
final class FirstModel {
  private final HasTrainingParams<?> stage;
  private final TrainingParams params;
  private final Configuration files;

  FirstModel(HasTrainingParams<?> stage, Configuration files) {
    this.stage = stage;
    params = stage.training();
    this.files = files;
  }

  /**
   * The network of the zoo that a name means; empty if it is the path of a file.
   *
   * @throws IllegalArgumentException if there is no such network, or it does not say classes
   */
  static Optional<Architecture> zoo(String name) {
    if (name.contains("/") || name.endsWith(".safetensors")) {
      return Optional.empty();
    }
    var network = Zoo.find(name);
    if (network.detector() != null || network.painter() != null) {
      throw new IllegalArgumentException(
          "%s does not say which class a picture is of: setNetwork takes one that does"
              .formatted(name));
    }
    return Optional.of(network);
  }

  /**
   * Makes the model.
   *
   * @param labels the names of the classes
   * @throws IllegalArgumentException if the network or the weights do not fit
   */
  Model of(List<String> labels) {
    var folder = temporary();
    try {
      String name = stage.getOrDefault(params.network);
      var known = zoo(name);
      var model =
          known.isPresent()
              ? ofZoo(known.get(), labels, folder)
              : ofFile(name, labels.size(), folder);
      return model.withLabels(labels);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static java.nio.file.Path temporary() {
    try {
      return Files.createTempDirectory("stride-weights");
    } catch (IOException e) {
      throw new UncheckedIOException("there is no place for weights: " + e.getMessage(), e);
    }
  }

  private Model ofZoo(Architecture network, List<String> labels, java.nio.file.Path folder)
      throws IOException {
    int side = (Integer) stage.getOrDefault(params.imageSize);
    var input = side == 0 ? network.input() : Shape.image(side, side, network.input().channels());
    if (!stage.isSet(params.weights)) {
      return Model.initialized(network.networkFor(input, labels), seed())
          .withPreprocessing(network.preprocessing(input));
    }
    var weights = weights(network, folder);
    return network.described(
        stage.isSet(params.head)
            ? withNewHead(network.networkFor(input, labels).withoutTaps(), weights)
            : network.withNewHead(input, weights, labels, seed()),
        weights);
  }

  private Model ofFile(String name, int classes, java.nio.file.Path folder) throws IOException {
    var model = Model.load(copied(name, folder));
    int side = (Integer) stage.getOrDefault(params.imageSize);
    if (side > 0) {
      model = model.withInput(Shape.image(side, side, model.network().input().channels()));
    }
    var network =
        model.network().output().elements() == classes
            ? model.network()
            : model.network().withHead(classes);
    var first =
        stage.isSet(params.weights)
            ? withNewHead(network, copied(stage.getOrDefault(params.weights), folder))
            : Model.initialized(network, seed());
    return first.withPreprocessing(model.preprocessing());
  }

  private Model withNewHead(stride.network.Network network, java.nio.file.Path weights)
      throws IOException {
    return stage.isSet(params.head)
        ? Model.withNewHead(network, weights, stage.getOrDefault(params.head), seed())
        : Model.withNewHead(network, weights, seed());
  }

  private long seed() {
    return (Long) stage.getOrDefault(params.seed);
  }

  private java.nio.file.Path weights(Architecture network, java.nio.file.Path folder)
      throws IOException {
    String source = stage.getOrDefault(params.weights);
    var published = Pretrained.find(network.name(), source);
    return published.isPresent()
        ? WeightsFolder.standard().get(published.get(), DownloadProgress.none())
        : copied(source, folder);
  }

  /** A file of any file system, as one of this machine with the same name. */
  private java.nio.file.Path copied(String source, java.nio.file.Path folder) throws IOException {
    var path = new Path(source);
    var copy = folder.resolve(path.getName());
    if (!Files.exists(copy)) {
      try (var stream = path.getFileSystem(files).open(path)) {
        Files.copy(stream, copy);
      } catch (IOException e) {
        throw new IOException("%s cannot be read: %s".formatted(source, said(e)), e);
      }
    }
    return copy;
  }

  private static @Nullable String said(IOException e) {
    return e instanceof java.io.FileNotFoundException ? "there is no such file" : e.getMessage();
  }
}
