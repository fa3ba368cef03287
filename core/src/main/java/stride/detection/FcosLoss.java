package stride.detection;

import java.util.Arrays;
import java.util.List;
import stride.box.BoxLoss;
import stride.box.Boxes;
import stride.box.CrossEntropy;
import stride.box.FocalLoss;
import stride.compute.Buffer;
import stride.network.Network;
import stride.tensor.Shape;

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
record FcosLoss(FcosMethod method, Shape input, List<Shape> maps, int classes)
    implements AnchorLoss {
  private static final float NEAR = 1.5f;
  private static final int NONE = -1;
  private static final FocalRows FOCAL = new FocalRows(new FocalLoss());

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
  public float[] anchors() {
    return method.places().anchors(maps, input.height(), input.width());
  }

  @Override
  public int labels() {
    return classes;
  }

  @Override
  public void match(TrueObjects truth, float[] places, int[] matches) {
    float[] objects = truth.corners();
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

  @Override
  public double weight(int own, int all, int samples) {
    return 1.0 / Math.max(1, all);
  }

  @Override
  public double add(Outputs outputs, Part part, AnchoredPicture picture, double weight) {
    var logits = outputs.value(Levels.name(FcosMethod.CLASSES, part.level()));
    var byLogits = outputs.gradient(Levels.name(FcosMethod.CLASSES, part.level()));
    double loss = FOCAL.add(logits, byLogits, classes, part, picture, weight);
    var codes = outputs.value(Levels.name(FcosMethod.BOXES, part.level()));
    var byCodes = outputs.gradient(Levels.name(FcosMethod.BOXES, part.level()));
    var centers = outputs.value(Levels.name(FcosMethod.CENTERS, part.level()));
    var byCenters = outputs.gradient(Levels.name(FcosMethod.CENTERS, part.level()));
    float[] objects = picture.objects().corners();
    float[] places = picture.anchors();
    int sample = picture.sample();
    var code = new float[4];
    for (int i = 0; i < part.count(); i++) {
      int place = part.anchor() + i;
      int match = picture.matches()[place];
      if (match >= 0) {
        int at = part.first() + i;
        int from = codes.at(sample) + 4 * at;
        int to = byCodes.at(sample) + 4 * at;
        loss += box(codes, from, places, place, objects, match, weight, byCodes, to);
        FcosMethod.CODER.encode(objects, 4 * match, places, 4 * place, code, 0);
        loss +=
            CrossEntropy.sigmoid(
                centers.array(),
                centers.at(sample) + at,
                Math.sqrt(ratio(code[0], code[2]) * ratio(code[1], code[3])),
                weight,
                byCenters.array(),
                byCenters.at(sample) + at);
      }
    }
    return loss;
  }

  /** The loss of the box that a place says, and its gradient. */
  private static double box(
      Buffer codes,
      int from,
      float[] places,
      int place,
      float[] objects,
      int match,
      double weight,
      Buffer byCodes,
      int to) {
    var box = new float[4];
    var byBox = new float[4];
    FcosMethod.CODER.decode(codes.array(), from, places, 4 * place, box, 0);
    double loss = BoxLoss.GIOU.add(box, 0, objects, 4 * match, weight, byBox, 0);
    FcosMethod.CODER.gradient(byBox, 0, places, 4 * place, byCodes.array(), to);
    return loss;
  }

  private static double ratio(double a, double b) {
    return Math.min(a, b) / Math.max(a, b);
  }
}
