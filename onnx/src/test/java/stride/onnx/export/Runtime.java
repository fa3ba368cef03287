package stride.onnx.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import stride.onnx.proto.ModelProto;
import stride.onnx.proto.OnnxFile;

/** ONNX Runtime with one model. */
final class Runtime implements AutoCloseable {
  private final OrtSession session;

  Runtime(ModelProto model) {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(2);
      session = OrtEnvironment.getEnvironment().createSession(OnnxFile.bytes(model), options);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  /** All outputs, each with a first dimension of samples. */
  Map<String, float[]> run(String input, float[] values, long... sizes) {
    try (var tensor =
        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), sizes)) {
      return run(input, tensor);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  /** All outputs for an input of unsigned bytes. */
  Map<String, float[]> run(String input, byte[] values, long... sizes) {
    try (var tensor =
        OnnxTensor.createTensor(
            OrtEnvironment.getEnvironment(),
            ByteBuffer.allocateDirect(values.length).put(values).flip(),
            sizes,
            OnnxJavaType.UINT8)) {
      return run(input, tensor);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, float[]> run(String input, OnnxTensor tensor) throws OrtException {
    try (var result = session.run(Map.of(input, tensor))) {
      var outputs = new HashMap<String, float[]>();
      for (var output : result) {
        var buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
        var copy = new float[buffer.remaining()];
        buffer.get(copy);
        outputs.put(output.getKey(), copy);
      }
      return outputs;
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }
}
