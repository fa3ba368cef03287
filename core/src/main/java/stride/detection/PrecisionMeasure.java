package stride.detection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.data.TrueBox;
import stride.engine.Engine;
import stride.graph.Weights;
import stride.layer.Size;
import stride.network.Network;
import stride.train.Loss;
import stride.train.Targets;
import stride.train.TestMeasure;

/**
 * COCO's average precision of a detector over the pictures of a training's test, as "ap", "ap50"
 * and "ap75", which are not given where there is no object.
 */
final class PrecisionMeasure implements TestMeasure {
  private final DetectionMethod method;
  private final Network network;
  private final Weights weights;
  private final Engine engine;

  /** Pictures; how many classes there are is known when all have been seen. */
  private final List<List<Detection>> found = new ArrayList<>();

  private final List<List<TrueBox>> truths = new ArrayList<>();

  PrecisionMeasure(DetectionMethod method, Network network, Weights weights, Engine engine) {
    this.method = method;
    this.network = network;
    this.weights = weights;
    this.engine = engine;
  }

  @Override
  public void add(Loss.Outputs outputs, Targets targets, int samples) {
    var input = new Size(network.input().height(), network.input().width());
    var computed =
        new Computed(network, weights, engine, outputs, Collections.nCopies(samples, input));
    var boxes = method.boxes(computed, method.measured());
    for (int n = 0; n < samples; n++) {
      found.add(boxes.get(n).within(input, input));
      truths.add(targets.measuredBoxes(n));
    }
  }

  @Override
  public Map<String, Double> values() {
    int classes = 1;
    for (int n = 0; n < found.size(); n++) {
      for (var detection : found.get(n)) {
        classes = Math.max(classes, detection.label() + 1);
      }
      for (var truth : truths.get(n)) {
        classes = Math.max(classes, truth.box().label() + 1);
      }
    }
    var measure = new CocoMeasure(classes);
    for (int n = 0; n < found.size(); n++) {
      measure.add(found.get(n), truths.get(n));
    }
    var scores = measure.scores();
    var values = new LinkedHashMap<String, Double>();
    if (!Double.isNaN(scores.ap())) {
      values.put("ap", scores.ap());
      values.put("ap50", scores.ap50());
      values.put("ap75", scores.ap75());
    }
    return values;
  }
}
