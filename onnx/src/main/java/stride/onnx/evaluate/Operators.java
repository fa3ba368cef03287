package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;

/** The operators that can be run. */
public final class Operators {
  private static final Map<String, Entry> ENTRIES = entries();

  private record Entry(Family family, int[] versions) {}

  private Operators() {}

  private static Map<String, Entry> entries() {
    var entries = new HashMap<String, Entry>();
    for (Family family :
        List.of(
            new Activations(),
            new Arithmetic(),
            new Comparisons(),
            new Control(),
            new Conversions(),
            new Convolutions(),
            new Einsum(),
            new Elementary(),
            new Gathering(),
            new GridSampling(),
            new IntegerConvolutions(),
            new IntegerMatrices(),
            new Makers(),
            new Matrices(),
            new Moving(),
            new Normalizations(),
            new Padding(),
            new Pooling(),
            new QuantizedElementwise(),
            new Quantization(),
            new Reductions(),
            new Regions(),
            new Resizing(),
            new Sampled(),
            new Scattering(),
            new Searching(),
            new Shaping(),
            new Softmaxes())) {
      for (String line : family.operators().lines().toList()) {
        String[] words = line.strip().split(" +");
        var versions = new int[words.length - 1];
        for (int i = 0; i < versions.length; i++) {
          versions[i] = Integer.parseInt(words[i + 1]);
        }
        if (entries.put(words[0], new Entry(family, versions)) != null) {
          throw new IllegalStateException("two families have the operator " + words[0]);
        }
      }
    }
    return entries;
  }

  /**
   * Returns all operators that can be run.
   *
   * @return for each name, with its domain in front if that is not the standard's, the versions of
   *     the operator set that changed it
   */
  public static SortedMap<String, List<Integer>> all() {
    var all = new TreeMap<String, List<Integer>>();
    ENTRIES.forEach(
        (name, entry) -> {
          var versions = new ArrayList<Integer>();
          for (int version : entry.versions) {
            versions.add(version);
          }
          all.put(name, List.copyOf(versions));
        });
    return all;
  }

  /**
   * Tells whether a node's operator can be run.
   *
   * @param node the node
   * @return true if so
   */
  public static boolean knows(OnnxNode node) {
    return since(node) > 0;
  }

  /**
   * Checks that all of a graph's operators can be run.
   *
   * @param graph the graph
   * @throws IllegalArgumentException if there are others; the message names all of them
   */
  public static void requireKnown(OnnxGraph graph) {
    var unknown = new TreeMap<String, List<String>>();
    collect(graph, unknown);
    if (!unknown.isEmpty()) {
      var text = new StringBuilder();
      unknown.forEach(
          (operator, nodes) ->
              text.append(text.isEmpty() ? "" : "; ")
                  .append(operator)
                  .append(" in ")
                  .append(String.join(", ", nodes.subList(0, Math.min(3, nodes.size()))))
                  .append(nodes.size() > 3 ? " and %d others".formatted(nodes.size() - 3) : ""));
      throw new IllegalArgumentException(
          "it has operators that Stride does not run: %s (docs/onnx.md lists those that it does)"
              .formatted(FormatException.oneLine(text.toString())));
    }
  }

  private static void collect(OnnxGraph graph, Map<String, List<String>> unknown) {
    for (OnnxNode node : graph.nodes()) {
      if (!knows(node)) {
        unknown
            .computeIfAbsent(
                "%s of opset %d".formatted(node.qualifiedOperator(), node.opset()),
                name -> new ArrayList<>())
            .add(node.name());
      }
      node.attributes().graphs().forEach(inner -> collect(inner, unknown));
    }
  }

  /** Returns which version of its operator a node means; 0 if it is not known. */
  static int since(OnnxNode node) {
    Entry entry = entry(node);
    int since = 0;
    if (entry != null) {
      for (int version : entry.versions) {
        if (version <= node.opset()) {
          since = version;
        }
      }
    }
    return since;
  }

  private static @Nullable Entry entry(OnnxNode node) {
    return ENTRIES.get(node.qualifiedOperator());
  }

  /** Returns the family of a node's operator. */
  static Family family(OnnxNode node) {
    Entry entry = entry(node);
    if (entry == null) {
      throw new IllegalArgumentException(
          "the operator %s is none that Stride runs".formatted(node.qualifiedOperator()));
    }
    return entry.family;
  }
}
