package stride.compute;

import java.util.HashMap;
import java.util.Map;
import stride.graph.Operation;
import stride.kernel.Kernels;

/**
 * Runs operations on the CPU. A {@link CpuOperation} compiles itself; the steps of others are given
 * here.
 *
 * @param kernels the arithmetic: {@link Kernels#best} or {@link Kernels#scalar}
 * @param compilers makes the steps of operations that do not compile themselves, by their classes
 */
public record CpuBackend(Kernels kernels, Map<Class<? extends Operation>, Compiler> compilers)
    implements Backend {
  public CpuBackend {
    compilers = Map.copyOf(compilers);
  }

  /** Makes the step of one class of operations. */
  @FunctionalInterface
  public interface Compiler {
    /** Returns what a plan runs for the operation, over the binding's buffers. */
    Step compile(Operation operation, Binding binding);
  }

  /** Operations that compile themselves, on given kernels. */
  public CpuBackend(Kernels kernels) {
    this(kernels, Map.of());
  }

  /** The fastest kernels that this JVM runs. */
  public static CpuBackend best() {
    return new CpuBackend(Kernels.best());
  }

  /** Plain loops. */
  public static CpuBackend scalar() {
    return new CpuBackend(Kernels.scalar());
  }

  /** This backend with steps for a class of operations that do not compile themselves. */
  public CpuBackend with(Class<? extends Operation> type, Compiler compiler) {
    var more = new HashMap<>(compilers);
    more.put(type, compiler);
    return new CpuBackend(kernels, more);
  }

  @Override
  public String name() {
    return "CPU (%s)".formatted(kernels.name());
  }

  @Override
  public Step compile(Operation operation, Binding binding) {
    if (operation instanceof CpuOperation own) {
      return own.compile(binding);
    }
    var compiler = compilers.get(operation.getClass());
    if (compiler == null) {
      throw new IllegalArgumentException(
          "%s (%s) cannot run on the backend %s: implement CpuOperation, or give the backend a step with CpuBackend.with"
              .formatted(operation.kind(), operation.getClass().getName(), name()));
    }
    return compiler.compile(operation, binding);
  }
}
