package stride.zoo;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.relu6;
import static stride.layer.Layers.scaledL2Norm;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import stride.box.DefaultBoxes;
import stride.detection.Limits;
import stride.detection.SsdMethod;
import stride.graph.Graph;
import stride.graph.Initializer;
import stride.image.Normalization;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.layer.normalization.BatchNorm;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * SSD (Liu et al. 2016, "SSD: Single Shot MultiBox Detector", figure 2) with torchvision's names
 * and initial weights: six maps, each smaller than the one before, and from each a convolution that
 * tells classes and one that tells boxes. Classes are counted with the background.
 */
public final class Ssd {
  private static final Initializer XAVIER = new Initializer.XavierUniform(1);
  private static final Initializer NORMAL = Initial.normal(0.03);
  private static final Layer NORM = new BatchNorm(1e-3f, 0.03f);

  private static final SsdMethod VGG =
      new SsdMethod(
          new DefaultBoxes(
              List.of(
                  List.of(2f),
                  List.of(2f, 3f),
                  List.of(2f, 3f),
                  List.of(2f, 3f),
                  List.of(2f),
                  List.of(2f)),
              List.of(0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
              List.of(8, 16, 32, 64, 100, 300),
              true),
          0.45,
          400,
          new Limits(0.01, 200),
          1);

  private static final SsdMethod LITE =
      new SsdMethod(
          DefaultBoxes.growing(Collections.nCopies(6, List.of(2f, 3f)), 0.2, 0.95),
          0.55,
          300,
          new Limits(0.001, 300),
          1);

  private Ssd() {}

  /**
   * {@return SSD300 on VGG-16: 35,641,826 parameters for 91 classes}
   *
   * @param input the pictures' shape, published for 300x300x3
   * @param classes the number of classes, the background counted
   */
  public static Network ssd300Vgg16(Shape input, int classes) {
    var vgg = Vgg.poolingUp();
    var last = new ArrayList<>(vgg.subList(23, 30));
    last.add(
        sequential(
            maxPool(3).stride(1).padding(1),
            xavier(1024, 3).padding(6).dilation(6),
            relu(),
            xavier(1024, 1),
            relu()));
    var extra =
        List.of(
            Numbered.sequence(last),
            extra(256, xavier(512, 3).padding(1).stride(2)),
            extra(128, xavier(256, 3).padding(1).stride(2)),
            extra(128, xavier(256, 3)),
            extra(128, xavier(256, 3)));
    return Network.of(
        input,
        (graph, edge) -> {
          var maps = new ArrayList<Integer>();
          int x =
              Lowered.at(graph, "backbone.features", Numbered.sequence(vgg.subList(0, 23)), edge);
          maps.add(graph.named("backbone", scaledL2Norm(20), x));
          for (int i = 0; i < extra.size(); i++) {
            x = Lowered.at(graph, "backbone.extra." + i, extra.get(i), x);
            maps.add(x);
          }
          return heads(
              graph, maps, VGG, classes, (channels, filters) -> xavier(filters, 3).padding(1));
        });
  }

  /**
   * {@return SSDLite on MobileNetV3-Large with half as many channels in the end (Howard et al.
   * 2019, section 6.3): 3,440,060 parameters for 91 classes}
   *
   * @param input the pictures' shape, published for 320x320x3
   * @param classes the number of classes, the background counted
   */
  public static Network ssdlite320MobilenetV3Large(Shape input, int classes) {
    var features = MobileNetV3.halvedFeatures(NORM, NORMAL);
    var extra = List.of(depthwise(512), depthwise(256), depthwise(256), depthwise(128));
    return Network.of(
        input,
        (graph, edge) -> {
          var maps = new ArrayList<Integer>();
          int x = edge;
          for (int i = 0; i < features.size(); i++) {
            x = Lowered.at(graph, "backbone.features." + i, features.get(i), x);
            maps.add(x);
          }
          for (int i = 0; i < extra.size(); i++) {
            x = Lowered.at(graph, "backbone.extra." + i, extra.get(i), x);
            maps.add(x);
          }
          return heads(graph, maps, LITE, classes, Ssd::prediction);
        });
  }

  static DetectorDesign ssd300() {
    double one = 1 / 255.0;
    return DetectorDesign.torchvision(
        VGG,
        new Normalization(List.of(0.48235, 0.45882, 0.40784), List.of(one, one, one)),
        true,
        Recipes.SSD_TUNING);
  }

  static DetectorDesign ssdlite320() {
    var half = List.of(0.5, 0.5, 0.5);
    return DetectorDesign.torchvision(
        LITE, new Normalization(half, half), true, Recipes.SSDLITE_TUNING);
  }

  /** Classes and boxes of each map: the last of them is the network's own output. */
  private static int heads(
      Graph.Builder graph,
      List<Integer> maps,
      SsdMethod method,
      int classes,
      BiFunction<Integer, Integer, Layer> prediction) {
    int last = maps.getLast();
    for (int i = 0; i < maps.size(); i++) {
      int map = maps.get(i);
      int channels = graph.type(map).shape().channels();
      int boxes = method.boxes().perPixel(i);
      last =
          Lowered.at(
              graph,
              "head.classification_head.module_list." + i,
              prediction.apply(channels, boxes * classes),
              map);
      graph.output("classes" + i, last);
      last =
          Lowered.at(
              graph,
              "head.regression_head.module_list." + i,
              prediction.apply(channels, boxes * 4),
              map);
      graph.output("boxes" + i, last);
    }
    return last;
  }

  private static Layer extra(int narrow, Conv wide) {
    return sequential(xavier(narrow, 1), relu(), wide, relu());
  }

  private static Conv xavier(int filters, int kernel) {
    return conv(filters, kernel).initializer(XAVIER).biasInitializer(Initial.ZERO);
  }

  private static Layer depthwise(int filters) {
    int half = filters / 2;
    return Numbered.sequence(
        List.of(
            sequential(normal(half, 1), NORM, relu6()),
            sequential(normal(half, 3).padding(1).stride(2).groups(half), NORM, relu6()),
            sequential(normal(filters, 1), NORM, relu6())));
  }

  private static Layer prediction(int channels, int filters) {
    return Numbered.sequence(
        List.of(
            sequential(normal(channels, 3).padding(1).groups(channels), NORM, relu6()),
            conv(filters, 1).initializer(NORMAL).biasInitializer(Initial.ZERO)));
  }

  private static Conv normal(int filters, int kernel) {
    return conv(filters, kernel).noBias().initializer(NORMAL);
  }
}
