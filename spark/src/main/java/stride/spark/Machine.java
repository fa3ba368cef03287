package stride.spark;

import java.util.List;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;
import stride.distributed.NarrowestVectors;
import stride.kernel.Kernels;

/**
 * What an executor runs on, as far as the bits of a training depend on it.
 *
 * @param host where it is
 * @param java the version of its JDK, and whose it is
 * @param kernels the name of its kernels, with the width of their vectors
 */
record Machine(String host, String java, String kernels) {
  private static final String SEPARATOR = "\t";

  /** The machine of the executor that calls. */
  static Machine here() {
    return new Machine(
        SparkEnv.get().blockManager().blockManagerId().host(),
        Runtime.version() + " of " + System.getProperty("java.vm.vendor"),
        Kernels.best().name());
  }

  String line() {
    return String.join(SEPARATOR, host, java, kernels);
  }

  static Machine of(String line) {
    String[] parts = line.split(SEPARATOR);
    return new Machine(parts[0], parts[1], parts[2]);
  }

  /** Why results would depend on the machine, as a sentence; null if they do not. */
  static @Nullable String difference(List<Machine> machines) {
    var leading = machines.getFirst();
    for (var machine : machines) {
      if (!machine.java.equals(leading.java)) {
        return "the executor on %s runs Java %s, that on %s %s: the bits would differ, all executors need the same JDK"
            .formatted(machine.host, machine.java, leading.host, leading.java);
      }
    }
    for (var machine : machines) {
      if (!machine.kernels.equals(leading.kernels)) {
        return "the executor on %s computes with kernels %s, that on %s with %s: the bits would differ; start the application with spark.executor.extraJavaOptions=%s, which gives all executors the narrowest"
            .formatted(
                machine.host,
                machine.kernels,
                leading.host,
                leading.kernels,
                NarrowestVectors.option(machines.stream().map(Machine::kernels).toList()));
      }
    }
    return null;
  }
}
