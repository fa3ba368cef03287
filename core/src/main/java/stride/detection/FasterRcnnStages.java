package stride.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import stride.box.CrossEntropy;
import stride.box.Matcher;
import stride.box.SmoothL1;
import stride.compute.Buffer;
import stride.engine.Plan;
import stride.graph.Graph;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.layer.Size;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.train.StagedLoss;
import stride.train.Targets;

/** Faster R-CNN's losses with the plan of the second stage, for the outputs of one plan. */
final class FasterRcnnStages implements StagedLoss {
  private static final SmoothL1 DISTANCE = new SmoothL1(1.0 / 9);

  /** Tells the randomness of the two samplers apart. */
  private static final long ANCHORS = 1;

  private static final long REGIONS = 2;

  private final FasterRcnnLoss loss;
  private final FasterRcnnMethod method;
  private final Network network;
  private final Plan first;
  private final Plan second;
  private final Weights weights;
  private final boolean learns;
  private final float[] anchors;
  private final int classes;

  FasterRcnnStages(FasterRcnnLoss loss, Network network, Plan first) {
    this.loss = loss;
    this.method = loss.method();
    this.network = network;
    this.first = first;
    learns = first.purpose().weightGradients();
    anchors = method.anchors(network);
    classes = method.classes(network);
    var graph = FasterRcnnMethod.secondStage(network);
    weights = first.weights().part(graph);
    var purpose = first.purpose().withOutputs(FasterRcnnMethod.CLASS, FasterRcnnMethod.BOX);
    second =
        first
            .engine()
            .plan(
                graph,
                weights,
                first.batch() * loss.regions().size(),
                learns ? purpose.withInputGradients(Set.of(Graph.INPUT)) : purpose);
  }

  @Override
  public Set<String> outputs() {
    return loss.outputs();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    Parts.clear(outputs, outputs(), samples);
    var truths = new ArrayList<TrueObjects>();
    for (int n = 0; n < samples; n++) {
      truths.add(TrueObjects.of(targets, n).require(classes - 1 + method.firstLabel()));
    }
    return ofAnchors(outputs, truths) + ofRegions(outputs, truths);
  }

  /** The losses of the first stage. */
  private double ofAnchors(Outputs outputs, List<TrueObjects> truths) {
    var matches = new ArrayList<int[]>();
    var chosen = new ArrayList<int[]>();
    int count = 0;
    for (int n = 0; n < truths.size(); n++) {
      int[] own = FasterRcnnLoss.ANCHORS.match(truths.get(n).corners(), anchors);
      var labels = new int[own.length];
      for (int i = 0; i < own.length; i++) {
        labels[i] = own[i] >= 0 ? 1 : own[i] == Matcher.IGNORED ? -1 : 0;
      }
      var sampled = loss.anchors().choose(labels, key(n, ANCHORS));
      matches.add(own);
      chosen.add(joined(sampled.positives(), sampled.negatives()));
      count += chosen.getLast().length;
    }
    double weight = 1.0 / Math.max(1, count);
    double sum = 0;
    var code = new float[4];
    for (int n = 0; n < truths.size(); n++) {
      for (int anchor : chosen.get(n)) {
        var place = place(outputs, anchor);
        int match = matches.get(n)[anchor];
        sum +=
            CrossEntropy.sigmoid(
                place.logits.array(),
                place.logits.at(n) + place.index,
                match >= 0 ? 1 : 0,
                weight,
                place.byLogits.array(),
                place.byLogits.at(n) + place.index);
        if (match >= 0) {
          Proposals.CODER.encode(truths.get(n).corners(), 4 * match, anchors, 4 * anchor, code, 0);
          sum +=
              DISTANCE.add(
                  place.deltas.array(),
                  place.deltas.at(n) + 4 * place.index,
                  code,
                  0,
                  4,
                  weight,
                  place.byDeltas.array(),
                  place.byDeltas.at(n) + 4 * place.index);
        }
      }
    }
    return sum;
  }

  /** Where the outputs of an anchor are. */
  private record Place(Buffer logits, Buffer byLogits, Buffer deltas, Buffer byDeltas, int index) {}

  private Place place(Outputs outputs, int anchor) {
    int index = anchor;
    int level = 0;
    while (true) {
      var logits = outputs.value(Levels.name(FasterRcnnMethod.OBJECTS, level));
      if (index < logits.stride()) {
        return new Place(
            logits,
            outputs.gradient(Levels.name(FasterRcnnMethod.OBJECTS, level)),
            outputs.value(Levels.name(FasterRcnnMethod.DELTAS, level)),
            outputs.gradient(Levels.name(FasterRcnnMethod.DELTAS, level)),
            index);
      }
      index -= logits.stride();
      level++;
    }
  }

  /**
   * Regions that a loss looks at.
   *
   * @param corners of each region
   * @param labels the output of each region's class, 0 for background
   * @param matches the object of each region
   */
  private record Chosen(float[] corners, int[] labels, int[] matches) {}

