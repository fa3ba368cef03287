package stride.network;

import java.util.List;

/** The names of a model's classes. */
final class Labels {
  private Labels() {}

  /**
   * Refuses names that are not those of a network's classes. Two classes may have the same name:
   * ImageNet has two of cranes, the bird and the machine.
   *
   * @param outputs the network's
   * @throws IllegalArgumentException if there are not as many as classes, or one is empty
   */
  static void check(List<String> labels, boolean multiLabel, int outputs) {
    if (labels.isEmpty()) {
      return;
    }
    boolean binary = outputs == 1 && labels.size() == 2 && !multiLabel;
    if (labels.size() != outputs && !binary) {
      throw new IllegalArgumentException(
          "the network has %d outputs, found %d labels%s"
              .formatted(
                  outputs,
                  labels.size(),
                  multiLabel ? ": where a picture may have several, each has an output" : ""));
    }
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i).isBlank()) {
        throw new IllegalArgumentException("label %d of %d is empty".formatted(i, labels.size()));
      }
    }
  }
}
