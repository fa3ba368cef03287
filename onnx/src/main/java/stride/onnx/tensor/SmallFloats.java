package stride.onnx.tensor;

/**
 * Floats of 16, 8 and 4 bits: their bits, their values and how numbers are rounded to them (to
 * nearest, ties to even). Sources: IEEE 754 (binary16), "FP8 Formats for Deep Learning" (<a
 * href="https://arxiv.org/abs/2209.05433">2209.05433</a>) and ONNX's "Float stored in 8 bits".
 */
final class SmallFloats {
  private SmallFloats() {}

  /** Returns the value of an element's bits. */
  static float value(ElementType type, int bits) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat((short) bits);
      case BFLOAT16 -> Float.intBitsToFloat(bits << 16);
      default -> Format.of(type).value(bits & (1 << type.bits()) - 1);
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

  /** Returns the nearest value that a type has; 8-bit and 4-bit ones saturate. */
  static float round(ElementType type, double value) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(toOdd(value)));
      case BFLOAT16 -> bfloat16(toOdd(value));
      default -> Format.of(type).round(value);
    };
  }

  /**
   * Returns what a value is where the type's largest one does not stand for all beyond it.
   *
   * @param rounded what it is where that does
   */
  static float beyond(ElementType type, double value, float rounded) {
    return Format.of(type).isBeyond(Math.abs(value))
        ? Format.of(type).special == Format.Special.INFINITY
            ? Math.copySign(Float.POSITIVE_INFINITY, rounded)
            : Float.NaN
        : rounded;
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

  /**
   * The 8-bit and 4-bit formats.
   *
   * @param bits how many bits a number has
   * @param fraction how many of them are its fraction
   * @param bias what is taken off the exponent
   * @param special what the greatest bits mean
   */
  private record Format(int bits, int fraction, int bias, Special special) {
    /** Which bits are no numbers. */
    private enum Special {
      /** All are numbers. */
      NONE,
      /** The greatest is NaN. */
      NAN,
      /** The greatest exponent is infinity and NaN. */
      INFINITY,
      /** Negative zero is NaN. */
      ZERO
    }

    static Format of(ElementType type) {
      return switch (type) {
        case FLOAT8E4M3FN -> new Format(8, 3, 7, Special.NAN);
        case FLOAT8E4M3FNUZ -> new Format(8, 3, 8, Special.ZERO);
        case FLOAT8E5M2 -> new Format(8, 2, 15, Special.INFINITY);
        case FLOAT8E5M2FNUZ -> new Format(8, 2, 16, Special.ZERO);
        case FLOAT4E2M1 -> new Format(4, 1, 1, Special.NONE);
        default -> throw new IllegalArgumentException(type + " is no 8-bit float");
      };
    }

    private int sign() {
      return 1 << bits - 1;
    }

    /** Whether a value would be rounded to one above the greatest, if there were more. */
    boolean isBeyond(double magnitude) {
      double greatest = value(greatest());
      double tie = greatest + (greatest - value(greatest() - 1)) / 2;
      return magnitude > tie || magnitude == tie && (greatest() & 1) == 1;
    }

    private int greatest() {
      return switch (special) {
        case NONE, ZERO -> sign() - 1;
        case NAN -> sign() - 2;
        case INFINITY -> sign() - 1 - (1 << fraction);
      };
    }

    float value(int number) {
      int magnitude = number & sign() - 1;
      float sign = (number & sign()) != 0 ? -1 : 1;
      if (special == Special.ZERO && magnitude == 0 && sign < 0) {
        return Float.NaN;
      }
      if (magnitude > greatest()) {
        return special == Special.INFINITY && magnitude == greatest() + 1
            ? sign * Float.POSITIVE_INFINITY
            : Float.NaN;
      }
      int exponent = magnitude >> fraction;
      int part = magnitude & (1 << fraction) - 1;
      float scale = Math.scalb(1f, Math.max(exponent, 1) - bias - fraction);
      return sign * scale * (exponent == 0 ? part : part + (1 << fraction));
    }

    int bits(float value) {
      if (Float.isNaN(value)) {
        return special == Special.ZERO ? sign() : sign() - 1;
      }
      int magnitude = nearest(Math.abs((double) value));
      boolean unsigned = special == Special.ZERO && magnitude == 0;
      return Float.floatToRawIntBits(value) < 0 && !unsigned ? sign() | magnitude : magnitude;
    }

    float round(double value) {
      if (Double.isNaN(value)) {
        // The standard's test cases have a negative zero where a type has no NaN.
        return special == Special.NONE ? -0f : Float.NaN;
      }
      float rounded = value(nearest(Math.abs(value)));
      return special == Special.ZERO && rounded == 0 ? 0 : (float) Math.copySign(rounded, value);
    }

    /** Returns the bits of the nearest value; the values grow with their bits. */
    private int nearest(double magnitude) {
      int low = 0;
      int high = greatest();
      while (low < high) {
        int middle = low + high + 1 >>> 1;
        if (value(middle) <= magnitude) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      if (low == greatest()) {
        return low;
      }
      double below = magnitude - value(low);
      double above = value(low + 1) - magnitude;
      return below < above || below == above && (low & 1) == 0 ? low : low + 1;
    }
  }
}
