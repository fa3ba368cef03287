package stride.train;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.graph.Graph;
import stride.layer.normalization.BatchNorm;
import stride.network.Network;

/**
 * Selects which weights of a network learn, and how fast. Frozen layers behave as at inference:
 * batch norm keeps its running statistics, dropout is off, and gradients that only frozen weights
 * would need are not computed.
 *
 * @param frozenBackbone whether everything but the {@linkplain Network#head head} is frozen; of a
 *     network with a block named "backbone", as detectors have it, that block
 * @param unfrozenAfter the number of epochs after which the backbone learns too; 0 for never
 * @param headRate the factor of the head's learning rate, above 0
 * @param frozenNorms whether batch norms are frozen in the whole network, as torchvision's
 *     FrozenBatchNorm2d
 * @param head the first layer, or block of layers, of the head; null for the last dense or
 *     convolution layer, or all behind a block named "backbone"
 * @param frozenLayers names of layers, or of blocks of layers, that are frozen in all epochs
 */
public record FineTuning(
    boolean frozenBackbone,
    int unfrozenAfter,
    double headRate,
    boolean frozenNorms,
    @Nullable String head,
    List<String> frozenLayers) {
  /** The largest number of layers named in a message. */
  private static final int SHOWN = 8;

  /** The setting with which all weights learn. */
  public static final FineTuning NONE = new FineTuning(false, 0, 1, false, null, List.of());

  /** The setting with which only the head learns. */
  public static final FineTuning HEAD_ONLY = new FineTuning(true, 0, 1, false, null, List.of());

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range, or a backbone that is not frozen
   *     is to be unfrozen
   */
  public FineTuning {
    frozenLayers = List.copyOf(frozenLayers);
    if (unfrozenAfter < 0) {
      throw new IllegalArgumentException(
          "the epochs after which a backbone is unfrozen must be at least 0, was " + unfrozenAfter);
    }
    if (unfrozenAfter > 0 && !frozenBackbone) {
      throw new IllegalArgumentException(
          "a backbone that is not frozen cannot be unfrozen after %d epochs"
              .formatted(unfrozenAfter));
    }
    if (!(headRate > 0 && headRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the factor of the head's learning rate must be above 0, was " + headRate);
    }
  }

  /**
   * {@return a copy with which the backbone learns too after a number of epochs}
   *
   * @param epochs 1 or more; 0 for never
   */
  public FineTuning unfreezeAfter(int epochs) {
    return new FineTuning(frozenBackbone, epochs, headRate, frozenNorms, head, frozenLayers);
  }

  /**
   * {@return a copy with another learning rate of the head}
   *
   * @param factor what the head's learning rate is multiplied by, above 0
   */
  public FineTuning headRate(double factor) {
    return new FineTuning(frozenBackbone, unfrozenAfter, factor, frozenNorms, head, frozenLayers);
  }

  /** {@return a copy with frozen batch norms} */
  public FineTuning freezeNorms() {
    return new FineTuning(frozenBackbone, unfrozenAfter, headRate, true, head, frozenLayers);
  }

  /**
   * {@return a copy with another head}
   *
   * @param name the first layer, or block of layers, of the head, such as "classifier"
   */
  public FineTuning headFrom(String name) {
    return new FineTuning(frozenBackbone, unfrozenAfter, headRate, frozenNorms, name, frozenLayers);
  }

  /**
   * {@return a copy with layers frozen by their names} They replace layers named before.
   *
   * @param layers the names of layers, such as "conv1", or of blocks: "layer1" for all layers whose
   *     names begin with "layer1."
   */
  public FineTuning freeze(String... layers) {
    return new FineTuning(
        frozenBackbone, unfrozenAfter, headRate, frozenNorms, head, List.of(layers));
  }

  /** Returns a network's head. */
  Network head(Network network) {
    return head == null ? network.head() : network.head(head);
  }

  /**
   * Returns the names of the nodes of a network's backbone: those of the block of this name, as
   * detectors have one, else all before the head.
   */
  Set<String> backboneNodes(Network network) {
    var block =
        nodes(network)
            .filter(name -> head == null && (name + ".").startsWith("backbone."))
            .toList();
    return Set.copyOf(block.isEmpty() ? nodes(backbone(network)).toList() : block);
  }

  /** Returns the names of the nodes that are not of the backbone. */
  Set<String> headNodes(Network network) {
    var backbone = backboneNodes(network);
    return nodes(network).filter(name -> !backbone.contains(name)).collect(Collectors.toSet());
  }

  private static Stream<String> nodes(Network network) {
    return network.graph().nodes().stream().map(Graph.Node::name);
  }

  /** Returns the layers of a network before its head. */
  Network backbone(Network network) {
    return head == null ? network.backbone() : network.backbone(head);
  }

  /** Whether only the head learns in an epoch, counted from 0. */
  boolean headOnly(int epoch) {
    return frozenBackbone && (unfrozenAfter == 0 || epoch < unfrozenAfter);
  }

  /** Returns the names of the nodes that are frozen in an epoch, counted from 0. */
  Set<String> frozen(Network network, int epoch) {
    var names = new HashSet<String>();
    if (headOnly(epoch)) {
      names.addAll(backboneNodes(network));
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
