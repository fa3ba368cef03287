package stride.detection;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import stride.box.BoxLoss;
import stride.box.Boxes;
import stride.box.CrossEntropy;
import stride.box.FocalLoss;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * FCOS's three losses (Tian et al. 2019, section 3): the focal loss of the classes of all places,
 * and of places that belong to an object GIoU of their boxes and binary cross-entropy of how
 * central they are. Divided by the number of such places of the batch. A place belongs to the
 * smallest object around it whose middle is near and whose size suits the map, as torchvision has
 * it.
 *
 * @param method what the outputs mean
 * @param input the network's input
 * @param maps the shapes of the outputs of the classes
 * @param classes the number of classes
 */
public record FcosLoss(FcosMethod method, Shape input, List<Shape> maps, int classes)
    implements Loss {
  private static final float NEAR = 1.5f;
  private static final int NONE = -1;
  private static final FocalLoss FOCAL = new FocalLoss();

  /** Copies the shapes. */
  public FcosLoss {
    maps = List.copyOf(maps);
  }

  static FcosLoss of(FcosMethod method, Network network) {
    return new FcosLoss(
        method,
        network.input(),
        Levels.shapes(network, FcosMethod.CLASSES, method.levels()),
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
    float[] places = method.places().anchors(maps, input.height(), input.width());
    var truths = new TrueObjects[samples];
    var matches = new int[samples][];
    int matched = 0;
    for (int n = 0; n < samples; n++) {
      truths[n] = TrueObjects.of(targets, n).require(classes);
      matches[n] = match(truths[n].corners(), places);
      for (int match : matches[n]) {
        matched += match >= 0 ? 1 : 0;
      }
    }
    double weight = 1.0 / Math.max(1, matched);
    double loss = 0;
    for (int n = 0; n < samples; n++) {
      loss += picture(outputs, n, truths[n], matches[n], places, weight);
    }
    return loss;
  }

  /** The object that each place belongs to, or none. */
  private int[] match(float[] objects, float[] places) {
    var matches = new int[places.length / 4];
    Arrays.fill(matches, NONE);
    int place = 0;
    for (int level = 0; level < maps.size(); level++) {
      int pixels = maps.get(level).height() * maps.get(level).width();
      for (int i = 0; i < pixels; i++, place++) {
        float size = places[4 * place + 2] - places[4 * place];
        float x = (places[4 * place] + places[4 * place + 2]) / 2;
        float y = (places[4 * place + 1] + places[4 * place + 3]) / 2;
        float least = level == 0 ? 0 : size * 4;
        float most = level == maps.size() - 1 ? Float.POSITIVE_INFINITY : size * 8;
        float best = 0;
        for (int object = 0; object < objects.length; object += 4) {
          // The smallest one; as torchvision rounds, areas that nearly equal each other tie.
          float smallness = 1e8f - Boxes.area(objects, object);
          if (smallness > best && suits(objects, object, x, y, NEAR * size, least, most)) {
            best = smallness;
            matches[place] = object / 4;
          }
        }
      }
    }
    return matches;
  }

  private static boolean suits(
      float[] objects, int at, float x, float y, float near, float least, float most) {
    float left = x - objects[at];
    float top = y - objects[at + 1];
    float right = objects[at + 2] - x;
    float bottom = objects[at + 3] - y;
    float shift =
        Math.max(
            Math.abs(x - (objects[at] + objects[at + 2]) / 2),
            Math.abs(y - (objects[at + 1] + objects[at + 3]) / 2));
    float nearest = Math.min(Math.min(left, right), Math.min(top, bottom));
    float farthest = Math.max(Math.max(left, right), Math.max(top, bottom));
    return shift < near && nearest > 0 && farthest > least && farthest < most;
  }

  private double picture(
      Outputs outputs,
      int sample,
      TrueObjects truth,
      int[] matches,
      float[] places,
      double weight) {
    var code = new float[4];
    var box = new float[4];
    var byBox = new float[4];
    double loss = 0;
    int place = 0;
    for (int level = 0; level < maps.size(); level++) {
      var logits = outputs.value(Levels.name(FcosMethod.CLASSES, level));
      var byLogits = outputs.gradient(Levels.name(FcosMethod.CLASSES, level));
      var codes = outputs.value(Levels.name(FcosMethod.BOXES, level));
      var byCodes = outputs.gradient(Levels.name(FcosMethod.BOXES, level));
      var centers = outputs.value(Levels.name(FcosMethod.CENTERS, level));
      var byCenters = outputs.gradient(Levels.name(FcosMethod.CENTERS, level));
      for (int i = 0; i < centers.stride(); i++, place++) {
        int match = matches[place];
        loss +=
            FOCAL.add(
                logits.array(),
                logits.at(sample) + i * classes,
                classes,
                match >= 0 ? truth.labels()[match] : -1,
                weight,
                byLogits.array(),
                byLogits.at(sample) + i * classes);
        if (match < 0) {
          continue;
        }
        int at = codes.at(sample) + 4 * i;
        FcosMethod.CODER.decode(codes.array(), at, places, 4 * place, box, 0);
        Arrays.fill(byBox, 0);
        loss += BoxLoss.GIOU.add(box, 0, truth.corners(), 4 * match, weight, byBox, 0);
        float size = places[4 * place + 2] - places[4 * place];
        int to = byCodes.at(sample) + 4 * i;
        for (int k = 0; k < 4; k++) {
          byCodes.array()[to + k] += (k < 2 ? -size : size) * byBox[k];
        }
        FcosMethod.CODER.encode(truth.corners(), 4 * match, places, 4 * place, code, 0);
        loss +=
            CrossEntropy.sigmoid(
                centers.array(),
                centers.at(sample) + i,
                Math.sqrt(ratio(code[0], code[2]) * ratio(code[1], code[3])),
                weight,
                byCenters.array(),
                byCenters.at(sample) + i);
      }
    }
    return loss;
  }

  private static double ratio(double a, double b) {
    return Math.min(a, b) / Math.max(a, b);
  }
}
