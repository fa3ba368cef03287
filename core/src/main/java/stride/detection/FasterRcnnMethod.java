package stride.detection;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import stride.box.AnchorGenerator;
import stride.box.BoxCoder;
import stride.box.Boxes;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.layer.Size;
import stride.network.Network;
import stride.train.Loss;

/**
 * Faster R-CNN (Ren et al. 2015, "Faster R-CNN: Towards Real-Time Object Detection with Region
 * Proposal Networks") over a feature pyramid, as torchvision has it: two stages. Of each map there
 * are the outputs "objects0", the logit of an object for each anchor, and "deltas0", four numbers
 * for each anchor, of which the regions are made that may hold something. Each region is cut out of
 * one of the maps "features0" and on, and the network goes on with it from "regions": "class" are
 * the logits of the classes, the first of them the background's, and "box" four numbers for each
 * class.
 *
 * <p>In the network's graph, "regions" is the whole picture as one region; what follows it is run
 * as a plan of its own, on a batch of all regions.
 *
 * @param resizing how large pictures become
 * @param anchors the anchors of the first stage
 * @param proposals how regions are proposed
 * @param features the number of maps that regions are cut out of, from the first on
 * @param suppression the overlap from which on, of two boxes of a class, only the surer one stays
 * @param limits how sure boxes are, and how many there are of a picture
 * @param firstLabel the label of the first class after the background: 1 where labels count the
 *     background, as torchvision's do for COCO, else 0
 */
public record FasterRcnnMethod(
    Resizing resizing,
    AnchorGenerator anchors,
    Proposals proposals,
    int features,
    double suppression,
    Limits limits,
    int firstLabel)
    implements PyramidMethod {
  static final String OBJECTS = "objects";
  static final String DELTAS = "deltas";
  static final String FEATURES = "features";
  static final String REGIONS = "regions";
  static final String CLASS = "class";
  static final String BOX = "box";
  static final BoxCoder CODER = new BoxCoder(10, 10, 5, 5);

  /** Boxes with a shorter side are none. */
  private static final float SHORTEST = 1e-2f;

  /**
   * How many regions the second stage computes at a time: of a thousand regions of each picture of
   * a batch, those that wait are cut out later, so that they take no memory. So many are enough to
   * read the weights of its dense layers rarely.
   */
  private static final int AT_ONCE = 256;

  public FasterRcnnMethod {
    MethodChecks.suppression(suppression);
    MethodChecks.firstLabel(firstLabel);
    if (features < 1 || features > anchors.sizes().size()) {
      throw new IllegalArgumentException(
          "regions are cut out of 1 to %d maps, found %d"
              .formatted(anchors.sizes().size(), features));
    }
  }

  /** The part of a network's graph behind its regions, with these as its only input. */
  static Graph secondStage(Network network) {
    var graph = network.graph();
    return graph.after(graph.output(REGIONS), List.of(CLASS, BOX));
  }

  int levels() {
    return anchors.sizes().size();
  }

  @Override
  public Set<String> outputs() {
    var names = new LinkedHashSet<>(Levels.names(levels(), OBJECTS, DELTAS));
    names.addAll(Levels.names(features, FEATURES));
    return names;
  }

  @Override
  public DetectionMethod forLabels(Network network, List<String> labels) {
    int first = labels.size() + 1 == classes(network) ? 0 : 1;
    return new FasterRcnnMethod(resizing, anchors, proposals, features, suppression, limits, first);
  }

  @Override
  public void check(Network network, List<String> labels) {
    Levels.checkLabels(labels, classes(network), labels.size() + 1 - firstLabel);
    outputs().forEach(name -> Levels.shape(network, name));
    int numbers = Levels.shape(network, BOX).elements();
    if (numbers != 4 * classes(network)) {
      throw new IllegalArgumentException(
          "%d classes have %d numbers of boxes, found %d"
              .formatted(classes(network), 4 * classes(network), numbers));
    }
  }

  /** The classes of a network, the background counted. */
  int classes(Network network) {
    return Levels.shape(network, CLASS).elements();
  }

  /** All anchors of a network. */
  float[] anchors(Network network) {
    return anchors.anchors(
        Levels.shapes(network, OBJECTS, levels()),
        network.input().height(),
        network.input().width());
  }

  @Override
  public DetectionMethod forInput(Size input) {
    return new FasterRcnnMethod(
        Resizing.to(input), anchors, proposals, features, suppression, limits, firstLabel);
  }

  @Override
  public Loss loss(Network network) {
    return new FasterRcnnLoss(this);
  }

  @Override
  public List<FoundBoxes> boxes(Computed computed, Limits limits) {
    float[] all = anchors(computed.network());
    var proposed = new ArrayList<FoundBoxes>();
    var chosen = new ArrayList<Candidates>();
    for (int n = 0; n < computed.sizes().size(); n++) {
      proposed.add(proposals.of(this, computed, n, all));
      chosen.add(new Candidates());
    }
    var regions = new Regions(proposed);
    if (regions.count() > 0) {
      choose(computed, regions, limits, chosen);
    }
    return chosen.stream().map(own -> own.suppressed(suppression, limits.maxBoxes())).toList();
  }

  /** Runs the second stage on all regions, and adds the boxes of each to those of its picture. */
  private void choose(Computed computed, Regions regions, Limits limits, List<Candidates> chosen) {
    var stage = secondStage(computed.network());
    var cutter = RegionCutter.of(this, computed);
    computed
        .engine()
        .withPlan(
            stage,
            computed.weights().part(stage),
            Math.min(regions.count(), AT_ONCE),
            Purpose.inference().withOutputs(CLASS, BOX),
            plan -> {
              for (int first = 0; first < regions.count(); first += AT_ONCE) {
                int count = Math.min(AT_ONCE, regions.count() - first);
                cutter.cut(regions, first, count, plan.input());
                plan.forward(count);
                var outputs = Loss.Outputs.of(plan);
                Computed.requireNumbers(outputs, List.of(CLASS, BOX), count);
                for (int i = 0; i < count; i++) {
                  int n = regions.picture(first + i);
                  add(computed, outputs, i, regions, first + i, limits, chosen.get(n));
                }
              }
              return chosen;
            });
  }

  /** Adds the boxes of a region, one for each class of which it is sure enough. */
  private void add(
      Computed computed,
      Loss.Outputs outputs,
      int sample,
      Regions regions,
      int region,
      Limits limits,
      Candidates chosen) {
    var picture = computed.sizes().get(regions.picture(region));
    var logits = outputs.value(CLASS);
    var codes = outputs.value(BOX);
    int classes = logits.stride();
    var scores = new float[classes];
    computed
        .engine()
        .kernels()
        .channelwise()
        .softmax(logits.array(), logits.at(sample), 1, classes, scores, 0);
    for (int c = 1; c < classes; c++) {
      if (scores[c] > (float) limits.minScore()) {
        int to = chosen.add(scores[c], c - 1 + firstLabel);
        CODER.decode(
            codes.array(),
            codes.at(sample) + 4 * c,
            regions.corners(region),
            regions.corner(region),
            chosen.corners(),
            to);
        Boxes.clip(chosen.corners(), to, 1, picture.height(), picture.width());
        if (!Boxes.hasSides(chosen.corners(), to, SHORTEST)) {
          chosen.dropLast();
        }
      }
    }
  }
}
