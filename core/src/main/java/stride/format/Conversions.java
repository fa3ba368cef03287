package stride.format;

import java.nio.ByteBuffer;

/** Converts stored numbers of every type to floats and longs. */
final class Conversions {
  private Conversions() {}

  /**
   * Converts the first {@code count} numbers of a chunk to floats; wider ones are rounded to the
   * nearest.
   */
  static void toFloats(StoredType type, ByteBuffer chunk, float[] into, int at, int count) {
    switch (type) {
      case F32 -> chunk.asFloatBuffer().get(into, at, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) chunk.getDouble(8 * i);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.float16ToFloat(chunk.getShort(2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(chunk.getShort(2 * i) << 16);
        }
      }
      case U64 -> {
        for (int i = 0; i < count; i++) {
          long bits = chunk.getLong(8 * i);
          into[at + i] = bits >= 0 ? bits : half(bits) * 2f;
        }
      }
      case I64, I32, I16, I8, U32, U16, U8, BOOL -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) whole(type, chunk, i);
        }
      }
    }
  }

  /** Converts the first {@code count} numbers of a chunk to doubles. */
  static void toDoubles(StoredType type, ByteBuffer chunk, double[] into, int at, int count) {
    for (int i = 0; i < count; i++) {
      into[at + i] =
          switch (type) {
            case F64 -> chunk.getDouble(8 * i);
            case F32 -> chunk.getFloat(4 * i);
            case F16 -> Float.float16ToFloat(chunk.getShort(2 * i));
            case BF16 -> Float.intBitsToFloat(chunk.getShort(2 * i) << 16);
            case U64 -> {
              long bits = chunk.getLong(8 * i);
              yield bits >= 0 ? bits : half(bits) * 2.0;
            }
            case I64, I32, I16, I8, U32, U16, U8, BOOL -> whole(type, chunk, i);
          };
    }
  }

  /** Converts the first {@code count} numbers of a chunk of whole numbers. */
  static void toLongs(StoredType type, ByteBuffer chunk, long[] into, int at, int count) {
    for (int i = 0; i < count; i++) {
      into[at + i] = whole(type, chunk, i);
    }
  }

  /**
   * Half of an unsigned number, whose last bit says that there was more: it rounds as the whole.
   */
  private static long half(long bits) {
    return bits >>> 1 | bits & 1;
  }

  private static long whole(StoredType type, ByteBuffer chunk, int i) {
    return switch (type) {
      case I64, U64 -> chunk.getLong(8 * i);
      case U32 -> chunk.getInt(4 * i) & 0xFFFF_FFFFL;
      case U16 -> chunk.getShort(2 * i) & 0xFFFF;
      case I32 -> chunk.getInt(4 * i);
      case I16 -> chunk.getShort(2 * i);
      case I8 -> chunk.get(i);
      case U8 -> chunk.get(i) & 0xFF;
      case BOOL -> chunk.get(i) == 0 ? 0 : 1;
      case F64, F32, F16, BF16 ->
          throw new IllegalArgumentException(type + " is not a type of whole numbers");
    };
  }
}
