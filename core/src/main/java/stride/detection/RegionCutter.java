package stride.detection;

import java.util.ArrayList;
import java.util.List;
import stride.box.PyramidLevels;
import stride.box.RoiAlign;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.layer.Size;
import stride.tensor.Shape;
import stride.train.Loss;

/**
 * Cuts regions out of the maps of a feature pyramid, each out of the one that suits its size:
 * torchvision's MultiScaleRoIAlign.
 *
 * @param shapes the shape of each map
 * @param scales each map's size divided by the picture's
 */
record RegionCutter(
    Engine engine,
    Loss.Outputs outputs,
    List<Shape> shapes,
    List<Float> scales,
    PyramidLevels levels,
    RoiAlign align) {
  private static final int SAMPLES = 2;

  static RegionCutter of(FasterRcnnMethod method, Computed computed) {
    var shapes = Levels.shapes(computed.network(), FasterRcnnMethod.FEATURES, method.features());
    int highest = computed.sizes().stream().mapToInt(Size::height).max().orElseThrow();
    var scales = new ArrayList<Float>();
    shapes.forEach(shape -> scales.add(PyramidLevels.scale(shape.height(), highest)));
    var region = Levels.shape(computed.network(), FasterRcnnMethod.REGIONS);
    return new RegionCutter(
        computed.engine(),
        computed.outputs(),
        shapes,
        List.copyOf(scales),
        new PyramidLevels(level(scales.getFirst()), level(scales.getLast())),
        new RoiAlign(region.height(), region.width(), SAMPLES, false));
  }

  private static int level(float scale) {
    return -Math.getExponent(scale);
  }

  /** The sample of each region and its number there: picture after picture. */
  private static int[] samples(List<FoundBoxes> regions) {
    int count = regions.stream().mapToInt(FoundBoxes::count).sum();
    var samples = new int[count];
    int at = 0;
    for (int n = 0; n < regions.size(); n++) {
      for (int i = 0; i < regions.get(n).count(); i++) {
        samples[at++] = n;
      }
    }
    return samples;
  }

  /** Writes the regions of all pictures, one after the other, as samples of a batch. */
  void cut(List<FoundBoxes> regions, Buffer into) {
    int[] samples = samples(regions);
    int[] firsts = firsts(regions);
    engine.forEach(
        samples.length,
        (region, worker) -> {
          int n = samples[region];
          int box = 4 * (region - firsts[n]);
          float[] corners = regions.get(n).corners();
          int map = levels.map(corners, box);
          var buffer = outputs.value(Levels.name(FasterRcnnMethod.FEATURES, map));
          align.forward(map(map, buffer, n), corners, box, into.array(), into.at(region));
        });
  }

  /**
   * Adds the gradient of regions to that of the maps. Each map of each picture is one task, whose
   * regions are added in order: the same bits for any number of threads.
   */
  void addGradient(List<FoundBoxes> regions, Buffer gradient) {
    int[] firsts = firsts(regions);
    int maps = shapes.size();
    engine.forEach(
        regions.size() * maps,
        (task, worker) -> {
          int n = task / maps;
          int map = task % maps;
          float[] corners = regions.get(n).corners();
          var into = map(map, outputs.gradient(Levels.name(FasterRcnnMethod.FEATURES, map)), n);
          for (int i = 0; i < regions.get(n).count(); i++) {
            if (levels.map(corners, 4 * i) == map) {
              align.gradient(into, corners, 4 * i, gradient.array(), gradient.at(firsts[n] + i));
            }
          }
        });
  }

  private static int[] firsts(List<FoundBoxes> regions) {
    var firsts = new int[regions.size()];
    for (int n = 1; n < firsts.length; n++) {
      firsts[n] = firsts[n - 1] + regions.get(n - 1).count();
    }
    return firsts;
  }

  private RoiAlign.FeatureMap map(int map, Buffer buffer, int sample) {
    var shape = shapes.get(map);
    return new RoiAlign.FeatureMap(
        buffer.array(),
        buffer.at(sample),
        shape.height(),
        shape.width(),
        shape.channels(),
        scales.get(map));
  }
}
