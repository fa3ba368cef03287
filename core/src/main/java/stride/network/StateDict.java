package stride.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.format.StoredTensor;
import stride.format.TensorFile;
import stride.graph.Graph;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.layer.Concat;
import stride.layer.normalization.InstanceNorm;
import stride.tensor.Shape;

/**
 * A file's tensors as the weights of a network. {@link TensorNames} says which tensor is which; all
 * of them are checked before anything is read, and all that is wrong is said at once.
 *
 * <p>"num_batches_tracked" may be missing, as files from before PyTorch 0.4.1 have none. Auxiliary
 * heads in the file that the network was built without are left out, as torchvision does, and so
 * are running statistics of instance norms, which they do not read.
 */
public final class StateDict {
  private static final int MAX_NAMED = 10;

  /** The auxiliary heads of torchvision's GoogLeNet and Inception v3. */
  private static final Set<String> AUXILIARY_HEADS = Set.of("aux1", "aux2", "AuxLogits");

  private static final Set<String> INSTANCE_NORM_STATISTICS =
      Set.of("running_mean", "running_var", "num_batches_tracked");

  private final Network network;
  private final TensorFile file;
  private final WeightTable table;
  private final Map<String, String> found;
  private final List<String> missing = new ArrayList<>();
  private final List<String> unexpected = new ArrayList<>();
  private final List<Misshapen> misshapen = new ArrayList<>();

  /** A tensor that has another shape in the file than in the network, or holds no floats. */
  private record Misshapen(String name, StoredTensor found, Shape expected) {
    String sentence() {
      String type = found.type().isWhole() ? " of type " + found.type() : "";
      return "%s is %s%s instead of %s%s"
          .formatted(
              FormatException.quote(name),
              found.shapeText(),
              type,
              expected,
              type.isEmpty() ? "" : " of floats");
    }
  }

  private StateDict(Network network, TensorFile file) throws FormatException {
    this.network = network;
    this.file = file;
    this.table = WeightTable.of(network.graph());
    var expected = new LinkedHashMap<String, Shape>();
    var optional = new LinkedHashSet<String>();
    for (var entry : table.weights()) {
      expected.put(entry.name(), entry.parameter().shape());
    }
    for (var entry : table.statistics()) {
      boolean counter = entry.statistic().counter();
      expected.put(entry.name(), counter ? Shape.of() : Shape.of(entry.statistic().length()));
      if (counter) {
        optional.add(entry.name());
      }
    }
    var names = TensorNames.match(expected.keySet(), file.tensors());
    found = names.found();
    for (String name : names.unexpected()) {
      String module = name.substring(0, Math.max(name.indexOf('.'), 0));
      if (isOfInstanceNorm(name)) {
        continue;
      }
      if (!AUXILIARY_HEADS.contains(module)
          || expected.keySet().stream().anyMatch(known -> known.startsWith(module + "."))) {
        unexpected.add(name);
      }
    }
    for (var entry : expected.entrySet()) {
      String name = entry.getKey();
      String stored = found.get(name);
      if (stored == null) {
        if (!optional.contains(name)) {
          missing.add(name);
        }
      } else if (!fits(file.tensor(stored), entry.getValue(), optional.contains(name))) {
        misshapen.add(new Misshapen(name, file.tensor(stored), entry.getValue()));
      }
    }
  }

  /** PyTorch's instance norms had running statistics before 0.4.1, which nothing read. */
  private boolean isOfInstanceNorm(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0
        && INSTANCE_NORM_STATISTICS.contains(name.substring(dot + 1))
        && network.graph().nodes().stream()
            .anyMatch(
                node ->
                    node.operation() instanceof InstanceNorm
                        && node.weights().equals(name.substring(0, dot)));
  }

  /**
   * A file's state dict, without a network to compare it with: its tensors' names as a network by
   * itself has them ("conv1.weight"), each with its name in the file
   * ("state_dict.module.conv1.weight"), in the file's order. What lies beside a wrapped state dict,
   * such as an optimizer's state, is left out. A model's names are its own.
   */
  public static Map<String, String> names(TensorFile file) {
    if (!ModelFile.isIn(file)) {
      return TensorNames.plain(file.tensors());
    }
    var names = new LinkedHashMap<String, String>();
    file.tensors().forEach(tensor -> names.put(tensor.name(), tensor.name()));
    return names;
  }

