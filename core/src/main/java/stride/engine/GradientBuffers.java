package stride.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Backend;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Graph;
import stride.graph.Trait;
import stride.kernel.Elementwise;
import stride.tensor.Shape;

/**
 * The gradient buffers of a plan. Every reader of an edge contributes to its gradient, the last one
 * in the graph first; each further contribution is added to what there is, by the reader itself
 * where it can.
 */
final class GradientBuffers {
  private final Graph graph;
  private final Backend backend;
  private final Fusion fusion;
  private final MemoryPlanner memory;
  private final boolean[] wanted;

  /** Nodes whose gradient is done by the node into which they are fused. */
  private final boolean[] fused;

  private final @Nullable Buffer[] gradients;
  private final Buffer[] outputGradients;
  private final Buffer[][] inputGradients;
  private final @Nullable Buffer[][] addends;
  private final @Nullable Sum[][] sums;
  private final Map<String, Buffer> outputs = new LinkedHashMap<>();

  /** The gradients at all outputs, which the caller writes. */
  private final List<Buffer> written = new ArrayList<>();

  /** Gradients at outputs that are inputs as well: what the caller wrote and where it is read. */
  private final List<Passed> passed = new ArrayList<>();

  private final List<Sum> outputSums = new ArrayList<>();

  /** Buffers that somebody else may still read when a backward pass has read them. */
  private final Set<Buffer> shared = Collections.newSetFromMap(new IdentityHashMap<>());

  /** A gradient that goes from an output to an input with nothing between. */
  private record Passed(Buffer written, Buffer read) {}

  /** y = a + b, where a reader cannot add by itself. */
  record Sum(Buffer a, Buffer b, Buffer y, Shape shape) {}

  GradientBuffers(
      Graph graph,
      Backend backend,
      Purpose purpose,
      boolean[] wanted,
      Fusion fusion,
      MemoryPlanner memory) {
    this.graph = graph;
    this.backend = backend;
    this.fusion = fusion;
    this.memory = memory;
    int nodes = graph.nodes().size();
    this.wanted = wanted;
    gradients = new Buffer[graph.edges()];
    outputGradients = new Buffer[nodes];
    inputGradients = new Buffer[nodes][];
    addends = new Buffer[nodes][];
    sums = new Sum[nodes][];
    fused = new boolean[nodes];
    graph
        .outputs()
        .forEach(
            (name, edge) -> {
              if (purpose.computes(name)) {
                reserveOutput(name, edge);
              }
            });
    for (int n = nodes - 1; n >= 0; n--) {
      contribute(n, graph.nodes().get(n));
    }
    for (int edge = 0; edge < graph.inputs().size(); edge++) {
      reserveInput(edge);
    }
  }

  private void reserveInput(int edge) {
    var buffer = orNone(gradients[edge]);
    if (wanted[edge]) {
      memory.use(buffer, Integer.MAX_VALUE);
    }
    // The caller reads an input's gradient when those at the outputs have been cleared.
    if (written.contains(buffer)) {
      var read = memory.reserveForGood(size(edge));
      passed.add(new Passed(buffer, read));
      gradients[edge] = read;
    }
  }

  /** Edges behind which weights or an input want a gradient, and which lead to an output. */
  static boolean[] wanted(Graph graph, Purpose purpose) {
    var wanted = new boolean[graph.edges()];
    purpose.inputGradients().forEach(name -> wanted[graph.input(name)] = true);
    for (int n = 0; n < graph.nodes().size(); n++) {
      var node = graph.nodes().get(n);
      wanted[graph.edgeOf(n)] =
          node.inputs().stream().anyMatch(edge -> wanted[edge])
              || (purpose.weightGradients(node)
                  && !node.operation().parameters(graph.inputTypes(node)).isEmpty());
    }
    var leads = new boolean[wanted.length];
    graph.outputs().forEach((name, edge) -> leads[edge] |= purpose.computes(name));
    for (int n = graph.nodes().size() - 1; n >= 0; n--) {
      if (leads[graph.edgeOf(n)]) {
        graph.nodes().get(n).inputs().forEach(edge -> leads[edge] = true);
      }
    }
    for (int edge = 0; edge < wanted.length; edge++) {
      wanted[edge] &= leads[edge];
    }
    return wanted;
  }

  /** The caller writes the gradient at an output at any time, so its memory is not shared. */
  private void reserveOutput(String name, int edge) {
    if (!wanted[edge]) {
      return;
    }
    var buffer = memory.reserveForGood(size(edge));
    shared.add(buffer);
    outputs.put(name, buffer);
    written.add(buffer);
    var before = gradients[edge];
    // An edge may have several names: their gradients are added up before all else.
    gradients[edge] = before == null ? buffer : addAtOutput(edge, before, buffer);
  }

  private Buffer addAtOutput(int edge, Buffer before, Buffer buffer) {
    var sum = memory.reserveForGood(size(edge));
    shared.add(sum);
    outputSums.add(new Sum(before, buffer, sum, graph.type(edge).shape()));
    return sum;
  }

  private int size(int edge) {
    return graph.type(edge).shape().elements();
  }

  private void contribute(int n, Graph.Node node) {
    int inputs = node.inputs().size();
    outputGradients[n] =
        wanted[graph.edgeOf(n)] ? orNone(gradients[graph.edgeOf(n)]) : MemoryPlanner.NONE;
    fused[n] = canFuse(n, node);
    inputGradients[n] = new Buffer[inputs];
    addends[n] = new Buffer[inputs];
    sums[n] = new Sum[inputs];
    for (int i = 0; i < inputs; i++) {
      int edge = node.inputs().get(i);
      inputGradients[n][i] = MemoryPlanner.NONE;
      if (wanted[edge] && wanted[graph.edgeOf(n)]) {
        contribute(n, i, node, edge);
      }
    }
  }

