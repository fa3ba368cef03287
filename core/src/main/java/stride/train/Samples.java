package stride.train;

import java.util.List;
import java.util.stream.Collectors;
import stride.data.Augmentation;
import stride.data.BoxImages;
import stride.data.Examples;
import stride.data.ImageDataset;
import stride.data.TargetType;
import stride.data.augment.Mixing;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;

/** The samples of a training or a test: images with their classes, or examples of any task. */
sealed interface Samples {
  int size();

  /** Returns the shape of each input. */
  List<Shape> shapes();

  /** Returns the normalisation of the first input after its augmentation. */
  Normalization normalization();

  /** Whether samples are read from files; if so, they are read ahead. */
  boolean readsFiles();

  /** Returns the type of the targets; images have one or several classes. */
  TargetType targets();

  /** Returns the task that a network learns from these samples. */
  Task task(Network network);

  /** Returns the number of floats of all inputs of a sample. */
  default int inputFloats() {
    return shapes().stream().mapToInt(Shape::elements).sum();
  }

  static Samples of(ImageDataset data) {
    return of(data, data.preprocessing());
  }

  /** Returns images with the normalisation of a model instead of the data set's. */
  static Samples of(ImageDataset data, Preprocessing preprocessing) {
    return new Images(data, preprocessing.normalization());
  }

  static Samples of(Examples data) {
    return data instanceof BoxImages boxes ? new Boxed(boxes) : new Others(data);
  }

  /** Checks that a network takes these inputs and has the outputs that the targets need. */
  default void requireFit(Network network, Task task) {
    requireShapes(network);
    if (this instanceof Images(var data, _)) {
      boolean several = data.isMultiLabel();
      if (task.classifies() && (several || task != Task.SEVERAL_LABELS)) {
        var _ = Task.of(data.labels().size(), several, network.output());
      } else if (task.classifies() && data.labels().size() > network.output().elements()) {
        throw new IllegalArgumentException(
            "the network has %d outputs, the data set %d classes"
                .formatted(network.output().elements(), data.labels().size()));
      }
    }
  }

  /** Checks that a network takes these inputs. */
  default void requireShapes(Network network) {
    var taken = List.copyOf(network.inputs().values());
    if (!taken.equals(shapes())) {
      throw new IllegalArgumentException(
          "the network takes %s of %s, the data set has %s"
              .formatted(
                  this instanceof Images ? "images" : "inputs", text(taken), text(shapes())));
    }
  }

  private static String text(List<Shape> shapes) {
    return shapes.stream().map(Shape::toString).collect(Collectors.joining(" and "));
  }

  /**
   * Returns the type of the targets as they are read, before a batch is mixed: 1 or 0 for each
   * class if an augmentation changes the targets of images.
   */
  default TargetType readTargets(Augmentation augmentation) {
    if (this instanceof Boxed(var boxes)) {
      return boxes.targets(augmentation);
    }
    return this instanceof Images(var data, _) && augmentation.changesTargets()
        ? new TargetType.SeveralClasses(data.labels().size())
        : targets();
  }

  /**
   * Returns the type of the targets of a batch: that of the samples, or rows of values if classes
   * are mixed, changed, or predicted independently. Outputs that are not a class of the data have
   * the target 0.
   */
  default TargetType batchTargets(Task task, Augmentation augmentation, Shape output) {
    boolean mixed = !augmentation.mixings().isEmpty();
    var read = readTargets(augmentation);
    boolean classes =
        read instanceof TargetType.OneClass || read instanceof TargetType.SeveralClasses;
    if (mixed && !classes && !(read instanceof TargetType.Values)) {
      throw new IllegalArgumentException(
          "%s mixes classes and values, and the targets of this data set are %s"
              .formatted(
                  augmentation.mixings().stream()
                      .map(Mixing::toString)
                      .collect(Collectors.joining(", ")),
                  read));
    }
    if (!classes) {
      return read;
    }
    if (task == Task.SEVERAL_LABELS) {
      return new TargetType.SeveralClasses(
          Math.max(classes(), this instanceof Images ? 0 : output.elements()));
    }
    boolean asRows = mixed || (this instanceof Images && augmentation.changesTargets());
    return asRows
        ? new TargetType.Values(Shape.of(Math.max(output.elements(), Math.max(2, classes()))))
        : read;
  }

  private int classes() {
    return switch (this) {
      case Images(var data, _) -> data.labels().size();
      case Boxed _ -> 0;
      case Others(var data) ->
          data.targets() instanceof TargetType.SeveralClasses(int count) ? count : 0;
    };
  }

  /** Images with the classes that they belong to. */
  record Images(ImageDataset data, Normalization normalization) implements Samples {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public List<Shape> shapes() {
      return List.of(data.shape());
    }

    @Override
    public boolean readsFiles() {
      return data.readsFiles();
    }

    @Override
    public TargetType targets() {
      return data.isMultiLabel()
          ? new TargetType.SeveralClasses(data.labels().size())
          : new TargetType.OneClass();
    }

    @Override
    public Task task(Network network) {
      return Task.of(data.labels().size(), data.isMultiLabel(), network.output());
    }
  }

  /** Pictures with boxes. */
  record Boxed(BoxImages data) implements Samples {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public List<Shape> shapes() {
      return data.shapes();
    }

    @Override
    public Normalization normalization() {
      return data.preprocessing().normalization();
    }

    @Override
    public boolean readsFiles() {
      return true;
    }

    @Override
    public TargetType targets() {
      return data.targets();
    }

    @Override
    public Task task(Network network) {
      return Task.BOXES;
    }
  }

  /** Examples of any task. */
  record Others(Examples data) implements Samples {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public List<Shape> shapes() {
      return data.shapes();
    }

    /** Returns no normalisation: examples are already normalised. */
    @Override
    public Normalization normalization() {
      var shape = data.shapes().getFirst();
      return Normalization.none(shape.isImage() ? shape.channels() : 1);
    }

    @Override
    public boolean readsFiles() {
      return data.readsFiles();
    }

    @Override
    public TargetType targets() {
      return data.targets();
    }

    @Override
    public Task task(Network network) {
      return switch (data.targets()) {
        case TargetType.OneClass _ ->
            network.output().elements() == 1 ? Task.BINARY : Task.SINGLE_LABEL;
        case TargetType.SeveralClasses _ -> Task.SEVERAL_LABELS;
        case TargetType.Values _, TargetType.Several _ -> Task.VALUES;
        case TargetType.Image _ -> Task.IMAGE;
        case TargetType.ClassMap _ -> Task.CLASS_MAP;
        case TargetType.Boxes _ -> Task.BOXES;
      };
    }
  }
}
