package stride.detection;

import java.util.List;
import java.util.Set;
import stride.box.FocalLoss;
import stride.box.Matcher;
import stride.box.SmoothL1;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * RetinaNet's loss (Lin et al. 2017, "Focal Loss for Dense Object Detection"): the focal loss of
 * the classes of all anchors but those that overlap an object half-heartedly, and the L1 distance
 * of the boxes that are matched to objects. Divided by the number of matched anchors of a picture,
 * then averaged over the pictures.
 *
 * @param method what the outputs mean
 * @param input the network's input
 * @param maps the shapes of the outputs of the classes
 * @param classes the number of classes
 */
public record RetinaNetLoss(RetinaNetMethod method, Shape input, List<Shape> maps, int classes)
    implements Loss {
  private static final Matcher MATCHER = new Matcher(0.4f, 0.5f, Matcher.Rescue.BEST);
  private static final FocalLoss FOCAL = new FocalLoss();
  private static final SmoothL1 DISTANCE = new SmoothL1(0);

  /** Copies the shapes. */
  public RetinaNetLoss {
    maps = List.copyOf(maps);
  }

  static RetinaNetLoss of(RetinaNetMethod method, Network network) {
    return new RetinaNetLoss(
        method,
        network.input(),
        Levels.shapes(network, RetinaNetMethod.CLASSES, method.levels()),
        method.classes(network));
  }

  @Override
  public Set<String> outputs() {
    return method.outputs();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    Parts.clear(outputs, outputs(), samples);
    float[] anchors = method.anchors().anchors(maps, input.height(), input.width());
    double loss = 0;
    for (int n = 0; n < samples; n++) {
      var truth = TrueObjects.of(targets, n).require(classes);
      int[] matches = MATCHER.match(truth.corners(), anchors);
      int matched = 0;
      for (int match : matches) {
        matched += match >= 0 ? 1 : 0;
      }
      loss += picture(outputs, n, truth, matches, anchors, 1.0 / Math.max(1, matched) / samples);
    }
    return loss;
  }

  private double picture(
      Outputs outputs,
      int sample,
      TrueObjects truth,
      int[] matches,
      float[] anchors,
      double weight) {
    var code = new float[4];
    double loss = 0;
    int anchor = 0;
    for (int level = 0; level < maps.size(); level++) {
      var logits = outputs.value(Levels.name(RetinaNetMethod.CLASSES, level));
      var byLogits = outputs.gradient(Levels.name(RetinaNetMethod.CLASSES, level));
      var codes = outputs.value(Levels.name(RetinaNetMethod.BOXES, level));
      var byCodes = outputs.gradient(Levels.name(RetinaNetMethod.BOXES, level));
      for (int i = 0; i < logits.stride() / classes; i++, anchor++) {
        int match = matches[anchor];
        if (match == Matcher.IGNORED) {
          continue;
        }
        loss +=
            FOCAL.add(
                logits.array(),
                logits.at(sample) + i * classes,
                classes,
                match >= 0 ? truth.labels()[match] : -1,
                weight,
                byLogits.array(),
                byLogits.at(sample) + i * classes);
        if (match >= 0) {
          RetinaNetMethod.CODER.encode(truth.corners(), 4 * match, anchors, 4 * anchor, code, 0);
          loss +=
              DISTANCE.add(
                  codes.array(),
                  codes.at(sample) + 4 * i,
                  code,
                  0,
                  4,
                  weight,
                  byCodes.array(),
                  byCodes.at(sample) + 4 * i);
        }
      }
    }
    return loss;
  }
}
