package stride.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import stride.box.AnchorGenerator;
import stride.box.Boxes;
import stride.box.LinearBoxCoder;
import stride.layer.Size;
import stride.network.Network;
import stride.train.Loss;

/**
 * FCOS (Tian et al. 2019, "FCOS: Fully Convolutional One-Stage Object Detection") as torchvision
 * has it. Of each map of a feature pyramid there are three outputs: "classes0" of the first map are
 * the logits of the classes at each pixel, "boxes0" the distances from the pixel's place to the
 * left, upper, right and lower edge in units of the map's stride, and "centers0" the logit of how
 * central in the box the place is. A score is the geometric mean of both sigmoids.
 *
 * @param resizing how large pictures become
 * @param places a square for each pixel around its place, as wide as the map's stride
 * @param suppression the overlap from which on, of two boxes of a class, only the surer one stays
 * @param candidates the most boxes of a map before that
 * @param limits how sure boxes are, and how many there are of a picture
 */
public record FcosMethod(
    Resizing resizing, AnchorGenerator places, double suppression, int candidates, Limits limits)
    implements PyramidMethod {
  static final String CLASSES = "classes";
  static final String BOXES = "boxes";
  static final String CENTERS = "centers";
  static final LinearBoxCoder CODER = new LinearBoxCoder(true);

  public FcosMethod {
    MethodChecks.suppression(suppression);
    MethodChecks.candidates(candidates);
  }

  int levels() {
    return places.sizes().size();
  }

  @Override
  public Set<String> outputs() {
    return Levels.names(levels(), CLASSES, BOXES, CENTERS);
  }

  @Override
  public void check(Network network, List<String> labels) {
    Levels.checkLabels(labels, classes(network), labels.size());
    for (int level = 0; level < levels(); level++) {
      int numbers = Levels.shape(network, Levels.name(BOXES, level)).channels();
      int centers = Levels.shape(network, Levels.name(CENTERS, level)).channels();
      if (numbers != 4 || centers != 1) {
        throw new IllegalArgumentException(
            "a place has 4 numbers of a box and 1 of its centre, map %d has %d and %d"
                .formatted(level, numbers, centers));
      }
    }
  }

  /** The classes of a network. */
  int classes(Network network) {
    return Levels.shape(network, Levels.name(CLASSES, 0)).channels();
  }

  /** All places of a network. */
  float[] places(Network network) {
    return places.anchors(
        Levels.shapes(network, CLASSES, levels()),
        network.input().height(),
        network.input().width());
  }

  @Override
  public DetectionMethod forInput(Size input) {
    return new FcosMethod(Resizing.to(input), places, suppression, candidates, limits);
  }

  @Override
  public Loss loss(Network network) {
    return FcosLoss.of(this, network);
  }

  @Override
  public List<FoundBoxes> boxes(Computed computed, Limits limits) {
    float[] all = places(computed.network());
    int classes = classes(computed.network());
    var found = new ArrayList<FoundBoxes>();
    var scores = new Scores();
    for (int n = 0; n < computed.sizes().size(); n++) {
      var chosen = new Candidates();
      int first = 0;
      for (int level = 0; level < levels(); level++) {
        choose(computed, n, level, all, first, classes, limits, scores, chosen);
        first += computed.shape(Levels.name(BOXES, level)).elements();
      }
      found.add(chosen.suppressed(suppression, limits.maxBoxes()));
    }
    return found;
  }

  /** Chooses the surest boxes of a map, whose places begin at one. */
  private void choose(
      Computed computed,
      int sample,
      int level,
      float[] all,
      int first,
      int classes,
      Limits limits,
      Scores scores,
      Candidates chosen) {
    var logits = computed.outputs().value(Levels.name(CLASSES, level));
    var codes = computed.outputs().value(Levels.name(BOXES, level));
    var centers = computed.outputs().value(Levels.name(CENTERS, level));
    float least = (float) limits.minScore();
    scores.clear();
    for (int pixel = 0; pixel < centers.stride(); pixel++) {
      float center = Scores.sigmoid(centers.array()[centers.at(sample) + pixel]);
      double share = limits.minScore() * limits.minScore() / center;
      if (share >= 1) {
        continue;
      }
      float leastLogit = Scores.logit(share);
      int at = logits.at(sample) + pixel * classes;
      for (int c = 0; c < classes; c++) {
        if (logits.array()[at + c] > leastLogit) {
          float score = (float) Math.sqrt(Scores.sigmoid(logits.array()[at + c]) * center);
          if (score > least) {
            scores.add(score, pixel * classes + c);
          }
        }
      }
    }
    var size = computed.sizes().get(sample);
    for (int i : scores.best(candidates)) {
      int pixel = scores.place(i) / classes;
      int to = chosen.add(scores.score(i), scores.place(i) % classes);
      CODER.decode(
          codes.array(),
          codes.at(sample) + 4 * pixel,
          all,
          first + 4 * pixel,
          chosen.corners(),
          to);
      Boxes.clip(chosen.corners(), to, 1, size.height(), size.width());
    }
  }
}
