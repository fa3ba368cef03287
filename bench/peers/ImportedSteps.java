import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.function.Function;
import stride.app.bench.Mode;
import stride.app.bench.Workload;
import stride.engine.Engine;
import stride.network.Model;
import stride.onnx.Onnx;
import stride.zoo.Zoo;

/** The same as {@link StrideSteps}, of the network written as an ONNX file and read again. */
public final class ImportedSteps implements Function<String[], Runnable> {
  /** The arguments: NETWORK MODE BATCH THREADS. */
  @Override
  public Runnable apply(String[] arguments) {
    var mode = Mode.valueOf(arguments[1].toUpperCase(Locale.ROOT));
    var engine = Engine.withThreads(Integer.parseInt(arguments[3]));
    try {
      var file = Files.createTempFile("stride", ".onnx");
      try {
        Onnx.save(Model.initialized(Zoo.find(arguments[0]).network(), 1), file);
        var network = Onnx.load(file).network();
        return Workload.of(mode, network, Integer.parseInt(arguments[2]), 1, engine).step();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
