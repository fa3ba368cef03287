package stride.box;

/** Losses of boxes that look at all four edges together. */
public enum BoxLoss {
  /** 1 - GIoU (Rezatofighi et al. 2019). */
  GIOU,
  /**
   * 1 - IoU + the distance of the centres, squared, over the squared diagonal of the box around
   * both (Zheng et al. 2020).
   */
  DIOU,
  /**
   * DIoU's loss + a v, where v is (2/pi)^2 times the squared difference of the angles of the
   * diagonals, and a = v / (1 - IoU + v) counts as a constant in the gradient (Zheng et al. 2020).
   */
  CIOU;

  private static final double EPSILON = 1e-7;

  /**
   * Returns the loss of a box and adds its gradient.
   *
   * @param predicted an array of boxes
   * @param at the place of the predicted box
   * @param targets an array of boxes
   * @param target the place of the box that it should be
   * @param weight what loss and gradient are multiplied by
   * @param gradient the gradient of the predicted boxes, which is added to
   * @param to the place of that of this box
   * @return the loss times the weight
   */
  public double add(
      float[] predicted,
      int at,
      float[] targets,
      int target,
      double weight,
      float[] gradient,
      int to) {
    var x = new Side(predicted[at], predicted[at + 2], targets[target], targets[target + 2]);
    var y =
        new Side(predicted[at + 1], predicted[at + 3], targets[target + 1], targets[target + 3]);
    boolean overlap = x.common() > 0 && y.common() > 0;
    double intersection = overlap ? x.common() * y.common() : 0;
    double union = x.length() * y.length() + x.targetLength() * y.targetLength() - intersection;
    double iou = intersection / (union + EPSILON);
    // The derivatives of the loss by the intersection, by the union and by the lengths of the
    // sides, from which those by the edges follow.
    double byIntersection = -1 / (union + EPSILON);
    double byUnion = iou / (union + EPSILON);
    double loss;
    var rest = new Gradient();
    if (this == GIOU) {
      double around = x.around() * y.around();
      loss = 1 - iou + (around - union) / (around + EPSILON);
      byUnion -= 1 / (around + EPSILON);
      double byAround = (union + EPSILON) / ((around + EPSILON) * (around + EPSILON));
      rest.around(x, y, byAround * y.around(), byAround * x.around());
    } else {
      double diagonal = x.around() * x.around() + y.around() * y.around() + EPSILON;
      double distance = x.shift() * x.shift() + y.shift() * y.shift();
      loss = 1 - iou + distance / diagonal;
      double byDiagonal = -distance / (diagonal * diagonal);
      rest.around(x, y, byDiagonal * 2 * x.around(), byDiagonal * 2 * y.around());
      rest.shift(2 * x.shift() / diagonal, 2 * y.shift() / diagonal);
      if (this == CIOU) {
        loss += rest.shape(x, y, iou);
      }
    }
    rest.lengths(byUnion * y.length(), byUnion * x.length());
    if (overlap) {
      double byCommon = byIntersection - byUnion;
      rest.common(x, y, byCommon * y.common(), byCommon * x.common());
    }
    rest.add(weight, gradient, to);
    return weight * loss;
  }

  /** The edges of two boxes in one direction. */
  private record Side(double start, double end, double targetStart, double targetEnd) {
    double length() {
      return end - start;
    }

    double targetLength() {
      return targetEnd - targetStart;
    }

    double common() {
      return Math.min(end, targetEnd) - Math.max(start, targetStart);
    }

    double around() {
      return Math.max(end, targetEnd) - Math.min(start, targetStart);
    }

    /** Returns the distance of the centres. */
    double shift() {
      return (start + end) / 2 - (targetStart + targetEnd) / 2;
    }

    /**
     * Returns how much the start of what is common moves with the box's: half where both are there.
     */
    double startOfCommon() {
      return share(start, targetStart);
    }

    double endOfCommon() {
      return share(targetEnd, end);
    }

    private static double share(double larger, double smaller) {
      return larger > smaller ? 1 : larger == smaller ? 0.5 : 0;
    }

    double startOfAround() {
      return share(targetStart, start);
    }

    double endOfAround() {
      return share(end, targetEnd);
    }
  }

  /** The derivatives by the four edges, added up. */
  private static final class Gradient {
    private double left;
    private double top;
    private double right;
    private double bottom;

    void lengths(double byWidth, double byHeight) {
      left -= byWidth;
      right += byWidth;
      top -= byHeight;
      bottom += byHeight;
    }

    void shift(double byX, double byY) {
      left += byX / 2;
      right += byX / 2;
      top += byY / 2;
      bottom += byY / 2;
    }

    void common(Side x, Side y, double byWidth, double byHeight) {
      left -= byWidth * x.startOfCommon();
      right += byWidth * x.endOfCommon();
      top -= byHeight * y.startOfCommon();
      bottom += byHeight * y.endOfCommon();
    }

    void around(Side x, Side y, double byWidth, double byHeight) {
      left -= byWidth * x.startOfAround();
      right += byWidth * x.endOfAround();
      top -= byHeight * y.startOfAround();
      bottom += byHeight * y.endOfAround();
    }

    /** Adds the derivatives of CIoU's last term, and returns the term. */
    double shape(Side x, Side y, double iou) {
      double factor = 4 / (Math.PI * Math.PI);
      double width = x.length();
      double height = y.length();
      double angle = Math.atan(x.targetLength() / y.targetLength()) - Math.atan(width / height);
      double v = factor * angle * angle;
      double alpha = v / (1 - iou + v + EPSILON);
      double squares = width * width + height * height;
      if (squares > 0) {
        double byAngle = -2 * factor * alpha * angle;
        lengths(byAngle * height / squares, -byAngle * width / squares);
      }
      return alpha * v;
    }

    void add(double weight, float[] gradient, int to) {
      gradient[to] += (float) (weight * left);
      gradient[to + 1] += (float) (weight * top);
      gradient[to + 2] += (float) (weight * right);
      gradient[to + 3] += (float) (weight * bottom);
    }
  }
}
