package stride.onnx.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import stride.format.FormatException;
import stride.onnx.proto.OperatorSetIdProto;

/** Which version of each domain's operators a graph or a function is written for. */
record Opsets(Map<String, Integer> versions) {
  /** The standard's own domain, written out. */
  private static final String STANDARD = "ai.onnx";

  static Opsets of(String file, List<OperatorSetIdProto> imports) throws FormatException {
    var versions = new HashMap<String, Integer>();
    for (OperatorSetIdProto set : imports) {
      String domain = domain(set.domain());
      boolean standard = domain.isEmpty();
      if (set.version() < 0
          || set.version() > (standard ? GraphReader.NEWEST_OPSET : Integer.MAX_VALUE)) {
        throw new FormatException(
            "%s: is written for version %d of %s, Stride knows them up to version %d: convert the model to an older one"
                .formatted(
                    file,
                    set.version(),
                    standard ? "ONNX's operators" : FormatException.quote(domain),
                    GraphReader.NEWEST_OPSET));
      }
      // Files that name the standard in both ways mean the newer version.
      versions.merge(domain, Math.max(1, (int) set.version()), Math::max);
    }
    // Files of 2017 say no version: they are of the first.
    versions.putIfAbsent("", 1);
    return new Opsets(versions);
  }

  /** Returns a domain's name: the standard's own is "", also where it is written out. */
  static String domain(String domain) {
    return domain.equals(STANDARD) ? "" : domain;
  }

  /** Returns a domain's version; 1 for one that the file forgot to name. */
  int version(String domain) {
    return versions.getOrDefault(domain, 1);
  }
}
