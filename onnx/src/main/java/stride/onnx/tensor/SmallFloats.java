package stride.onnx.tensor;

/**
 * Floats of 16 and 8 bits: their bits, their values and how numbers are rounded to them (to nearest,
 * ties to even). Sources: IEEE 754 (binary16), "FP8 Formats for Deep Learning"
 * (<a href="https://arxiv.org/abs/2209.05433">2209.05433</a>) and ONNX's "Float stored in 8 bits".
 */
final class SmallFloats {
  private SmallFloats() {}

  /** Returns the value of an element's bits. */
  static float value(ElementType type, int bits) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat((short) bits);
      case BFLOAT16 -> Float.intBitsToFloat(bits << 16);
      default -> Format.of(type).value(bits & 0xFF);
    };
  }

  /** Returns the bits of a value that {@link #round} gave. */
  static int bits(ElementType type, float value) {
    return switch (type) {
      case FLOAT16 -> Float.floatToFloat16(value) & 0xFFFF;
      case BFLOAT16 -> Float.floatToRawIntBits(value) >>> 16;
      default -> Format.of(type).bits(value);
    };
  }

  /** Returns the nearest value that a type has; 8-bit ones saturate. */
  static float round(ElementType type, double value) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(toOdd(value)));
      case BFLOAT16 -> bfloat16(toOdd(value));
      default -> Format.of(type).round(value);
    };
  }

  /**
   * Rounds to a float with the last bit set where the value is between two, so that rounding again
   * to fewer bits is as rounding once.
   */
  private static float toOdd(double value) {
    float rounded = (float) value;
    if (rounded == value || Float.isNaN(rounded) || Float.isInfinite(rounded)) {
      return rounded;
    }
    int bits = Float.floatToRawIntBits(rounded);
    if ((bits & 1) != 0) {
      return rounded;
    }
    boolean away = Math.abs((double) rounded) > Math.abs(value);
    return Float.intBitsToFloat(away ? bits - 1 : bits + 1);
  }

  private static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
    return Float.intBitsToFloat(rounded & 0xFFFF0000);
  }

  /** The 8-bit formats; "UZ" has one zero, and NaN in place of the negative one. */
  private record Format(int fraction, int bias, boolean zeroIsNan, boolean infinite) {
    static Format of(ElementType type) {
      return switch (type) {
        case FLOAT8E4M3FN -> new Format(3, 7, false, false);
        case FLOAT8E4M3FNUZ -> new Format(3, 8, true, false);
        case FLOAT8E5M2 -> new Format(2, 15, false, true);
        case FLOAT8E5M2FNUZ -> new Format(2, 16, true, false);
        default -> throw new IllegalArgumentException(type + " is no 8-bit float");
      };
    }

    float value(int bits) {
      int magnitude = bits & 0x7F;
      float sign = bits >= 0x80 ? -1 : 1;
      if (zeroIsNan && bits == 0x80 || !zeroIsNan && !infinite && magnitude == 0x7F) {
        return Float.NaN;
      }
      if (infinite && magnitude >= 0x7C) {
        return magnitude == 0x7C ? sign * Float.POSITIVE_INFINITY : Float.NaN;
      }
      int exponent = magnitude >> fraction;
      int part = magnitude & (1 << fraction) - 1;
      float scale = Math.scalb(1f, Math.max(exponent, 1) - bias - fraction);
      return sign * scale * (exponent == 0 ? part : part + (1 << fraction));
    }

    int bits(float value) {
      if (Float.isNaN(value)) {
        return zeroIsNan ? 0x80 : 0x7F;
      }
      int sign = Float.floatToRawIntBits(value) < 0 ? 0x80 : 0;
      float magnitude = Math.abs(value);
      for (int bits = 0; bits < 0x80; bits++) {
        if (value(bits) == magnitude) {
          return zeroIsNan && bits == 0 ? 0 : sign | bits;
        }
      }
      throw new IllegalArgumentException(value + " is no value of an 8-bit float");
    }

    float round(double value) {
      if (Double.isNaN(value)) {
        return Float.NaN;
      }
      double magnitude = Math.abs(value);
      int low = 0;
      int high = zeroIsNan ? 0x7F : infinite ? 0x7B : 0x7E;
      // The values grow with their bits.
      while (low < high) {
        int middle = low + high + 1 >>> 1;
        if (value(middle) <= magnitude) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      int greatest = zeroIsNan ? 0x7F : infinite ? 0x7B : 0x7E;
      int nearest = low;
      if (low < greatest) {
        double below = magnitude - value(low);
        double above = value(low + 1) - magnitude;
        nearest = below < above || below == above && (low & 1) == 0 ? low : low + 1;
      }
      float rounded = value(nearest);
      return zeroIsNan && rounded == 0 ? 0 : (float) Math.copySign(rounded, value);
    }
  }
}
