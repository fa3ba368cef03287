package stride.zoo;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.groupNorm;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import stride.box.AnchorGenerator;
import stride.detection.FcosMethod;
import stride.detection.Limits;
import stride.detection.Resizing;
import stride.detection.RetinaNetMethod;
import stride.graph.Graph;
import stride.graph.Initializer;
import stride.image.Normalization;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Detectors with one stage over a feature pyramid of ResNet-50, with torchvision's names and
 * initial weights: RetinaNet (Lin et al. 2017, "Focal Loss for Dense Object Detection") and FCOS
 * (Tian et al. 2019). The same two towers of four convolutions look at all five maps.
 */
public final class OneStage {
  private static final Resizing RESIZING = new Resizing(800, 1333);
  private static final Initializer NORMAL = Initial.normal(0.01);

  /** The bias with which every class begins with a probability of 0.01. */
  private static final Initializer RARE =
      new Initializer.Constant((float) -Math.log((1 - 0.01) / 0.01));

  private static final RetinaNetMethod RETINANET =
      new RetinaNetMethod(
          RESIZING,
          new AnchorGenerator(
              List.of(
                  List.of(32f, 40f, 50f),
                  List.of(64f, 80f, 101f),
                  List.of(128f, 161f, 203f),
                  List.of(256f, 322f, 406f),
                  List.of(512f, 645f, 812f)),
              Collections.nCopies(5, List.of(0.5f, 1f, 2f))),
          0.5,
          1000,
          new Limits(0.05, 300));

  private static final FcosMethod FCOS =
      new FcosMethod(
          RESIZING,
          new AnchorGenerator(
              List.of(List.of(8f), List.of(16f), List.of(32f), List.of(64f), List.of(128f)),
              Collections.nCopies(5, List.of(1f))),
          0.6,
          1000,
          new Limits(0.2, 100));

  private OneStage() {}

  /**
   * {@return RetinaNet: 34,014,999 parameters for 91 classes}
   *
   * @param input the pictures' shape; its sides are multiples of 32
   * @param classes the number of classes
   */
  public static Network retinanetResnet50Fpn(Shape input, int classes) {
    return Network.of(
        input,
        (graph, edge) -> {
          var maps = pyramid(graph, edge);
          var tower = retinaTower();
          int last = edge;
          for (int i = 0; i < maps.size(); i++) {
            String head = "head.classification_head.";
            int x = Lowered.shared(graph, head + "conv", tower, maps.get(i));
            last = Lowered.shared(graph, head + "cls_logits", last(9 * classes, RARE), x);
            graph.output("classes" + i, last);
            head = "head.regression_head.";
            x = Lowered.shared(graph, head + "conv", tower, maps.get(i));
            last = Lowered.shared(graph, head + "bbox_reg", last(9 * 4, Initial.ZERO), x);
            graph.output("boxes" + i, last);
          }
          return last;
        });
  }

  /**
   * {@return FCOS: 32,269,600 parameters for 91 classes}
   *
   * @param input the pictures' shape; its sides are multiples of 32
   * @param classes the number of classes
   */
  public static Network fcosResnet50Fpn(Shape input, int classes) {
    return Network.of(
        input,
        (graph, edge) -> {
          var maps = pyramid(graph, edge);
          var tower = fcosTower();
          int last = edge;
          for (int i = 0; i < maps.size(); i++) {
            String head = "head.classification_head.";
            int x = Lowered.shared(graph, head + "conv", tower, maps.get(i));
            last = Lowered.shared(graph, head + "cls_logits", last(classes, RARE), x);
            graph.output("classes" + i, last);
            head = "head.regression_head.";
            x = Lowered.shared(graph, head + "conv", tower, maps.get(i));
            last = Lowered.shared(graph, head + "bbox_ctrness", last(1, Initial.ZERO), x);
            graph.output("centers" + i, last);
            last = Lowered.shared(graph, head + "bbox_reg", last(4, Initial.ZERO), x);
            last = graph.named("boxes" + i, relu(), last);
            graph.output("boxes" + i, last);
          }
          return last;
        });
  }

  static DetectorDesign retinanet() {
    return DetectorDesign.torchvision(
        RETINANET, Normalization.IMAGENET, false, Recipes.RETINANET_TUNING);
  }

  static DetectorDesign fcos() {
    return DetectorDesign.torchvision(
        FCOS, Normalization.IMAGENET, false, Recipes.RETINANET_TUNING);
  }

  /** The maps of three stages, and two coarser ones made of the last (P6 and P7). */
  private static List<Integer> pyramid(Graph.Builder graph, int edge) {
    var maps = new ArrayList<>(Backbones.resnet50(graph, edge, 2));
    var strided = FeaturePyramid.filters(3).stride(2);
    int p6 = Lowered.at(graph, "backbone.fpn.extra_blocks.p6", strided, maps.getLast());
    int active = graph.named("backbone.fpn.extra_blocks.relu", relu(), p6);
    maps.add(p6);
    maps.add(Lowered.at(graph, "backbone.fpn.extra_blocks.p7", strided, active));
    return maps;
  }

  private static Layer retinaTower() {
    return Numbered.sequence(
        Collections.nCopies(4, sequential(last(FeaturePyramid.CHANNELS, Initial.ZERO), relu())));
  }

  private static Layer fcosTower() {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < 4; i++) {
      layers.add(last(FeaturePyramid.CHANNELS, Initial.ZERO));
      layers.add(groupNorm(32));
      layers.add(relu());
    }
    return sequential(layers.toArray(Layer[]::new));
  }

  private static Conv last(int filters, Initializer bias) {
    return conv(filters, 3).padding(1).initializer(NORMAL).biasInitializer(bias);
  }
}