  /**
   * Whether a node can leave its gradient to its producer. Where sums are fused between, the
   * producer writes the sum's gradient over the node's: nobody else may read the one, and nobody
   * run before the producer who reads the other.
   */
  private boolean canFuse(int n, Graph.Node node) {
    int producer = fusion.producer(n);
    var traits = backend.traits(node.operation());
    return producer != n
        && (traits.contains(Trait.BOUNDS_GRADIENT)
            || (traits.contains(Trait.ELEMENTWISE) && fusion.of(producer).getFirst() == n))
        && backend
            .traits(graph.nodes().get(producer).operation())
            .contains(Trait.CAN_FUSE_CONSUMER_GRADIENT)
        && wanted[graph.edgeOf(producer)]
        && (fusion.of(producer).getFirst() == n
            || (n - producer == fusion.of(producer).size()
                && !shared.contains(outputGradients[n])
                && fusion.of(producer).stream()
                    .noneMatch(consumer -> consumer < n && isAdded(consumer))));
  }

  /**
   * Whether what a sum that is fused passes on to its other input is added there to what other
   * readers have contributed: at the sum's own place, before the producer has run.
   */
  private boolean isAdded(int consumer) {
    var edges = graph.nodes().get(consumer).inputs();
    for (int i = 0; i < edges.size(); i++) {
      if (i != fusion.input(consumer) && gradients[edges.get(i)] != null) {
        return true;
      }
    }
    return false;
  }

  private void contribute(int n, int i, Graph.Node node, int edge) {
    var traits = backend.traits(node.operation());
    var dy = outputGradients[n];
    boolean passed =
        fused[n] || node.operation().isView() || traits.contains(Trait.PASSES_GRADIENT_ON);
    boolean inPlace = traits.contains(Trait.GRADIENT_IN_PLACE) && !shared.contains(dy);
    var buffer = passed || inPlace ? dy : memory.reserve(size(edge));
    if (passed && node.inputs().size() > 1) {
      shared.add(dy);
    }
    inputGradients[n][i] = buffer;
    var before = gradients[edge];
    if (before == null) {
      gradients[edge] = buffer;
    } else if (traits.contains(Trait.ADDS_TO_GRADIENT)) {
      addends[n][i] = before;
      gradients[edge] = buffer;
    } else {
      var sum = memory.reserve(size(edge));
      sums[n][i] = new Sum(before, buffer, sum, graph.type(edge).shape());
      gradients[edge] = sum;
    }
  }

  private static Buffer orNone(@Nullable Buffer buffer) {
    return buffer == null ? MemoryPlanner.NONE : buffer;
  }

  boolean wants(int edge) {
    return wanted[edge];
  }

  /** Whether node {@code n}'s gradient is done by the node into which it is fused. */
  boolean isFused(int n) {
    return fused[n];
  }

  /** Whether node {@code n}'s gradient is computed from its output. */
  boolean readsOutput(int n) {
    // With nothing between, the producer computes from its input what it put out.
    boolean fusedAlone = fused[n] && fusion.of(fusion.producer(n)).getFirst() == n;
    return !fusedAlone
        && !backend.traits(graph.nodes().get(n).operation()).contains(Trait.FORGETS_OUTPUT);
  }

  /** Whether node {@code n} does the gradient of a node that is fused into it. */
  boolean fusesGradient(int n) {
    return fusion.of(n).stream().anyMatch(consumer -> fused[consumer]);
  }

  /** The gradient at node {@code n}'s output, complete when its backward pass runs. */
  Buffer ofOutput(int n) {
    return outputGradients[n];
  }

  /** The buffer in which node {@code n} writes the gradient of its i-th input. */
  Buffer ofInput(int n, int i) {
    return inputGradients[n][i];
  }

  /** What node {@code n} adds to the gradient of its i-th input, if anything. */
  @Nullable Buffer addend(int n, int i) {
    return addends[n][i];
  }

  /** The gradient of an input; empty if it is not wanted. */
  Buffer ofInput(int edge) {
    return orNone(gradients[edge]);
  }

  /** The buffer in which a loss writes the gradient at a named output. */
  Buffer ofOutput(String name) {
    Buffer buffer = outputs.get(name);
    if (buffer == null) {
      throw new IllegalStateException("this plan wants no gradient behind output " + name);
    }
    return buffer;
  }

  /** The buffers in which losses write the gradients at all outputs that have one. */
  Collection<Buffer> ofOutputs() {
    return Collections.unmodifiableCollection(outputs.values());
  }

  /** Ends a backward pass: sets the gradients at all outputs to zero. */
  void clearOutputs() {
    for (int i = 0; i < passed.size(); i++) {
      float[] written = passed.get(i).written.array();
      System.arraycopy(written, 0, passed.get(i).read.array(), 0, written.length);
    }
    for (int i = 0; i < written.size(); i++) {
      Arrays.fill(written.get(i).array(), 0);
    }
  }

  /** The sums of node {@code n}'s contributions with those before, where it cannot add itself. */
  @Nullable Sum[] sums(int n) {
    return sums[n];
  }

  /** Sums of the gradients at outputs that have several names. */
  List<Sum> outputSums() {
    return outputSums;
  }

  /** The phase that computes a sum. */
  static Step.Phase phase(Sum sum, Elementwise kernels) {
    return Step.pixels(
        sum.shape(),
        (from, to, worker) -> {
          int n = sum.shape().channels();
          kernels.add(
              sum.a().array(),
              sum.a().at(from, n),
              sum.b().array(),
              sum.b().at(from, n),
              sum.y().array(),
              sum.y().at(from, n),
              (to - from) * n);
        });
  }
}
