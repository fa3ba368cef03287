package stride.network;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.format.FormatException;
import stride.format.TensorFile;
import stride.format.TorchWriter;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Image;
import stride.image.Picture;
import stride.image.Preprocessing;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * A network with its weights, what its output means, the names of its classes, and how pictures
 * become its input. {@link #logits} and {@link #outputs} are what the network computes; what that
 * means for an image, its views say: {@link #classifier}, {@link #segment}, {@link
 * #featureExtractor}, {@link #gradCam}.
 *
 * <p>Safe to share between any number of threads, as long as nobody changes the values of the
 * weights. The {@link Engine} bounds how many of the threads compute at the same time, and the
 * memory that this takes; the others wait for their turn. Pictures are decoded only after that, so
 * that waiting callers hold no decoded pictures.
 *
 * @param task what the network's output means
 * @param labels one name a class; empty if the classes have none
 * @param preprocessing how pictures become inputs of the network
 * @param method how the outputs become what the task says, where they do not say it by themselves;
 *     null elsewhere
 */
public record Model(
    Network network,
    Weights weights,
    Task task,
    List<String> labels,
    Preprocessing preprocessing,
    @Nullable ModelMethod method) {
  /**
   * A model of parts that fit together.
   *
   * @throws IllegalArgumentException if the weights are those of another network, the network's
   *     output is none of the task, the labels are not as many as the classes or one is blank, or
   *     the preprocessing makes inputs of another shape, or the method is one of another task or
   *     network
   */
  public Model {
    labels = List.copyOf(labels);
    weights.table().requireFor(network.graph());
    task.check(labels, network.output());
    if (!preprocessing.shape().equals(network.firstInput())) {
      throw new IllegalArgumentException(
          "the network takes inputs of %s, the preprocessing makes %s"
              .formatted(network.firstInput(), preprocessing.shape()));
    }
    if (method != null) {
      if (method.task() != task) {
        throw new IllegalArgumentException(
            "the method is one of the task %s, the model's task is %s"
                .formatted(method.task().key(), task.key()));
      }
      method.check(network, labels);
    }
  }

  /** A model whose outputs say by themselves what its task is about. */
  public Model(
      Network network,
      Weights weights,
      Task task,
      List<String> labels,
      Preprocessing preprocessing) {
    this(network, weights, task, labels, preprocessing, null);
  }

  /**
   * A classifier whose pictures have one label each: of two labels for a network with one output,
   * {@linkplain Task#BINARY one of the two}.
   */
  public Model(Network network, Weights weights, List<String> labels, Preprocessing preprocessing) {
    this(
        network,
        weights,
        Task.ofClassifier(labels.size(), false, network.output()),
        labels,
        preprocessing);
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
   * A network with the weights of a file whose head differs from the network's. The last layer is
   * always initialised afresh; other tensors of the head are, too, if the file lacks them or has
   * them in another shape. Tensors of the file's head that the network lacks are left out.
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

  /**
   * A network with the weights of a file, all but some, which are fresh: where several layers say
   * what is told apart, as in detectors.
   *
   * @param fresh the names of the weights that are fresh, which the file may lack or have in
   *     another shape
   * @param seed the same seed gives the same fresh weights
   * @throws stride.format.FormatException if another tensor is missing, unexpected or misshapen, or
   *     the file is damaged
   * @throws IOException if the file cannot be read
   */
  public static Model withFresh(Network network, Path weights, Set<String> fresh, long seed)
      throws IOException {
    try (var file = TensorFile.open(weights)) {
      return of(network, StateDict.readWithFresh(network, file, fresh, seed));
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

  /**
   * Writes a model file with operations of your own, under the names registered in {@code types}.
   */
  public void save(Path file, OperationTypes types) throws IOException {
    ModelFile.write(this, file, types);
  }

  /**
   * Returns what a model file says besides the network and its weights: what the output means, the
   * names of the classes and how pictures become the input. Other kinds of files keep it in their
   * metadata, and {@link #described(Network, Weights, Map, Path)} reads it.
   *
   * @return texts by their names, all of which begin with "stride."
   * @throws IllegalArgumentException if the preprocessing or the method cannot be saved
   */
  public Map<String, String> description() {
    return ModelFile.description(this, OperationTypes.standard());
  }

  /**
   * A model that is described as another one was.
   *
   * @param description what {@link #description} returned, and perhaps other texts; without some of
   *     it the model is a classifier without labels whose pictures are stretched to its input
   * @param file where the description comes from, for messages
   * @throws stride.format.FormatException if the description is damaged or is that of another
   *     network
   */
  public static Model described(
      Network network, Weights weights, Map<String, String> description, Path file)
      throws FormatException {
    return ModelFile.described(network, weights, description, OperationTypes.standard(), file);
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
    return logits(List.of(Inference.given(input, "the input")), Engine.shared()).getFirst();
  }

  /** The network's outputs for some inputs, already normalised. */
  public List<Tensor> logits(List<Tensor> inputs, Engine engine) {
    return new Inference(this, engine).outputs(inputs, network.graph());
  }

  /**
   * Returns all outputs of the network for one input, taps and auxiliary heads too, by their names;
   * the network's own is {@value Graph#OUTPUT}. Computed on the shared engine.
   *
   * @param input of the network's input shape, already normalised
   */
  public Map<String, Tensor> outputs(Tensor input) {
    return outputs(input, Engine.shared());
  }

  /** Returns all outputs of the network by their names, computed on an engine. */
  public Map<String, Tensor> outputs(Tensor input, Engine engine) {
    return new Inference(this, engine)
        .named(Inference.given(input, "the input"), network.graph().outputs().keySet());
  }

  /**
   * Returns only the named outputs. Layers that they do not depend on are not run.
   *
   * @param input of the network's input shape, already normalised
   * @param names of outputs of the network, or of its layers
   * @throws IllegalArgumentException if there is no such output or layer
   */
  public Map<String, Tensor> outputs(Tensor input, Collection<String> names, Engine engine) {
    return new Inference(this, engine).named(Inference.given(input, "the input"), names);
  }

  /**
   * The gradients of a loss for one input, on the shared engine: batch norm uses its running
   * statistics, nothing is dropped.
   *
   * @param input of the network's input shape, already normalised
   * @param outputGradient the loss's gradient at the network's output, of its shape
   */
  public Gradients gradients(Tensor input, Tensor outputGradient) {
    new Inference(this, Engine.shared()).requireInput(input.shape());
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
                  weights.table(),
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
              var input = Inference.given(inputs.get(name), "the input " + name);
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

  /**
   * Returns this model as one that classifies images, on the shared engine.
   *
   * @throws IllegalArgumentException if its {@link #task} is not image classification
   */
  public Classifier classifier() {
    return classifier(Engine.shared());
  }

  /** Returns this model as one that classifies images, on an engine. */
  public Classifier classifier(Engine engine) {
    return new Classifier(this, engine);
  }

  /** Classifies one image of the network's input shape; see {@link Classifier}. */
  public Classification classify(Image image) {
    return classifier().classify(image);
  }

  /** Classifies some images on an engine; see {@link Classifier#classify(List)}. */
  public List<Classification> classify(List<Image> images, Engine engine) {
    return classifier(engine).classify(images);
  }

  /** Classifies a picture, prepared as the preprocessing says; see {@link Classifier}. */
  public Classification classify(Picture picture) throws IOException {
    return classifier().classify(picture);
  }

  /** Classifies a picture of AWT, prepared as the preprocessing says; see {@link Classifier}. */
  public Classification classify(BufferedImage picture) throws IOException {
    return classifier().classify(picture);
  }

  /**
   * Classifies a picture file, prepared as the preprocessing says.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it
   */
  public Classification classify(Path picture) throws IOException {
    return classifier().classify(picture);
  }

  /** Classifies a picture from a file's bytes, prepared as the preprocessing says. */
  public Classification classify(byte[] picture) throws IOException {
    return classifier().classify(picture);
  }

  /** Classifies a picture from a stream; see {@link Classifier#classify(InputStream)}. */
  public Classification classify(InputStream picture) throws IOException {
    return classifier().classify(picture);
  }

  /**
   * Returns the class of each pixel of an image, computed on the shared engine.
   *
   * @param image of the network's input shape
   * @throws IllegalArgumentException if the {@link #task} is not {@link Task#CLASS_MAP}, the image
   *     is of another shape or holds NaN or an infinity, or the output does
   */
  public ClassMap segment(Image image) {
    return segment(List.of(Inference.given(image, "the image")), Engine.shared()).getFirst();
  }

  /** Returns the class of each pixel of some images, computed on an engine. */
  public List<ClassMap> segment(List<Image> images, Engine engine) {
    if (task != Task.CLASS_MAP) {
      throw new IllegalArgumentException(
          "the model does not classify pixels, its task is %s, not %s"
              .formatted(task.key(), Task.CLASS_MAP.key()));
    }
    return new Inference(this, engine)
        .ofImages(images, network.graph()).stream()
            .map(logits -> ClassMap.of(logits, labels))
            .toList();
  }

  /** Returns the features of images and the maps of layers, on the shared engine. */
  public FeatureExtractor featureExtractor() {
    return featureExtractor(Engine.shared());
  }

  /** Returns the features of images and the maps of layers, on an engine. */
  public FeatureExtractor featureExtractor(Engine engine) {
    return new FeatureExtractor(this, engine);
  }

  /**
   * Returns what the network knows of an image before it names classes; see {@link
   * FeatureExtractor}.
   *
   * @throws IllegalArgumentException if the network has no head
   */
  public Tensor features(Image image) {
    return featureExtractor().features(image);
  }

  /** Returns the features of some images; see {@link FeatureExtractor#features(List)}. */
  public List<Tensor> features(List<Image> images, Engine engine) {
    return featureExtractor(engine).features(images);
  }

  /** Returns the features of a picture, prepared as the preprocessing says. */
  public Tensor features(Picture picture) throws IOException {
    return featureExtractor().features(picture);
  }

  /** Returns the features of a picture of AWT, prepared as the preprocessing says. */
  public Tensor features(BufferedImage picture) throws IOException {
    return featureExtractor().features(picture);
  }

  /**
   * Returns the features of a picture file, prepared as the preprocessing says.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it
   */
  public Tensor features(Path picture) throws IOException {
    return featureExtractor().features(picture);
  }

  /** Returns the features of a picture from a file's bytes, prepared as the preprocessing says. */
  public Tensor features(byte[] picture) throws IOException {
    return featureExtractor().features(picture);
  }

  /** Returns the features of a picture from a stream, which is not closed. */
  public Tensor features(InputStream picture) throws IOException {
    return featureExtractor().features(picture);
  }

  /** Returns what a layer makes of an image; see {@link FeatureExtractor#maps}. */
  public Tensor maps(Image image, String layer) {
    return maps(image, layer, Engine.shared());
  }

  /** Returns what a layer makes of an image, computed on an engine. */
  public Tensor maps(Image image, String layer, Engine engine) {
    return featureExtractor(engine).maps(image, layer);
  }

  /**
   * Returns where in an image the network sees a class; see {@link GradCam}. Computed on the shared
   * engine.
   *
   * @param image of the network's input shape
   * @param classIndex the class, from 0
   * @throws IllegalArgumentException if there is no such class, or no map before the head
   */
  public GradCam gradCam(Image image, int classIndex) {
    return gradCam(image, classIndex, Engine.shared());
  }

  /** Returns where in an image the network sees a class, computed on an engine. */
  public GradCam gradCam(Image image, int classIndex, Engine engine) {
    return GradCam.of(new Inference(this, engine), image, classIndex);
  }

  /**
   * Returns the network before its head as a model of its own, whose output are the features that
   * {@link #features} gives: for embeddings of images, or to train a head by itself. Its task is
   * {@link Task#VALUES}. The weights are shared: what changes here changes there.
   *
   * @throws IllegalArgumentException if the network has no head
   */
  public Model embedding() {
    var backbone = network.backbone();
    return new Model(
        backbone, weights.part(backbone.graph()), Task.VALUES, List.of(), preprocessing);
  }

  /**
   * Returns a copy with weights of its own, which another thread may read while these are trained.
   * The weights must not be written while they are copied: between two steps of a training, on the
   * thread of its callbacks, they are not.
   */
  public Model snapshot() {
    return new Model(network, weights.copy(), task, labels, preprocessing, method);
  }

  /**
   * Returns this model with a fresh head for other classes, or another number of values, and
   * without labels: what fine-tuning begins with. All other weights are copied. The task is kept,
   * except that {@link Task#BINARY} becomes {@link Task#SINGLE_LABEL} with one output per class.
   *
   * @param seed the same seed gives the same weights of the head
   * @throws IllegalArgumentException if the network has no head, or the new output is none of the
   *     task
   */
  public Model withHead(int classes, long seed) {
    var other = network.withHead(classes);
    var fresh = Heads.of(other.graph()).main();
    return new Model(
        other,
        weights.movedTo(other.graph(), fresh, seed),
        task == Task.BINARY ? Task.SINGLE_LABEL : task,
        List.of(),
        preprocessing);
  }

  /** Returns this model with a fresh head for the classes of these names. */
  public Model withHead(List<String> labels, long seed) {
    return withHead(labels.size(), seed).withLabels(labels);
  }

  /**
   * Returns this model with names for its classes. If the network has one output and two names are
   * given, {@link Task#SINGLE_LABEL} becomes {@link Task#BINARY}.
   *
   * @throws IllegalArgumentException if there are not as many as classes
   */
  public Model withLabels(List<String> labels) {
    var named =
        task == Task.SINGLE_LABEL
            ? Task.ofClassifier(labels.size(), false, network.output())
            : task;
    return new Model(network, weights, named, labels, preprocessing, method);
  }

  /**
   * Returns this model with another meaning of its output. It keeps its labels where they fit.
   *
   * @throws IllegalArgumentException if the network's output is none of the task
   */
  public Model withTask(Task task) {
    task.check(List.of(), network.output());
    boolean named = task.classifies() && task.classes(network.output()) == labels.size();
    return new Model(
        network,
        weights,
        task,
        named ? labels : List.of(),
        preprocessing,
        task == this.task ? method : null);
  }

  /**
   * Returns this model with another one's task and labels, if their outputs have the same shape,
   * and its preprocessing, if their inputs have the same number of channels.
   */
  public Model describedAs(Model other) {
    boolean sameClasses = network.output().equals(other.network.output());
    boolean sameChannels = network.input().channels() == other.network.input().channels();
    return new Model(
        network,
        weights,
        sameClasses ? other.task : task,
        sameClasses ? other.labels : labels,
        sameChannels ? other.preprocessing.ofSize(network.input()) : preprocessing,
        sameClasses ? other.method : method);
  }

  /**
   * Returns this model for inputs of another shape, with the same weights: a fully convolutional
   * network takes images of any size.
   *
   * @throws IllegalArgumentException if a layer's weights do not fit, as those of a dense layer
   *     after flatten(), or the network has several inputs; the message names the layer
   */
  public Model withInput(Shape input) {
    var other = network.withInput(input);
    return new Model(
        other, weights.part(other.graph()), task, labels, preprocessing.ofSize(input), method);
  }

  /**
   * Returns this model for pictures that are prepared in another way.
   *
   * @throws IllegalArgumentException if that makes images of another shape than the network takes
   */
  public Model withPreprocessing(Preprocessing preprocessing) {
    return new Model(network, weights, task, labels, preprocessing, method);
  }

  /**
   * Returns this model with a method, whose task it has from then on.
   *
   * @param labels the names of the classes; none if they have none
   * @throws IllegalArgumentException if it is none of the network
   */
  public Model withMethod(ModelMethod method, List<String> labels) {
    return new Model(network, weights, method.task(), labels, preprocessing, method);
  }

  /** One line: the task, how many names of classes there are, and the network. */
  @Override
  public String toString() {
    return "Model (%s%s): %s"
        .formatted(
            task.key(), labels.isEmpty() ? "" : ", %d labels".formatted(labels.size()), network);
  }
}
