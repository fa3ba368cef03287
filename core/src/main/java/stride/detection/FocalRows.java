package stride.detection;

import stride.box.FocalLoss;
import stride.box.Matcher;
import stride.compute.Buffer;

/**
 * The focal loss of the classes of many anchors. Nearly all of them are background: their rows of
 * logits go through the kernels, some thousand numbers at a time.
 */
record FocalRows(FocalLoss loss) {
  /** Numbers that stay in the first-level cache with what is made of them. */
  private static final int BLOCK = 1024;

  /** Beyond this, ln(1 + e^z) is z in float. */
  private static final float LINEAR = 20;

  /**
   * Returns the loss of some anchors of a picture, and adds its gradient.
   *
   * @param logits a row of classes for each anchor of a map
   * @param byLogits their gradient
   * @param classes the length of a row
   * @param weight what loss and gradient are multiplied by
   */
  double add(
      Buffer logits,
      Buffer byLogits,
      int classes,
      AnchorLoss.Part part,
      AnchoredPicture picture,
      double weight) {
    int[] matches = picture.matches();
    var block = new Block();
    double sum = 0;
    for (int i = 0; i < part.count(); ) {
      int from = i;
      while (i < part.count() && matches[part.anchor() + i] == Matcher.BACKGROUND) {
        i++;
      }
      int at = logits.at(picture.sample()) + (part.first() + from) * classes;
      int to = byLogits.at(picture.sample()) + (part.first() + from) * classes;
      int background = (i - from) * classes;
      for (int first = 0; first < background; first += BLOCK) {
        int count = Math.min(BLOCK, background - first);
        sum += block.add(picture, logits, at + first, count, weight, byLogits, to + first);
      }
      if (i < part.count() && matches[part.anchor() + i] >= 0) {
        sum +=
            loss.add(
                logits.array(),
                at + background,
                classes,
                picture.label(part.anchor() + i),
                weight,
                byLogits.array(),
                to + background);
      }
      i++;
    }
    return sum;
  }

  /** Functions of some logits. */
  private final class Block {
    private final float[] sigmoids = new float[BLOCK];
    private final float[] softplus = new float[BLOCK];
    private final float[] losses = new float[BLOCK];

    double add(
        AnchoredPicture picture,
        Buffer logits,
        int at,
        int count,
        double weight,
        Buffer byLogits,
        int to) {
      var kernels = picture.kernels().elementwise();
      kernels.sigmoid(logits.array(), at, sigmoids, 0, count);
      kernels.softplus(logits.array(), at, softplus, 0, 1, LINEAR, count);
      return loss.addBackground(sigmoids, softplus, losses, count, weight, byLogits.array(), to);
    }
  }
}
