package stride.zoo;

import java.util.ArrayList;
import java.util.List;
import stride.graph.Graph;

/** Backbones of detectors with a feature pyramid, in a graph in the making. */
final class Backbones {
  private Backbones() {}

  /**
   * Adds ResNet-50 with frozen batch norm and a pyramid over its stages from one on.
   *
   * @param first the first stage, 1 or 2
   * @return the maps of the pyramid, the finest first
   */
  static List<Integer> resnet50(Graph.Builder graph, int edge, int first) {
    var maps = new ArrayList<Integer>();
    int x = edge;
    var stages = ResNet.frozenStages();
    for (int i = 0; i < stages.size(); i++) {
      x = Lowered.at(graph, "backbone.body", stages.get(i), x);
      if (i >= first) {
        maps.add(x);
      }
    }
    return FeaturePyramid.of(graph, maps);
  }

  /** Adds MobileNetV3-Large with frozen batch norm and a pyramid over its two last maps. */
  static List<Integer> mobilenetV3Large(Graph.Builder graph, int edge) {
    var maps = new ArrayList<Integer>();
    int x = edge;
    var features = MobileNetV3.frozenFeatures();
    for (int i = 0; i < features.size(); i++) {
      x = Lowered.at(graph, "backbone.body." + i, features.get(i), x);
      if (i == 13 || i == features.size() - 1) {
        maps.add(x);
      }
    }
    return FeaturePyramid.of(graph, maps);
  }
}
