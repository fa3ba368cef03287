package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

class NumpyTensorsTest {
  @TempDir Path folder;

  private OnnxTensor back(OnnxTensor tensor, String description) throws Exception {
    var file = folder.resolve("x.npy");
    NumpyTensors.write(tensor, file);
    var header = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    assertTrue(header.contains("'descr': '%s'".formatted(description)), header);
    var read = NumpyTensors.read(file);
    assertEquals(tensor.type(), read.type());
    assertArrayEquals(tensor.shape(), read.shape());
    return read;
  }

  @Test
  void doublesAreNotRounded() throws Exception {
    double[] numbers = {0.1, -1e300, Math.PI, Double.MIN_VALUE};
    var tensor = OnnxTensor.of(new int[] {2, 2}, numbers);
    assertArrayEquals(numbers, back(tensor, "<f8").reals(), 0);
  }

  @Test
  void halvesStayHalves() throws Exception {
    var tensor = OnnxTensor.zeros(ElementType.FLOAT16, 3);
    tensor.put(0, 0.5);
    tensor.put(1, -65504.0);
    tensor.put(2, 6.103515625e-5);
    assertArrayEquals(tensor.reals(), back(tensor, "<f2").reals(), 0);
  }

  @Test
  void wholeNumbersComeBack() throws Exception {
    long[] numbers = {Long.MIN_VALUE, -1, Long.MAX_VALUE};
    assertArrayEquals(numbers, back(OnnxTensor.of(new int[] {3}, numbers), "<i8").longs());
  }

  @Test
  void textsAreRefusedByTheirOutputsName() {
    var texts = OnnxTensor.of(new int[] {1}, new String[] {"cat"});
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> NumpyTensors.requireWritable("labels", texts))
            .getMessage();
    assertTrue(message.contains("\"labels\""), message);
  }
}
