package stride.detection;

import java.util.Arrays;
import stride.box.Ranking;

/** Numbers of scores and where they stand, of which only those above a threshold are kept. */
final class Scores {
  private float[] scores = new float[1024];
  private int[] places = new int[1024];
  private int count;

  static float sigmoid(float logit) {
    return (float) (1 / (1 + Math.exp(-(double) logit)));
  }

  /** A logit that is a little below those whose sigmoid is this. */
  static float logit(double score) {
    double bounded = Math.clamp(score, 1e-12, 1 - 1e-12);
    return (float) (Math.log(bounded / (1 - bounded)) - 1e-3);
  }

  void clear() {
    count = 0;
  }

  void add(float score, int place) {
    if (count == scores.length) {
      scores = Arrays.copyOf(scores, 2 * count);
      places = Arrays.copyOf(places, 2 * count);
    }
    scores[count] = score;
    places[count++] = place;
  }

  /**
   * The indices of the highest scores, the highest first, for {@link #score} and {@link #place}.
   */
  int[] best(int most) {
    return Ranking.best(scores, 0, count, most);
  }

  float score(int index) {
    return scores[index];
  }

  int place(int index) {
    return places[index];
  }
}
