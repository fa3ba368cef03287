package stride.onnx.tensor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The types of tensors' elements, by their names in ONNX's {@code TensorProto.DataType}. */
public enum ElementType {
  /** 32-bit float. */
  FLOAT(1, 32, Kind.FLOAT),
  /** Unsigned 8-bit integer. */
  UINT8(2, 8, Kind.UNSIGNED),
  /** Signed 8-bit integer. */
  INT8(3, 8, Kind.SIGNED),
  /** Unsigned 16-bit integer. */
  UINT16(4, 16, Kind.UNSIGNED),
  /** Signed 16-bit integer. */
  INT16(5, 16, Kind.SIGNED),
  /** Signed 32-bit integer. */
  INT32(6, 32, Kind.SIGNED),
  /** Signed 64-bit integer. */
  INT64(7, 64, Kind.SIGNED),
  /** Text. */
  STRING(8, 0, Kind.TEXT),
  /** True or false. */
  BOOL(9, 8, Kind.BOOLEAN),
  /** 16-bit float of IEEE 754: 5 bits of exponent, 10 of fraction. */
  FLOAT16(10, 16, Kind.FLOAT),
  /** 64-bit float. */
  DOUBLE(11, 64, Kind.DOUBLE),
  /** Unsigned 32-bit integer. */
  UINT32(12, 32, Kind.UNSIGNED),
  /** Unsigned 64-bit integer. */
  UINT64(13, 64, Kind.UNSIGNED),
  /** 16-bit float with the exponent of a 32-bit float and 7 bits of fraction. */
  BFLOAT16(16, 16, Kind.FLOAT),
  /** 8-bit float: 4 bits of exponent, 3 of fraction, no infinities. */
  FLOAT8E4M3FN(17, 8, Kind.FLOAT),
  /** 8-bit float: 4 bits of exponent, 3 of fraction, no infinities, no negative zero. */
  FLOAT8E4M3FNUZ(18, 8, Kind.FLOAT),
  /** 8-bit float: 5 bits of exponent, 2 of fraction. */
  FLOAT8E5M2(19, 8, Kind.FLOAT),
  /** 8-bit float: 5 bits of exponent, 2 of fraction, no infinities, no negative zero. */
  FLOAT8E5M2FNUZ(20, 8, Kind.FLOAT),
  /** Unsigned 4-bit integer. */
  UINT4(21, 4, Kind.UNSIGNED),
  /** Signed 4-bit integer. */
  INT4(22, 4, Kind.SIGNED),
  /** 4-bit float: 2 bits of exponent, 1 of fraction, neither infinities nor NaN. */
  FLOAT4E2M1(23, 4, Kind.FLOAT),
  /** Unsigned 2-bit integer. */
  UINT2(25, 2, Kind.UNSIGNED),
  /** Signed 2-bit integer. */
  INT2(26, 2, Kind.SIGNED);

  /** How elements are held in memory. */
  enum Kind {
    FLOAT,
    DOUBLE,
    SIGNED,
    UNSIGNED,
    BOOLEAN,
    TEXT
  }

  private final int number;
  private final int bits;
  final Kind kind;

  ElementType(int number, int bits, Kind kind) {
    this.number = number;
    this.bits = bits;
    this.kind = kind;
  }

  /**
   * Returns the type's number in files.
   *
   * @return the number in {@code TensorProto.DataType}
   */
  public int number() {
    return number;
  }

  /**
   * Returns an element's size.
   *
   * @return its bits in a file; 0 for text
   */
  public int bits() {
    return bits;
  }

  /**
   * Tells floating-point numbers from others.
   *
   * @return true for floats of any width
   */
  public boolean isReal() {
    return kind == Kind.FLOAT || kind == Kind.DOUBLE;
  }

  /**
   * Tells integers from others.
   *
   * @return true for integers of any width, but not for {@link #BOOL}
   */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /**
   * Tells types without negative numbers from others.
   *
   * @return true for unsigned integers
   */
  public boolean isUnsigned() {
    return kind == Kind.UNSIGNED;
  }

  /**
   * Returns the smallest value of an integer's type.
   *
   * @return the value
   */
  public long least() {
    return kind == Kind.SIGNED ? -1L << bits - 1 : 0;
  }

  /**
   * Returns the greatest value of an integer's type.
   *
   * @return the value; of {@link #UINT64} the greatest of a long
   */
  public long greatest() {
    return switch (kind) {
      case SIGNED -> ~(-1L << bits - 1);
      case UNSIGNED -> bits == 64 ? Long.MAX_VALUE : (1L << bits) - 1;
      default -> 1;
    };
  }

  /** Returns the value that an integer has after it was stored: the bits that fit. */
  long wrap(long value) {
    int unused = 64 - bits;
    return switch (kind) {
      case SIGNED -> value << unused >> unused;
      case UNSIGNED -> value << unused >>> unused;
      default -> value == 0 ? 0 : 1;
    };
  }

  /** Returns the value that a float has after it was stored. */
  float round(double value) {
    return this == FLOAT ? (float) value : SmallFloats.round(this, value);
  }

  /**
   * Returns the type with a number.
   *
   * @param number a number of {@code TensorProto.DataType}
   * @return the type, or null if there is none, or only one that Stride does not have
   */
  public static @Nullable ElementType of(int number) {
    for (ElementType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
