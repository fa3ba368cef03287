package stride.detection;

import stride.box.BoxCoder;
import stride.box.Boxes;

/**
 * How regions are proposed (Ren et al. 2015, section 3.1): of each map the anchors that are surest
 * to hold something are moved to where it is, and of those of a map that overlap the surest stays.
 *
 * @param candidates the most regions of a map before regions suppress one another
 * @param most the most regions of a picture
 * @param learnedCandidates the most regions of a map before that in training
 * @param learnedMost the most regions of a picture in training
 * @param suppression the overlap from which on, of two regions of a map, only the surer one stays
 * @param minScore regions are at least this sure, in [0, 1]
 */
public record Proposals(
    int candidates,
    int most,
    int learnedCandidates,
    int learnedMost,
    double suppression,
    double minScore) {
  static final BoxCoder CODER = new BoxCoder(1, 1, 1, 1);

  /** Regions with a shorter side are none. */
  private static final float SHORTEST = 1e-3f;

  public Proposals {
    MethodChecks.suppression(suppression);
    for (int kept : new int[] {candidates, most, learnedCandidates, learnedMost}) {
      MethodChecks.candidates(kept);
    }
    if (!(minScore >= 0 && minScore <= 1)) {
      throw new IllegalArgumentException(
          "the least score of a region is from 0 to 1, found " + minScore);
    }
  }

  /** The regions of a picture, the surest first; their labels are the maps they come from. */
  FoundBoxes of(FasterRcnnMethod method, Computed computed, int sample, float[] anchors) {
    return of(method, computed, sample, anchors, candidates, most);
  }

  /** The regions of a picture in training. */
  FoundBoxes learned(FasterRcnnMethod method, Computed computed, int sample, float[] anchors) {
    return of(method, computed, sample, anchors, learnedCandidates, learnedMost);
  }

  private FoundBoxes of(
      FasterRcnnMethod method,
      Computed computed,
      int sample,
      float[] anchors,
      int mostCandidates,
      int mostRegions) {
    var chosen = new Candidates();
    var size = computed.sizes().get(sample);
    var scores = new Scores();
    int first = 0;
    for (int level = 0; level < method.levels(); level++) {
      var logits = computed.outputs().value(Levels.name(FasterRcnnMethod.OBJECTS, level));
      var deltas = computed.outputs().value(Levels.name(FasterRcnnMethod.DELTAS, level));
      scores.clear();
      for (int i = 0; i < logits.stride(); i++) {
        scores.add(logits.array()[logits.at(sample) + i], i);
      }
      for (int i : scores.best(mostCandidates)) {
        int anchor = scores.place(i);
        float score = Scores.sigmoid(scores.score(i));
        int to = chosen.add(score, level);
        CODER.decode(
            deltas.array(),
            deltas.at(sample) + 4 * anchor,
            anchors,
            first + 4 * anchor,
            chosen.corners(),
            to);
        Boxes.clip(chosen.corners(), to, 1, size.height(), size.width());
        if (!Boxes.hasSides(chosen.corners(), to, SHORTEST) || score < (float) minScore) {
          chosen.dropLast();
        }
      }
      first += 4 * logits.stride();
    }
    return chosen.suppressed(suppression, mostRegions);
  }
}
