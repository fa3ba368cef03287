package stride.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import stride.box.AnchorGenerator;
import stride.box.BoxCoder;
import stride.box.Boxes;
import stride.layer.Size;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;

/**
 * RetinaNet (Lin et al. 2017, "Focal Loss for Dense Object Detection") as torchvision has it. Of
 * each map of a feature pyramid there are two outputs: "classes0" of the first map are the logits
 * of the classes for each anchor around each pixel, and "boxes0" four numbers for each anchor. The
 * sigmoids of the logits are the scores.
 *
 * @param resizing how large pictures become
 * @param anchors the anchors
 * @param suppression the overlap from which on, of two boxes of a class, only the surer one stays
 * @param candidates the most boxes of a map before that
 * @param limits how sure boxes are, and how many there are of a picture
 */
public record RetinaNetMethod(
    Resizing resizing, AnchorGenerator anchors, double suppression, int candidates, Limits limits)
    implements PyramidMethod {
  static final String CLASSES = "classes";
  static final String BOXES = "boxes";
  static final BoxCoder CODER = new BoxCoder(1, 1, 1, 1);

  public RetinaNetMethod {
    MethodChecks.suppression(suppression);
    MethodChecks.candidates(candidates);
  }

  int levels() {
    return anchors.sizes().size();
  }

  @Override
  public Set<String> outputs() {
    return Levels.names(levels(), CLASSES, BOXES);
  }

  @Override
  public void check(Network network, List<String> labels) {
    Levels.checkLabels(labels, classes(network), labels.size());
    for (int level = 0; level < levels(); level++) {
      int numbers = Levels.perAnchor(network, Levels.name(BOXES, level), anchors.perPixel(level));
      if (numbers != 4) {
        throw new IllegalArgumentException(
            "a box has 4 numbers, map %d has %d".formatted(level, numbers));
      }
    }
  }

  /** The classes of a network. */
  int classes(Network network) {
    return Levels.perAnchor(network, Levels.name(CLASSES, 0), anchors.perPixel(0));
  }

  /** All anchors of a network. */
  float[] anchors(Network network) {
    return anchors.anchors(
        Levels.shapes(network, CLASSES, levels()),
        network.input().height(),
        network.input().width());
  }

  @Override
  public DetectionMethod forInput(Size input) {
    return new RetinaNetMethod(Resizing.to(input), anchors, suppression, candidates, limits);
  }

  @Override
  public Loss loss(Network network) {
    return RetinaNetLoss.of(this, network);
  }

  @Override
  public List<FoundBoxes> boxes(Computed computed, Limits limits) {
    float[] all = anchors(computed.network());
    int classes = classes(computed.network());
    var found = new ArrayList<FoundBoxes>();
    var scores = new Scores();
    for (int n = 0; n < computed.sizes().size(); n++) {
      var chosen = new Candidates();
      int first = 0;
      for (int level = 0; level < levels(); level++) {
        choose(computed, n, level, all, first, classes, limits, scores, chosen);
        Shape shape = computed.shape(Levels.name(BOXES, level));
        first += shape.elements();
      }
      found.add(chosen.suppressed(suppression, limits.maxBoxes()));
    }
    return found;
  }

  /** Chooses the surest boxes of a map, whose anchors begin at a place. */
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
    float[] values = logits.array();
    float least = (float) limits.minScore();
    float leastLogit = Scores.logit(limits.minScore());
    scores.clear();
    for (int i = 0, at = logits.at(sample); i < logits.stride(); i++) {
      if (values[at + i] > leastLogit) {
        float score = Scores.sigmoid(values[at + i]);
        if (score > least) {
          scores.add(score, i);
        }
      }
    }
    var size = computed.sizes().get(sample);
    for (int i : scores.best(candidates)) {
      int anchor = scores.place(i) / classes;
      int to = chosen.add(scores.score(i), scores.place(i) % classes);
      CODER.decode(
          codes.array(),
          codes.at(sample) + 4 * anchor,
          all,
          first + 4 * anchor,
          chosen.corners(),
          to);
      Boxes.clip(chosen.corners(), to, 1, size.height(), size.width());
    }
  }
}
