package stride.network;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import stride.format.FormatException;
import stride.tensor.Shape;

/** What the numbers of a network's output mean. */
public enum Task {
  /** An image has one class of several: the softmax of the outputs are the probabilities. */
  SINGLE_LABEL,

  /** An image has one class of two: the sigmoid of the only output is the second's probability. */
  BINARY,

  /** An image has any number of labels: the sigmoid of each output is its label's probability. */
  SEVERAL_LABELS,

  /**
   * Each pixel has a class of its own, as in semantic segmentation: the channels of an output (H,
   * W, C) are the logits of the classes, a single channel that of the second of two.
   */
  CLASS_MAP,

  /** Numbers that are taken as they are: regression, embeddings. */
  VALUES,

  /** Boxes around objects, each with a class. */
  BOXES,

  /** A picture: autoencoders, style transfer, super-resolution. */
  IMAGE;

  /** The name in model files and in JSON, such as "single-label". */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the task of a name.
   *
   * @throws IllegalArgumentException if there is none; the message lists all
   */
  public static Task ofKey(String key) {
    for (var task : values()) {
      if (task.key().equals(key)) {
        return task;
      }
    }
    throw new IllegalArgumentException(
        "unknown task %s; there are %s"
            .formatted(
                FormatException.quote(key),
                Arrays.stream(values()).map(Task::key).collect(Collectors.joining(", "))));
  }

  /** Whether the outputs say which classes a whole image has. */
  public boolean classifies() {
    return this == SINGLE_LABEL || this == BINARY || this == SEVERAL_LABELS;
  }

  /**
   * Returns how many classes an output of a shape tells apart.
   *
   * @throws IllegalStateException if the outputs of this task are no logits of classes, or, of
   *     boxes, their shape does not tell
   */
  public int classes(Shape output) {
    return switch (this) {
      case SINGLE_LABEL, SEVERAL_LABELS -> output.elements();
      case BINARY -> 2;
      case CLASS_MAP -> output.channels() == 1 ? 2 : output.channels();
      case VALUES, BOXES, IMAGE ->
          throw new IllegalStateException(
              "the outputs of a network for the task %s are not one for each class"
                  .formatted(key()));
    };
  }

  /**
   * Checks that an output of a shape suits this task, and that labels are the names of its classes:
   * none, or one for each. Two classes may have the same name: ImageNet has two of cranes, the bird
   * and the machine. Of values, labels name the values; pictures have none.
   *
   * @throws IllegalArgumentException if they do not fit, or a label is blank
   */
  public void check(List<String> labels, Shape output) {
    checkShape(output);
    if (!labels.isEmpty() && this != BOXES && labels.size() != names(output)) {
      throw new IllegalArgumentException(mismatch(labels.size(), output));
    }
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i).isBlank()) {
        throw new IllegalArgumentException("label %d of %d is empty".formatted(i, labels.size()));
      }
    }
  }

  private void checkShape(Shape output) {
    boolean fits =
        switch (this) {
          case BINARY -> output.elements() == 1;
          case CLASS_MAP -> output.rank() > 1;
          case IMAGE -> output.isImage();
          case SINGLE_LABEL, SEVERAL_LABELS, VALUES, BOXES -> true;
        };
    if (!fits) {
      String wanted =
          switch (this) {
            case BINARY -> "one number";
            case CLASS_MAP -> "a map of classes (height x width x classes)";
            default -> "an image (height x width x channels)";
          };
      throw new IllegalArgumentException(
          "the output of a network for the task %s is %s, found %s"
              .formatted(key(), wanted, output));
    }
  }

  /** How many labels an output of a shape has, if any. */
  private int names(Shape output) {
    return switch (this) {
      case VALUES -> output.elements();
      case IMAGE, BOXES -> 0;
      default -> classes(output);
    };
  }

  private String mismatch(int labels, Shape output) {
    return switch (this) {
      case SINGLE_LABEL, SEVERAL_LABELS, VALUES ->
          "the network has %d outputs, found %d labels%s"
              .formatted(
                  output.elements(),
                  labels,
                  this == SEVERAL_LABELS
                      ? ": where a picture may have several, each has an output"
                      : "");
      case BINARY -> "the network tells 2 classes apart, found %d labels".formatted(labels);
      case CLASS_MAP ->
          "the network tells %d classes apart, found %d labels".formatted(classes(output), labels);
      case IMAGE, BOXES ->
          "the output of a network for the task %s has no labels, found %d"
              .formatted(key(), labels);
    };
  }

  /**
   * Returns what a network learns from images of classes: {@link #SEVERAL_LABELS} where an image
   * may have several, {@link #BINARY} with a single output for two classes, else {@link
   * #SINGLE_LABEL}.
   *
   * @param classes how many there are
   * @param several whether an image may have several or none of them
   * @param output of the network
   * @throws IllegalArgumentException if the network has no output for each class, or, where images
   *     have several, more outputs than classes
   */
  public static Task of(int classes, boolean several, Shape output) {
    int outputs = output.elements();
    var task = several ? SEVERAL_LABELS : outputs == 1 && classes == 2 ? BINARY : SINGLE_LABEL;
    if (task != BINARY && (several ? outputs != classes : outputs < classes)) {
      throw new IllegalArgumentException(
          "the network has %d outputs, the data set %d classes".formatted(outputs, classes));
    }
    return task;
  }

  /**
   * Returns the task of a network of which nothing is known but its output and the number of its
   * labels: a classifier. This is how model files were read before they named their task.
   */
  static Task ofClassifier(int labels, boolean several, Shape output) {
    if (several) {
      return SEVERAL_LABELS;
    }
    return output.elements() == 1 && labels == 2 ? BINARY : SINGLE_LABEL;
  }
}
