package stride.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import stride.box.BalancedSampler;
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
import stride.train.Loss;
import stride.train.Targets;

/** Faster R-CNN's losses with the plan of the second stage, for the outputs of one plan. */
final class FasterRcnnStages implements Loss {
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

  /** The names of the outputs of each map, and the number of its first anchor. */
  private final String[] objects;

  private final String[] deltas;
  private final int[] firsts;

  FasterRcnnStages(FasterRcnnLoss loss, Network network, Plan first) {
    this.loss = loss;
    this.method = loss.method();
    this.network = network;
    this.first = first;
    learns = first.purpose().weightGradients();
    anchors = method.anchors(network);
    classes = method.classes(network);
    int levels = method.levels();
    objects = new String[levels];
    deltas = new String[levels];
    firsts = new int[levels];
    for (int level = 0; level < levels; level++) {
      objects[level] = Levels.name(FasterRcnnMethod.OBJECTS, level);
      deltas[level] = Levels.name(FasterRcnnMethod.DELTAS, level);
      int before = level == 0 ? 0 : Levels.shape(network, objects[level - 1]).elements();
      firsts[level] = before + (level == 0 ? 0 : firsts[level - 1]);
    }
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
    var known = KnownOutputs.of(outputs, outputs());
    var truths = new ArrayList<TrueObjects>();
    for (int n = 0; n < samples; n++) {
      truths.add(TrueObjects.of(targets, n).require(classes - 1 + method.firstLabel()));
    }
    var gradients = List.copyOf(known.gradients().values());
    var sampled = new Sampled[samples];
    first
        .engine()
        .forEach(
            samples * (1 + gradients.size()),
            (task, worker) -> {
              int n = task % samples;
              if (task < samples) {
                sampled[n] = sampled(truths.get(n), key(n, ANCHORS));
              } else {
                KnownOutputs.clear(gradients.get(task / samples - 1), n);
              }
            });
    return ofAnchors(known, truths, sampled) + ofRegions(known, truths);
  }

  /**
   * The anchors of a picture that count.
   *
   * @param anchors their numbers
   * @param matches for each of them its object; negative for none
   */
  private record Sampled(int[] anchors, int[] matches) {}

  private Sampled sampled(TrueObjects truth, long key) {
    int[] matches = FasterRcnnLoss.ANCHORS.match(truth.corners(), anchors);
    int[] anchors = joined(loss.anchors().choose(labels(matches, _ -> 1), key));
    return new Sampled(anchors, Arrays.stream(anchors).map(anchor -> matches[anchor]).toArray());
  }

  /** For a sampler: a label for each object that is matched, 0 for background, -1 for nothing. */
  private static int[] labels(int[] matches, IntUnaryOperator ofObject) {
    var labels = new int[matches.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          matches[i] >= 0
              ? ofObject.applyAsInt(matches[i])
              : matches[i] == Matcher.IGNORED ? -1 : 0;
    }
    return labels;
  }

  /** The losses of the first stage. */
  private double ofAnchors(KnownOutputs outputs, List<TrueObjects> truths, Sampled[] sampled) {
    double weight =
        1.0 / Math.max(1, Arrays.stream(sampled).mapToInt(own -> own.anchors.length).sum());
    double sum = 0;
    var code = new float[4];
    for (int n = 0; n < truths.size(); n++) {
      var own = sampled[n];
      for (int i = 0; i < own.anchors.length; i++) {
        int anchor = own.anchors[i];
        int match = own.matches[i];
        int level = level(anchor);
        int index = anchor - firsts[level];
        var logits = outputs.value(objects[level]);
        var byLogits = outputs.gradient(objects[level]);
        sum +=
            CrossEntropy.sigmoid(
                logits.array(),
                logits.at(n) + index,
                match >= 0 ? 1 : 0,
                weight,
                byLogits.array(),
                byLogits.at(n) + index);
        if (match >= 0) {
          var codes = outputs.value(deltas[level]);
          var byCodes = outputs.gradient(deltas[level]);
          Proposals.CODER.encode(truths.get(n).corners(), 4 * match, anchors, 4 * anchor, code, 0);
          sum +=
              DISTANCE.add(
                  codes.array(),
                  codes.at(n) + 4 * index,
                  code,
                  0,
                  4,
                  weight,
                  byCodes.array(),
                  byCodes.at(n) + 4 * index);
        }
      }
    }
    return sum;
  }

  /** The map of an anchor. */
  private int level(int anchor) {
    int level = firsts.length - 1;
    while (anchor < firsts[level]) {
      level--;
    }
    return level;
  }

  /**
   * Regions that a loss looks at.
   *
   * @param corners of each region
   * @param labels the output of each region's class, 0 for background
   * @param matches the object of each region
   */
  private record Chosen(float[] corners, int[] labels, int[] matches) {
    FoundBoxes boxes() {
      return new FoundBoxes(corners, new float[labels.length], new int[labels.length]);
    }
  }

  /** The losses of the second stage, and its gradients. */
  private double ofRegions(KnownOutputs outputs, List<TrueObjects> truths) {
    var input = new Size(network.input().height(), network.input().width());
    var computed =
        new Computed(
            network,
            first.weights(),
            first.engine(),
            outputs,
            Collections.nCopies(truths.size(), input));
    var chosen = new Chosen[truths.size()];
    first
        .engine()
        .forEach(
            chosen.length,
            (n, worker) -> {
              var proposed = method.proposals().learned(method, computed, n, anchors);
              chosen[n] = chosen(proposed, truths.get(n), key(n, REGIONS));
            });
    var regions = new Regions(Arrays.stream(chosen).map(Chosen::boxes).toList());
    int count = regions.count();
    if (count == 0) {
      return 0;
    }
    var cutter = RegionCutter.of(method, computed);
    cutter.cut(regions, 0, count, second.input());
    second.forward(count);
    double sum = 0;
    double weight = 1.0 / count;
    int at = 0;
    if (learns) {
      clear(second.outputGradient(FasterRcnnMethod.CLASS), count);
      clear(second.outputGradient(FasterRcnnMethod.BOX), count);
    }
    for (int n = 0; n < truths.size(); n++) {
      for (int i = 0; i < chosen[n].labels.length; i++, at++) {
        sum += ofRegion(at, chosen[n], i, truths.get(n), weight);
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
    int[] labels = labels(matches, object -> truth.labels()[object] + 1 - method.firstLabel());
    int[] indices = joined(loss.regions().choose(labels, key));
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

  private static int[] joined(BalancedSampler.Chosen chosen) {
    int[] positives = chosen.positives();
    int[] negatives = chosen.negatives();
    var both = Arrays.copyOf(positives, positives.length + negatives.length);
    System.arraycopy(negatives, 0, both, positives.length, negatives.length);
    return both;
  }

  @Override
  public LayerGradients layerGradients() {
    return this::addGradients;
  }

  private void addGradients(float[] gradients, float share) {
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
