package stride.detection;

import java.util.List;
import java.util.Set;
import stride.box.CrossEntropy;
import stride.box.HardNegatives;
import stride.box.Matcher;
import stride.box.SmoothL1;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * SSD's loss (Liu et al. 2016, section 2.2): smooth L1 of the boxes that are matched to objects,
 * and softmax cross-entropy of their classes and of three times as much background, that of which
 * the network is most wrong. Divided by the number of matched boxes of the batch, as torchvision
 * does.
 *
 * @param method what the outputs mean
 * @param input the network's input
 * @param maps the shapes of the outputs of the classes
 * @param classes the classes, the background counted
 */
public record SsdLoss(SsdMethod method, Shape input, List<Shape> maps, int classes)
    implements Loss {
  private static final float OVERLAP = 0.5f;
  private static final HardNegatives NEGATIVES = new HardNegatives(3);
  private static final SmoothL1 DISTANCE = new SmoothL1(1);

  /** Copies the shapes. */
  public SsdLoss {
    maps = List.copyOf(maps);
  }

  static SsdLoss of(SsdMethod method, Network network) {
    return new SsdLoss(
        method,
        network.input(),
        Levels.shapes(network, SsdMethod.CLASSES, method.levels()),
        method.classes(network));
  }

  @Override
  public Set<String> outputs() {
    return method.outputs();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    Parts.clear(outputs, outputs(), samples);
    float[] anchors = method.boxes().boxes(maps, input.height(), input.width());
    int count = anchors.length / 4;
    var truths = new TrueObjects[samples];
    var matches = new int[samples][];
    int matched = 0;
    for (int n = 0; n < samples; n++) {
      truths[n] = TrueObjects.of(targets, n).require(classes - 1 + method.firstLabel());
      matches[n] = Matcher.ssd(OVERLAP).match(truths[n].corners(), anchors);
      for (int match : matches[n]) {
        matched += match >= 0 ? 1 : 0;
      }
    }
    double weight = 1.0 / Math.max(1, matched);
    double loss = 0;
    for (int n = 0; n < samples; n++) {
      loss += picture(outputs, n, truths[n], matches[n], anchors, weight, count);
    }
    return loss;
  }

  private double picture(
      Outputs outputs,
      int sample,
      TrueObjects truth,
      int[] matches,
      float[] anchors,
      double weight,
      int count) {
    var labels = new int[count];
    var losses = new float[count];
    var code = new float[4];
    double loss = 0;
    int anchor = 0;
    for (int level = 0; level < maps.size(); level++) {
      var logits = outputs.value(Levels.name(SsdMethod.CLASSES, level));
      var codes = outputs.value(Levels.name(SsdMethod.BOXES, level));
      var gradient = outputs.gradient(Levels.name(SsdMethod.BOXES, level));
      for (int i = 0; i < logits.stride() / classes; i++, anchor++) {
        int match = matches[anchor];
        if (match >= 0) {
          labels[anchor] = truth.labels()[match] + 1 - method.firstLabel();
          SsdMethod.CODER.encode(truth.corners(), 4 * match, anchors, 4 * anchor, code, 0);
          loss +=
              DISTANCE.add(
                  codes.array(),
                  codes.at(sample) + 4 * i,
                  code,
                  0,
                  4,
                  weight,
                  gradient.array(),
                  gradient.at(sample) + 4 * i);
        }
        losses[anchor] =
            (float)
                CrossEntropy.softmax(
                    logits.array(),
                    logits.at(sample) + i * classes,
                    classes,
                    Math.max(0, labels[anchor]));
      }
    }
    var counts = new boolean[count];
    for (int i : NEGATIVES.choose(losses, labels)) {
      counts[i] = true;
    }
    anchor = 0;
    for (int level = 0; level < maps.size(); level++) {
      var logits = outputs.value(Levels.name(SsdMethod.CLASSES, level));
      var gradient = outputs.gradient(Levels.name(SsdMethod.CLASSES, level));
      for (int i = 0; i < logits.stride() / classes; i++, anchor++) {
        if (counts[anchor] || labels[anchor] > 0) {
          loss +=
              CrossEntropy.softmax(
                  logits.array(),
                  logits.at(sample) + i * classes,
                  classes,
                  labels[anchor],
                  weight,
                  gradient.array(),
                  gradient.at(sample) + i * classes);
        }
      }
    }
    return loss;
  }
}