  /** The losses of the second stage, and its gradients. */
  private double ofRegions(Outputs outputs, List<TrueObjects> truths) {
    var input = new Size(network.input().height(), network.input().width());
    var computed =
        new Computed(
            network,
            first.weights(),
            first.engine(),
            outputs,
            Collections.nCopies(truths.size(), input));
    var chosen = new ArrayList<Chosen>();
    var regions = new ArrayList<FoundBoxes>();
    int count = 0;
    for (int n = 0; n < truths.size(); n++) {
      var proposed = method.proposals().learned(method, computed, n, anchors);
      var own = chosen(proposed, truths.get(n), key(n, REGIONS));
      chosen.add(own);
      regions.add(
          new FoundBoxes(own.corners, new float[own.labels.length], new int[own.labels.length]));
      count += own.labels.length;
    }
    if (count == 0) {
      return 0;
    }
    var cutter = RegionCutter.of(method, computed);
    cutter.cut(regions, second.input());
    second.forward(count);
    double sum = 0;
    double weight = 1.0 / count;
    int at = 0;
    if (learns) {
      clear(second.outputGradient(FasterRcnnMethod.CLASS), count);
      clear(second.outputGradient(FasterRcnnMethod.BOX), count);
    }
    for (int n = 0; n < truths.size(); n++) {
      for (int i = 0; i < chosen.get(n).labels.length; i++, at++) {
        sum += ofRegion(at, chosen.get(n), i, truths.get(n), weight);
      }
    }
    if (learns) {
      second.backward(count);
      cutter.addGradient(regions, second.inputGradient());
    }
    return sum;
  }

  private static void clear(Buffer gradient, int samples) {
    Arrays.fill(gradient.array(), gradient.at(0), gradient.at(samples), 0);
  }

  /** The sampled regions: of those proposed, and of the objects themselves. */
  private Chosen chosen(FoundBoxes proposed, TrueObjects truth, long key) {
    int count = proposed.count() + truth.labels().length;
    var corners = Arrays.copyOf(proposed.corners(), 4 * count);
    System.arraycopy(truth.corners(), 0, corners, 4 * proposed.count(), truth.corners().length);
    int[] matches = FasterRcnnLoss.REGIONS.match(truth.corners(), corners);
    var labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] =
          matches[i] >= 0
              ? truth.labels()[matches[i]] + 1 - method.firstLabel()
              : matches[i] == Matcher.IGNORED ? -1 : 0;
    }
    var sampled = loss.regions().choose(labels, key);
    int[] indices = joined(sampled.positives(), sampled.negatives());
    Arrays.sort(indices);
    var chosen =
        new Chosen(new float[4 * indices.length], new int[indices.length], new int[indices.length]);
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(corners, 4 * indices[i], chosen.corners, 4 * i, 4);
      chosen.labels[i] = labels[indices[i]];
      chosen.matches[i] = matches[indices[i]];
    }
    return chosen;
  }

  private double ofRegion(int at, Chosen chosen, int i, TrueObjects truth, double weight) {
    var logits = second.output(FasterRcnnMethod.CLASS);
    int label = chosen.labels[i];
    if (!learns) {
      double loss = weight * CrossEntropy.softmax(logits.array(), logits.at(at), classes, label);
      return label > 0 ? loss + distance(at, chosen, i, truth, weight, new float[4], 0) : loss;
    }
    var byLogits = second.outputGradient(FasterRcnnMethod.CLASS);
    double loss =
        CrossEntropy.softmax(
            logits.array(),
            logits.at(at),
            classes,
            label,
            weight,
            byLogits.array(),
            byLogits.at(at));
    if (label > 0) {
      var byCodes = second.outputGradient(FasterRcnnMethod.BOX);
      loss += distance(at, chosen, i, truth, weight, byCodes.array(), byCodes.at(at) + 4 * label);
    }
    return loss;
  }

  private double distance(
      int at, Chosen chosen, int i, TrueObjects truth, double weight, float[] gradient, int to) {
    var codes = second.output(FasterRcnnMethod.BOX);
    var code = new float[4];
    FasterRcnnMethod.CODER.encode(
        truth.corners(), 4 * chosen.matches[i], chosen.corners, 4 * i, code, 0);
    return DISTANCE.add(
        codes.array(), codes.at(at) + 4 * chosen.labels[i], code, 0, 4, weight, gradient, to);
  }

  private long key(int sample, long purpose) {
    return CounterRandom.bits(first.randomKey(sample), purpose);
  }

  private static int[] joined(int[] a, int[] b) {
    var both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Override
  public void addGradients(float[] gradients, float share) {
    float[] own = second.gradients();
    var entries = weights.table().weights();
    first
        .engine()
        .forEach(
            entries.size(),
            (task, worker) -> {
              var entry = entries.get(task);
              int end = entry.offset() + WeightTable.aligned(entry.parameter().shape().elements());
              for (int i = entry.offset(); i < end; i++) {
                gradients[i] += share * own[i];
              }
            });
  }
}