  /** Python writes a counter as a scalar or a vector of one number; quantised weights are none. */
  private static boolean fits(StoredTensor stored, Shape shape, boolean counter) {
    return counter
        ? stored.hasShape(shape) || stored.hasShape(Shape.of(1))
        : stored.hasShape(shape) && !stored.type().isWhole();
  }

  /**
   * The weights of a network out of a file.
   *
   * @throws FormatException if a tensor is missing, unexpected or misshapen; the message names them
   */
  static Weights read(Network network, TensorFile file) throws IOException {
    var dict = new StateDict(network, file);
    dict.check(Set.of());
    var weights = Weights.empty(network.graph());
    new WeightReading(file, dict.found).into(weights, Set.of());
    return weights;
  }

  /**
   * The weights of a network out of a file, all but the last layer's, which are fresh: those that
   * {@link Weights#initialized} gives with the same seed. Other outputs' last layers, those of
   * auxiliary heads, are fresh too if they differ in shape; where branches or several outputs make
   * what a detector says, the last layers are that differ, and no others. Where the file has layers
   * inside of the last one, they are a head of its own and left out.
   *
   * @param head where the head begins, in the network or in the file: from there on all is fresh
   *     that the file lacks or has in another shape; null for the last layer
   * @throws FormatException if another tensor is missing, unexpected or misshapen
   */
  static Weights readWithNewHead(Network network, TensorFile file, @Nullable String head, long seed)
      throws IOException {
    var dict = new StateDict(network, file);
    var heads = Heads.of(network.graph());
    if (heads.main().isEmpty() && !isJoined(network)) {
      throw new IllegalArgumentException(
          "the network has no head to replace: no dense or convolution layer right before its"
              + " output");
    }
    boolean elsewhere =
        isJoined(network)
            && !dict.misshapen.isEmpty()
            && dict.misshapen.stream().noneMatch(wrong -> heads.main().contains(wrong.name()));
    Set<String> fresh =
        new LinkedHashSet<>(
            heads.main().isEmpty() || elsewhere ? dict.ofOtherWidth() : heads.main());
    for (var other : heads.others()) {
      if (dict.misshapen.stream().anyMatch(wrong -> other.contains(wrong.name()))) {
        fresh.addAll(other);
      }
    }
    if (head != null) {
      fresh.addAll(dict.otherFrom(head));
      dict.unexpected.removeIf(name -> isWithin(name, head));
    }
    dict.unexpected.removeIf(name -> isWithin(name, dict.lastLayer()));
    return dict.read(fresh, seed);
  }

  /**
   * The weights of a file, but for some that are fresh, which the file may have in other shapes.
   *
   * @param fresh their names
   */
  static Weights readWithFresh(Network network, TensorFile file, Set<String> fresh, long seed)
      throws IOException {
    return new StateDict(network, file).read(fresh, seed);
  }

  private Weights read(Set<String> fresh, long seed) throws IOException {
    check(fresh);
    var weights = Weights.empty(network.graph());
    new WeightReading(file, found).into(weights, fresh);
    var random = new SplittableRandom(seed);
    for (var entry : table.weights()) {
      var own = random.split();
      if (fresh.contains(entry.name())) {
        weights.initialize(entry, own);
      }
    }
    return weights;
  }

  /** Whether several branches make the network's output, or it has several outputs. */
  private static boolean isJoined(Network network) {
    var graph = network.graph();
    int output = graph.output(Graph.OUTPUT);
    return graph.outputs().size() > 1
        || (!graph.isInput(output)
            && graph.nodes().get(graph.nodeOf(output)).operation() instanceof Concat);
  }

  /**
   * The tensors that the file has with another number of outputs: where several branches make the
   * outputs, as those of detectors, the last layers of those that depend on the classes.
   */
  private Set<String> ofOtherWidth() {
    var others = new LinkedHashSet<String>();
    for (var wrong : misshapen) {
      var expected = wrong.expected();
      var sizes = wrong.found().shape();
      boolean alike = sizes.size() == expected.rank() && expected.rank() > 0;
      for (int i = 1; alike && i < expected.rank(); i++) {
        alike = sizes.get(i) == expected.size(i);
      }
      if (alike) {
        others.add(wrong.name());
      }
    }
    return others;
  }

