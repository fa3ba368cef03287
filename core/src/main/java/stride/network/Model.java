package stride.network;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.format.TensorFile;
import stride.format.TorchWriter;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Preprocessing;
import stride.tensor.Numbers;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * A network with its weights, the names of its classes, and how pictures become its input.
 *
 * <p>Safe to share between any number of threads, as long as nobody changes the values of the
 * weights. The {@link Engine} bounds how many of the threads compute at the same time, and the
 * memory that this takes; the others wait for their turn. A picture is read and prepared when it is
 * its turn, too.
 *
 * <p>A network of one output with two labels is a binary classifier: the sigmoid of its output is
 * the probability of the second.
 *
 * @param labels one name a class; empty if the classes have none
 * @param multiLabel whether a picture may have several of the labels or none: then the sigmoid of
 *     each output is the probability of its label
 */
public record Model(
    Network network,
    Weights weights,
    List<String> labels,
    boolean multiLabel,
    Preprocessing preprocessing) {
  /** Inputs that are computed together, at most: more would take memory and save no time. */
  private static final int LARGEST_BATCH = 32;

  /**
   * A model of parts that fit together.
   *
   * @throws IllegalArgumentException if the weights are those of another network, the labels are
   *     not as many as the classes, empty or twice the same, or the preprocessing makes inputs of
   *     another shape
   */
  public Model {
    labels = List.copyOf(labels);
    weights.directory().requireFor(network.graph());
    Labels.check(labels, multiLabel, network.output().elements());
    if (!preprocessing.shape().equals(network.firstInput())) {
      throw new IllegalArgumentException(
          "the network takes inputs of %s, the preprocessing makes %s"
              .formatted(network.firstInput(), preprocessing.shape()));
    }
  }

  /** A model whose pictures have one label each. */
  public Model(Network network, Weights weights, List<String> labels, Preprocessing preprocessing) {
    this(network, weights, labels, false, preprocessing);
  }

  /** A network with fresh weights; the same seed gives the same weights. */
  public static Model initialized(Network network, long seed) {
    return new Model(
        network,
        Weights.initialized(network.graph(), seed),
        List.of(),
        Preprocessing.none(network.firstInput()));
  }

  /**
   * A network with given weights, each under its name and in PyTorch's layout; see {@link
   * Weights#of}.
   *
   * @throws IllegalArgumentException if a weight is missing, unknown or of another shape
   */
  public static Model of(Network network, Map<String, Tensor> weights) {
    return new Model(
        network,
        Weights.of(network.graph(), weights),
        List.of(),
        Preprocessing.none(network.firstInput()));
  }

  /**
   * A network with the weights of a file: safetensors, a PyTorch checkpoint, or NumPy arrays, under
   * PyTorch's names. Wrappers such as "state_dict" and "module." are seen through, and auxiliary
   * heads that the network has not are left out, as torchvision does.
   *
   * @throws stride.format.FormatException if a tensor is missing, unexpected or misshapen (the
   *     message names them all), or the file is damaged
   * @throws IOException if the file cannot be read
   */
  public static Model of(Network network, Path weights) throws IOException {
    try (var file = TensorFile.open(weights)) {
      return of(network, StateDict.read(network, file));
    }
  }

  /**
   * A network with the weights of a file, all but its last dense or convolution layer's, which are
   * fresh: to train a network on classes of your own. The last layers of auxiliary heads are fresh
   * if they differ in shape.
   *
   * @param seed the same seed gives the same fresh weights
   * @throws stride.format.FormatException if a tensor of another layer is missing, unexpected or
   *     misshapen, or the file is damaged
   * @throws IOException if the file cannot be read
   */
  public static Model withNewHead(Network network, Path weights, long seed) throws IOException {
    try (var file = TensorFile.open(weights)) {
      return of(network, StateDict.readWithNewHead(network, file, null, seed));
    }
  }

  /**
   * A network with the weights of a file whose head is another than the network's, of several
   * layers maybe: its last layer is fresh, and from where the head begins on so is every tensor
   * that the file lacks or has in another shape. Tensors of the file's head that the network lacks
   * are left out.
   *
   * @param head the name of the layer, or the block of layers, with which the head begins, in the
   *     network or in the file: "fc" of a file's "fc.0.weight" and "fc.3.weight"
   * @param seed the same seed gives the same fresh weights
   * @throws IllegalArgumentException if neither the network nor the file has layers of this name
   * @throws stride.format.FormatException if a tensor before the head is missing, unexpected or
   *     misshapen, or the file is damaged
   * @throws IOException if the file cannot be read
   */
  public static Model withNewHead(Network network, Path weights, String head, long seed)
      throws IOException {
    try (var file = TensorFile.open(weights)) {
      return of(network, StateDict.readWithNewHead(network, file, head, seed));
    }
  }

  private static Model of(Network network, Weights weights) {
    return new Model(network, weights, List.of(), Preprocessing.none(network.firstInput()));
  }

  /**
   * Reads a model file.
   *
   * @throws IOException if it cannot be read, is damaged, or has an operation of your own; the
   *     message says what was expected and found
   */
  public static Model load(Path file) throws IOException {
    return ModelFile.read(file, OperationTypes.standard());
  }

  /**
   * Reads a model file with operations of your own.
   *
   * @throws IOException if it cannot be read, is damaged, or has an operation that is neither
   *     Stride's nor among the types
   */
  public static Model load(Path file, OperationTypes types) throws IOException {
    return ModelFile.read(file, types);
  }

  /**
   * Reads a model file from a stream, such as a resource's, to the end; it is not closed.
   *
   * @throws IOException if it cannot be read, is damaged, or has 2 GiB or more; the message says
   *     what was expected and found
   */
  public static Model load(InputStream stream) throws IOException {
    return load(stream, OperationTypes.standard());
  }

  /** Reads a model file with operations of your own from a stream. */
  public static Model load(InputStream stream, OperationTypes types) throws IOException {
    return ModelFile.read(stream, types);
  }

  /** Whether a file of tensors is a model's: holds its network beside the weights. */
  public static boolean isIn(TensorFile file) {
    return ModelFile.isIn(file);
  }

  /**
   * Writes a model file atomically: an earlier file stays whole until the new one is complete.
   * Operations of your own are saved if they are records as {@link OperationTypes} describes them.
   *
   * @throws IllegalArgumentException if an operation cannot be saved; the message names the layer
   */
  public void save(Path file) throws IOException {
    save(file, OperationTypes.standard());
  }

  /** Writes a model file with operations of your own under the names that they have there. */
  public void save(Path file, OperationTypes types) throws IOException {
    ModelFile.write(this, file, types);
  }

  /**
   * Writes the weights, without the network, as a PyTorch checkpoint: {@code
   * model.load_state_dict(torch.load("file.pth", weights_only=True))} reads it.
   */
  public void savePyTorch(Path file) throws IOException {
    var writer = new TorchWriter();
    ModelFile.addWeights(this, writer);
    writer.write(file);
  }

  /**
   * The network's output for one input, on the shared engine: logits, for a classifier.
   *
   * @param input of the network's input shape, already normalised
   */
  public Tensor logits(Tensor input) {
    return logits(List.of(given(input, "the input")), Engine.shared()).getFirst();
  }

  private static Tensor given(@Nullable Tensor tensor, String name) {
    if (tensor == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return tensor;
  }

  /** The network's outputs for some inputs, already normalised. */
  public List<Tensor> logits(List<Tensor> inputs, Engine engine) {
    return outputs(inputs, UnaryOperator.identity(), engine, network.graph());
  }

  /**
   * The outputs of a graph that has the network's nodes.
   *
   * @param preparation of each input, when it is its turn
   */
  private List<Tensor> outputs(
      List<Tensor> inputs, UnaryOperator<Tensor> preparation, Engine engine, Graph graph) {
    inputs.forEach(this::checkInput);
    var shape = outputShape(graph);
    var outputs = new ArrayList<Tensor>();
    for (int first = 0; first < inputs.size(); first += LARGEST_BATCH) {
      var batch = inputs.subList(first, Math.min(first + LARGEST_BATCH, inputs.size()));
      outputs.addAll(
          engine.withPlan(
              graph,
              weights,
              batch.size(),
              Purpose.inference(),
              plan -> {
                for (int n = 0; n < batch.size(); n++) {
                  plan.input().write(n, preparation.apply(batch.get(n)).data());
                }
                return outputs(plan, batch.size(), shape);
              }));
    }
    return outputs;
  }

  private static Shape outputShape(Graph graph) {
    return graph.type(graph.output(Graph.OUTPUT)).shape();
  }

  private static List<Tensor> outputs(Plan plan, int samples, Shape shape) {
    plan.forward(samples);
    var outputs = new ArrayList<Tensor>();
    for (int n = 0; n < samples; n++) {
      outputs.add(new Tensor(shape, plan.output(Graph.OUTPUT).read(n)));
    }
    return outputs;
  }

  /** The output of a graph for a picture: of many callers, only those whose turn it is have one. */
  private Tensor output(Picture picture, Graph graph) throws IOException {
    var shape = outputShape(graph);
    return Engine.shared()
        .withPlan(
            graph,
            weights,
            1,
            Purpose.inference(),
            plan -> {
              var input = preprocessing.normalize(picture.prepare());
              checkInput(input);
              plan.input().write(0, input.data());
              return outputs(plan, 1, shape).getFirst();
            });
  }

  /** A picture that is still to be read and prepared. */
  private interface Picture {
    Tensor prepare() throws IOException;
  }

  private void checkInput(Tensor input) {
    if (!input.shape().equals(network.input())) {
      throw new IllegalArgumentException(
          "the network takes inputs of %s, found %s".formatted(network.input(), input.shape()));
    }
  }

  /**
   * The gradients of a loss for one input, on the shared engine: batch norm uses its running
   * statistics, nothing is dropped.
   *
   * @param input of the network's input shape, already normalised
   * @param outputGradient the loss's gradient at the network's output, of its shape
   */
  public Gradients gradients(Tensor input, Tensor outputGradient) {
    checkInput(input);
    if (!outputGradient.shape().equals(network.output())) {
      throw new IllegalArgumentException(
          "the network's output is %s, the gradient at it is %s"
              .formatted(network.output(), outputGradient.shape()));
    }
    return Engine.shared()
        .withPlan(
            network.graph(),
            weights,
            1,
            Purpose.inference()
                .withAllOutputs()
                .withWeightGradients(true)
                .withInputGradients(network.inputs().keySet()),
            plan -> {
              plan.input().write(0, input.data());
              plan.forward(1);
              plan.outputGradient(Graph.OUTPUT).write(0, outputGradient.data());
              plan.backward(1);
              return new Gradients(
                  new Tensor(network.input(), plan.inputGradient().read(0)),
                  weights.directory(),
                  plan.gradients().clone());
            });
  }

  /**
   * All outputs of the network for one sample, by name, on the shared engine.
   *
   * @param inputs a tensor for each of the network's inputs by its name, as the network takes it:
   *     nothing is normalised
   * @throws IllegalArgumentException if an input is missing, unknown or of another shape
   */
  public Map<String, Tensor> outputs(Map<String, Tensor> inputs) {
    var graph = network.graph();
    inputs.keySet().forEach(graph::input);
    network
        .inputs()
        .forEach(
            (name, shape) -> {
              var input = given(inputs.get(name), "the input " + name);
              if (!input.shape().equals(shape)) {
                throw new IllegalArgumentException(
                    "the input %s is %s, found %s".formatted(name, shape, input.shape()));
              }
            });
    return Engine.shared()
        .withPlan(
            graph,
            weights,
            1,
            Purpose.inference().withAllOutputs(),
            plan -> {
              inputs.forEach((name, input) -> plan.input(name).write(0, input.data()));
              plan.forward(1);
              var outputs = new LinkedHashMap<String, Tensor>();
              graph
                  .outputs()
                  .forEach(
                      (name, edge) ->
                          outputs.put(
                              name,
                              new Tensor(graph.type(edge).shape(), plan.output(name).read(0))));
              return outputs;
            });
  }

  /** Whether one output tells two classes apart. */
  private boolean isBinary() {
    return labels.size() == 2 && network.output().elements() == 1;
  }

  /**
   * Classifies one image.
   *
   * @param image of the network's input shape, values in [0, 1], not yet normalised
   */
  public Classification classify(Tensor image) {
    return classify(List.of(given(image, "the image")), Engine.shared()).getFirst();
  }

  /**
   * Classifies some images, values in [0, 1], not yet normalised.
   *
   * @throws IllegalArgumentException if an image holds NaN or an infinity, or the network's answer
   *     is none because its weights are too large
   */
  public List<Classification> classify(List<Tensor> images, Engine engine) {
    return outputs(images, this::normalized, engine, network.graph()).stream()
        .map(logits -> classification(logits, engine))
        .toList();
  }

  private Classification classification(Tensor logits, Engine engine) {
    requireAnswer(logits.data());
    var probabilities = new ArrayList<Float>();
    var names = new ArrayList<String>();
    float[] p = probabilities(logits.data(), engine);
    requireNumbers(p, "probability");
    for (int c = 0; c < p.length; c++) {
      probabilities.add(p[c]);
      names.add(labels.isEmpty() ? Integer.toString(c) : labels.get(c));
    }
    return new Classification(names, probabilities);
  }

  /** An image as the network takes it. */
  private Tensor normalized(Tensor image) {
    int bad = Numbers.firstNotFinite(image.data(), 0, image.data().length);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the image holds %s (its value %d), expected numbers from 0 to 1"
              .formatted(image.data()[bad], bad));
    }
    return preprocessing.normalize(image);
  }

  /** Minus infinity is an answer: a probability of 0. */
  private static void requireAnswer(float[] logits) {
    for (int i = 0; i < logits.length; i++) {
      if (!(logits[i] < Float.POSITIVE_INFINITY)) {
        throw noNumber("output", i, logits[i]);
      }
    }
  }

  private static void requireNumbers(float[] values, String what) {
    int bad = Numbers.firstNotFinite(values, 0, values.length);
    if (bad >= 0) {
      throw noNumber(what, bad, values[bad]);
    }
  }

  private static IllegalArgumentException noNumber(String what, int index, float value) {
    return new IllegalArgumentException(
        "the network gives no answer: its %s %d is %s, as weights that are too large make it; take the model of an earlier epoch, or train with a smaller learning rate"
            .formatted(what, index, value));
  }

  private float[] probabilities(float[] logits, Engine engine) {
    if (!multiLabel && !isBinary()) {
      float[] p = new float[logits.length];
      engine.kernels().channelwise().softmax(logits, 0, 1, logits.length, p, 0);
      return p;
    }
    float[] p = new float[logits.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (1 / (1 + Math.exp(-(double) logits[i])));
    }
    return isBinary() ? new float[] {1 - p[0], p[0]} : p;
  }

  /**
   * Classifies a picture, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it cannot be prepared
   */
  public Classification classify(BufferedImage picture) throws IOException {
    return classify(() -> preprocessing.prepare(picture));
  }

  /**
   * Classifies a picture file, prepared as the model's preprocessing says.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it
   */
  public Classification classify(Path picture) throws IOException {
    return classify(() -> preprocessing.prepare(picture));
  }

  private Classification classify(Picture picture) throws IOException {
    return classification(output(picture, network.graph()), Engine.shared());
  }

  /**
   * Classifies a picture from a file's bytes, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it is no picture, or one that cannot be prepared
   */
  public Classification classify(byte[] picture) throws IOException {
    return classify(() -> preprocessing.prepare(picture));
  }

  /**
   * Classifies a picture from a stream, prepared as the model's preprocessing says. The stream is
   * not closed; of too long a one no more is read than {@link
   * stride.image.PictureOptions#mostBytes} tells.
   *
   * @throws IOException if it cannot be read, is no picture, or one that cannot be prepared
   */
  public Classification classify(InputStream picture) throws IOException {
    return classify(() -> preprocessing.prepare(picture));
  }

  /**
   * What the network knows of an image before it names classes: the input of its head, the last
   * dense or convolution layer before the output; a ResNet-50's are 2,048 numbers.
   *
   * @param image of the network's input shape, values in [0, 1], not yet normalised
   * @throws IllegalArgumentException if the network has no head
   */
  public Tensor features(Tensor image) {
    return features(List.of(given(image, "the image")), Engine.shared()).getFirst();
  }

  /**
   * The features of some images, values in [0, 1], not yet normalised.
   *
   * @throws IllegalArgumentException if the network has no head, or its features are no numbers
   */
  public List<Tensor> features(List<Tensor> images, Engine engine) {
    var features =
        outputs(images, this::normalized, engine, observed(Heads.features(network.graph())));
    features.forEach(tensor -> requireNumbers(tensor.data(), "feature"));
    return features;
  }

  /** The network with an edge as its output, which is neither fused away nor overlaid then. */
  private Graph observed(int edge) {
    var graph = network.graph();
    return graph.withOutputs(Map.of(Graph.OUTPUT, edge));
  }

  /**
   * The features of a picture, prepared as the model's preprocessing says.
   *
   * @throws stride.format.FormatException if it cannot be prepared
   */
  public Tensor features(BufferedImage picture) throws IOException {
    return output(() -> preprocessing.prepare(picture), observed(Heads.features(network.graph())));
  }

  /**
   * The features of a picture file, prepared as the model's preprocessing says.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it
   */
  public Tensor features(Path picture) throws IOException {
    return output(() -> preprocessing.prepare(picture), observed(Heads.features(network.graph())));
  }

  /** The features of a picture from a file's bytes, prepared as the model's preprocessing says. */
  public Tensor features(byte[] picture) throws IOException {
    return output(() -> preprocessing.prepare(picture), observed(Heads.features(network.graph())));
  }

  /**
   * The features of a picture from a stream, prepared as the model's preprocessing says. The stream
   * is not closed.
   */
  public Tensor features(InputStream picture) throws IOException {
    return output(() -> preprocessing.prepare(picture), observed(Heads.features(network.graph())));
  }

  /**
   * What a layer makes of an image: its output under its name, "layer1.0.conv1", before anything
   * that follows it. Computed on the shared engine.
   *
   * @param image of the network's input shape, values in [0, 1], not yet normalised
   * @throws IllegalArgumentException if the network has no such layer; the message names some
   */
  public Tensor maps(Tensor image, String layer) {
    return maps(image, layer, Engine.shared());
  }

  /** What a layer makes of an image, computed on an engine. */
  public Tensor maps(Tensor image, String layer, Engine engine) {
    var nodes = network.graph().nodes();
    for (int n = 0; n < nodes.size(); n++) {
      if (nodes.get(n).name().equals(layer)) {
        return valuesAt(network.graph().edgeOf(n), normalized(image), engine);
      }
    }
    throw new IllegalArgumentException(
        "the network has no layer %s; it has %s%s"
            .formatted(
                layer,
                String.join(", ", nodes.stream().map(Graph.Node::name).limit(8).toList()),
                nodes.size() > 8 ? " and %d more".formatted(nodes.size() - 8) : ""));
  }

  /** The values of an edge for an input. */
  Tensor valuesAt(int edge, Tensor input, Engine engine) {
    var values =
        outputs(List.of(input), UnaryOperator.identity(), engine, observed(edge)).getFirst();
    requireNumbers(values.data(), "map's value");
    return values;
  }

  /**
   * Where in an image the network sees a class; see {@link GradCam}. Computed on the shared engine.
   *
   * @param image of the network's input shape, values in [0, 1], not yet normalised
   * @param classIndex the class, from 0
   * @throws IllegalArgumentException if there is no such class, or no map before the head
   */
  public GradCam gradCam(Tensor image, int classIndex) {
    return gradCam(image, classIndex, Engine.shared());
  }

  /** Where in an image the network sees a class, computed on an engine. */
  public GradCam gradCam(Tensor image, int classIndex, Engine engine) {
    var input = normalized(image);
    checkInput(input);
    return GradCam.of(this, input, classIndex, engine);
  }

  /**
   * The same model with a fresh head for other classes, without names: what fine-tuning begins
   * with. All other weights are copied.
   *
   * @param seed the same seed gives the same weights of the head
   * @throws IllegalArgumentException if the network has no head
   */
  public Model withHead(int classes, long seed) {
    var other = network.withHead(classes);
    var fresh = Heads.of(other.graph()).main();
    return new Model(other, weights.movedTo(other.graph(), fresh, seed), List.of(), preprocessing);
  }

  /** The same model with a fresh head for the classes of these names. */
  public Model withHead(List<String> labels, long seed) {
    return withHead(labels.size(), seed).withLabels(labels);
  }

  /**
   * The same model with names for its classes.
   *
   * @throws IllegalArgumentException if there are not as many as classes
   */
  public Model withLabels(List<String> labels) {
    return new Model(network, weights, labels, multiLabel, preprocessing);
  }

  /**
   * The same model with what another one says of itself: its labels, if it tells as many classes
   * apart, and how it prepares pictures, if it takes images of as many channels.
   */
  public Model describedAs(Model other) {
    boolean sameClasses = network.output().equals(other.network.output());
    boolean sameChannels = network.input().channels() == other.network.input().channels();
    return new Model(
        network,
        weights,
        sameClasses ? other.labels : labels,
        sameClasses ? other.multiLabel : multiLabel,
        sameChannels ? other.preprocessing.ofSize(network.input()) : preprocessing);
  }

  /** The same model for pictures that are prepared in another way. */
  public Model withPreprocessing(Preprocessing preprocessing) {
    return new Model(network, weights, labels, multiLabel, preprocessing);
  }

  /** One line: the network, and how many names of classes there are. */
  @Override
  public String toString() {
    return "Model with %d labels: %s".formatted(labels.size(), network);
  }
}
