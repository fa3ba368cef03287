package stride.detection;

import java.util.List;
import stride.box.CrossEntropy;
import stride.box.HardNegatives;
import stride.box.Matcher;
import stride.box.SmoothL1;
import stride.network.Network;
import stride.tensor.Shape;

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
record SsdLoss(SsdMethod method, Shape input, List<Shape> maps, int classes) implements AnchorLoss {
  private static final Matcher MATCHER = Matcher.ssd(0.5f);
  private static final HardNegatives NEGATIVES = new HardNegatives(3);
  private static final SmoothL1 DISTANCE = new SmoothL1(1);

  /** Default boxes whose probabilities stay in the first-level cache. */
  private static final int BLOCK = 32;

  /** The logarithm of a smaller probability is too rough. */
  private static final float SMALLEST = 1e-30f;

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
  public float[] anchors() {
    return method.boxes().boxes(maps, input.height(), input.width());
  }

  @Override
  public int labels() {
    return classes - 1 + method.firstLabel();
  }

  @Override
  public void match(TrueObjects objects, float[] anchors, int[] matches) {
    MATCHER.match(objects.corners(), anchors, matches);
  }

  @Override
  public double weight(int own, int all, int samples) {
    return 1.0 / Math.max(1, all);
  }

  /** Of each default box the loss of its class, by which the background is chosen. */
  @Override
  public int kept(int anchors) {
    return anchors;
  }

  /** The output of the class of a default box's object; 0 for background. */
  private int output(AnchoredPicture picture, int anchor) {
    int label = picture.label(anchor);
    return label < 0 ? 0 : label + 1 - method.firstLabel();
  }

  /** The loss of the boxes; keeps the losses of the classes. */
  @Override
  public double add(Outputs outputs, Part part, AnchoredPicture picture, double weight) {
    rank(outputs, part, picture);
    var codes = outputs.value(Levels.name(SsdMethod.BOXES, part.level()));
    var byCodes = outputs.gradient(Levels.name(SsdMethod.BOXES, part.level()));
    int sample = picture.sample();
    var code = new float[4];
    double loss = 0;
    for (int i = 0; i < part.count(); i++) {
      int anchor = part.anchor() + i;
      int at = part.first() + i;
      int match = picture.matches()[anchor];
      if (match >= 0) {
        SsdMethod.CODER.encode(
            picture.objects().corners(), 4 * match, picture.anchors(), 4 * anchor, code, 0);
        loss +=
            DISTANCE.add(
                codes.array(),
                codes.at(sample) + 4 * at,
                code,
                0,
                4,
                weight,
                byCodes.array(),
                byCodes.at(sample) + 4 * at);
      }
    }
    return loss;
  }

  /** Keeps the losses of the classes, in float: all default boxes have one, and few count. */
  private void rank(Outputs outputs, Part part, AnchoredPicture picture) {
    var logits = outputs.value(Levels.name(SsdMethod.CLASSES, part.level()));
    int from = logits.at(picture.sample()) + part.first() * classes;
    var probabilities = new float[BLOCK * classes];
    for (int first = 0; first < part.count(); first += BLOCK) {
      int rows = Math.min(BLOCK, part.count() - first);
      int at = from + first * classes;
      picture.kernels().channelwise().softmax(logits.array(), at, rows, classes, probabilities, 0);
      for (int row = 0; row < rows; row++) {
        int anchor = part.anchor() + first + row;
        int label = output(picture, anchor);
        float probability = probabilities[row * classes + label];
        picture.numbers()[anchor] =
            (float)
                (probability >= SMALLEST
                    ? -Math.log(probability)
                    : CrossEntropy.softmax(logits.array(), at + row * classes, classes, label));
      }
    }
  }

  /** The loss of the classes of what has an object, and of the background that counts. */
  @Override
  public double addRest(Outputs outputs, AnchoredPicture picture, double weight) {
    int count = picture.matches().length;
    var labels = new int[count];
    for (int anchor = 0; anchor < count; anchor++) {
      labels[anchor] = output(picture, anchor);
    }
    var counts = new boolean[count];
    for (int anchor : NEGATIVES.choose(picture.numbers(), labels)) {
      counts[anchor] = true;
    }
    int sample = picture.sample();
    double loss = 0;
    int anchor = 0;
    for (int level = 0; level < maps.size(); level++) {
      var logits = outputs.value(Levels.name(SsdMethod.CLASSES, level));
      var gradient = outputs.gradient(Levels.name(SsdMethod.CLASSES, level));
      for (int i = 0; i < logits.stride() / classes; i++, anchor++) {
        if (counts[anchor] || labels[anchor] > 0) {
          int at = logits.at(sample) + i * classes;
          int to = gradient.at(sample) + i * classes;
          loss += weight * CrossEntropy.softmax(logits.array(), at, classes, labels[anchor]);
          var kernels = picture.kernels();
          kernels.channelwise().softmax(logits.array(), at, 1, classes, gradient.array(), to);
          gradient.array()[to + labels[anchor]] -= 1;
          kernels
              .elementwise()
              .scale((float) weight, gradient.array(), to, gradient.array(), to, classes);
        }
      }
    }
    return loss;
  }
}
