package stride.box;

/**
 * SIoU (Gevorgyan 2022, "SIoU Loss: More Powerful Learning for Bounding Box Regression"): IoU less
 * half of two costs, so at most 1 and to be made large.
 *
 * <p>With the shift d of the centres and the sides c of the box around both, the distance costs 2 -
 * exp(-g (dx / cx)^2) - exp(-g (dy / cy)^2), where g is 2 less 2 |dx dy| / (dx^2 + dy^2): less,
 * where a box is off along one side alone. The sides w and w' cost (1 - exp(-|w - w'| / max(w,
 * w')))^4, and so do the heights.
 */
public final class Siou {
  private static final double EPSILON = 1e-7;

  private Siou() {}

  /**
   * Returns SIoU and writes its gradient. Of two edges at the same place, that of the box that
   * should be counts.
   *
   * @param box the x and y of the centre, the width and the height, above 0
   * @param target those of the box that it should be
   * @param gradient receives the derivatives by the four numbers of {@code box}
   * @return SIoU
   */
  public static double of(double[] box, double[] target, double[] gradient) {
    var x = new Side(box[0], box[2], target[0], target[2]);
    var y = new Side(box[1], box[3], target[1], target[3]);
    double intersection = x.common() * y.common();
    double union = box[2] * box[3] + target[2] * target[3] - intersection + EPSILON;
    double iou = intersection / union;
    double byIntersection = (1 + iou) / union;
    gradient[0] = byIntersection * y.common() * x.commonByCentre();
    gradient[1] = byIntersection * x.common() * y.commonByCentre();
    gradient[2] = byIntersection * y.common() * x.commonBySide() - iou / union * box[3];
    gradient[3] = byIntersection * x.common() * y.commonBySide() - iou / union * box[2];

    double squared = x.shift() * x.shift() + y.shift() * y.shift();
    double angle = squared == 0 ? 0 : 2 * Math.abs(x.shift() * y.shift()) / squared;
    double value = iou;
    value -= 0.5 * (distance(x, angle, gradient, 0) + distance(y, angle, gradient, 1));
    if (squared > 0) {
      // d angle / d dx = 2 sign(dx) |dy| (dy^2 - dx^2) / squared^2; the shift falls as x grows.
      double byAngle =
          0.5
              * (x.closeness(angle) * x.ratio() + y.closeness(angle) * y.ratio())
              / squared
              / squared;
      double difference = y.shift() * y.shift() - x.shift() * x.shift();
      gradient[0] -= byAngle * 2 * Math.signum(x.shift()) * Math.abs(y.shift()) * difference;
      gradient[1] += byAngle * 2 * Math.signum(y.shift()) * Math.abs(x.shift()) * difference;
    }
    value -= 0.5 * (shape(x, gradient, 2) + shape(y, gradient, 3));
    return value;
  }

  /** Returns what the distance in one direction costs; takes half of its derivatives off. */
  private static double distance(Side side, double angle, double[] gradient, int direction) {
    double byRatio = 0.5 * (2 - angle) * side.closeness(angle);
    double around = side.around();
    double ofRatio = side.shift() / around;
    double byShift = byRatio * 2 * ofRatio / around;
    double byAround = byRatio * -2 * ofRatio * ofRatio / around;
    gradient[direction] -= -byShift + byAround * side.aroundByCentre();
    gradient[direction + 2] -= byAround * side.aroundBySide();
    return 1 - side.closeness(angle);
  }

  private static double shape(Side side, double[] gradient, int place) {
    double difference = side.length() - side.targetLength();
    double larger = Math.max(side.length(), side.targetLength());
    double alike = Math.exp(-Math.abs(difference) / larger);
    // |w - w'| / max(w, w') is 1 less the smaller over the larger.
    double byLength =
        difference > 0 ? side.targetLength() / (larger * larger) : difference < 0 ? -1 / larger : 0;
    double unlike = 1 - alike;
    gradient[place] -= 0.5 * 4 * unlike * unlike * unlike * alike * byLength;
    return unlike * unlike * unlike * unlike;
  }

  /** Two boxes in one direction. */
  private record Side(double centre, double length, double targetCentre, double targetLength) {
    private double start() {
      return centre - length / 2;
    }

    private double end() {
      return centre + length / 2;
    }

    private double targetStart() {
      return targetCentre - targetLength / 2;
    }

    private double targetEnd() {
      return targetCentre + targetLength / 2;
    }

    double shift() {
      return targetCentre - centre;
    }

    double common() {
      return Math.max(0, Math.min(end(), targetEnd()) - Math.max(start(), targetStart()));
    }

    double commonByCentre() {
      return common() == 0 ? 0 : endOfCommon() - startOfCommon();
    }

    double commonBySide() {
      return common() == 0 ? 0 : (endOfCommon() + startOfCommon()) / 2;
    }

    /** Returns how much the end of what is common moves with the box's. */
    private double endOfCommon() {
      return end() < targetEnd() ? 1 : 0;
    }

    private double startOfCommon() {
      return start() > targetStart() ? 1 : 0;
    }

    double around() {
      return Math.max(end(), targetEnd()) - Math.min(start(), targetStart());
    }

    double aroundByCentre() {
      return (end() > targetEnd() ? 1 : 0) - (start() < targetStart() ? 1 : 0);
    }

    double aroundBySide() {
      return ((end() > targetEnd() ? 1 : 0) + (start() < targetStart() ? 1 : 0)) / 2.0;
    }

    double ratio() {
      return shift() / around() * (shift() / around());
    }

    double closeness(double angle) {
      return Math.exp((angle - 2) * ratio());
    }
  }
}
