package stride.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import stride.box.BoxCoder;
import stride.box.Boxes;
import stride.box.DefaultBoxes;
import stride.box.Ranking;
import stride.compute.Buffer;
import stride.layer.Size;
import stride.network.Network;
import stride.train.Loss;

/**
 * SSD (Liu et al. 2016, "SSD: Single Shot MultiBox Detector") as torchvision has it. Of each map
 * there are two outputs: "classes0" of the first map are the logits of the classes for each default
 * box around each pixel, the first of them the background's, and "boxes0" four numbers for each
 * box. The softmax of the logits are the scores.
 *
 * @param boxes the default boxes
 * @param suppression the overlap from which on, of two boxes of a class, only the surer one stays
 * @param candidates the most boxes of a class before that
 * @param limits how sure boxes are, and how many there are of a picture
 * @param firstLabel the label of the first class after the background: 1 where labels count the
 *     background, as torchvision's do for COCO, else 0
 */
public record SsdMethod(
    DefaultBoxes boxes, double suppression, int candidates, Limits limits, int firstLabel)
    implements DetectionMethod {
  static final String CLASSES = "classes";
  static final String BOXES = "boxes";
  static final BoxCoder CODER = new BoxCoder(10, 10, 5, 5);

  /** Default boxes whose scores are sorted by class while they stay in the first-level cache. */
  private static final int BLOCK = 16;

  public SsdMethod {
    MethodChecks.suppression(suppression);
    MethodChecks.candidates(candidates);
    MethodChecks.firstLabel(firstLabel);
  }

  int levels() {
    return boxes.aspectRatios().size();
  }

  @Override
  public Set<String> outputs() {
    return Levels.names(levels(), CLASSES, BOXES);
  }

  @Override
  public DetectionMethod forLabels(Network network, List<String> labels) {
    int first = labels.size() + 1 == classes(network) ? 0 : 1;
    return new SsdMethod(boxes, suppression, candidates, limits, first);
  }

  @Override
  public void check(Network network, List<String> labels) {
    Levels.checkLabels(labels, classes(network), labels.size() + 1 - firstLabel);
    for (int level = 0; level < levels(); level++) {
      int numbers = Levels.perAnchor(network, Levels.name(BOXES, level), boxes.perPixel(level));
      if (numbers != 4) {
        throw new IllegalArgumentException(
            "a box has 4 numbers, map %d has %d".formatted(level, numbers));
      }
    }
  }

  /** The classes of a network, the background counted. */
  int classes(Network network) {
    return Levels.perAnchor(network, Levels.name(CLASSES, 0), boxes.perPixel(0));
  }

  /** All default boxes of a network. */
  float[] anchors(Network network) {
    return boxes.boxes(
        Levels.shapes(network, CLASSES, levels()),
        network.input().height(),
        network.input().width());
  }

  /** Pictures are stretched or squeezed to the network's input. */
  @Override
  public Size resized(Size picture, Size input) {
    return input;
  }

  @Override
  public Loss loss(Network network) {
    return SsdLoss.of(this, network);
  }

  @Override
  public List<FoundBoxes> boxes(Computed computed, Limits limits) {
    float[] anchors = anchors(computed.network());
    int classes = classes(computed.network());
    var found = new ArrayList<FoundBoxes>();
    for (int n = 0; n < computed.sizes().size(); n++) {
      found.add(boxes(computed, n, anchors, classes, limits));
    }
    return found;
  }

  private FoundBoxes boxes(
      Computed computed, int sample, float[] anchors, int classes, Limits limits) {
    int count = anchors.length / 4;
    // The scores of each class stand together.
    var scores = new float[classes * count];
    var corners = new float[4 * count];
    int anchor = 0;
    for (int level = 0; level < levels(); level++) {
      var logits = computed.outputs().value(Levels.name(CLASSES, level));
      var codes = computed.outputs().value(Levels.name(BOXES, level));
      int own = logits.stride() / classes;
      scores(computed, logits, sample, classes, scores, anchor, count);
      for (int i = 0; i < own; i++, anchor++) {
        CODER.decode(
            codes.array(), codes.at(sample) + 4 * i, anchors, 4 * anchor, corners, 4 * anchor);
      }
    }
    var size = computed.sizes().get(sample);
    Boxes.clip(corners, 0, count, size.height(), size.width());
    var chosen = new Candidates();
    for (int c = 1; c < classes; c++) {
      int from = c * count;
      int[] best = Ranking.best(scores, from, from + count, candidates, (float) limits.minScore());
      for (int i : best) {
        int to = chosen.add(scores[i], c - 1 + firstLabel);
        System.arraycopy(corners, 4 * (i - from), chosen.corners(), to, 4);
      }
    }
    return chosen.suppressed(suppression, limits.maxBoxes());
  }

  /** Writes the scores of a map's default boxes, those of each class {@code step} floats apart. */
  private static void scores(
      Computed computed,
      Buffer logits,
      int sample,
      int classes,
      float[] into,
      int first,
      int step) {
    var kernels = computed.engine().kernels().channelwise();
    var block = new float[BLOCK * classes];
    int count = logits.stride() / classes;
    for (int from = 0; from < count; from += BLOCK) {
      int rows = Math.min(BLOCK, count - from);
      int at = logits.at(sample) + from * classes;
      kernels.softmax(logits.array(), at, rows, classes, block, 0);
      for (int c = 0; c < classes; c++) {
        for (int row = 0; row < rows; row++) {
          into[c * step + first + from + row] = block[row * classes + c];
        }
      }
    }
  }
}
