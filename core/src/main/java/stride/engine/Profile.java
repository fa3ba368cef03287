package stride.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.graph.Graph;

/**
 * Times each layer of a plan. Every phase runs by itself, with a barrier behind it, so that the
 * times of layers that a plan would run as one chain add up to a little more than the plan's.
 */
public final class Profile {
  private final Plan plan;
  private final Graph graph;
  private final @Nullable SampleBySample first;

  /** The phases that a thread runs for a sample after another. */
  private final List<Timed> ofSample = new ArrayList<>();

  private final List<Timed> phases = new ArrayList<>();
  private final Fusion fusion;
  private int steps;

  Profile(Plan plan, Compilation compilation, @Nullable SampleBySample first) {
    this.plan = plan;
    this.first = first;
    graph = compilation.graph;
    fusion = compilation.fusion;
    if (first != null) {
      first.ofThread(0).forward.entries().forEach(entry -> ofSample.add(timed(entry, true)));
    }
    compilation.forward.entries().forEach(entry -> phases.add(timed(entry, true)));
    compilation.backward.entries().forEach(entry -> phases.add(timed(entry, false)));
    for (var entry : compilation.last) {
      var stage = Stage.ofLast(List.of(entry)).getFirst();
      phases.add(new Timed(entry.node(), false, entry.tasks().kernel(), stage));
    }
  }

  private static Timed timed(Stages.Entry entry, boolean forward) {
    var stage = Stage.of(List.of(entry)).getFirst();
    return new Timed(entry.node(), forward, entry.phase().kernel(), stage);
  }

  /**
   * A layer's share of a step.
   *
   * @param kernel what its forward pass runs on, such as "winograd"; "in " and the name of a layer
   *     if it is fused into that one; null where there is no choice
   */
  public record LayerTime(
      String name,
      String kind,
      @Nullable String kernel,
      double forwardSeconds,
      double backwardSeconds,
      long multiplyAdds) {}

  private static final class Timed {
    final int node;
    final boolean forward;
    final String kernel;
    final Stage stage;
    long nanos;

    Timed(int node, boolean forward, String kernel, Stage stage) {
      this.node = node;
      this.forward = forward;
      this.kernel = kernel;
      this.stage = stage;
    }
  }

  /** Runs all phases of a step once, the backward ones where the plan has them. */
  public void step(int samples) {
    plan.checkSamples(samples);
    plan.begin();
    boolean done = false;
    try {
      plan.prepare();
      for (int sample = 0; first != null && sample < samples; sample++) {
        step(first, sample);
      }
      for (var timed : phases) {
        long start = System.nanoTime();
        plan.run(timed.stage, samples);
        timed.nanos += System.nanoTime() - start;
      }
      steps++;
      done = true;
    } finally {
      plan.end(done);
    }
  }

  /** Runs a sample's phases on this thread: all threads do it, each for samples of its own. */
  private void step(SampleBySample first, int sample) {
    first.begin(sample, 0);
    for (var timed : ofSample) {
      long start = System.nanoTime();
      timed.stage.runAlone(1);
      timed.nanos += (System.nanoTime() - start) / plan.engine().threads();
    }
    first.end(sample, 0);
  }

  /**
   * The mean times of the steps so far, layer by layer; what is fused into a layer counts with it.
   *
   * @throws IllegalStateException if there was no step
   */
  public List<LayerTime> layers() {
    if (steps == 0) {
      throw new IllegalStateException("call step before layers: there are no times yet");
    }
    Map<Integer, long[]> nanos = new LinkedHashMap<>();
    Stream.concat(ofSample.stream(), phases.stream())
        .filter(timed -> timed.node >= 0)
        .forEach(
            timed ->
                nanos.computeIfAbsent(timed.node, n -> new long[2])[timed.forward ? 0 : 1] +=
                    timed.nanos);
    var layers = new ArrayList<LayerTime>();
    nanos.forEach(
        (n, times) -> {
          var node = graph.nodes().get(n);
          var kind = new StringBuilder(node.operation().kind());
          fusion
              .of(n)
              .forEach(r -> kind.append(" + ").append(graph.nodes().get(r).operation().kind()));
          layers.add(
              new LayerTime(
                  node.name(),
                  kind.toString(),
                  kernel(n),
                  times[0] * 1e-9 / steps,
                  times[1] * 1e-9 / steps,
                  node.operation().multiplyAdds(graph.inputTypes(node))));
        });
    return layers;
  }

  private @Nullable String kernel(int n) {
    if (fusion.producer(n) != n) {
      return "in " + graph.nodes().get(fusion.producer(n)).name();
    }
    return Stream.concat(ofSample.stream(), phases.stream())
        .filter(timed -> timed.node == n && timed.forward && !timed.kernel.isEmpty())
        .map(timed -> timed.kernel)
        .findFirst()
        .orElse(null);
  }
}
