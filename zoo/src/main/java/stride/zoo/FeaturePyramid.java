package stride.zoo;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.upsample;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import stride.graph.Graph;
import stride.graph.Initializer;
import stride.layer.Add;
import stride.layer.Layer;
import stride.layer.convolution.Conv;

/**
 * A feature pyramid (Lin et al. 2017, "Feature Pyramid Networks for Object Detection", figure 3) in
 * a graph in the making: maps of a backbone, each with what the coarser ones know added to it, all
 * of 256 channels. torchvision's names.
 */
final class FeaturePyramid {
  static final int CHANNELS = 256;

  private static final Initializer UNIFORM = new Initializer.KaimingUniform(1, Initializer.Fan.IN);

  private FeaturePyramid() {}

  /**
   * Adds the maps of a pyramid.
   *
   * @param maps those of the backbone, the finest first
   * @return as many maps, the finest first
   */
  static List<Integer> of(Graph.Builder graph, List<Integer> maps) {
    var pyramid = new ArrayList<Integer>();
    int above = -1;
    for (int i = maps.size() - 1; i >= 0; i--) {
      int inner = Lowered.at(graph, "backbone.fpn.inner_blocks." + i, convolution(1), maps.get(i));
      if (above >= 0) {
        inner = graph.add(new Add(), inner, enlarged(graph, above, inner));
      }
      above = inner;
      pyramid.add(Lowered.at(graph, "backbone.fpn.layer_blocks." + i, convolution(3), above));
    }
    Collections.reverse(pyramid);
    return pyramid;
  }

  private static int enlarged(Graph.Builder graph, int coarse, int fine) {
    double factor =
        (double) graph.type(fine).shape().height() / graph.type(coarse).shape().height();
    return factor == 1 ? coarse : graph.add(upsample(factor), coarse);
  }

  /** A convolution of the pyramid, numbered as a layer of its own. */
  private static Layer convolution(int kernel) {
    return sequential(filters(kernel));
  }

  /** A convolution that keeps the size, with the pyramid's first values. */
  static Conv filters(int kernel) {
    return conv(CHANNELS, kernel)
        .padding(kernel / 2)
        .initializer(UNIFORM)
        .biasInitializer(Initial.ZERO);
  }
}
