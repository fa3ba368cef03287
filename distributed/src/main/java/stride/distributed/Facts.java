package stride.distributed;

import java.lang.module.ModuleDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stride.kernel.Kernels;
import stride.train.Exchange;

/**
 * What a process runs on, as far as the bits of its results depend on it: versions, and the width
 * of the vectors it computes with.
 *
 * @param values each fact under its name
 */
record Facts(Map<String, String> values) {
  private static final String KERNELS = "kernels";

  /** What this process runs on. */
  static Facts here() {
    var values = new LinkedHashMap<String, String>();
    values.put("Stride", version());
    values.put("Java", Runtime.version() + " of " + System.getProperty("java.vm.vendor"));
    values.put(KERNELS, Kernels.best().name());
    return new Facts(values);
  }

  /** The version of the module, or on the class path that of the jar; "unknown" without a jar. */
  private static String version() {
    var descriptor = Exchange.class.getModule().getDescriptor();
    String ofJar = Exchange.class.getPackage().getImplementationVersion();
    return Optional.ofNullable(descriptor)
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse(ofJar == null ? "unknown" : ofJar);
  }

  /** As lines, a fact each. */
  String text() {
    var text = new StringBuilder();
    values.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  static Facts of(String text) {
    var values = new LinkedHashMap<String, String>();
    text.lines()
        .forEach(
            line -> {
              int at = line.indexOf('=');
              if (at > 0) {
                values.put(line.substring(0, at), line.substring(at + 1));
              }
            });
    return new Facts(values);
  }

  /** Which fact differs from rank 0's, as a sentence; empty if none does. */
  Optional<String> difference(Peer peer, Facts leading) {
    for (var fact : leading.values.entrySet()) {
      var own = values.getOrDefault(fact.getKey(), "none");
      if (!own.equals(fact.getValue())) {
        return Optional.of(
            "%s has %s %s, rank 0 has %s: the bits would differ; %s"
                .formatted(
                    peer,
                    fact.getKey(),
                    own,
                    fact.getValue(),
                    fact.getKey().equals(KERNELS)
                        ? "the Java option %s gives all machines the narrowest (STRIDE_JAVA_OPTS)"
                            .formatted(NarrowestVectors.option(List.of(own, fact.getValue())))
                        : "all machines need the same"));
      }
    }
    return Optional.empty();
  }
}