  /** The tensors from a layer of the network on that the file lacks, or has in another shape. */
  private Set<String> otherFrom(String head) {
    int first = Heads.first(network.graph(), head);
    if (first < 0 && unexpected.stream().noneMatch(name -> isWithin(name, head))) {
      throw new IllegalArgumentException(
          "neither the network nor %s has layers named %s, where the head could begin; the network's last one is %s"
              .formatted(file.file(), head, lastLayer()));
    }
    var others = new LinkedHashSet<String>();
    if (first >= 0) {
      table.weights().stream()
          .filter(entry -> entry.node() >= first)
          .forEach(entry -> others.add(entry.name()));
      table.statistics().stream()
          .filter(entry -> entry.node() >= first)
          .forEach(entry -> others.add(entry.name()));
    }
    others.removeIf(
        name ->
            !missing.contains(name)
                && misshapen.stream().noneMatch(wrong -> wrong.name().equals(name)));
    return others;
  }

  private static boolean isWithin(String name, String module) {
    return name.startsWith(module + ".");
  }

  /** The name of the layer that makes the network's output; empty if there is none. */
  private String lastLayer() {
    return Heads.of(network.graph()).main().stream()
        .findFirst()
        .map(name -> name.substring(0, name.lastIndexOf('.')))
        .orElse("");
  }

  /**
   * Where a head begins that is all that differs: the block that the network's own is in or, where
   * the file lacks that, another that the network lacks. Empty if there is none.
   */
  private Optional<String> otherHead() {
    String last = lastLayer();
    var names = new LinkedHashSet<>(missing);
    names.addAll(unexpected);
    misshapen.forEach(wrong -> names.add(wrong.name()));
    names.removeIf(name -> isWithin(name, last));
    var blocks = names.stream().map(name -> name.split("\\.", 2)[0]).distinct().toList();
    if (blocks.size() > 1 || last.isEmpty()) {
      return Optional.empty();
    }
    String block = blocks.isEmpty() ? last : blocks.getFirst();
    boolean hasLast = found.keySet().stream().anyMatch(name -> isWithin(name, last));
    boolean differs =
        isWithin(last + ".", block)
            ? !hasLast || !missing.isEmpty() || !misshapen.isEmpty()
            : !hasLast && Heads.first(network.graph(), block) < 0;
    return differs ? Optional.of(block) : Optional.empty();
  }

  private void check(Set<String> fresh) throws FormatException {
    missing.removeAll(fresh);
    misshapen.removeIf(wrong -> fresh.contains(wrong.name()));
    // A head without biases takes the place of one with them.
    unexpected.removeIf(name -> fresh.contains(sibling(name)));
    if (missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty()) {
      return;
    }
    if (missing.isEmpty() && unexpected.isEmpty() && onlyHeadsDiffer()) {
      throw new FormatException(
          "%s: is for other classes than the network: %s; make the network for as many classes, or"
                  .formatted(
                      file.file(), listed(misshapen.stream().map(Misshapen::sentence).toList()))
              + " begin with a fresh head: --head new, in Java Model.withNewHead");
    }
    var parts = new ArrayList<String>();
    add(parts, "missing", quoted(missing));
    add(parts, "unexpected", quoted(unexpected));
    add(parts, "misshapen", misshapen.stream().map(Misshapen::sentence).toList());
    throw new FormatException(
        "%s: its tensors are not the network's: %s%s"
            .formatted(
                file.file(),
                String.join("; ", parts),
                otherHead()
                    .map(
                        head ->
                            "; if that is its head, train a fresh one: train --weights FILE --head %s, in Java Model.withNewHead"
                                .formatted(head))
                    .orElse("")));
  }

  private static String sibling(String name) {
    return name.endsWith(".bias")
        ? name.substring(0, name.length() - "bias".length()) + "weight"
        : name;
  }

  private boolean onlyHeadsDiffer() {
    var heads = Heads.of(network.graph());
    Set<String> all = new LinkedHashSet<>(heads.main());
    heads.others().forEach(all::addAll);
    return misshapen.stream().allMatch(wrong -> all.contains(wrong.name()));
  }

  private static void add(List<String> parts, String what, List<String> names) {
    if (!names.isEmpty()) {
      parts.add(what + " " + listed(names));
    }
  }

  private static List<String> quoted(Collection<String> names) {
    return names.stream().map(FormatException::quote).toList();
  }

  private static String listed(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMED)));
    int more = names.size() - MAX_NAMED;
    return more > 0 ? shown + " and %d more".formatted(more) : shown;
  }
}
