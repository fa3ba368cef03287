package stride.format;

/** The types of numbers that a file's tensors are stored in, named as safetensors names them. */
public enum StoredType {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32: 8 bits of exponent, 7 of fraction. */
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  /** One byte: 0 is false, everything else true. */
  BOOL(1);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** {@return how many bytes a number takes} */
  public int bytes() {
    return bytes;
  }

  /** {@return whether the numbers are whole: integers and booleans} */
  public boolean isWhole() {
    return switch (this) {
      case F64, F32, F16, BF16 -> false;
      case I64, I32, I16, I8, U8, BOOL -> true;
    };
  }
}
