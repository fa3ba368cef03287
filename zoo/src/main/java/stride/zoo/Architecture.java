package stride.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import stride.format.TensorFile;
import stride.graph.WeightTable;
import stride.image.Preprocessing;
import stride.layer.Size;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;

/**
 * A network's design, independent of the size of its images and of the number of its classes.
 *
 * <pre>{@code
 * Model model = Zoo.find("resnet18").load(Path.of("resnet18-f37072fd.pth"));
 * }</pre>
 *
 * @param name the name that users write, such as "lenet5"
 * @param title its name, authors and year, for display
 * @param input the shape of the images that it was published for, (H, W, C)
 * @param classes the number of classes that it was published for
 * @param design makes the network for a shape of images and a number of classes
 * @param recipe the default settings of a training
 * @param detector what makes boxes of its outputs; null if it is no detector
 * @param painter what a network that paints pictures has besides; null if it is none. Its classes
 *     are the channels of what it paints
 */
public record Architecture(
    String name,
    String title,
    Shape input,
    int classes,
    BiFunction<Shape, Integer, Network> design,
    Recipe recipe,
    @Nullable DetectorDesign detector,
    @Nullable PainterDesign painter) {

  /**
   * Describes a network that classifies images.
   *
   * @param name the name that users write, such as "lenet5"
   * @param title its name, authors and year, for display
   * @param input the shape of the images that it was published for, (H, W, C)
   * @param classes the number of classes that it was published for
   * @param design makes the network for a shape of images and a number of classes
   * @param recipe the default settings of a training
   */
  public Architecture(
      String name,
      String title,
      Shape input,
      int classes,
      BiFunction<Shape, Integer, Network> design,
      Recipe recipe) {
    this(name, title, input, classes, design, recipe, null, null);
  }

  /**
   * {@return this design; of a network that paints, whose width is free, the one that has as many
   * channels as a file of weights}
   *
   * @param weights the file
   * @throws IOException if it cannot be read
   */
  public Architecture ofWeights(Path weights) throws IOException {
    return painter == null
        ? this
        : new Architecture(
            name, title, input, classes, painter.ofWeights().of(weights), recipe, null, painter);
  }

  /** {@return the network as it was published} */
  public Network network() {
    return network(input, classes);
  }

  /**
   * Returns the network for given images and classes.
   *
   * @param input the images' shape, (H, W, C)
   * @param classes the number of classes
   * @return the network
   * @throws stride.graph.ShapeException if the design does not allow such images
   */
  public Network network(Shape input, int classes) {
    return design.apply(input, classes);
  }

  /**
   * {@return the multiply-adds of convolutions and dense layers for one image: of a classifier
   * those for its class scores, of a detector all, of a second stage for one region}
   *
   * @param network this network for any input and classes
   */
  public long multiplyAdds(Network network) {
    return detector == null ? network.multiplyAdds() : network.graph().multiplyAdds();
  }

  /**
   * Returns how photos become images of this network when it learns from fresh weights: as those of
   * the data set that it was published for, or else ImageNet's; grey images are only resized.
   *
   * @param input the images' shape, (H, W, C)
   * @return the preprocessing
   */
  public Preprocessing preprocessing(Shape input) {
    return input.channels() != 3
        ? Preprocessing.none(input)
        : TrainedOn.of(this)
            .filter(_ -> this.input.channels() == 3)
            .orElse(TrainedOn.IMAGENET)
            .preprocessing(input);
  }

  /**
   * Returns the network, without auxiliary heads, with the weights of a file, described as {@link
   * #described} does.
   *
   * @param weights a file of weights
   * @return the model
   * @throws IOException if the file cannot be read or is not of this network; the message says what
   *     was expected and what was found
   */
  public Model load(Path weights) throws IOException {
    var network = used(ofWeights(weights).network());
    return described(Model.of(published(network, weights), weights), weights);
  }

  /**
   * Returns the network for classes of these names, with the weights of a file.
   *
   * @param weights a file of weights for as many classes
   * @param labels the names of the classes
   * @return the model
   * @throws IOException as {@link #load(Path)} does
   */
  public Model load(Path weights, List<String> labels) throws IOException {
    return named(
        described(Model.of(published(network(labels), weights), weights), weights), labels);
  }

  /**
   * Returns the network for classes of these names, with the weights of a file that was trained on
   * others: its last layer, of a detector all that depend on the classes, is initialised anew.
   *
   * @param weights a file of weights for any classes
   * @param labels the names of the classes
   * @param seed the seed of the last layer: equal seeds give equal weights
   * @return the model
   * @throws IOException as {@link #load(Path)} does
   */
  public Model loadWithNewHead(Path weights, List<String> labels, long seed) throws IOException {
    return named(described(withNewHead(input, weights, labels, seed), weights), labels);
  }

  /**
   * Returns the network for images of a shape and classes of these names, with the weights of a
   * file as {@link #loadWithNewHead} reads them, and no description.
   *
   * @param input the images' shape, (H, W, C)
   * @param weights a file of weights for any classes
   * @param labels the names of the classes
   * @param seed the seed of what is initialised anew
   * @return the model
   * @throws IOException as {@link #load(Path)} does
   */
  public Model withNewHead(Shape input, Path weights, List<String> labels, long seed)
      throws IOException {
    var network = published(used(networkFor(input, labels)), weights);
    if (detector == null) {
      return Model.withNewHead(network, weights, seed);
    }
    // What another number of classes gives another shape depends on the classes, whatever shape the
    // file has.
    var others = sizes(network(input, detector.classes(labels) + 1));
    var fresh = new HashSet<String>();
    sizes(network)
        .forEach(
            (name, size) -> {
              if (!size.equals(others.get(name))) {
                fresh.add(name);
              }
            });
    return Model.withFresh(network, weights, fresh, seed);
  }

  private Model named(Model model, List<String> labels) {
    return detector == null ? model.withLabels(labels) : detecting(model, labels);
  }

  /**
   * Returns the network for classes of these names.
   *
   * @param input the images' shape, (H, W, C)
   * @param labels the names of the classes
   * @return the network
   * @throws stride.graph.ShapeException if the design does not allow such images
   */
  public Network networkFor(Shape input, List<String> labels) {
    return network(input, detector == null ? labels.size() : detector.classes(labels));
  }

  private Network network(List<String> labels) {
    return used(networkFor(input, labels));
  }

  /** The number of values of each weight tensor and running statistic. */
  private static Map<String, Integer> sizes(Network network) {
    var sizes = new HashMap<String, Integer>();
    var table = WeightTable.of(network.graph());
    table.weights().forEach(own -> sizes.put(own.name(), own.parameter().shape().elements()));
    table.statistics().forEach(own -> sizes.put(own.name(), own.statistic().length()));
    return sizes;
  }

  /**
   * {@return this network as published weights are for it if the file has the name of theirs: the
   * norms of some detectors of torchvision add no epsilon; else the network as it is}
   *
   * @param network this network for any input and classes
   * @param weights a file of weights
   */
  public Network published(Network network, Path weights) {
    return Pretrained.ofFile(name, weights).map(own -> own.network(network)).orElse(network);
  }

  /** A classifier's auxiliary heads are left out; a detector's outputs are all read. */
  private Network used(Network network) {
    return detector == null ? network.withoutTaps() : network;
  }

  /**
   * Returns a model with the preprocessing of the published weights, of those with the file's name
   * if there are several, and with the labels of the classes that the network was published for, if
   * it has as many. If the file is a model of Stride with labels, the model gets that file's
   * description.
   *
   * @param model the model
   * @param weights the file of its weights
   * @return a copy with a description
   * @throws IOException if it cannot be read
   */
  public Model described(Model model, Path weights) throws IOException {
    if (detector != null) {
      return detecting(model, weights, detector);
    }
    if (painter != null) {
      return painting(model);
    }
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

  /**
   * Returns a model of this network that paints pictures, with their preprocessing.
   *
   * @param model the model
   * @return a copy whose task are pictures
   * @throws IllegalStateException if this network paints none
   */
  public Model painting(Model model) {
    if (painter == null) {
      throw new IllegalStateException(name + " paints no pictures");
    }
    return new Model(
        model.network(),
        model.weights(),
        Task.IMAGE,
        List.of(),
        painter.preprocessing().apply(model.network().input()));
  }

  private Model detecting(Model model, Path weights, DetectorDesign design) throws IOException {
    var published = network(model.network().input(), classes);
    boolean alike =
        published.graph().outputs().keySet().stream()
            .allMatch(name -> type(published, name).equals(type(model.network(), name)));
    var described = detecting(model, alike ? design.labels() : List.of());
    return isModel(weights) ? described.describedAs(Model.load(weights)) : described;
  }

  private static Shape type(Network network, String output) {
    return network.graph().type(network.graph().output(output)).shape();
  }

  /**
   * Returns a model of this network with its method of detection, and with the preprocessing of
   * pictures that goes with it.
   *
   * @param model the model
   * @param labels the names of its classes; none if they have none
   * @return a copy that is a detector
   * @throws IllegalStateException if this is no detector
   * @throws IllegalArgumentException if there are not as many labels as classes
   */
  public Model detecting(Model model, List<String> labels) {
    if (detector == null) {
      throw new IllegalStateException(name + " is no detector");
    }
    var own = model.network().input();
    var method = detector.method().forLabels(model.network(), labels);
    if (!own.equals(input)) {
      method = method.forInput(new Size(own.height(), own.width()));
    }
    return model
        .withMethod(method, labels)
        .withPreprocessing(detector.preprocessing().apply(model.network().input()));
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
