package stride.network;

import java.util.HashMap;
import java.util.List;

/** The names of a model's classes. */
final class Labels {
  private Labels() {}

  /**
   * Refuses names that do not tell a network's classes apart.
   *
   * @param outputs the network's
   * @throws IllegalArgumentException if there are not as many as classes, one is empty, or two are
   *     the same
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
    var numbers = new HashMap<String, Integer>();
    for (int i = 0; i < labels.size(); i++) {
      String label = labels.get(i);
      if (label.isBlank()) {
        throw new IllegalArgumentException("label %d of %d is empty".formatted(i, labels.size()));
      }
      Integer before = numbers.put(label, i);
      if (before != null) {
        throw new IllegalArgumentException(
            "labels %d and %d are both \"%s\": give every class a name of its own"
                .formatted(before, i, label));
      }
    }
  }
}
