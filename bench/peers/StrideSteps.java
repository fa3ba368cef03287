import java.util.Locale;
import java.util.function.Function;
import stride.app.bench.Mode;
import stride.app.bench.Workload;
import stride.engine.Engine;
import stride.zoo.Zoo;

/**
 * A step of a network with random weights on random images, as "stride bench" times it. Compiled
 * against each build that is compared, so it asks for little.
 */
public final class StrideSteps implements Function<String[], Runnable> {
  /** The arguments: NETWORK MODE BATCH THREADS. */
  @Override
  public Runnable apply(String[] arguments) {
    var mode = Mode.valueOf(arguments[1].toUpperCase(Locale.ROOT));
    var engine = Engine.withThreads(Integer.parseInt(arguments[3]));
    var network = Zoo.find(arguments[0]).network();
    return Workload.of(mode, network, Integer.parseInt(arguments[2]), 1, engine).step();
  }
}
