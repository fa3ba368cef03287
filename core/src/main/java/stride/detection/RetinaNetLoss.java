package stride.detection;

import java.util.List;
import stride.box.FocalLoss;
import stride.box.Matcher;
import stride.box.SmoothL1;
import stride.network.Network;
import stride.tensor.Shape;

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
record RetinaNetLoss(RetinaNetMethod method, Shape input, List<Shape> maps, int classes)
    implements AnchorLoss {
  private static final Matcher MATCHER = new Matcher(0.4f, 0.5f, Matcher.Rescue.BEST);
  private static final FocalRows FOCAL = new FocalRows(new FocalLoss());
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
  public float[] anchors() {
    return method.anchors().anchors(maps, input.height(), input.width());
  }

  @Override
  public int labels() {
    return classes;
  }

  @Override
  public void match(TrueObjects objects, float[] anchors, int[] matches) {
    MATCHER.match(objects.corners(), anchors, matches);
  }

  @Override
  public double weight(int own, int all, int samples) {
    return 1.0 / Math.max(1, own) / samples;
  }

  @Override
  public double add(Outputs outputs, Part part, AnchoredPicture picture, double weight) {
    var logits = outputs.value(Levels.name(RetinaNetMethod.CLASSES, part.level()));
    var byLogits = outputs.gradient(Levels.name(RetinaNetMethod.CLASSES, part.level()));
    double loss = FOCAL.add(logits, byLogits, classes, part, picture, weight);
    var codes = outputs.value(Levels.name(RetinaNetMethod.BOXES, part.level()));
    var byCodes = outputs.gradient(Levels.name(RetinaNetMethod.BOXES, part.level()));
    var code = new float[4];
    for (int i = 0; i < part.count(); i++) {
      int anchor = part.anchor() + i;
      int match = picture.matches()[anchor];
      if (match >= 0) {
        RetinaNetMethod.CODER.encode(
            picture.objects().corners(), 4 * match, picture.anchors(), 4 * anchor, code, 0);
        int at = 4 * (part.first() + i);
        loss +=
            DISTANCE.add(
                codes.array(),
                codes.at(picture.sample()) + at,
                code,
                0,
                4,
                weight,
                byCodes.array(),
                byCodes.at(picture.sample()) + at);
      }
    }
    return loss;
  }
}
