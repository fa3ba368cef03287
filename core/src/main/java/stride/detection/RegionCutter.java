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

  /** Channels whose gradient one task adds up: most regions may be of the same map. */
  private static final int CHANNELS = 64;

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

  /** Writes some of the regions as the first samples of a batch. */
  void cut(Regions regions, int first, int count, Buffer into) {
    engine.forEach(
        count,
        (sample, worker) -> {
          int region = first + sample;
          float[] corners = regions.corners(region);
          int corner = regions.corner(region);
          int map = levels.map(corners, corner);
          var buffer = outputs.value(Levels.name(FasterRcnnMethod.FEATURES, map));
          align.forward(
              map(map, buffer, regions.picture(region)),
              corners,
              corner,
              into.array(),
              into.at(sample));
        });
  }

  /**
   * Adds the gradient of regions to that of the maps. Some channels of a map of a picture are one
   * task, whose regions are added in order: the same bits for any number of threads.
   */
  void addGradient(Regions regions, Buffer gradient) {
    int maps = shapes.size();
    int parts = Math.ceilDiv(shapes.getFirst().channels(), CHANNELS);
    engine.forEach(
        regions.pictures() * maps * parts,
        (task, worker) -> {
          int n = task / parts / maps;
          int map = task / parts % maps;
          int channel = task % parts * CHANNELS;
          int channels = Math.min(CHANNELS, shapes.get(map).channels() - channel);
          var into = map(map, outputs.gradient(Levels.name(FasterRcnnMethod.FEATURES, map)), n);
          int end = regions.first(n) + regions.count(n);
          for (int region = regions.first(n); region < end; region++) {
            float[] corners = regions.corners(region);
            int corner = regions.corner(region);
            if (levels.map(corners, corner) == map) {
              int from = gradient.at(region);
              align.gradient(into, channel, channels, corners, corner, gradient.array(), from);
            }
          }
        });
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
