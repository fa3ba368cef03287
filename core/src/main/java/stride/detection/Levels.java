package stride.detection;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import stride.network.Network;
import stride.tensor.Shape;

/** Outputs of the same kind for each map of a pyramid: "classes0", "classes1", and so on. */
final class Levels {
  private Levels() {}

  static String name(String kind, int level) {
    return kind + level;
  }

  /** The names of some kinds of outputs for so many maps. */
  static Set<String> names(int levels, String... kinds) {
    var names = new LinkedHashSet<String>();
    for (var kind : kinds) {
      for (int level = 0; level < levels; level++) {
        names.add(name(kind, level));
      }
    }
    return names;
  }

  static List<Shape> shapes(Network network, String kind, int levels) {
    var shapes = new ArrayList<Shape>();
    for (int level = 0; level < levels; level++) {
      shapes.add(shape(network, name(kind, level)));
    }
    return shapes;
  }

  static Shape shape(Network network, String output) {
    return network.graph().type(network.graph().output(output)).shape();
  }

  /**
   * Checks the classes of a detector.
   *
   * @param outputs the classes that its outputs tell apart
   * @param expected how many outputs so many labels need
   */
  static void checkLabels(List<String> labels, int outputs, int expected) {
    if (!labels.isEmpty() && outputs != expected) {
      throw new IllegalArgumentException(
          "the network tells %d classes apart, %d labels need %d"
              .formatted(outputs, labels.size(), expected));
    }
  }

  /** The classes of an output whose channels are so many anchors times the classes. */
  static int perAnchor(Network network, String output, int anchors) {
    int channels = shape(network, output).channels();
    if (channels % anchors != 0) {
      throw new IllegalArgumentException(
          "the output %s has %d channels, expected a multiple of its %d anchors"
              .formatted(output, channels, anchors));
    }
    return channels / anchors;
  }
}
