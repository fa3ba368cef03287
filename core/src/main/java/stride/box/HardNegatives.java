package stride.box;

/**
 * SSD's hard negative mining (Liu et al. 2016, section 2.2): of a picture's background, the loss
 * looks at what the network is most wrong about, so that there is not far more background than
 * objects.
 *
 * @param ratio how much background for each default box with an object, 3 in the paper
 */
public record HardNegatives(int ratio) {
  /**
   * Chooses the background that counts.
   *
   * @param losses for each default box of a picture the loss of its class
   * @param labels the class of each; 0 is background
   * @return the numbers of the chosen ones, that of the largest loss first, and of equal ones the
   *     earlier first
   */
  public int[] choose(float[] losses, int[] labels) {
    int objects = 0;
    var background = new float[losses.length];
    for (int i = 0; i < losses.length; i++) {
      objects += labels[i] > 0 ? 1 : 0;
      background[i] = labels[i] > 0 ? Float.NEGATIVE_INFINITY : losses[i];
    }
    int most = (int) Math.min(losses.length - objects, (long) ratio * objects);
    return Ranking.best(background, 0, losses.length, most);
  }
}
