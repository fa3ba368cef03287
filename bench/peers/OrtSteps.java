import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.Map;
import java.util.function.Function;

/** A step of an exported network in ONNX Runtime, on random images. */
public final class OrtSteps implements Function<String[], Runnable> {
  /** The arguments: NETWORK MODE BATCH THREADS MODEL.onnx, the model made for that batch. */
  @Override
  public Runnable apply(String[] arguments) {
    try {
      var environment = OrtEnvironment.getEnvironment();
      var options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(Integer.parseInt(arguments[3]));
      // Threads that wait in loops would take a core from whoever's turn it is.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      var session = environment.createSession(arguments[4], options);
      var input = session.getInputInfo().values().iterator().next();
      long[] shape = ((TensorInfo) input.getInfo()).getShape();
      var tensor = OnnxTensor.createTensor(environment, OrtPeer.floats(shape), shape);
      var inputs = Map.of(input.getName(), tensor);
      return () -> {
        try {
          session.run(inputs).close();
        } catch (OrtException e) {
          throw new IllegalStateException(e);
        }
      };
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
