package stride.zoo;

import static stride.layer.Layers.adaptiveAvgPool;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import stride.box.AnchorGenerator;
import stride.detection.FasterRcnnMethod;
import stride.detection.Limits;
import stride.detection.Proposals;
import stride.detection.Resizing;
import stride.graph.Graph;
import stride.image.Normalization;
import stride.layer.Layer;
import stride.layer.convolution.Conv;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Faster R-CNN over a feature pyramid (Ren et al. 2015; Lin et al. 2017, "Feature Pyramid
 * Networks"), with torchvision's names and initial weights: a convolution that looks at all maps
 * proposes regions, and two dense layers look at each region. In the graph the whole picture is the
 * region; see {@link FasterRcnnMethod}. Classes are counted with the background.
 */
public final class FasterRcnn {
  private static final int HIDDEN = 1024;
  private static final int REGION = 7;
  private static final List<Float> RATIOS = List.of(0.5f, 1f, 2f);
  private static final List<Float> SIZES = List.of(32f, 64f, 128f, 256f, 512f);

  private static final AnchorGenerator ONE_SIZE =
      new AnchorGenerator(SIZES.stream().map(List::of).toList(), Collections.nCopies(5, RATIOS));

  private static final AnchorGenerator ALL_SIZES =
      new AnchorGenerator(Collections.nCopies(3, SIZES), Collections.nCopies(3, RATIOS));

  private FasterRcnn() {}

  /**
   * {@return Faster R-CNN on ResNet-50: 41,755,286 parameters for 91 classes}
   *
   * @param input the pictures' shape; its sides are multiples of 32
   * @param classes the number of classes, the background counted
   */
  public static Network fasterrcnnResnet50Fpn(Shape input, int classes) {
    return Network.of(
        input, (graph, edge) -> stages(graph, Backbones.resnet50(graph, edge, 1), 3, classes));
  }

  /**
   * {@return Faster R-CNN on MobileNetV3-Large: 19,386,354 parameters for 91 classes}
   *
   * @param input the pictures' shape; its sides are multiples of 32
   * @param classes the number of classes, the background counted
   */
  public static Network fasterrcnnMobilenetV3LargeFpn(Shape input, int classes) {
    return Network.of(
        input,
        (graph, edge) -> stages(graph, Backbones.mobilenetV3Large(graph, edge), 15, classes));
  }

  static DetectorDesign resnet50() {
    return design(
        new Resizing(800, 1333), ONE_SIZE, new Proposals(1000, 1000, 2000, 2000, 0.7, 0), 4);
  }

  static DetectorDesign mobilenetV3Large() {
    return design(
        new Resizing(800, 1333), ALL_SIZES, new Proposals(1000, 1000, 2000, 2000, 0.7, 0.05), 2);
  }

  static DetectorDesign mobilenetV3Large320() {
    return design(
        new Resizing(320, 640), ALL_SIZES, new Proposals(150, 150, 2000, 2000, 0.7, 0.05), 2);
  }

  private static DetectorDesign design(
      Resizing resizing, AnchorGenerator anchors, Proposals proposals, int features) {
    return DetectorDesign.torchvision(
        new FasterRcnnMethod(resizing, anchors, proposals, features, 0.5, new Limits(0.05, 100), 1),
        Normalization.IMAGENET,
        true,
        Recipes.FASTER_RCNN_TUNING);
  }

  /**
   * Adds both stages.
   *
   * @param pyramid the maps that regions are cut out of, the finest first
   * @param anchors the number of anchors around each pixel
   */
  private static int stages(Graph.Builder graph, List<Integer> pyramid, int anchors, int classes) {
    var maps = new ArrayList<>(pyramid);
    maps.add(graph.named("backbone.fpn.pool", maxPool(1).stride(2), maps.getLast()));
    for (int i = 0; i < pyramid.size(); i++) {
      graph.output("features" + i, pyramid.get(i));
    }
    for (int i = 0; i < maps.size(); i++) {
      int x = Lowered.shared(graph, "rpn.head.conv", proposing(), maps.get(i));
      graph.output(
          "objects" + i, Lowered.shared(graph, "rpn.head.cls_logits", normal(anchors, 1), x));
      graph.output(
          "deltas" + i, Lowered.shared(graph, "rpn.head.bbox_pred", normal(4 * anchors, 1), x));
    }
    int region = graph.named("roi_heads.box_roi_pool", adaptiveAvgPool(REGION), pyramid.getFirst());
    graph.output("regions", region);
    int x = Lowered.at(graph, "roi_heads.box_head", boxHead(), region);
    int scores = Lowered.at(graph, "roi_heads.box_predictor.cls_score", dense(classes), x);
    graph.output("class", scores);
    int boxes = Lowered.at(graph, "roi_heads.box_predictor.bbox_pred", dense(4 * classes), x);
    graph.output("box", boxes);
    return boxes;
  }

  private static Layer proposing() {
    return Numbered.sequence(List.of(sequential(normal(FeaturePyramid.CHANNELS, 3), relu())));
  }

  private static Conv normal(int filters, int kernel) {
    return conv(filters, kernel)
        .padding(kernel / 2)
        .initializer(Initial.normal(0.01))
        .biasInitializer(Initial.ZERO);
  }

  private static Layer boxHead() {
    return sequential(
        flatten(), named("fc6", dense(HIDDEN)), relu(), named("fc7", dense(HIDDEN)), relu());
  }
}
