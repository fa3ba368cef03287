package stride.train;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.graph.Graph;
import stride.layer.normalization.BatchNorm;
import stride.network.Network;

/**
 * Which weights of a network learn, and how fast. What is frozen is as at inference: batch norm
 * keeps its running statistics, nothing is dropped, and no gradient is computed that only frozen
 * weights would need.
 *
 * @param frozenBackbone whether all but the {@linkplain Network#head head} is frozen
 * @param unfrozenAfter epochs after which the backbone learns too; 0 if it never does
 * @param headRate what the head's learning rate is multiplied by
 * @param frozenNorms whether batch norms are frozen everywhere, as torchvision's FrozenBatchNorm2d
 * @param head the layer, or the block of layers, with which the head begins; null for the last
 *     dense or convolution layer
 * @param frozenLayers names of layers, or of blocks of layers, that are frozen whatever else learns
 */
public record FineTuning(
    boolean frozenBackbone,
    int unfrozenAfter,
    double headRate,
    boolean frozenNorms,
    @Nullable String head,
    List<String> frozenLayers) {
  /** Layers that a message names. */
  private static final int SHOWN = 8;

  /** All weights learn. */
  public static final FineTuning NONE = new FineTuning(false, 0, 1, false, null, List.of());

  /** The head alone learns. */
  public static final FineTuning HEAD_ONLY = new FineTuning(true, 0, 1, false, null, List.of());

  public FineTuning {
    frozenLayers = List.copyOf(frozenLayers);
    if (unfrozenAfter < 0) {
      throw new IllegalArgumentException(
          "a backbone is unfrozen after 0 epochs or more, found " + unfrozenAfter);
    }
    if (unfrozenAfter > 0 && !frozenBackbone) {
      throw new IllegalArgumentException(
          "a backbone that is not frozen cannot be unfrozen after %d epochs"
              .formatted(unfrozenAfter));
    }
    if (!(headRate > 0 && headRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the head's rate is multiplied by a number above 0, found " + headRate);
    }
  }

  /** The same with the backbone learning too after so many epochs. */
  public FineTuning unfreezeAfter(int epochs) {
    return new FineTuning(frozenBackbone, epochs, headRate, frozenNorms, head, frozenLayers);
  }

  /** The same with the head's learning rate multiplied by a factor above 0. */
  public FineTuning headRate(double factor) {
    return new FineTuning(frozenBackbone, unfrozenAfter, factor, frozenNorms, head, frozenLayers);
  }

  /** The same with frozen batch norms. */
  public FineTuning freezeNorms() {
    return new FineTuning(frozenBackbone, unfrozenAfter, headRate, true, head, frozenLayers);
  }

  /** The same with a head that begins with a layer, or a block of layers: "classifier". */
  public FineTuning headFrom(String name) {
    return new FineTuning(frozenBackbone, unfrozenAfter, headRate, frozenNorms, name, frozenLayers);
  }

  /**
   * Returns a copy with layers frozen by their names: "conv1", or "layer1" for all layers whose
   * names begin with "layer1.".
   */
  public FineTuning freeze(String... layers) {
    return new FineTuning(
        frozenBackbone, unfrozenAfter, headRate, frozenNorms, head, List.of(layers));
  }

  /** A network's head. */
  Network head(Network network) {
    return head == null ? network.head() : network.head(head);
  }

  /** What comes before it. */
  Network backbone(Network network) {
    return head == null ? network.backbone() : network.backbone(head);
  }

  /** Whether the head alone learns in an epoch, counted from 0. */
  boolean headOnly(int epoch) {
    return frozenBackbone && (unfrozenAfter == 0 || epoch < unfrozenAfter);
  }

  /** The names of the nodes that are frozen in an epoch, counted from 0. */
  Set<String> frozen(Network network, int epoch) {
    var names = new HashSet<String>();
    if (headOnly(epoch)) {
      backbone(network).graph().nodes().stream().map(Graph.Node::name).forEach(names::add);
    }
    if (frozenNorms) {
      network.graph().nodes().stream()
          .filter(node -> node.operation() instanceof BatchNorm)
          .map(Graph.Node::name)
          .forEach(names::add);
    }
    for (String layer : frozenLayers) {
      var own =
          network.graph().nodes().stream()
              .map(Graph.Node::name)
              .filter(name -> name.equals(layer) || name.startsWith(layer + "."))
              .toList();
      if (own.isEmpty()) {
        throw new IllegalArgumentException(
            "the network has no layer %s to freeze; its layers are %s"
                .formatted(
                    layer,
                    network.graph().nodes().stream()
                        .map(Graph.Node::name)
                        .limit(SHOWN)
                        .collect(Collectors.joining(", ", "", ", ..."))));
      }
      names.addAll(own);
    }
    return names;
  }
}
