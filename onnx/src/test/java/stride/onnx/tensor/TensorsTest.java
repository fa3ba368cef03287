package stride.onnx.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TensorsTest {
  private static OnnxTensor again(OnnxTensor tensor) throws IOException {
    return Tensors.read(Tensors.write("t", tensor), ExternalData.none("m.onnx"));
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsWrittenAndReadAgain(ElementType type) throws IOException {
    var random = new SplittableRandom(type.number());
    OnnxTensor tensor = OnnxTensor.zeros(type, 3, 5);
    for (int i = 0; i < tensor.size(); i++) {
      if (type == ElementType.STRING) {
        tensor.texts()[i] = "" + random.nextInt();
      } else if (type.isReal()) {
        tensor.put(i, random.nextGaussian());
      } else {
        tensor.put(i, random.nextLong());
      }
    }
    if (type == ElementType.STRING) {
      assertArrayEquals(tensor.texts(), again(tensor).texts());
    } else {
      assertArrayEquals(tensor.reals(), again(tensor).reals());
    }
    assertArrayEquals(new int[] {3, 5}, again(tensor).shape());
  }

  /** Each float of a few bits is the nearest of all, by trying all; halfway it is the even one. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "FLOAT16",
        "BFLOAT16",
        "FLOAT8E4M3FN",
        "FLOAT8E4M3FNUZ",
        "FLOAT8E5M2",
        "FLOAT8E5M2FNUZ",
        "FLOAT4E2M1"
      })
  void floatsAreRoundedToTheNearest(ElementType type) {
    var random = new SplittableRandom(1);
    for (int n = 0; n < 300; n++) {
      double value = random.nextGaussian() * Math.scalb(1.0, random.nextInt(-10, 6));
      int bits = random.nextInt(1 << type.bits());
      if (n % 3 == 0) {
        // Exactly between two neighbours.
        double low = SmallFloats.value(type, bits);
        double high = SmallFloats.value(type, bits + 1 & (1 << type.bits()) - 1);
        value = (low + high) / 2;
        if (!Double.isFinite(value) || Math.signum(low) != Math.signum(high)) {
          continue;
        }
      }
      double best = Double.POSITIVE_INFINITY;
      double nearest = 0;
      for (int k = 0; k < 1 << type.bits(); k++) {
        double candidate = SmallFloats.value(type, k);
        double distance = Math.abs(candidate - value);
        if (distance < best || distance == best && (k & 1) == 0) {
          best = distance;
          nearest = candidate;
        }
      }
      assertEquals(nearest, type.round(value), 0, type + " of " + value);
    }
  }

  /** From the papers: the greatest numbers, the smallest, and what is no number. */
  @Test
  void smallFloatsHaveTheirPapersBits() {
    assertEquals(448, SmallFloats.value(ElementType.FLOAT8E4M3FN, 0x7E));
    assertEquals(Float.NaN, SmallFloats.value(ElementType.FLOAT8E4M3FN, 0x7F));
    assertEquals(240, SmallFloats.value(ElementType.FLOAT8E4M3FNUZ, 0x7F));
    assertEquals(Float.NaN, SmallFloats.value(ElementType.FLOAT8E4M3FNUZ, 0x80));
    assertEquals(57344, SmallFloats.value(ElementType.FLOAT8E5M2, 0x7B));
    assertEquals(Float.NEGATIVE_INFINITY, SmallFloats.value(ElementType.FLOAT8E5M2, 0xFC));
    assertEquals(0x1p-9f, SmallFloats.value(ElementType.FLOAT8E4M3FN, 1));
    assertEquals(-6, SmallFloats.value(ElementType.FLOAT4E2M1, 0xF));
    assertEquals(65504, SmallFloats.value(ElementType.FLOAT16, 0x7BFF));
    assertEquals(1, SmallFloats.value(ElementType.BFLOAT16, 0x3F80));
  }

  @Test
  void integersKeepTheBitsThatFit() {
    OnnxTensor bytes = OnnxTensor.zeros(ElementType.UINT8, 1);
    bytes.put(0, 300L);
    assertEquals(44, bytes.integer(0));
    OnnxTensor signed = OnnxTensor.zeros(ElementType.INT8, 1);
    signed.put(0, 200L);
    assertEquals(-56, signed.integer(0));
    OnnxTensor wide = OnnxTensor.zeros(ElementType.UINT64, 1);
    wide.put(0, 1.5e19);
    assertEquals(1.5e19, wide.real(0));
  }

  @Test
  void hugeShapesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> OnnxTensor.size(1 << 20, 1 << 20));
    assertThrows(IllegalArgumentException.class, () -> OnnxTensor.size(3, -1));
    assertEquals(0, OnnxTensor.size(1 << 20, 1 << 20, 0));
  }
}
